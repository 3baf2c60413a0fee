//! What a call usually takes: the latency when nothing is in its way.

use std::time::Duration;

/// An average, how far calls are from it, and how many are far from it all the same.
#[derive(Debug)]
pub(super) struct Usual {
    /// In seconds.
    mean: f64,
    /// The mean distance from the mean.
    deviation: f64,
    /// How many calls it was learned from, as far as that matters.
    calls: u32,
    /// The share of calls that is slow in rounds without trouble: caches miss, and tails are long.
    slow: f64,
}

/// Less than this is the scheduler's doing, and no sign of load.
const NOISE: f64 = 0.000_5;
/// So many calls make a first impression.
const FIRST: u32 = 16;
/// Before it is known, so many are taken to be slow without trouble: tails are long.
const RARE: f64 = 1.0 / 32.0;
/// When more than this share is slow it is no exception.
const MOST: f64 = 0.5;
/// Fewer slow calls in a row may have one cause that has passed, however rare they are.
const BUNCH: u32 = 8;
/// How slowly it follows, in calls or rounds.
const INERTIA: f64 = 16.0;

impl Usual {
    pub(super) const fn new() -> Self {
        Self {
            mean: 0.0,
            deviation: 0.0,
            calls: 0,
            slow: RARE,
        }
    }

    /// Over this a call is slow: half as long again as usual, and more where latencies scatter.
    fn line(&self) -> f64 {
        self.mean + (self.mean / 2.0).max(4.0 * self.deviation).max(NOISE)
    }

    pub(super) fn is_slow(&self, latency: Duration) -> bool {
        self.calls > 0 && latency.as_secs_f64() > self.line()
    }

    pub(super) fn is_new(&self) -> bool {
        self.calls < FIRST
    }

    /// How many of so many calls are too many to be slow.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between nothing and `calls`, which is small"
    )]
    pub(super) fn too_many(&self, calls: u32) -> u32 {
        let usual = f64::from(calls) * self.slow;
        // An eighth more, and more than chance makes of them: three standard deviations and three calls.
        let margin = f64::from(calls / 8).max(3.0 + 3.0 * usual.sqrt());
        ((usual + margin) as u32).min((calls - calls / 8).max(8))
    }

    /// Whether chance does not make so many slow calls in a row of the usual share, or less than once in a
    /// hundred million calls.
    pub(super) fn is_no_chance(&self, streak: u32) -> bool {
        streak >= BUNCH && self.slow.powf(f64::from(streak)) < 1e-8
    }

    /// Learns from a call that nothing was in the way of.
    pub(super) fn learn(&mut self, latency: Duration) {
        let latency = latency.as_secs_f64();
        if self.calls == 0 {
            *self = Self {
                mean: latency,
                deviation: latency / 4.0,
                calls: 1,
                slow: self.slow,
            };
            return;
        }
        self.calls = self.calls.saturating_add(1);
        let inertia = INERTIA.min(f64::from(self.calls));
        let off = latency.min(self.line()) - self.mean;
        self.mean += off / inertia;
        self.deviation += (off.abs() - self.deviation) / inertia;
    }

    /// Learns from a round of calls, at whatever load. Never that calls take longer than it thinks:
    /// that may be the load.
    pub(super) fn follow_down(&mut self, round: &Latencies) {
        let (mean, deviation) = round.summary();
        let surely = mean + 2.0 * round.doubt();
        if round.calls == 0 || surely >= self.mean {
            return;
        }
        if surely < 0.9 * self.mean {
            self.mean = mean;
            // Where some of a round are congested and some are not they are far from their mean.
            self.deviation = self.deviation.min(deviation);
        } else {
            self.mean += (mean - self.mean) / 4.0;
            self.deviation += (deviation - self.deviation) / 4.0;
        }
    }

    /// These calls were slow, and nothing was in their way: that is what they take now.
    pub(super) fn relearn(&mut self, slow: &Latencies) {
        let (mean, deviation) = slow.summary();
        *self = Self {
            mean,
            deviation,
            calls: slow.calls.clamp(1, FIRST / 2),
            slow: self.slow,
        };
    }

    /// The share of slow calls in a round without trouble.
    pub(super) fn learn_share(&mut self, slow: f64) {
        self.slow += (slow.min(MOST) - self.slow) / INERTIA;
    }

    /// So many were slow, and that fewer ran at once did not help.
    pub(super) fn expect_share(&mut self, slow: f64) {
        self.slow = self.slow.max(slow.min(MOST));
    }
}

/// The latencies of some calls, summed up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latencies {
    pub(super) calls: u32,
    sum: f64,
    squares: f64,
}

