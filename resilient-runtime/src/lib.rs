//! Resilience for async functions on tokio: retry, timeout, circuit breaker, bulkhead, rate limit, hedge and fallback.
//!
//! Write a stack of attributes over an `async fn`; the top one is the outermost:
//!
//! ```
//! use resilient_runtime::{bulkhead, circuit_breaker, fallback, retry, timeout};
//! # #[derive(Clone)] struct Quote; struct PriceError;
//! # struct Client;
//! # impl Client {
//! # async fn cached_quote(&self, _sku: &str) -> Result<Quote, PriceError> { Ok(Quote) }
//!
//! #[fallback(self.cached_quote)]
//! #[timeout("2s")]
//! #[retry(max = 3, backoff = "exp", jitter)]
//! #[circuit_breaker(name = "pricing")]
//! #[bulkhead(name = "pricing", max_concurrent = 20)]
//! #[timeout("500ms")]
//! async fn quote(&self, sku: &str) -> Result<Quote, PriceError> {
//!     // …
//! #   let _ = sku; Ok(Quote)
//! }
//! # }
//! ```
//!
//! Everything that an attribute does can be done by hand with the same types: [`Retry`], [`Timeout`],
//! [`CircuitBreaker`], [`Bulkhead`], [`RateLimiter`], [`Hedge`]; [`body`] makes a future of `Result<T, E>` the
//! innermost layer, and `around` puts one policy around another.
//!
//! * [`Rejected`] is what policies say when they stop a call; [`Failure`] is that, or the call's own error.
//! * [`Classify`] says what an error means: transient, throttled, answered, permanent, ignored.
//! * [`RetryBudget`] bounds what all retries of a callee add to its load.
//! * [`deadline`] reaches through calls: each timeout opens a scope for everything beneath it.
//! * [`event`] tells what policies do, and so does `tracing`.
//! * `config` changes settings while the process runs, with the feature of that name.
//! * `metrics` counts and measures, with the feature of that name, for Prometheus and its like.
//! * `health` reports, with the feature of that name, for the probes of an orchestrator.
//! * [`registry`] knows every annotated function and every named instance before the first call.
//! * `testing`, with the feature of that name, gives tests breakers of their own, and tells what happened.
//!
//! # Advice
//!
//! What can't work does not compile. What is legal and unwise is warned of with the feature `advice`,
//! which is off by default:
//!
//! * a `retry` with no `timeout` in its stack: a call that hangs is never retried;
//! * a `retry` without `jitter` over a circuit breaker, bulkhead or rate limit that others share: callers who
//!   fail together come back together (`jitter = "none"` says that you mean it);
//! * a `retry` over another one, when together they make over 10 calls of one.
//!
//! They are deprecation warnings: `#[allow(deprecated)]` on a function silences them there. A `max`
//! that is a constant, and settings of an instance that is handed in, are not looked at.

#![forbid(unsafe_code)]

mod advice;
mod amplified;
mod attribute;
mod backoff;
mod body;
mod budget;
mod bulkhead;
mod call;
mod cause;
mod chance;
mod check;
mod circuit;
mod circuit_breaker;
mod class;
#[cfg(feature = "config")]
pub mod config;
mod conflict;
pub mod deadline;
mod error;
pub mod event;
mod expansion;
mod fallback;
mod function;
#[cfg(feature = "config")]
mod grammar;
#[cfg(feature = "retry-after")]
pub mod header;
#[cfg(feature = "health")]
pub mod health;
mod hedge;
mod in_force;
mod instance;
mod isolation;
mod jitter;
mod keyed;
#[cfg(test)]
mod levels;
mod meter;
#[cfg(feature = "metrics")]
pub mod metrics;
mod moment;
mod name;
mod near;
mod outcome;
#[cfg(feature = "config")]
mod overrides;
mod polled;
mod predicate;
mod rate_limit;
mod reading;
mod refuse;
pub mod registry;
mod retry;
mod retry_after;
mod rounded;
mod rule;
mod seed;
#[cfg(feature = "testing")]
pub mod testing;
mod timeout;
mod within;

/// For expansions only.
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use backoff::Mode;
pub use body::{Body, body};
pub use budget::RetryBudget;
pub use bulkhead::{Around as BulkheadAround, Bulkhead};
pub use cause::Cause;
pub use circuit::{CircuitState, Reason};
pub use circuit_breaker::{Around as CircuitBreakerAround, CircuitBreaker, CircuitSnapshot};
pub use class::{Class, Classify};
pub use error::Rejected;
pub use function::Function;
pub use hedge::{Hedge, Hedged};
pub use jitter::Jitter;
pub use keyed::{Key, Keyed, OfKey};
pub use name::Name;
pub use outcome::{Failure, Outcome};
pub use rate_limit::{Around as RateLimiterAround, RateLimiter};
#[cfg(feature = "macros")]
pub use resilient_macros::{
    Classify, bulkhead, circuit_breaker, fallback, hedge, idempotent, rate_limit, retry, shared,
    timeout,
};
pub use retry::{Attempts, Pause, Pausing, Retry, RetryEvent};
pub use timeout::{Around as TimeoutAround, Timeout};
