//! How an attempt ends inside a stack.

use crate::cause::{Cause, Causes};
use crate::error::Rejected;

/// How an attempt ends inside a stack: the function's value, or a [`Failure`].
pub type Outcome<T, E> = Result<T, Failure<E>>;

/// Why an attempt has no value: the function's own error, or a policy's rejection.
///
/// Policies look at this, never at a converted `E`, so nothing has to be guessed. By hand, turn it
/// into your own error at the end with [`into_error`](Failure::into_error).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure<E> {
    /// The function ran and returned this error.
    #[error(transparent)]
    Error(E),
    /// A policy stopped the call or did not let it start.
    #[error(transparent)]
    Rejected(Rejected),
}

impl<E> Failure<E> {
    /// The one conversion: a rejection becomes `E`, an error is returned as it is.
    ///
    /// ```
    /// use resilient_runtime::Failure;
    /// let failure: Failure<std::io::Error> = Failure::Error(std::io::ErrorKind::NotFound.into());
    /// assert_eq!(failure.into_error().kind(), std::io::ErrorKind::NotFound);
    /// ```
    pub fn into_error(self) -> E
    where
        E: From<Rejected>,
    {
        match self {
            Self::Error(error) => error,
            Self::Rejected(rejected) => rejected.into(),
        }
    }

    /// What kind of failure this is.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Error(_) => Cause::Error,
            Self::Rejected(rejected) => rejected.into(),
        }
    }

    /// Whether this failure is of one of these kinds: what `on(..)` asks.
    pub fn is_any(&self, causes: &[Cause]) -> bool {
        Causes::of(causes).contains(self.cause())
    }
}

impl<E> From<Rejected> for Failure<E> {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}
