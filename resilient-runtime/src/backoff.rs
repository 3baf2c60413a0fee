//! Backoff: the delays between attempts, before jitter. Pure.

use std::time::Duration;

use crate::jitter;

/// How delays grow from one attempt to the next: the words of `backoff = ".."`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Mode {
    /// `delay`, then each `factor` times the one before.
    Exponential,
    /// 1, 2, 3, … times `delay`.
    Linear,
    /// `delay` each time.
    Constant,
    /// 1, 1, 2, 3, 5, … times `delay`.
    Fibonacci,
    /// Evenly at random in `delay..=min(3 × the one before, max_delay)`: "decorrelated jitter" of Marc
    /// Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015.
    Decorrelated,
    /// No delay.
    None,
    /// What a function of the attempt says; the first retry is attempt 1.
    Custom(fn(u32) -> Duration),
}

/// The delays of one call, endless: how often to retry is not the backoff's to say.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    pub(crate) mode: Mode,
    pub(crate) delay: Duration,
    pub(crate) factor: f64,
    pub(crate) cap: Duration,
    /// Delays given so far.
    pub(crate) given: u32,
    /// The last one.
    pub(crate) previous: Duration,
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.given = self.given.saturating_add(1);
        let delay = match self.mode {
            Mode::Exponential => {
                let growth = self
                    .factor
                    .powi(i32::try_from(self.given - 1).unwrap_or(i32::MAX));
                jitter::scaled(self.delay, growth)
            }
            Mode::Linear => self.delay.saturating_mul(self.given),
            Mode::Constant => self.delay,
            Mode::Fibonacci => self.delay.saturating_mul(fibonacci(self.given)),
            Mode::Decorrelated => {
                let high = self
                    .previous
                    .max(self.delay)
                    .saturating_mul(3)
                    .min(self.cap);
                jitter::sample(self.delay, high)
            }
            Mode::None => Duration::ZERO,
            Mode::Custom(delay) => delay(self.given),
        };
        self.previous = delay.min(self.cap);
        Some(self.previous)
    }
}

