//! What an error means to the policies.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Rejected;

/// What an error means to the policies around it.
///
/// | class | retry | circuit breaker | hedge | fallback |
/// |---|---|---|---|---|
/// | `Transient` | yes | failure | starts the next | runs |
/// | `Throttled` | yes, after `retry_after` | failure | ends the call | runs |
/// | `Answered` | no | success: the service works | ends the call | runs |
/// | `Permanent` | no | failure | ends the call | runs |
/// | `Ignored` | no | nothing; a probe's place is given back | ends the call | runs |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Class {
    /// It may go away by itself: a lost connection, a 503. What every error is by default, since
    /// a policy was put around the call because it fails now and then.
    #[default]
    Transient,
    /// The callee asks for fewer calls, and may have said when to come back (429, `Retry-After`).
    Throttled {
        /// What the callee asked for. A retry never comes earlier.
        retry_after: Option<Duration>,
    },
    /// The callee works, and the answer is no: 404, 422.
    Answered,
    /// Retrying is useless and something is broken: revoked credentials, an expired certificate.
    Permanent,
    /// It says nothing about the callee.
    Ignored,
}

impl Class {
    /// Whether a retry tries again, unless it is told otherwise.
    pub(crate) fn is_retried(self) -> bool {
        matches!(self, Self::Transient | Self::Throttled { .. })
    }

    /// What the callee asked for.
    pub(crate) fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => retry_after,
            _ => None,
        }
    }
}

/// Tells the policies what an error means. Policies of an annotated function find it by themselves
/// when its signature shows a type that has it.
///
/// [`#[derive(Classify)]`](derive@crate::Classify) writes it from an attribute on each variant. By hand:
///
/// ```
/// use resilient_runtime::{Class, Classify};
///
/// enum PriceError { NotFound, Busy, Io(std::io::Error) }
///
/// impl Classify for PriceError {
///     fn class(&self) -> Class {
///         match self {
///             Self::NotFound => Class::Answered,
///             Self::Busy => Class::Throttled { retry_after: None },
///             Self::Io(_) => Class::Transient,
///         }
///     }
/// }
/// # let _ = PriceError::Busy;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its class is",
    label = "must be `Classify`",
    note = "write `#[derive(Classify)]` on it, with a class on each variant, or `impl Classify` by hand",
    note = "another crate's error cannot be asked: give what holds it a class of its own, such as `#[transient]`"
)]
pub trait Classify {
    /// The class of this error.
    fn class(&self) -> Class;
}

/// A borrowed error means what it means when it is owned. So do those in a `Box` or an `Arc`.
impl<E: Classify + ?Sized> Classify for &E {
    #[inline]
    fn class(&self) -> Class {
        E::class(self)
    }
}

impl<E: Classify + ?Sized> Classify for Box<E> {
    #[inline]
    fn class(&self) -> Class {
        E::class(self)
    }
}

impl<E: Classify + ?Sized> Classify for Arc<E> {
    #[inline]
    fn class(&self) -> Class {
        E::class(self)
    }
}

/// A timeout may not repeat itself; the rest is local saturation, which retrying makes worse and
/// which says nothing about the callee.
impl Classify for Rejected {
    fn class(&self) -> Class {
        match self {
            Self::TimedOut {
                inherited: false, ..
            } => Class::Transient,
            _ => Class::Ignored,
        }
    }
}

#[cfg(feature = "anyhow")]
impl Classify for anyhow::Error {
    /// The class of the [`Rejected`] anywhere in the chain; without one, `Transient`.
    fn class(&self) -> Class {
        self.chain()
            .find_map(|cause| cause.downcast_ref::<Rejected>())
            .map_or(Class::Transient, Classify::class)
    }
}
