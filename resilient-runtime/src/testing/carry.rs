//! Carrying what is in force into another task.

use std::future::Future;
use std::sync::Arc;

use super::within::{Scope, Within};
use crate::event::recording::{self, Records};
use crate::isolation::{self, Isolation};
use crate::seed::{self, Generator};

/// Takes what is in force *now* along with `future`, into a `tokio::spawn` for example: the instances of
/// [`isolated`](super::isolated), the recording of [`record`](super::record), the seed of the jitter.
///
/// Outside of any block it takes the thread's seed along, and nothing else.
///
/// ```
/// use resilient_runtime::{CircuitBreaker, CircuitState, shared, testing};
///
/// #[shared]
/// static ORDERS: CircuitBreaker = CircuitBreaker::new("orders").consecutive_failures(1);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// testing::isolated(async {
///     let call = ORDERS.call(async { Err::<(), _>("down") });
///     tokio::spawn(testing::carry(call)).await.unwrap().unwrap_err();
///     assert_eq!(ORDERS.state(), CircuitState::Open);
/// })
/// .await;
/// assert_eq!(ORDERS.state(), CircuitState::Closed);
/// # }
/// ```
pub fn carry<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let scope = Carried {
        isolation: isolation::current(),
        records: recording::current(),
        seed: seed::current(),
    };
    Within::new(future, scope)
}

struct Carried {
    isolation: Option<Arc<Isolation>>,
    records: Records,
    seed: Generator,
}

impl Scope for Carried {
    type Entered = (
        Option<isolation::Entered>,
        recording::Entered,
        seed::Entered,
    );

    fn enter(&self) -> Self::Entered {
        (
            self.isolation.clone().map(isolation::enter),
            recording::enter(&self.records),
            seed::enter(Arc::clone(&self.seed)),
        )
    }
}
