//! What is counted: one annotated function a row, and a loop of calls of it.
//!
//! Each row is a module, so that its machine code can be told by its symbols. The bodies are opaque, or
//! the compiler would count them away.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilient_runtime::Rejected;

/// An error of one word: with a smaller one the call by itself is several times slower, and hides all.
#[derive(Debug)]
pub(crate) struct Code(#[expect(dead_code, reason = "makes it one word")] usize);

impl From<Rejected> for Code {
    fn from(_: Rejected) -> Self {
        Self(0)
    }
}

/// What a body does.
#[inline(never)]
pub(crate) fn work(order: u64) -> u64 {
    black_box(order) + 1
}

/// Not ready for so many polls, and then ready.
async fn suspend(mut polls: u32) {
    poll_fn(|_| match polls.checked_sub(1) {
        None => Poll::Ready(()),
        Some(left) => {
            polls = left;
            Poll::Pending
        }
    })
    .await;
}

/// A row that can be called, and how large its future is.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) calls: fn(u64),
    pub(crate) future: fn() -> usize,
}

macro_rules! rows {
    ($($(#[doc = $about:literal])* $row:ident: $(#[$($policy:tt)*])* |$order:ident| $body:block)*) => {
        $(
            $(#[doc = $about])*
            pub(crate) mod $row {
                #[allow(unused_imports, reason = "not all rows use all")]
                use super::*;

                $(#[$($policy)*])*
                async fn call($order: u64) -> Result<u64, Code> $body

                #[inline(never)]
                pub(crate) fn calls(calls: u64) {
                    let mut context = Context::from_waker(Waker::noop());
                    for order in 0..calls {
                        // In place, as where it is awaited.
                        let mut call = pin!(call(black_box(order)));
                        let output = loop {
                            if let Poll::Ready(output) = call.as_mut().poll(&mut context) {
                                break output;
                            }
                        };
                        let _ = black_box(output);
                    }
                }

                pub(crate) fn future() -> usize {
                    size_of_val(&call(0))
                }
            }
        )*

        /// All of them.
        pub(crate) const ROWS: &[Row] = &[$(Row {
            name: stringify!($row),
            calls: $row::calls,
            future: $row::future,
        }),*];
    };
}

use resilient_runtime::{
    Bulkhead, CircuitBreaker, bulkhead, circuit_breaker, fallback, hedge, rate_limit, retry,
    timeout,
};

/// Full for as long as the program runs.
static FULL: Bulkhead = Bulkhead::new("full", 1);
/// Open for as long as the program runs.
static OPEN: CircuitBreaker = CircuitBreaker::new("open")
    .consecutive_failures(1)
    .break_duration(Duration::from_secs(3600));

/// The turn of the next attempt.
static TURN: AtomicU64 = AtomicU64::new(0);

/// What has to have happened before anything is counted.
pub(crate) fn prepare() {
    use resilient_runtime::body;
    let never = FULL.around(body(std::future::pending::<Result<(), Code>>()));
    // It stays in the bulkhead: what is leaked is never dropped.
    let never = Box::leak(Box::new(never));
    let mut never = std::pin::Pin::static_mut(never);
    let mut context = Context::from_waker(Waker::noop());
    assert!(never.as_mut().poll(&mut context).is_pending());
    let fails = OPEN.around(body(std::future::ready(Err::<(), _>(Code(1)))));
    let mut fails = pin!(fails);
    assert!(fails.as_mut().poll(&mut context).is_ready());
}

rows! {
    /// Without any policy.
    bare: |order| { Ok(work(order)) }
    timeout: #[timeout("1s")] |order| { Ok(work(order)) }
    retry: #[retry] |order| { Ok(work(order)) }
    /// Two failures and a success, without a delay.
    three_attempts: #[retry(backoff = "none")] |order| {
        let turn = TURN.load(Ordering::Relaxed);
        TURN.store(turn + 1, Ordering::Relaxed);
        let value = work(order);
        if turn % 3 == 2 { Ok(value) } else { Err(Code(1)) }
    }
    breaker: #[circuit_breaker(name = "closed")] |order| { Ok(work(order)) }
    breaker_open: #[circuit_breaker(OPEN)] |order| { Ok(work(order)) }
    bulkhead: #[bulkhead(name = "room", max_concurrent = 20)] |order| { Ok(work(order)) }
    bulkhead_full: #[bulkhead(FULL)] |order| { Ok(work(order)) }
    rate_limit: #[rate_limit("1000000/ms")] |order| { Ok(work(order)) }
    hedge: #[hedge(after = "1s")] |order| { Ok(work(order)) }
    fallback: #[fallback(value = 0)] |order| { Ok(work(order)) }
    retry_breaker_timeout:
        #[retry]
        #[circuit_breaker(name = "three")]
        #[timeout("1s")]
        |order| { Ok(work(order)) }
    retry_breaker_bulkhead_timeout:
        #[retry]
        #[circuit_breaker(name = "four")]
        #[bulkhead(name = "four", max_concurrent = 20)]
        #[timeout("1s")]
        |order| { Ok(work(order)) }
    readme:
        #[fallback(value = 0)]
        #[timeout("2s")]
        #[retry(max = 3, backoff = "exp", jitter)]
        #[circuit_breaker(name = "six")]
        #[bulkhead(name = "six", max_concurrent = 20)]
        #[timeout("500ms")]
        |order| { Ok(work(order)) }
    bare_suspended: |order| { suspend(1).await; Ok(work(order)) }
    timeout_suspended: #[timeout("1s")] |order| { suspend(1).await; Ok(work(order)) }
    retry_breaker_timeout_suspended:
        #[retry]
        #[circuit_breaker(name = "suspended")]
        #[timeout("1s")]
        |order| { suspend(1).await; Ok(work(order)) }
}
