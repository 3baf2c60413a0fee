//! What is said of a circuit: the state it is in, and why.

use std::fmt;
use std::time::Duration;

/// What a breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CircuitState {
    /// Calls go through, and are recorded.
    Closed,
    /// Calls are rejected until the break is over.
    Open,
    /// So many probes go through; they decide.
    HalfOpen,
    /// An operator lets nothing through.
    ForcedOpen,
    /// An operator lets everything through, and nothing is recorded.
    ForcedClosed,
}

impl CircuitState {
    /// In one word, as the labels of metrics and the fields of `tracing` have it: `closed`, `open`,
    /// `half_open`, `forced_open` or `forced_closed`.
    ///
    /// ```
    /// assert_eq!(resilient_runtime::CircuitState::HalfOpen.as_str(), "half_open");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::ForcedOpen => "forced_open",
            Self::ForcedClosed => "forced_closed",
        }
    }
}

impl fmt::Display for CircuitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::ForcedOpen => "forced open",
            Self::ForcedClosed => "forced closed",
        })
    }
}

/// Why a breaker does not let calls through.
///
/// ```text
/// 12 of the last 20 calls failed (60% ≥ 50%)
/// 5 calls in a row failed
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The failure rate of the window reached its threshold.
    #[non_exhaustive]
    FailureRate {
        /// How many failed.
        failures: u32,
        /// Of how many in the window.
        calls: u32,
        /// The rate at which the breaker opens, over 0 and up to 1.
        threshold: f64,
    },
    /// The share of slow calls in the window reached its threshold.
    #[non_exhaustive]
    SlowRate {
        /// How many were slow.
        slow: u32,
        /// Of how many in the window.
        calls: u32,
        /// From how long on a call is slow.
        line: Duration,
        /// The rate at which the breaker opens, over 0 and up to 1.
        threshold: f64,
    },
    /// So many calls in a row failed.
    #[non_exhaustive]
    ConsecutiveFailures {
        /// How many.
        failures: u32,
    },
    /// A probe failed: the callee has not recovered.
    ProbeFailed,
    /// A probe took too long.
    #[non_exhaustive]
    ProbeSlow {
        /// From how long on a call is slow.
        line: Duration,
    },
    /// It has let all its probes out, and waits for what they say.
    #[non_exhaustive]
    Probing {
        /// How many probes it lets out.
        probes: u32,
    },
    /// An operator holds it open.
    Forced,
}

impl Reason {
    /// In one word, as the fields of `tracing` have it: `failure_rate`, `slow_rate`,
    /// `consecutive_failures`, `probe_failed`, `probe_slow`, `probing` or `forced`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::FailureRate { .. } => "failure_rate",
            Self::SlowRate { .. } => "slow_rate",
            Self::ConsecutiveFailures { .. } => "consecutive_failures",
            Self::ProbeFailed => "probe_failed",
            Self::ProbeSlow { .. } => "probe_slow",
            Self::Probing { .. } => "probing",
            Self::Forced => "forced",
        }
    }

    /// What a breaker that rejects for this reason is.
    pub(crate) fn state(&self) -> CircuitState {
        match self {
            Self::Probing { .. } => CircuitState::HalfOpen,
            _ => CircuitState::Open,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FailureRate {
                failures,
                calls,
                threshold,
            } => write!(
                f,
                "{failures} of the last {calls} calls failed ({} ≥ {})",
                Percent(f64::from(failures) / f64::from(calls)),
                Percent(threshold),
            ),
            Self::SlowRate {
                slow,
                calls,
                line,
                threshold,
            } => write!(
                f,
                "{slow} of the last {calls} calls took {line:?} or longer ({} ≥ {})",
                Percent(f64::from(slow) / f64::from(calls)),
                Percent(threshold),
            ),
            Self::ProbeSlow { line } => write!(f, "a probe took {line:?} or longer"),
            Self::ConsecutiveFailures { failures: 1 } => f.write_str("the last call failed"),
            Self::ConsecutiveFailures { failures } => {
                write!(f, "{failures} calls in a row failed")
            }
            Self::ProbeFailed => f.write_str("a probe failed"),
            Self::Probing { probes: 1 } => f.write_str("its probe is under way"),
            Self::Probing { probes } => write!(f, "its {probes} probes are under way"),
            Self::Forced => f.write_str("forced by an operator"),
        }
    }
}

/// A rate for people: one decimal where there is something to show.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 1000.0).round();
        let decimals = usize::from(tenths % 10.0 != 0.0);
        write!(f, "{:.decimals$}%", tenths / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_like_rates() {
        let reason = Reason::FailureRate {
            failures: 12,
            calls: 20,
            threshold: 0.5,
        };
        assert_eq!(
            reason.to_string(),
            "12 of the last 20 calls failed (60% ≥ 50%)"
        );
        assert_eq!(Percent(1.0 / 3.0).to_string(), "33.3%");
        assert_eq!(Percent(1.0).to_string(), "100%");
    }
}
