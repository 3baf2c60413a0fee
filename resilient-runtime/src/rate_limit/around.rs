//! The future of a call under a rate limiter.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::RateLimiter;
use super::in_line::InLine;
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

#[derive(Debug)]
enum Stage<'a> {
    Outside(&'a RateLimiter),
    /// Behind a pointer, as it holds a timer, which is large, and most calls never wait.
    InLine(Pin<Box<InLine<'a>>>),
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
        if !matches!(this.stage, Stage::Passed) {
            if let Err(rejected) = std::task::ready!(this.stage.enter(cx)) {
                *this.stage = Stage::Over;
                return Poll::Ready(Err(Failure::Rejected(rejected)));
            }
            *this.stage = Stage::Passed;
        }
        this.inner.poll(cx)
    }
}

impl Stage<'_> {
    #[inline]
    fn enter(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Rejected>> {
        if let Self::Outside(limiter) = *self {
            let (limiter, now) = (isolation::here(limiter), Instant::now());
            match limiter.line.try_pass(limiter, limiter.units(now)) {
                Turn::Passed => return Poll::Ready(Ok(())),
                Turn::Later { slot } if limiter.settings().shadow => {
                    limiter.overlook(slot, now);
                    return Poll::Ready(Ok(()));
                }
                turn => match InLine::join(limiter, now, &turn, cx) {
                    Ok(in_line) => *self = Self::InLine(in_line),
                    Err(at_once) => return Poll::Ready(at_once),
                },
            }
        }
        match self {
            Self::InLine(in_line) => in_line.as_mut().poll(cx),
            Self::Outside(_) | Self::Passed | Self::Over => {
                unreachable!("a future is not polled after it has returned")
            }
        }
    }
}
