//! Jitter: how a delay is spread, so that callers who failed together do not come back together.

use std::time::Duration;

use rand::RngExt;

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
    Duration::from_nanos(sampled.unwrap_or_else(|| rand::rng().random_range(low..=high)))
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

    #[test]
    fn extremes_saturate() {
        assert_eq!(scaled(Duration::MAX, 2.0), Duration::MAX);
        assert_eq!(scaled(Duration::from_secs(1), f64::INFINITY), Duration::MAX);
        let spread = Jitter::Full.spread(Duration::MAX, Duration::MAX);
        assert!(spread <= Duration::MAX);
    }
}
