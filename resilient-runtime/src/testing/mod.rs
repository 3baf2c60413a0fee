//! What tests want of the policies. Feature `testing`: without it none of this is compiled.
//!
//! ```toml
//! [dev-dependencies]
//! resilient-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! * [`isolated`] gives a block its own instances, so that parallel tests do not meet in one breaker.
//! * [`record`] tells what policies did in a block, all of it and nothing else.
//! * [`force_open`] opens a circuit breaker for a scope.
//! * [`seed_jitter`] makes jitter repeatable.
//! * [`stack_of!`] shows the stack of a function, for a snapshot.
//!
//! They go well with tokio's paused clock: on it no test waits for a break to be over.
//!
//! ```
//! use std::time::Duration;
//! use resilient_runtime::{CircuitState, Rejected, circuit_breaker, registry, retry, testing};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum PriceError {
//!     #[error("the service is down")]
//!     Down,
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//! }
//!
//! #[retry(max = 3, delay = "1s")]
//! #[circuit_breaker(name = "quotes", consecutive_failures = 2)]
//! async fn quote() -> Result<u32, PriceError> {
//!     Err(PriceError::Down)
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! let ((), events) = testing::record(testing::isolated(async {
//!     assert!(quote().await.is_err());
//!     // In the block the name stands for the block's own breaker.
//!     let breaker = registry::circuit_breaker("quotes").unwrap();
//!     assert_eq!(breaker.state(), CircuitState::Open);
//! }))
//! .await;
//! assert_eq!(
//!     events.to_string(),
//!     "retry 1 of 3 in 1s, after an error\n\
//!      quotes: closed → open, as 2 calls in a row failed\n\
//!      retry 2 of 3 in 2s, after an error\n\
//!      rejected: quotes is open: 2 calls in a row failed; next probe in 28s"
//! );
//! // Outside of it nothing has happened.
//! let breaker = registry::circuit_breaker("quotes").unwrap();
//! assert_eq!(breaker.state(), CircuitState::Closed);
//! # });
//! ```

mod carry;
mod forced;
mod isolated;
mod near;
mod record;
mod stack;
mod within;

pub use carry::carry;
pub use forced::{ForcedOpen, force_open, force_open_by_name};
pub use isolated::isolated;
pub use record::{Events, Recorder, record};
pub use stack::Stack;
#[doc(inline)]
pub use stack::stack_of;

/// Makes jitter repeatable: the same seed, the same delays.
///
/// In an [`isolated`] block it seeds the block, whichever thread polls it; anywhere else the thread, for
/// as long as that lives. A block begins anew from the seed of the thread that makes it, if there is one:
/// the seed may stand before the block as well.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Jitter, Retry, body, testing};
///
/// static RETRY: Retry = Retry::new(3).constant(Duration::from_secs(1)).jitter(Jitter::Full);
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let delays = async || {
///     testing::seed_jitter(7);
///     let down = || body(async { Err::<(), _>("down") });
///     testing::record(RETRY.run(down)).await.1.to_string()
/// };
/// assert_eq!(delays().await, delays().await);
/// # });
/// ```
pub fn seed_jitter(seed: u64) {
    crate::seed::seed(seed);
}
