//! The kinds of failure that `on(..)` speaks of.

use std::fmt;

use crate::error::Rejected;

/// What a failure was caused by: the words of `on(..)` in `retry` and `fallback`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The function's own error.
    Error,
    /// A `timeout` expired.
    Timeout,
    /// A circuit breaker is open.
    CircuitOpen,
    /// A bulkhead is full.
    BulkheadFull,
    /// A rate limiter refused.
    RateLimited,
    /// The same idempotent call runs already.
    InFlight,
}

impl Cause {
    /// Its word in `on(..)`: `error`, `timeout`, `circuit_open`, `bulkhead_full`, `rate_limited` or
    /// `in_flight`. The labels of metrics and the fields of `tracing` have it too.
    ///
    /// ```
    /// assert_eq!(resilient_runtime::Cause::CircuitOpen.as_str(), "circuit_open");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::CircuitOpen => "circuit_open",
            Self::BulkheadFull => "bulkhead_full",
            Self::RateLimited => "rate_limited",
            Self::InFlight => "in_flight",
        }
    }
}

impl From<&Rejected> for Cause {
    #[inline]
    fn from(rejected: &Rejected) -> Self {
        match rejected {
            Rejected::TimedOut { .. } => Self::Timeout,
            Rejected::CircuitOpen { .. } => Self::CircuitOpen,
            Rejected::BulkheadFull { .. } => Self::BulkheadFull,
            Rejected::RateLimited { .. } => Self::RateLimited,
            Rejected::InFlight { .. } => Self::InFlight,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "an error",
            Self::Timeout => "a timeout",
            Self::CircuitOpen => "an open circuit",
            Self::BulkheadFull => "a full bulkhead",
            Self::RateLimited => "a rate limit",
            Self::InFlight => "a call in flight",
        })
    }
}

/// A set of causes that fits a byte, so that policies stay small and `const`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Causes(u8);

impl Causes {
    pub(crate) const fn of(causes: &[Cause]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < causes.len() {
            bits |= 1 << causes[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub(crate) const fn contains(self, cause: Cause) -> bool {
        self.0 & (1 << cause as u8) != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
