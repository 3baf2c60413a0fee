//! Isolation: a block with instances of its own.

use std::future::Future;
use std::sync::Arc;

use super::within::{Scope, Within};
use crate::isolation::{self, Isolation};
use crate::registry;
use crate::seed::{self, Generator};

/// Runs `future` with shared instances of its own, all of them new, so that parallel tests do not meet
/// in one breaker.
///
/// In the block, each of these is the block's own, with the settings that are in force for it and as
/// nobody had called it yet:
///
/// * what a `name` stands for, in an attribute and in [`registry::circuit_breaker`] and its like;
/// * a `static` that an attribute names, or that is marked `#[shared]`. `SHIPPING.state()` in the block
///   speaks of the block's own as well, and so does `SHIPPING.call(..)`;
/// * what belongs to one function: a bulkhead or rate limit without a name, a hedge's own budget and what
///   it has measured;
/// * the instances of all their keys: `HOSTS.of(host)` in the block is of the block's own `HOSTS`.
///
/// What a test makes by itself is its own anyway, and stays what it is. So does a `static` that neither
/// an attribute names nor `#[shared]` marks: nobody can know that it is one.
///
/// A reference that [`registry`] gave in the block stands for the block's own for ever. What a block
/// gives away in any other way, `&SHIPPING` for example, means the process's own again outside of it. Of
/// nested blocks the inner one wins.
///
/// The block ends where its task does: in a `tokio::spawn` it is lost, unless [`carry`](super::carry)
/// takes it along. A call that outlives its block keeps its instances: they are never freed, some hundred
/// bytes for each that a block uses, and as much for each of its keys.
///
/// ```
/// use std::io;
/// use resilient_runtime::{CircuitBreaker, CircuitState, circuit_breaker, testing};
///
/// static SHIPPING: CircuitBreaker = CircuitBreaker::new("shipping").consecutive_failures(1);
///
/// #[circuit_breaker(SHIPPING)]
/// async fn ship(works: bool) -> io::Result<()> {
///     if works { Ok(()) } else { Err(io::Error::other("down")) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// testing::isolated(async {
///     assert!(ship(false).await.is_err());
///     assert_eq!(SHIPPING.state(), CircuitState::Open);
/// })
/// .await;
///
/// testing::isolated(async { assert!(ship(true).await.is_ok()) }).await;
/// assert_eq!(SHIPPING.state(), CircuitState::Closed);
/// # }
/// ```
pub fn isolated<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let scope = Isolated {
        isolation: Arc::new(Isolation::new(registry::originals())),
        seed: seed::afresh(),
    };
    Within::new(future, scope)
}

struct Isolated {
    isolation: Arc<Isolation>,
    seed: Generator,
}

impl Scope for Isolated {
    type Entered = (isolation::Entered, seed::Entered);

    fn enter(&self) -> Self::Entered {
        let isolation = isolation::enter(Arc::clone(&self.isolation));
        (isolation, seed::enter(Arc::clone(&self.seed)))
    }
}
