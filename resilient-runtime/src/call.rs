//! Call: one of an annotated function, as a whole.
//!
//! It says whose stack is polled, so that events can tell, and how the call ended, if anybody wants to
//! know. A retry on top of a stack is a loop in the function itself: there each attempt is polled as the
//! function's. Where nobody listens it is one relaxed load when the call begins, and two writes to a cell of this
//! thread for each poll.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use tokio::time::Instant;

use crate::event::{self, Ended, Event};
use crate::function::{Function, Site, Within};
use crate::moment::Since;
use crate::outcome::Outcome;
use crate::predicate::{OnError, OnValue};
use crate::retry::{Attempts, DelayFrom, OnRetry, Pause};

/// A call that is under way. Its end is told once, however it ends; if its beginning was not heard, it is
/// not told.
pub struct Call {
    /// When it began, if anybody wants to know.
    since: Option<Since>,
    /// Not its site, which is of a type of its own: this is compiled once, and not with each function.
    function: &'static Function,
}

/// A call of the function at this site begins.
#[inline]
pub fn call(site: impl Site) -> Call {
    Call::of(site.function())
}

impl Call {
    #[inline]
    fn of(function: &'static Function) -> Self {
        let since = event::hears_calls().then(|| begun(function));
        Self { since, function }
    }

    /// Polls its stack as this function's, to the end of the call. The stack stays where it is: to move it
    /// would cost more than all the rest of this.
    #[inline]
    pub fn run<F>(self, stack: Pin<&mut F>) -> Run<'_, F> {
        Run { stack, call: self }
    }

    /// Polls one attempt of it as this function's.
    #[inline]
    pub fn attempt<'s, F>(&self, stack: Pin<&'s mut F>) -> Attempt<'s, F> {
        let function = self.function;
        Attempt { stack, function }
    }

    /// Whether there is another attempt: [`Attempts::settle`] as this function's.
    #[inline]
    pub fn settle<'r, T, E, W, O, D, N>(
        &mut self,
        attempts: &mut Attempts<'r, T, E, W, O, D, N>,
        outcome: Outcome<T, E>,
    ) -> ControlFlow<Outcome<T, E>, Pause<'r>>
    where
        W: OnError<E>,
        O: OnValue<T>,
        D: DelayFrom<E>,
        N: OnRetry<E>,
    {
        match outcome {
            Ok(value) if attempts.accepts(&value) => {
                self.end(Ended::Success);
                ControlFlow::Break(Ok(value))
            }
            outcome => {
                let next = {
                    let _within = Within::enter(self.function);
                    attempts.next(&outcome)
                };
                if let Some(pause) = next {
                    return ControlFlow::Continue(pause);
                }
                self.end(Ended::of(&outcome));
                ControlFlow::Break(outcome)
            }
        }
    }

    #[inline]
    fn end(&mut self, ended: Ended) {
        if let Some(since) = self.since.take() {
            finished(self.function, since, ended);
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if let Some(since) = self.since {
            cut_off(self.function, since);
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(self.function).finish()
    }
}

/// A stack that is polled as a function's: see [`Call::run`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Run<'s, F> {
    stack: Pin<&'s mut F>,
    call: Call,
}

impl<F, T, E> Future for Run<'_, F>
where
    F: Future<Output = Outcome<T, E>>,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let _within = Within::enter(this.call.function);
        // Value by itself: where a value is returned, no room for a failure is copied.
        match this.stack.as_mut().poll(cx) {
            Poll::Ready(Ok(value)) => {
                this.call.end(Ended::Success);
                Poll::Ready(Ok(value))
            }
            Poll::Ready(Err(failure)) => {
                this.call.end(Ended::Failed(failure.cause()));
                Poll::Ready(Err(failure))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// An attempt that is polled as a function's: see [`Call::attempt`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Attempt<'s, F> {
    stack: Pin<&'s mut F>,
    function: &'static Function,
}

impl<F: Future> Future for Attempt<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let _within = Within::enter(this.function);
        this.stack.as_mut().poll(cx)
    }
}

#[cold]
#[inline(never)]
fn begun(function: &'static Function) -> Since {
    event::begun(function);
    Since::at(Instant::now())
}

/// How a call ended that did not come to its end.
#[cold]
#[inline(never)]
fn cut_off(function: &'static Function, since: Since) {
    let ended = if thread::panicking() {
        Ended::Panicked
    } else {
        Ended::Dropped
    };
    finished(function, since, ended);
}

#[cold]
#[inline(never)]
fn finished(function: &'static Function, since: Since, ended: Ended) {
    event::finished(&Event::CallFinished {
        ended,
        duration: since.until(Instant::now()),
        function: Some(function),
    });
}
