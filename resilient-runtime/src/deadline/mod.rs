//! Deadlines that reach through calls: each `timeout` opens a scope for everything beneath it.
//!
//! The scope stands in a thread-local cell for the length of one poll, and is taken out again when
//! the poll ends. A call that never waits reads no clock: its scope says only how long it may take
//! (`allowed`), and the first one beneath who has to know a point in time starts the clock for all. Only what may take 39
//! hours or more is a point in time from its first poll on.

mod allowed;
mod scope;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::polled::Polled;

pub(crate) use allowed::Allowed;
pub(crate) use scope::{Entered, Inside, Outer, current, level, unfired};

thread_local! {
    static EXPIRED: Cell<Option<u32>> = const { Cell::new(None) };
}

/// What is left of the deadline in scope; `None` when nothing limits this call.
///
/// It is what to send along with a request (`grpc-timeout`, `x-request-timeout`), so that the callee
/// does not work on for a caller who is gone.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{deadline, timeout};
///
/// # #[derive(Debug)] struct E; impl From<resilient_runtime::Rejected> for E { fn from(_: resilient_runtime::Rejected) -> Self { E } }
/// #[timeout("5s")]
/// async fn gateway() -> Result<Duration, E> {
///     Ok(deadline::remaining().expect("a timeout is in scope"))
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert!(gateway().await.unwrap() <= Duration::from_secs(5));
/// assert_eq!(deadline::remaining(), None);
/// # }
/// ```
#[must_use]
pub fn remaining() -> Option<Duration> {
    let deadline = current()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

/// Runs `future` with a deadline in scope: from an incoming header, for example.
///
/// It informs what runs in it and cancels nothing; a `timeout` beneath fires at the earlier of its own
/// deadline and this one. Scopes can only shorten what is in scope already.
pub fn scope<F: Future>(deadline: Instant, future: F) -> Scoped<F> {
    Scoped {
        future,
        deadline: Some(deadline),
    }
}

/// Takes the deadline in scope *now* along with `future`, into a `tokio::spawn` for example.
pub fn carry<F: Future>(future: F) -> Scoped<F> {
    Scoped {
        future,
        deadline: current(),
    }
}

pin_project! {
    /// A future with a deadline in scope; see [`scope`] and [`carry`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        deadline: Option<Instant>,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(deadline) = *this.deadline else {
            return this.future.poll(cx);
        };
        let mut entered = Entered::new();
        entered.limit_by_hand(deadline);
        this.future.poll(cx)
    }
}

/// Marks this stack as cut off by its own timeout, while what is in it is dropped: a breaker beneath
/// counts the call that was running.
pub(crate) struct Expired {
    outer: Option<u32>,
}

impl Expired {
    pub(crate) fn mark() -> Self {
        Self {
            outer: EXPIRED.replace(Some(level())),
        }
    }

    /// Whether the stack at this level is being dropped by a timeout of its own.
    pub(crate) fn cuts(level: u32) -> bool {
        EXPIRED.get() == Some(level)
    }
}

impl Drop for Expired {
    fn drop(&mut self) {
        EXPIRED.set(self.outer);
    }
}

/// A timeout has ended its call by a deadline that is not its own.
pub(crate) fn cut() {
    Polled::now(|polled| polled.cut.set(true));
}

/// Whether one has, and none has asked whose deadline it was.
#[inline]
pub(crate) fn is_cut() -> bool {
    Polled::now(|polled| polled.cut.get())
}

/// Whether one has since this was last asked. The timeout whose deadline it was asks, and takes the place
/// of what came of it.
#[inline]
pub(crate) fn was_cut() -> bool {
    Polled::now(|polled| polled.cut.replace(false))
}

/// The end of time, for what nobody lives to see: tokio's own choice for sums that overflow.
pub(crate) fn saturating_add(instant: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(86_400 * 365 * 30);
    instant
        .checked_add(duration)
        .unwrap_or_else(|| instant + FAR)
}
