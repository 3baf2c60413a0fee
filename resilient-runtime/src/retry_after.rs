//! The fields that `#[throttled(retry_after = field)]` may name.

use std::time::Duration;

/// A field that says when to come back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how long to wait, as `retry_after` must",
    label = "must be `Duration` or `Option<Duration>`",
    note = "turn what the callee sent (seconds, a header, a point in time) into a `Duration` where the error is made"
)]
pub trait RetryAfter {
    #[doc(hidden)]
    fn retry_after(&self) -> Option<Duration>;
}

impl RetryAfter for Duration {
    #[inline]
    fn retry_after(&self) -> Option<Duration> {
        Some(*self)
    }
}

impl RetryAfter for Option<Duration> {
    #[inline]
    fn retry_after(&self) -> Option<Duration> {
        *self
    }
}

/// What the field says.
#[inline]
pub fn retry_after<F: RetryAfter + ?Sized>(field: &F) -> Option<Duration> {
    field.retry_after()
}
