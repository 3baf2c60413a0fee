//! The pause between two attempts.

use std::future::{Future, IntoFuture};
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::budget::Withdrawal;

/// The delay between two attempts: see [`Attempts::settle`](super::Attempts::settle). It begins when it is awaited.
/// Dropped before it is over, it gives back what the retry has withdrawn from its budget.
#[derive(Debug)]
#[must_use = "a delay that is not awaited is none"]
pub struct Pause<'b> {
    delay: Duration,
    withdrawal: Option<Withdrawal<'b>>,
}

impl<'b> Pause<'b> {
    #[inline]
    pub(super) fn new(delay: Duration, withdrawal: Option<Withdrawal<'b>>) -> Self {
        Self { delay, withdrawal }
    }

    /// There is none, where somebody wants one.
    #[inline]
    pub(super) fn none() -> Self {
        Self::new(Duration::ZERO, None)
    }

    /// There is none where there is nothing to wait for, and nothing to spend after it.
    #[inline]
    pub(super) fn if_any(self) -> Option<Self> {
        if self.delay.is_zero() && self.withdrawal.is_none() {
            None
        } else {
            Some(self)
        }
    }

    /// How long it takes.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::time::Duration;
    /// use resilient_runtime::{Failure, Retry};
    ///
    /// static RETRY: Retry = Retry::new(1).constant(Duration::from_millis(20));
    ///
    /// let mut attempts = RETRY.attempts::<(), &str>();
    /// match attempts.settle(Err(Failure::Error("busy"))) {
    ///     ControlFlow::Continue(pause) => assert_eq!(pause.delay(), Duration::from_millis(20)),
    ///     ControlFlow::Break(_) => unreachable!("there is one retry"),
    /// }
    /// ```
    #[must_use]
    #[inline]
    pub fn delay(&self) -> Duration {
        self.delay
    }
}

impl<'b> IntoFuture for Pause<'b> {
    type Output = ();
    type IntoFuture = Pausing<'b>;

    #[inline]
    fn into_future(self) -> Pausing<'b> {
        Pausing {
            waiting: self.begin().map(ManuallyDrop::new),
        }
    }
}

impl<'b> Pause<'b> {
    /// No delay makes no timer, and is over.
    #[cold]
    #[inline(never)]
    fn begin(self) -> Option<Pin<Box<Waiting<'b>>>> {
        let Self { delay, withdrawal } = self;
        if delay.is_zero() {
            if let Some(withdrawal) = withdrawal {
                withdrawal.spend();
            }
            return None;
        }
        Some(Box::pin(Waiting {
            sleep: sleep(delay),
            withdrawal,
        }))
    }
}

/// The future of a [`Pause`].
///
/// Its timer is allocated: it is larger than all the rest of a retry, which every call would have room for, and every
/// annotated function would have to drop in line. So is the timer of a call that waits for a place in a bulkhead.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Pausing<'b> {
    /// Dropped by one call, which is all that a function has of it: so its own end is small enough to be inlined.
    waiting: Option<ManuallyDrop<Pin<Box<Waiting<'b>>>>>,
}

pin_project! {
    #[derive(Debug)]
    struct Waiting<'b> {
        #[pin]
        sleep: Sleep,
        withdrawal: Option<Withdrawal<'b>>,
    }
}

impl Future for Pausing<'_> {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.waiting {
            None => Poll::Ready(()),
            Some(waiting) => waiting.as_mut().wait(cx),
        }
    }
}

impl Waiting<'_> {
    #[cold]
    #[inline(never)]
    fn wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        ready!(this.sleep.poll(cx));
        if let Some(withdrawal) = this.withdrawal.take() {
            withdrawal.spend();
        }
        Poll::Ready(())
    }
}

impl Drop for Pausing<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            stop(waiting);
        }
    }
}

#[cold]
#[inline(never)]
fn stop(waiting: ManuallyDrop<Pin<Box<Waiting<'_>>>>) {
    drop(ManuallyDrop::into_inner(waiting));
}
