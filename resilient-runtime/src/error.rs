//! `Rejected`: what a policy says when it stops a call, or does not let it in.

use std::time::Duration;

use crate::circuit::Reason;
use crate::name::Name;
use crate::rounded::Rounded;

/// A policy stopped this call, or did not let it start.
///
/// Inside a stack a rejection stays what it is, so that every policy knows what it looks at. When it
/// leaves the outermost policy of an annotated function it becomes the function's own error type
/// through `From`, once:
///
/// ```
/// use resilient_runtime::Rejected;
///
/// #[derive(Debug, thiserror::Error)]
/// enum PriceError {
///     #[error("no such article")]
///     Unknown,
///     #[error(transparent)]
///     Rejected(#[from] Rejected),
/// }
/// # let _ = PriceError::Unknown;
/// ```
///
/// It holds no heap memory of its own and cloning it never allocates: rejecting is what a service
/// does most when it does badly.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// A `timeout` expired, and what it was around has been dropped.
    #[error("timed out after {after:?}{}", if *.inherited { " (the caller's deadline)" } else { "" })]
    TimedOut {
        /// How long the call was given.
        after: Duration,
        /// Whether the deadline was a caller's (an outer function's, or one opened by hand), not
        /// the timeout's own.
        inherited: bool,
    },
    /// A circuit breaker is open, or half-open with all its probes out.
    #[error("{name} is {}: {reason}{}", .reason.state(), NextProbe(*.retry_after))]
    #[non_exhaustive]
    CircuitOpen {
        /// The breaker's name.
        name: Name,
        /// When the next probe may go through; `None` while an operator holds the breaker open.
        retry_after: Option<Duration>,
        /// Why the breaker rejects.
        reason: Reason,
    },
    /// A bulkhead has no room, and no room came free within its `max_wait`.
    #[error("{name} is full: {} in flight{}", Calls(*.limit), Waited(*.waited))]
    #[non_exhaustive]
    BulkheadFull {
        /// The bulkhead's name.
        name: Name,
        /// How many calls it admits at once.
        limit: usize,
        /// How long this call waited for a place.
        waited: Duration,
    },
    /// A call was too early for a rate limiter, and its turn would come too late.
    #[error("{name} is over its rate; next call in {}", Rounded(*.retry_after))]
    RateLimited {
        /// The limiter's name.
        name: Name,
        /// In how long a call passes at once, if no other comes before it.
        retry_after: Duration,
    },
    /// The same idempotent call runs already.
    #[error("{name}: the same call is in flight already")]
    #[non_exhaustive]
    InFlight {
        /// The idempotent function's name.
        name: Name,
    },
}

impl Rejected {
    /// How long to wait before it makes sense to call again, where the policy knows.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after, .. } => *retry_after,
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            Self::TimedOut { .. } | Self::BulkheadFull { .. } | Self::InFlight { .. } => None,
        }
    }

    /// The policy that rejected, by the word of its attribute: `"timeout"`, `"circuit_breaker"`, …
    #[must_use]
    pub fn policy(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "timeout",
            Self::CircuitOpen { .. } => "circuit_breaker",
            Self::BulkheadFull { .. } => "bulkhead",
            Self::RateLimited { .. } => "rate_limit",
            Self::InFlight { .. } => "idempotent",
        }
    }

    /// The name of the instance that rejected; empty for a timeout, which has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.instance().map_or("", Name::as_str)
    }

    pub(crate) fn instance(&self) -> Option<&Name> {
        match self {
            Self::TimedOut { .. } => None,
            Self::CircuitOpen { name, .. }
            | Self::BulkheadFull { name, .. }
            | Self::RateLimited { name, .. }
            | Self::InFlight { name } => Some(name),
        }
    }
}

/// The orphan rule keeps users from writing this one, and `io::Result` is a common return type.
impl From<Rejected> for std::io::Error {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected {
            Rejected::TimedOut { .. } => std::io::ErrorKind::TimedOut,
            _ => std::io::ErrorKind::Other,
        };
        Self::new(kind, rejected)
    }
}

struct NextProbe(Option<Duration>);

impl std::fmt::Display for NextProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(after) => write!(f, "; next probe in {}", Rounded(after)),
            None => Ok(()),
        }
    }
}

struct Calls(usize);

impl std::fmt::Display for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => f.write_str("1 call is"),
            calls => write!(f, "{calls} calls are"),
        }
    }
}

struct Waited(Duration);

impl std::fmt::Display for Waited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_zero() {
            return Ok(());
        }
        write!(f, ", and none ended within {}", Rounded(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejections_stay_small_enough_to_return() {
        assert!(
            size_of::<Rejected>() <= 64,
            "{} bytes",
            size_of::<Rejected>()
        );
    }

    #[test]
    fn texts_say_what_happened_and_what_next() {
        let timeout = Rejected::TimedOut {
            after: Duration::from_millis(500),
            inherited: false,
        };
        assert_eq!(timeout.to_string(), "timed out after 500ms");
        let full = Rejected::BulkheadFull {
            name: Name::from("db"),
            limit: 20,
            waited: Duration::from_millis(100),
        };
        assert_eq!(
            full.to_string(),
            "db is full: 20 calls are in flight, and none ended within 100ms"
        );
    }
}
