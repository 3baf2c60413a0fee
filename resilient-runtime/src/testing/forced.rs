//! A circuit breaker that is open for a scope.

use super::near;
use crate::circuit::CircuitState;
use crate::circuit_breaker::CircuitBreaker;
use crate::isolation;
use crate::registry;

/// Forces a circuit breaker open until what is returned is dropped.
///
/// Then it is again what it was: closed, with an empty window, or forced as it was before. One that was
/// open or half-open lets the next call through as a probe, as after
/// [`auto`](CircuitBreaker::auto).
///
/// In an [`isolated`](super::isolated) block it is the block's own breaker; in any other the whole
/// process sees it.
///
/// ```
/// use resilient_runtime::{CircuitBreaker, CircuitState, testing};
///
/// static REFUNDS: CircuitBreaker = CircuitBreaker::new("refunds");
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// {
///     let _open = testing::force_open(&REFUNDS);
///     assert!(REFUNDS.call(async { Ok::<_, &str>(()) }).await.is_err());
/// }
/// assert!(REFUNDS.call(async { Ok::<_, &str>(()) }).await.is_ok());
/// # }
/// ```
pub fn force_open(breaker: &CircuitBreaker) -> ForcedOpen<'_> {
    let breaker = isolation::here(breaker);
    let before = breaker.state();
    breaker.force_open();
    ForcedOpen { breaker, before }
}

/// Forces the circuit breaker of this name open until what is returned is dropped; see [`force_open`].
///
/// # Panics
///
/// Nothing in the binary speaks of such a breaker.
///
/// ```
/// use resilient_runtime::{Rejected, circuit_breaker, testing};
///
/// #[circuit_breaker(name = "refunds")]
/// async fn pay() -> std::io::Result<()> {
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// testing::isolated(async {
///     let _open = testing::force_open_by_name("refunds");
///     assert!(pay().await.is_err());
/// })
/// .await;
/// # }
/// ```
#[track_caller]
pub fn force_open_by_name(name: &str) -> ForcedOpen<'static> {
    let Some(breaker) = registry::circuit_breaker(name) else {
        let hint = near::hint(name, registry::names_of::<CircuitBreaker>());
        panic!("no circuit breaker in this binary is called `{name}`{hint}");
    };
    force_open(breaker)
}

/// A circuit breaker that is open while this lives; see [`force_open`].
#[derive(Debug)]
#[must_use = "dropped, it opens nothing any more"]
pub struct ForcedOpen<'a> {
    breaker: &'a CircuitBreaker,
    before: CircuitState,
}

impl Drop for ForcedOpen<'_> {
    fn drop(&mut self) {
        match self.before {
            CircuitState::Closed => self.breaker.reset(),
            CircuitState::Open | CircuitState::HalfOpen => self.breaker.auto(),
            CircuitState::ForcedClosed => self.breaker.force_closed(),
            CircuitState::ForcedOpen => {}
        }
    }
}
