//! The future of a call under a rate limiter.

use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::RateLimiter;
use super::in_line::{Apart, InLine};
use super::line::Turn;
use crate::error::Rejected;
use crate::isolation;
use crate::outcome::{Failure, Outcome};

pin_project! {
    /// A future under a [`RateLimiter`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Around<'a, F> {
        #[pin]
        inner: F,
        stage: Stage<'a>,
    }
}

/// What has to be dropped is dropped by [`let_go`](Stage::let_go): most calls never wait, which takes one look to know.
#[derive(Debug)]
enum Stage<'a> {
    Outside(&'a RateLimiter),
    InLine(ManuallyDrop<Apart<'a>>),
    /// It has passed: there is nothing to give back.
    Passed,
    Over,
}

impl<'a, F> Around<'a, F> {
    #[inline]
    pub(super) fn new(limiter: &'a RateLimiter, inner: F) -> Self {
        Self {
            inner,
            stage: Stage::Outside(limiter),
        }
    }
}

impl<F, T, E> Future for Around<'_, F>
where
    F: Future<Output = Outcome<T, E>>,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Stage::Outside(limiter) = *this.stage {
            let (limiter, now) = (isolation::here(limiter), Instant::now());
            match limiter.line.try_pass(limiter, limiter.units(now)) {
                Turn::Passed => {
                    limiter.passed();
                    this.stage.go(Stage::Passed);
                }
                turn => {
                    if let Some(rejected) = limiter.turn_away(&turn, now) {
                        this.stage.go(Stage::Over);
                        return Poll::Ready(Err(Failure::Rejected(rejected)));
                    }
                    if let Some(rejected) = ready!(this.stage.join(limiter, now, &turn, cx)) {
                        return Poll::Ready(Err(Failure::Rejected(rejected)));
                    }
                }
            }
        } else if !matches!(this.stage, Stage::Passed)
            && let Some(rejected) = ready!(this.stage.wait(cx))
        {
            return Poll::Ready(Err(Failure::Rejected(rejected)));
        }
        // Value by itself: where a value is returned, no room for a failure is copied.
        match this.inner.poll(cx) {
            Poll::Ready(Ok(value)) => Poll::Ready(Ok(value)),
            Poll::Ready(Err(failure)) => Poll::Ready(Err(failure)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<'a> Stage<'a> {
    /// From a stage in which there is nothing to drop, which the compiler cannot know.
    #[inline]
    fn go(&mut self, stage: Self) {
        mem::forget(mem::replace(self, stage));
    }

    /// It may not pass at once.
    #[cold]
    #[inline(never)]
    fn join(
        &mut self,
        limiter: &'a RateLimiter,
        now: Instant,
        turn: &Turn,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Rejected>> {
        if let Turn::Later { slot } = *turn
            && limiter.settings().shadow
        {
            limiter.overlook(slot, now);
            return self.end(Ok(()));
        }
        match InLine::join(limiter, now, turn, cx) {
            Ok(in_line) => {
                *self = Self::InLine(ManuallyDrop::new(in_line));
                self.wait(cx)
            }
            Err(at_once) => self.end(at_once),
        }
    }

    #[cold]
    #[inline(never)]
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Rejected>> {
        let Self::InLine(in_line) = self else {
            unreachable!("a future is not polled after it has returned")
        };
        let passed = ready!(in_line.poll(cx));
        self.end(passed)
    }

    /// It waits no longer.
    fn end(&mut self, passed: Result<(), Rejected>) -> Poll<Option<Rejected>> {
        let rejected = passed.err();
        *self = match rejected {
            None => Self::Passed,
            Some(_) => Self::Over,
        };
        Poll::Ready(rejected)
    }

    #[cold]
    #[inline(never)]
    fn let_go(&mut self) {
        if let Self::InLine(in_line) = self {
            in_line.leave();
        }
    }
}

impl Drop for Stage<'_> {
    #[inline]
    fn drop(&mut self) {
        if matches!(self, Self::InLine(_)) {
            self.let_go();
        }
    }
}
