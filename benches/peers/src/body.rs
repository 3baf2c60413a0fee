//! What the calls do: next to nothing, and nothing that a compiler can see through.

use std::{cell::Cell, fmt, future::poll_fn, hint::black_box, task::Poll};

use resilient_runtime::Rejected;

/// Of one word: with an enum of one byte the bare call alone is six times as slow, and hides what policies cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault(pub usize);

impl Fault {
    pub const FAILED: Self = Self(1);
    pub const REJECTED: Self = Self(2);
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "fault {}", self.0)
    }
}

impl std::error::Error for Fault {}

impl From<Rejected> for Fault {
    fn from(_: Rejected) -> Self {
        Self::REJECTED
    }
}

impl From<resilient::timeout::TimeoutError> for Fault {
    fn from(_: resilient::timeout::TimeoutError) -> Self {
        Self::REJECTED
    }
}

thread_local! {
    /// One instruction in each body, in the bare ones too: it is how a row is held to what it says.
    static RUN: Cell<u64> = const { Cell::new(0) };
}

/// How many bodies this thread has run.
pub(crate) fn run() -> u64 {
    RUN.get()
}

#[inline(never)]
pub(crate) fn answer(n: u64) -> Result<u64, Fault> {
    RUN.set(RUN.get() + 1);
    black_box(Ok(n))
}

#[inline(never)]
pub(crate) fn fail(_: u64) -> Result<u64, Fault> {
    RUN.set(RUN.get() + 1);
    black_box(Err(Fault::FAILED))
}

/// Two of a hundred calls in a row fail.
#[inline(never)]
pub(crate) fn fail_at_times(n: u64) -> Result<u64, Fault> {
    RUN.set(RUN.get() + 1);
    black_box(if n % 50 == 49 {
        Err(Fault::FAILED)
    } else {
        Ok(n)
    })
}

/// Suspends once, and is woken at once.
pub(crate) async fn suspend() {
    let mut suspended = false;
    poll_fn(|context| {
        if suspended {
            return Poll::Ready(());
        }
        suspended = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