impl Latencies {
    pub(super) const fn new() -> Self {
        Self {
            calls: 0,
            sum: 0.0,
            squares: 0.0,
        }
    }

    pub(super) fn add(&mut self, latency: Duration) {
        let latency = latency.as_secs_f64();
        self.calls += 1;
        self.sum += latency;
        self.squares += latency * latency;
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    /// How far their mean may be from that of all calls like them: its standard error, about.
    fn doubt(&self) -> f64 {
        self.summary().1 / f64::from(self.calls.max(1)).sqrt()
    }

    /// Whether they are faster by a fifth and more, and it is not chance.
    pub(super) fn is_faster_than(&self, other: &Self) -> bool {
        let surely = self.summary().0 + 2.0 * (self.doubt() + other.doubt());
        surely.max(self.summary().0 + NOISE) < 0.8 * other.summary().0
    }

    /// The mean, and the mean distance from it, as it is for a bell curve of this variance.
    fn summary(&self) -> (f64, f64) {
        let calls = f64::from(self.calls.max(1));
        let mean = self.sum / calls;
        let variance = (self.squares / calls - mean * mean).max(0.0);
        (mean, 0.8 * variance.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn after(latencies: impl IntoIterator<Item = u64>) -> Usual {
        let mut usual = Usual::new();
        latencies
            .into_iter()
            .for_each(|latency| usual.learn(ms(latency)));
        usual
    }

    #[test]
    fn half_as_long_again_is_slow() {
        let usual = after([100; 50]);
        assert!(!usual.is_slow(ms(150)));
        assert!(usual.is_slow(ms(151)));
    }

    #[test]
    fn where_latencies_scatter_more_is_slow() {
        let usual = after((0..50).map(|call| if call % 2 == 0 { 50 } else { 150 }));
        assert!(!usual.is_slow(ms(250)));
        assert!(usual.is_slow(ms(350)));
    }

    #[test]
    fn a_share_of_slow_calls_can_be_usual() {
        let mut usual = after([100; 50]);
        for (share, too_many) in [(0.0, 5), (0.1, 12), (0.0, 5)] {
            for _ in 0..100 {
                usual.learn_share(share);
            }
            assert_eq!(usual.too_many(40), too_many, "where {share} are usual");
        }
    }

    #[test]
    fn of_few_calls_more_must_be_slow_than_chance_makes_of_them() {
        let mut usual = after([100; 50]);
        assert_eq!((usual.too_many(4), usual.too_many(8)), (4, 4));
        assert_eq!((usual.too_many(20), usual.too_many(128)), (5, 20));
        for _ in 0..100 {
            usual.learn_share(0.5);
        }
        assert_eq!(usual.too_many(8), 8, "all of them are enough in any case");
    }

    #[test]
    fn the_more_calls_are_usually_slow_the_more_in_a_row_are_chance() {
        let mut usual = after([100; 50]);
        for (share, enough) in [(0.0, 8), (0.25, 14), (0.5, 27)] {
            for _ in 0..1_000 {
                usual.learn_share(share);
            }
            assert!(!usual.is_no_chance(enough - 1), "{share}");
            assert!(usual.is_no_chance(enough), "{share}");
        }
    }

    #[test]
    fn nothing_is_slow_before_the_first_call_and_nothing_is_within_the_noise() {
        assert!(!Usual::new().is_slow(ms(1_000)));
        let usual = after([0; 50]);
        assert!(!usual.is_slow(Duration::from_micros(500)));
        assert!(usual.is_slow(ms(1)));
    }

    #[test]
    fn some_calls_are_faster_than_others_by_a_fifth_and_more_than_chance() {
        let calls = |latencies: [u64; 2]| {
            let mut all = Latencies::new();
            (0..20).for_each(|call| all.add(ms(latencies[call % 2])));
            all
        };
        let slow = calls([100, 100]);
        assert!(calls([79, 79]).is_faster_than(&slow));
        assert!(!calls([81, 81]).is_faster_than(&slow));
        assert!(!calls([40, 110]).is_faster_than(&slow), "by chance");
    }

    #[test]
    fn a_round_teaches_that_calls_are_faster_and_never_that_they_are_slower() {
        let round = |latency| {
            let mut latencies = Latencies::new();
            (0..40).for_each(|_| latencies.add(ms(latency)));
            latencies
        };
        let mut usual = after([100; 50]);
        usual.follow_down(&round(140));
        assert!(usual.is_slow(ms(151)));
        usual.follow_down(&round(50));
        assert!(usual.is_slow(ms(76)));
        usual.relearn(&round(300));
        assert!(!usual.is_slow(ms(450)));
    }
}
