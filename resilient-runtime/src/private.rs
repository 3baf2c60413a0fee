//! What expansions name, and nothing else does. No part of the public interface.

pub use core::ops::ControlFlow::{Break, Continue};
pub use core::option::Option::{None, Some};
pub use core::pin::pin;
pub use core::result::Result::{Err, Ok};
pub use core::time::Duration;

pub use linkme;

pub use crate::__here as here;
pub use crate::__own as own;
pub use crate::__site as site;

pub use crate::amplified::retried;
pub use crate::backoff::Mode;
pub use crate::body::{body, classified};
pub use crate::budget::{RetryBudget, counted};
pub use crate::bulkhead::Bulkhead;
pub use crate::call::call;
pub use crate::cause::Cause;
pub use crate::circuit_breaker::CircuitBreaker;
pub use crate::class::{Class, Classify};
pub use crate::expansion::{
    ClassOf, attempts, attempts_within, classify_by, copied, error_of, error_of_with, finish,
    finish_infallible, finish_with, fresh, never, policy, reject_by, runs_when, runs_when_with,
    taken, tie,
};
pub use crate::fallback::{served, value_of};
pub use crate::hedge::Hedge;
pub use crate::instance::instance;
pub use crate::jitter::Jitter;
#[cfg(feature = "config")]
pub use crate::overrides::Index;
pub use crate::rate_limit::RateLimiter;
pub use crate::registry::{Budgeted, ByKey, SITES, Shared, Site};
pub use crate::retry::Retry;
pub use crate::retry_after::retry_after;
pub use crate::timeout::Timeout;
pub use crate::within::within;

/// What the feature `advice` warns of.
pub mod advice {
    #[expect(deprecated, reason = "that is what they are for")]
    pub use crate::advice::{RETRIES_MULTIPLY, RETRY_WITHOUT_JITTER, RETRY_WITHOUT_TIMEOUT};
}

/// The rules across a stack, for constants.
pub mod check {
    pub use crate::check::{after, copies, delays, first_delay, hedge_beneath, hedge_over, nested};
}
