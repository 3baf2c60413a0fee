//! The numbers of a retry, and the delays that they make.

use std::time::Duration;

use crate::backoff::{Backoff, Mode};
use crate::cause::{Cause, Causes};
use crate::jitter::Jitter;
use crate::rule::{self, Delays, Growth, Text};

/// What a retry was told, by its builder or its attribute. `None` is a default that gives way to what
/// is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(super) max: u32,
    pub(super) mode: Mode,
    pub(super) delay: Option<Duration>,
    pub(super) factor: Option<f64>,
    pub(super) max_delay: Option<Duration>,
    pub(super) max_duration: Option<Duration>,
    pub(super) jitter: Jitter,
    pub(super) on: Causes,
}

impl Settings {
    /// Long enough for a lost packet or a failover to be over, short enough that nobody notices one.
    const DELAY: Duration = Duration::from_millis(100);

    pub(super) const fn new(max: u32) -> Self {
        Self {
            max,
            mode: Mode::Exponential,
            delay: None,
            factor: None,
            max_delay: None,
            max_duration: None,
            jitter: Jitter::None,
            on: Causes::of(&[Cause::Error, Cause::Timeout]),
        }
    }

    /// What is wrong between two of them. Only written values can contradict each other: a default
    /// gives way.
    pub(super) const fn contradiction(&self) -> Option<Text> {
        if let Some(delay) = self.delay {
            if let Some(max_delay) = self.max_delay
                && let Some(text) = rule::delay_in_max_delay(delay, max_delay)
            {
                return Some(text);
            }
            if let Some(max_duration) = self.max_duration {
                return rule::delay_in_max_duration(delay, max_duration);
            }
        }
        None
    }

    const fn cap(&self) -> Duration {
        match (self.max_delay, self.delay) {
            (Some(max_delay), _) => max_delay,
            (None, Some(delay)) if delay.as_nanos() > rule::DEFAULT_MAX_DELAY.as_nanos() => delay,
            (None, _) => rule::DEFAULT_MAX_DELAY,
        }
    }

    const fn growth(&self) -> f64 {
        match self.factor {
            Some(factor) => factor,
            None => rule::DEFAULT_FACTOR,
        }
    }

    /// The delays that are written and the same each time; none where a default or chance decides.
    pub(crate) const fn fixed(&self) -> Option<Delays> {
        let growth = match self.mode {
            Mode::Exponential => Growth::Exponential,
            Mode::Linear => Growth::Linear,
            Mode::Constant => Growth::Constant,
            Mode::Fibonacci => Growth::Fibonacci,
            Mode::Decorrelated | Mode::None | Mode::Custom(_) => return None,
        };
        match (self.delay, self.jitter) {
            (Some(delay), Jitter::None) => Some(Delays {
                growth,
                delay,
                factor: self.growth(),
                cap: self.cap(),
                retries: self.max,
            }),
            _ => None,
        }
    }

    /// A default gives way to what is written: it lies within the cap, and leaves time for a retry
    /// within `max_duration`.
    fn default_delay(&self, cap: Duration) -> Duration {
        let half = self.max_duration.map_or(Duration::MAX, |max| max / 2);
        Self::DELAY.min(cap).min(half)
    }

    /// The delays of one call, where `given` have been given and `previous` was the last.
    pub(super) fn delays(&self, given: u32, previous: Duration) -> Backoff {
        let cap = self.cap();
        Backoff {
            mode: self.mode,
            delay: self.delay.unwrap_or_else(|| self.default_delay(cap)),
            factor: self.growth(),
            cap,
            given,
            previous,
        }
    }
}
