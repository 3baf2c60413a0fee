//! The pause between two attempts.

use std::future::{Future, IntoFuture};
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

    // The timer is made where it stays: it is larger than all the rest.
    #[inline]
    fn into_future(self) -> Pausing<'b> {
        let Self { delay, withdrawal } = self;
        Pausing {
            delay,
            sleep: None,
            withdrawal,
        }
    }
}

pin_project! {
    /// The future of a [`Pause`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Pausing<'b> {
        delay: Duration,
        #[pin]
        sleep: Option<Sleep>,
        withdrawal: Option<Withdrawal<'b>>,
    }
}

impl Future for Pausing<'_> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // No delay makes no timer call.
        if !this.delay.is_zero() {
            ready!(slept(this.sleep, *this.delay, cx));
        }
        if let Some(withdrawal) = this.withdrawal.take() {
            withdrawal.spend();
        }
        Poll::Ready(())
    }
}

#[cold]
#[inline(never)]
fn slept(mut timer: Pin<&mut Option<Sleep>>, delay: Duration, cx: &mut Context<'_>) -> Poll<()> {
    if timer.is_none() {
        timer.set(Some(sleep(delay)));
    }
    timer
        .as_pin_mut()
        .map_or(Poll::Ready(()), |timer| timer.poll(cx))
}
