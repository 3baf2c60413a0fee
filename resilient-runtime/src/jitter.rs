//! Jitter: how a delay is spread, so that callers who failed together do not come back together.

use std::time::Duration;

use crate::chance;
use crate::seed;

/// How a retry's delay is spread at random.
///
/// Every form samples evenly in its range and stays within `max_delay` by choosing the range, never by
/// cutting off a sample: else most of the late delays would lie on exactly the cap, and the herd would
/// be back in step. "Full" and "equal" are the terms of Marc Brooker, *Exponential Backoff And Jitter*,
/// AWS Architecture Blog, 2015, which also measures why full jitter is the one to start with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Jitter {
    /// The delay as it is. The default, because jitter is asked for by the word.
    #[default]
    None,
    /// `0..=d`.
    Full,
    /// `d/2..=d`.
    Equal,
    /// `d(1 − r)..=min(d(1 + r), max_delay)`, with `r` over 0 and up to 1.
    Ratio(f64),
}

impl Jitter {
    /// A delay for this one, never over `cap`.
    pub(crate) fn spread(self, delay: Duration, cap: Duration) -> Duration {
        let (low, high) = match self {
            Self::None => return delay,
            Self::Full => (Duration::ZERO, delay),
            Self::Equal => (delay / 2, delay),
            Self::Ratio(ratio) => (
                scaled(delay, 1.0 - ratio),
                scaled(delay, 1.0 + ratio).min(cap),
            ),
        };
        sample(low, high)
    }
}

/// Evenly in `low..=high`.
pub(crate) fn sample(low: Duration, high: Duration) -> Duration {
    if low >= high {
        return high;
    }
    let (low, high) = (nanos(low), nanos(high));
    let sampled = seed::sample(low, high);
    Duration::from_nanos(sampled.unwrap_or_else(|| chance::sample(low, high)))
}

/// `mul_f64` panics where this saturates.
pub(crate) fn scaled(delay: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(delay.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// Nanoseconds, saturating at 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_stay_in_their_range_and_reach_both_halves_of_it() {
        seed::seed(7);
        let delay = Duration::from_millis(100);
        for (jitter, low, high) in [
            (Jitter::Full, 0, 100),
            (Jitter::Equal, 50, 100),
            (Jitter::Ratio(0.25), 75, 110), // the cap is 110
        ] {
            let samples: Vec<_> = (0..1000)
                .map(|_| jitter.spread(delay, Duration::from_millis(110)))
                .collect();
            let (low, high) = (Duration::from_millis(low), Duration::from_millis(high));
            let middle = (low + high) / 2;
            assert!(
                samples.iter().all(|s| (low..=high).contains(s)),
                "{jitter:?}"
            );
            assert!(
                samples.iter().filter(|s| **s < middle).count() > 400,
                "{jitter:?}"
            );
            assert!(
                samples.iter().filter(|s| **s > middle).count() > 400,
                "{jitter:?}"
            );
        }
    }

    /// Pearson's chi-square of so many samples in twenty bins over a range: how unlike an even spread.
    fn chi_square(mut sample: impl FnMut() -> Duration, low: Duration, high: Duration) -> f64 {
        const SAMPLES: u32 = 100_000;
        const BINS: u32 = 20;
        let mut bins = [0_u32; BINS as usize];
        for _ in 0..SAMPLES {
            let sample = sample();
            assert!((low..=high).contains(&sample));
            let range = high.abs_diff(low).as_nanos() + 1;
            let place = sample.abs_diff(low).as_nanos() * u128::from(BINS) / range;
            bins[usize::try_from(place).expect("there are few bins")] += 1;
        }
        let expected = f64::from(SAMPLES) / f64::from(BINS);
        let deviation = |bin: &u32| (f64::from(*bin) - expected).powi(2) / expected;
        bins.iter().map(deviation).sum()
    }

    /// With 19 degrees of freedom an even spread is over this in one run of a thousand; a seed is one run
    /// for ever.
    const CRITICAL: f64 = 43.8;

    #[test]
    fn rule_9_samples_are_spread_evenly_below_the_cap_and_at_it() {
        let (delay, cap) = (Duration::from_millis(100), Duration::from_secs(10));
        let (low, high) = (Duration::from_millis(75), Duration::from_millis(125));
        seed::seed(9);
        for (jitter, delay, cap, low, high) in [
            (Jitter::Full, delay, cap, Duration::ZERO, delay),
            (Jitter::Full, cap, cap, Duration::ZERO, cap),
            (Jitter::Equal, delay, cap, delay / 2, delay),
            (Jitter::Equal, cap, cap, cap / 2, cap),
            (Jitter::Ratio(0.25), delay, cap, low, high),
            // Half of the range is over the cap, and the other half is filled evenly all the same.
            (Jitter::Ratio(0.25), delay, delay, low, delay),
            (Jitter::Ratio(1.0), cap, cap, Duration::ZERO, cap),
        ] {
            let found = chi_square(|| jitter.spread(delay, cap), low, high);
            assert!(found < CRITICAL, "{jitter:?} of {delay:?}: {found}");
        }
        let high = 3 * delay;
        let found = chi_square(|| sample(delay, high), delay, high);
        assert!(found < CRITICAL, "decorrelated: {found}");
    }

    /// The test above can fail: cutting off samples at the cap is what it finds.
    #[test]
    fn rule_9_cutting_off_samples_would_not_be_even() {
        seed::seed(9);
        let cap = Duration::from_millis(100);
        let cut = || Jitter::Ratio(0.25).spread(cap, Duration::MAX).min(cap);
        let found = chi_square(cut, 3 * cap / 4, cap);
        assert!(found > 100.0 * CRITICAL, "{found}");
    }

    #[test]
    fn a_seed_repeats_a_run_exactly() {
        let run = |with| {
            seed::seed(with);
            let jitters = [Jitter::Full, Jitter::Equal, Jitter::Ratio(0.3)];
            let spread = |jitter: Jitter| jitter.spread(Duration::from_secs(1), Duration::MAX);
            (0..300).map(|i| spread(jitters[i % 3])).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn what_has_no_room_is_not_sampled() {
        for delay in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            assert_eq!(Jitter::None.spread(delay, delay), delay);
            assert!(Jitter::Full.spread(delay, delay) <= delay);
            assert!(Jitter::Equal.spread(delay, delay) <= delay);
            assert!(Jitter::Ratio(1.0).spread(delay, delay) <= delay);
        }
        assert_eq!(
            Jitter::Ratio(1e-300).spread(Duration::from_secs(1), Duration::MAX),
            Duration::from_secs(1)
        );
    }

    #[test]
    fn extremes_saturate() {
        assert_eq!(scaled(Duration::MAX, 2.0), Duration::MAX);
        assert_eq!(scaled(Duration::from_secs(1), f64::INFINITY), Duration::MAX);
        let spread = Jitter::Full.spread(Duration::MAX, Duration::MAX);
        assert!(spread <= Duration::MAX);
    }
}
