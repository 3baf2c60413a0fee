//! Hooks of a retry: what the callee asked for, and who is told.

use std::time::Duration;

use crate::predicate::Absent;

/// What `on_retry` is told, before the sleep.
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryEvent<'a, E> {
    /// Which retry this is: 1 is the first.
    pub attempt: u32,
    /// How long it waits.
    pub delay: Duration,
    /// The error of the attempt before it.
    pub error: &'a E,
}

impl<'a, E> RetryEvent<'a, E> {
    pub(super) fn new(attempt: u32, delay: Duration, error: &'a E) -> Self {
        Self {
            attempt,
            delay,
            error,
        }
    }
}

/// The delay that the callee asked for.
pub trait DelayFrom<E> {
    /// Whether there is one.
    #[doc(hidden)]
    const IS_THERE: bool = true;

    #[doc(hidden)]
    fn delay_from(&self, error: &E) -> Option<Duration>;
}

impl<E> DelayFrom<E> for Absent {
    const IS_THERE: bool = false;

    fn delay_from(&self, _: &E) -> Option<Duration> {
        None
    }
}

impl<E, P: Fn(&E) -> Option<Duration>> DelayFrom<E> for P {
    fn delay_from(&self, error: &E) -> Option<Duration> {
        self(error)
    }
}

/// Told of each retry of an error.
pub trait OnRetry<E> {
    /// Whether there is one.
    #[doc(hidden)]
    const IS_THERE: bool = true;

    #[doc(hidden)]
    fn on_retry(&self, event: &RetryEvent<'_, E>);
}

impl<E> OnRetry<E> for Absent {
    const IS_THERE: bool = false;

    fn on_retry(&self, _: &RetryEvent<'_, E>) {}
}

impl<E, P: Fn(&RetryEvent<'_, E>)> OnRetry<E> for P {
    fn on_retry(&self, event: &RetryEvent<'_, E>) {
        self(event);
    }
}
