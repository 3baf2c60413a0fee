//! The rows, one file a policy. They want a runtime around them: one peer's clock runs in a task of it.

pub mod bare;
mod bulkhead;
mod circuit_breaker;
mod floor;
mod rate_limit;
mod retry;
mod stack;
mod timeout;

use std::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use crate::row::Row;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// Every row, in the order of the table.
#[must_use]
pub fn all() -> Vec<Row> {
    [
        bare::rows(),
        timeout::rows(),
        retry::rows(),
        circuit_breaker::rows(),
        bulkhead::rows(),
        rate_limit::rows(),
        stack::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What makes the futures of the calls themselves. By its type, and not by a pointer: peers are inlined as we are.
trait Body<F>: Fn(u64) -> F + Copy + Send + Sync + 'static {}

impl<F, B: Fn(u64) -> F + Copy + Send + Sync + 'static> Body<F> for B {}

/// The output of a future that never waits: what brings a row into the state it is measured in.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Starts a call that never ends, and keeps what it has taken.
fn held<F: Future + 'static>(call: F) {
    let call: &'static mut _ = Box::leak(Box::new(Box::pin(call)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
}
