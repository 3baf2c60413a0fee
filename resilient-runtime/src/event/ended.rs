//! How a call ended, as whoever made it sees it.

use std::fmt;

use crate::cause::Cause;
use crate::outcome::Outcome;

/// How a call of an annotated function ended, before any fallback on top of its stack answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ended {
    /// With a value.
    Success,
    /// With an error, or with a rejection by one of its policies.
    Failed(Cause),
    /// Its future was dropped: nobody waits for it any more.
    Dropped,
    /// By a panic.
    Panicked,
}

impl Ended {
    #[inline]
    pub(crate) fn of<T, E>(outcome: &Outcome<T, E>) -> Self {
        match outcome {
            Ok(_) => Self::Success,
            Err(failure) => Self::Failed(failure.cause()),
        }
    }

    /// In one word, as the labels of metrics have it: `success`, `dropped`, `panicked`, or
    /// [`Cause::as_str`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed(cause) => cause.as_str(),
            Self::Dropped => "dropped",
            Self::Panicked => "panicked",
        }
    }
}

/// As it is told of: `with a value`, `with a timeout`, `by a panic`.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.pad("with a value"),
            Self::Failed(cause) => write!(f, "with {cause}"),
            Self::Dropped => f.pad("as it was dropped"),
            Self::Panicked => f.pad("by a panic"),
        }
    }
}
