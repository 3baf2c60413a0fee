//! The delays of a retry, where nothing is left to chance: how long they take, and what no longer fits
//! beneath a timeout.

use std::time::Duration;

use super::text::Text;

/// Twice as long each time: a callee that needs time gets it.
pub(crate) const DEFAULT_FACTOR: f64 = 2.0;
/// Longer, and nobody is waiting any more.
pub(crate) const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(10);

/// So many delays are spelled out in a message.
const SHOWN: u32 = 3;

/// How delays grow.
#[derive(Clone, Copy)]
pub(crate) enum Growth {
    Exponential,
    Linear,
    Constant,
    Fibonacci,
}

/// Delays that are the same each time.
#[derive(Clone, Copy)]
pub(crate) struct Delays {
    pub(crate) growth: Growth,
    pub(crate) delay: Duration,
    pub(crate) factor: f64,
    pub(crate) cap: Duration,
    pub(crate) retries: u32,
}

impl Delays {
    /// What is wrong with them beneath a timeout that they use up.
    pub(crate) const fn beneath(&self, timeout: Duration) -> Option<Text> {
        let (mut sum, mut retry) = (Duration::ZERO, 0);
        let mut growth = (0.0, 1.0);
        let mut terms = Text::of("");
        while retry < self.retries {
            retry += 1;
            let delay = self.grown(growth.1);
            growth = self.next(growth);
            sum = sum.saturating_add(delay);
            if retry <= SHOWN {
                terms = terms.and(if retry > 1 { " + " } else { "" });
                terms = terms.duration(delay);
            } else if retry == SHOWN + 1 {
                terms = terms.and(" + …");
            }
            if sum.as_nanos() >= timeout.as_nanos() {
                let text = Text::of("attempt ").number(retry as u128 + 1);
                let text = text.and(" can never start: ").and(terms.as_str());
                let over = sum.as_nanos() > timeout.as_nanos();
                let text = text.and(if over { " > " } else { " = " });
                let text = text.duration(timeout);
                return Some(text.and(
                    "\nThe delays of the `#[retry]` beneath alone take that long: raise the \
                     timeout, shorten `delay`, or lower `max`.",
                ));
            }
        }
        None
    }

    /// The growth before and the growth of the next delay.
    const fn next(&self, (before, last): (f64, f64)) -> (f64, f64) {
        match self.growth {
            Growth::Exponential => (last, last * self.factor),
            Growth::Linear => (last, last + 1.0),
            Growth::Constant => (last, last),
            Growth::Fibonacci => (last, before + last),
        }
    }

    /// In whole microseconds: what floating point adds below that is noise in a message.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates, and so does a delay"
    )]
    const fn grown(&self, growth: f64) -> Duration {
        let micros = self.delay.as_secs_f64() * growth * 1e6 + 0.5;
        let grown = Duration::from_micros(micros as u64);
        if grown.as_nanos() > self.cap.as_nanos() {
            self.cap
        } else {
            grown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(growth: Growth, retries: u32, timeout: u64) -> Option<String> {
        let delays = Delays {
            growth,
            delay: Duration::from_millis(100),
            factor: DEFAULT_FACTOR,
            cap: Duration::from_secs(1),
            retries,
        };
        let text = delays.beneath(Duration::from_millis(timeout))?;
        Some(text.as_str().lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn the_first_attempt_that_does_not_fit_is_named() {
        for (growth, timeout, expected) in [
            (
                Growth::Exponential,
                250,
                "attempt 3 can never start: 100ms + 200ms > 250ms",
            ),
            (
                Growth::Exponential,
                300,
                "attempt 3 can never start: 100ms + 200ms = 300ms",
            ),
            // 100 + 200 + 400 + 800 + 1000 (the cap)
            (
                Growth::Exponential,
                2_400,
                "attempt 6 can never start: 100ms + 200ms + 400ms + … > 2s 400ms",
            ),
            (
                Growth::Linear,
                1_000,
                "attempt 5 can never start: 100ms + 200ms + 300ms + … = 1s",
            ),
            (
                Growth::Constant,
                100,
                "attempt 2 can never start: 100ms = 100ms",
            ),
            (
                Growth::Fibonacci,
                300,
                "attempt 4 can never start: 100ms + 100ms + 200ms > 300ms",
            ),
        ] {
            assert_eq!(said(growth, 100, timeout).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_fits_is_not_spoken_of() {
        assert_eq!(said(Growth::Exponential, 2, 301), None);
        assert_eq!(said(Growth::Constant, 9, 901), None);
        let endless = Delays {
            growth: Growth::Exponential,
            delay: Duration::MAX,
            factor: f64::MAX,
            cap: Duration::MAX,
            retries: 100,
        };
        assert!(endless.beneath(Duration::MAX).is_none());
    }
}
