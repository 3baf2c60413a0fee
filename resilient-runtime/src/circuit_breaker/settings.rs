//! The numbers of a circuit breaker, and what they may be.

use std::time::Duration;

use super::window::Span;
use crate::in_force::InForce;
use crate::keyed::MAX_KEYS;
use crate::refuse::refuse;
use crate::rule::{self, Text};

/// What a breaker was told, by its builder or its attribute. `None` is a default that gives way to
/// what is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub(super) failure_rate: Option<f64>,
    pub(super) consecutive_failures: Option<u32>,
    pub(super) window: Option<Span>,
    pub(super) min_calls: Option<u32>,
    pub(super) slow_call: Option<Slow>,
    pub(super) break_duration: Option<Duration>,
    pub(super) break_backoff: f64,
    pub(super) max_break_duration: Option<Duration>,
    pub(super) half_open_calls: u32,
    /// It never rejects.
    pub(super) shadow: bool,
    /// How many keys it has at most.
    pub(super) max_keys: u32,
}

/// Which calls are slow, and what share of them opens the breaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slow {
    /// Calls that take so long or longer.
    pub(super) line: Duration,
    pub(super) rate: f64,
}

/// Where a breaker's settings are. They may be overridden at any time, so that what is decided under the lock
/// of its gate goes by those that hold there: they are asked for when the lock is taken.
pub(super) trait Current {
    fn current(&self) -> &Settings;
}

impl Current for Settings {
    fn current(&self) -> &Settings {
        self
    }
}

impl Current for InForce<Settings> {
    fn current(&self) -> &Settings {
        self.get()
    }
}

impl Settings {
    /// Half of the calls failing is an outage, not noise.
    const FAILURE_RATE: f64 = 0.5;
    /// Enough that one call is one percent.
    const WINDOW: u32 = 100;
    /// Fewer calls say little: at 20, a callee that fails one call in ten opens a breaker of 50 % once in
    /// some hundred thousand windows.
    const MIN_CALLS: u32 = 20;
    /// Time for a restart or a failover; shorter asks a callee that is down over and over.
    const BREAK: Duration = Duration::from_secs(30);
    /// One success may be luck; three are a sign, and three failures no load.
    const PROBES: u32 = 3;

    pub(super) const fn new() -> Self {
        Self {
            failure_rate: None,
            consecutive_failures: None,
            window: None,
            min_calls: None,
            slow_call: None,
            break_duration: None,
            break_backoff: 1.0,
            max_break_duration: None,
            half_open_calls: Self::PROBES,
            shadow: false,
            max_keys: MAX_KEYS,
        }
    }

    #[track_caller]
    pub(super) const fn failure_rate(mut self, rate: f64) -> Self {
        refuse(rule::ratio(rate));
        self.failure_rate = Some(rate);
        self
    }

    #[track_caller]
    pub(super) const fn consecutive_failures(mut self, failures: u32) -> Self {
        refuse(rule::consecutive_failures(failures));
        self.consecutive_failures = Some(failures);
        self
    }

    #[track_caller]
    pub(super) const fn window_calls(mut self, calls: u32) -> Self {
        refuse(rule::window(calls));
        self.window = Some(Span::Calls(calls));
        self.checked()
    }

    #[track_caller]
    pub(super) const fn window_time(mut self, length: Duration) -> Self {
        refuse(rule::window_time(length));
        self.window = Some(Span::Time(length));
        self.checked()
    }

    #[track_caller]
    pub(super) const fn slow_call(mut self, line: Duration, rate: f64) -> Self {
        refuse(rule::slow_call(line));
        refuse(rule::ratio(rate));
        self.slow_call = Some(Slow { line, rate });
        self
    }

    #[track_caller]
    pub(super) const fn break_backoff(mut self, factor: f64) -> Self {
        refuse(rule::factor(factor));
        self.break_backoff = factor;
        self
    }

    #[track_caller]
    pub(super) const fn max_break_duration(mut self, duration: Duration) -> Self {
        self.max_break_duration = Some(duration);
        self.checked()
    }

