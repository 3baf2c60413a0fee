//! The timer that starts the next copy.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::deadline;

pin_project! {
    #[project = TimerProjection]
    #[derive(Debug)]
    pub(super) enum Timer {
        /// Nothing has suspended since the latest copy was started.
        Unstarted,
        /// There is no next copy to wait for.
        Off,
        Armed { #[pin] sleep: Sleep },
    }
}

impl Timer {
    /// Whether it is time for the next copy.
    #[inline]
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project() {
            TimerProjection::Unstarted | TimerProjection::Off => Poll::Pending,
            TimerProjection::Armed { sleep } => sleep.poll(cx),
        }
    }

    /// Starts the clock, if it does not run: is it time already? One that would end no earlier than the
    /// deadline in scope is not started at all.
    pub(super) fn start(
        mut self: Pin<&mut Self>,
        after: Duration,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if !matches!(*self, Self::Unstarted) {
            return Poll::Pending;
        }
        if deadline::remaining().is_some_and(|left| left <= after) {
            self.set(Self::Off);
            return Poll::Pending;
        }
        if after.is_zero() {
            // No delay makes no timer call.
            return Poll::Ready(());
        }
        self.set(Self::Armed {
            sleep: sleep(after),
        });
        self.poll(cx)
    }
}
