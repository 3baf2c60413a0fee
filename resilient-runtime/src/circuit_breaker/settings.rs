//! The numbers of a circuit breaker, and what they may be.

use std::time::Duration;

use crate::refuse::refuse;
use crate::rule;

/// What a breaker was told, by its builder or its attribute. `None` is a default that gives way to
/// what is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    failure_rate: Option<f64>,
    consecutive_failures: Option<u32>,
    window: Option<u32>,
    min_calls: Option<u32>,
    pub(super) break_duration: Duration,
    pub(super) half_open_calls: u32,
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
            break_duration: Self::BREAK,
            half_open_calls: Self::PROBES,
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
        self.window = Some(calls);
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
        self.break_duration = duration;
        self
    }

    #[track_caller]
    pub(super) const fn half_open_calls(mut self, calls: u32) -> Self {
        refuse(rule::half_open_calls(calls));
        self.half_open_calls = calls;
        self
    }

    #[track_caller]
    const fn checked(self) -> Self {
        if let (Some(min_calls), Some(window)) = (self.min_calls, self.window) {
            refuse(rule::min_calls_in_window(min_calls, window));
        }
        self
    }

    pub(super) const fn window(&self) -> u32 {
        match (self.window, self.min_calls) {
            (Some(window), _) => window,
            (None, Some(min_calls)) if min_calls > Self::WINDOW => min_calls,
            _ => Self::WINDOW,
        }
    }

    pub(super) fn minimum(&self) -> u32 {
        self.min_calls
            .unwrap_or_else(|| Self::MIN_CALLS.min(self.window()))
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