    #[track_caller]
    pub(super) const fn min_calls(mut self, calls: u32) -> Self {
        refuse(rule::min_calls(calls));
        self.min_calls = Some(calls);
        self.checked()
    }

    #[track_caller]
    pub(super) const fn break_duration(mut self, duration: Duration) -> Self {
        refuse(rule::break_duration(duration));
        self.break_duration = Some(duration);
        self.checked()
    }

    #[track_caller]
    pub(super) const fn half_open_calls(mut self, calls: u32) -> Self {
        refuse(rule::half_open_calls(calls));
        self.half_open_calls = calls;
        self
    }

    pub(super) const fn shadow(mut self) -> Self {
        self.shadow = true;
        self
    }

    #[track_caller]
    pub(super) const fn max_keys(mut self, keys: u32) -> Self {
        refuse(rule::max_keys(keys));
        self.max_keys = keys;
        self
    }

    #[track_caller]
    const fn checked(self) -> Self {
        refuse(self.unreached());
        refuse(self.too_long());
        self
    }

    /// What is wrong with `min_calls` in a window that is written, too.
    pub(super) const fn unreached(&self) -> Option<Text> {
        match (self.min_calls, self.window) {
            (Some(min_calls), Some(Span::Calls(window))) => {
                rule::min_calls_in_window(min_calls, window)
            }
            _ => None,
        }
    }

    /// What is wrong with a break beside the longest, which is written, too.
    pub(super) const fn too_long(&self) -> Option<Text> {
        match (self.max_break_duration, self.break_duration) {
            (Some(max), Some(duration)) => rule::break_in_max_break(duration, max),
            _ => None,
        }
    }

    /// How far the window reaches back.
    pub(super) fn span(&self) -> Span {
        self.window.unwrap_or_else(|| {
            Span::Calls(
                self.min_calls
                    .map_or(Self::WINDOW, |min| min.max(Self::WINDOW)),
            )
        })
    }

    /// No rate is told before so many records.
    pub(super) fn minimum(&self) -> u32 {
        self.min_calls.unwrap_or_else(|| match self.span() {
            Span::Calls(calls) => Self::MIN_CALLS.min(calls),
            Span::Time(_) => Self::MIN_CALLS,
        })
    }

    pub(super) fn slow(&self) -> Option<Slow> {
        self.slow_call
    }

    /// How long the first break lasts, and how long the lease of a probe.
    pub(super) fn first_break(&self) -> Duration {
        let longest = self.max_break_duration.unwrap_or(Duration::MAX);
        self.break_duration.unwrap_or(Self::BREAK.min(longest))
    }

    /// How long a break lasts that comes after so many others, with no success between them.
    pub(super) fn break_after(&self, others: u32) -> Duration {
        let (first, longest) = (self.first_break(), self.longest_break());
        let factor = self
            .break_backoff
            .powi(i32::try_from(others).unwrap_or(i32::MAX));
        let length = Duration::try_from_secs_f64(first.as_secs_f64() * factor);
        length.unwrap_or(longest).min(longest)
    }

    /// The longest break that `break_backoff` makes.
    pub(super) fn longest_break(&self) -> Duration {
        self.max_break_duration
            .unwrap_or_else(|| self.first_break().saturating_mul(10))
    }

    /// By which factor breaks grow, if they do.
    pub(super) fn growth(&self) -> Option<f64> {
        (self.break_backoff > 1.0).then_some(self.break_backoff)
    }

    /// The rate at which it opens; none where a run of failures alone decides.
    pub(super) fn threshold(&self) -> Option<f64> {
        match self.consecutive_failures {
            Some(_) => self.failure_rate,
            None => Some(self.failure_rate.unwrap_or(Self::FAILURE_RATE)),
        }
    }

    /// The run of failures at which it opens, if it watches for one.
    pub(super) fn run(&self) -> Option<u32> {
        self.consecutive_failures
    }
}