/// The n-th Fibonacci number, saturating.
fn fibonacci(n: u32) -> u32 {
    let (mut last, mut this) = (0u32, 1u32);
    // The 48th does not fit any more.
    for _ in 1..n.min(48) {
        (last, this) = (this, last.saturating_add(this));
    }
    this
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jitter::Jitter;

    const STEP: Duration = Duration::from_millis(100);
    const CAP: Duration = Duration::from_secs(10);

    fn backoff(mode: Mode) -> Backoff {
        Backoff {
            mode,
            delay: STEP,
            factor: 2.0,
            cap: CAP,
            given: 0,
            previous: Duration::ZERO,
        }
    }

    fn millis(mode: Mode, count: usize) -> Vec<u128> {
        backoff(mode)
            .take(count)
            .map(|delay| delay.as_millis())
            .collect()
    }

    #[test]
    fn rule_13_each_mode_grows_as_it_says() {
        assert_eq!(
            millis(Mode::Exponential, 9),
            [100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000]
        );
        assert_eq!(millis(Mode::Linear, 4), [100, 200, 300, 400]);
        assert_eq!(millis(Mode::Constant, 3), [100, 100, 100]);
        assert_eq!(
            millis(Mode::Fibonacci, 7),
            [100, 100, 200, 300, 500, 800, 1300]
        );
        assert_eq!(millis(Mode::None, 2), [0, 0]);
        assert_eq!(
            millis(
                Mode::Custom(|attempt| Duration::from_millis(attempt.into())),
                3
            ),
            [1, 2, 3]
        );
    }

    #[test]
    fn rule_13_decorrelated_stays_between_the_first_delay_and_three_times_the_last() {
        crate::seed::seed(1);
        let mut previous = STEP;
        for delay in backoff(Mode::Decorrelated).take(1000) {
            assert!(delay >= STEP && delay <= (previous * 3).min(CAP));
            previous = delay;
        }
    }

    /// What each mode says of a delay, in whole numbers that have room for all of them.
    fn expected(mode: Mode, delay: Duration, factor: u32, retry: u32) -> u128 {
        let delay = delay.as_nanos();
        let times = match mode {
            Mode::Exponential => {
                (1..retry).fold(1, |growth: u128, _| growth.saturating_mul(factor.into()))
            }
            Mode::Linear => retry.into(),
            Mode::Constant => 1,
            Mode::Fibonacci => {
                let next = |(last, this): (u128, u128), _| (this, last.saturating_add(this));
                (1..retry).fold((0, 1), next).1
            }
            _ => 0,
        };
        delay.saturating_mul(times)
    }

    #[test]
    fn rule_13_every_delay_of_a_hundred_retries_is_what_its_mode_says() {
        let far = Duration::from_secs(1 << 40);
        for mode in [
            Mode::Exponential,
            Mode::Linear,
            Mode::Constant,
            Mode::Fibonacci,
        ] {
            for delay in [Duration::from_nanos(1), STEP, CAP, far] {
                for (factor, cap) in [(1, CAP), (2, CAP), (10, far), (2, Duration::MAX)] {
                    let delays = Backoff {
                        delay,
                        factor: factor.into(),
                        cap,
                        ..backoff(mode)
                    };
                    for (retry, found) in (1..=101).zip(delays) {
                        let exact = expected(mode, delay, factor, retry).min(cap.as_nanos());
                        // Floats hold 53 bits, and a Fibonacci number is at most `u32::MAX`.
                        let off = found.as_nanos().abs_diff(exact);
                        let is_capped = matches!(mode, Mode::Fibonacci) && retry > 47;
                        assert!(
                            off <= exact >> 50 || (is_capped && found <= cap),
                            "{mode:?} of {delay:?} by {factor} up to {cap:?}: retry {retry} is {found:?}"
                        );
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn rule_9_no_delay_is_ever_over_the_cap(
            mode in prop::sample::select(vec![
                Mode::Exponential, Mode::Linear, Mode::Constant, Mode::Fibonacci, Mode::Decorrelated,
                Mode::None, Mode::Custom(|attempt| Duration::from_secs(u64::from(attempt) << 20)),
                Mode::Custom(|_| Duration::MAX),
            ]),
            delay in duration(),
            cap in duration(),
            factor in prop_oneof![1.0..10.0, Just(1.0), Just(f64::MAX), 1.0..f64::MAX],
            jitter in prop_oneof![
                Just(Jitter::None), Just(Jitter::Full), Just(Jitter::Equal), (0.0..=1.0).prop_map(Jitter::Ratio)
            ],
            given in prop_oneof![0..=100_u32, any::<u32>()],
        ) {
            let mut delays = Backoff { delay: delay.min(cap), factor, cap, given, ..backoff(mode) };
            for _ in 0..5 {
                let delay = delays.next().expect("it has no end");
                prop_assert!(delay <= cap, "{delay:?}");
                prop_assert!(jitter.spread(delay, cap) <= cap);
            }
        }
    }

    fn duration() -> impl Strategy<Value = Duration> {
        prop_oneof![
            (1..u64::MAX).prop_map(Duration::from_nanos),
            (1..100_000_u64).prop_map(Duration::from_micros),
            (0..=u64::MAX, 0..1_000_000_000_u32)
                .prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
            Just(Duration::MAX),
        ]
    }

    #[test]
    fn rule_8_arithmetic_saturates_at_any_attempt() {
        for mode in [
            Mode::Exponential,
            Mode::Linear,
            Mode::Constant,
            Mode::Fibonacci,
            Mode::Decorrelated,
            Mode::None,
            Mode::Custom(|_| Duration::MAX),
        ] {
            for given in [0, 1, 46, 47, 48, 100, u32::MAX - 1, u32::MAX] {
                for delay in [Duration::from_nanos(1), STEP, Duration::MAX] {
                    let mut backoff = Backoff {
                        given,
                        delay,
                        cap: Duration::MAX,
                        ..backoff(mode)
                    };
                    assert!(backoff.next().is_some());
                }
                let mut backoff = Backoff {
                    given,
                    factor: f64::MAX,
                    ..backoff(mode)
                };
                assert!(backoff.next().is_some_and(|delay| delay <= CAP));
            }
        }
    }
}
