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
    use super::*;

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
