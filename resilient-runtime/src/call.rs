//! Call: one of an annotated function, as a whole.
//!
//! It says whose stack is polled, so that events can tell, and how the call ended, if anybody wants to
//! know. A retry on top of a stack is a loop in the function itself: there each attempt is polled as the
//! function's. Where nobody listens it is one relaxed load when the call begins, and two writes to a cell of this
//! thread for each poll.
//!
//! All of it is inlined always, as in `body` and `amplified`: what is inlined at leave is optimised by itself first, and
//! once more in each function that is around it.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use tokio::time::Instant;

use crate::budget::RetryBudget;
use crate::event::{self, Ended, Event};
use crate::function::{Function, Site};
use crate::moment::Since;
use crate::outcome::Outcome;
use crate::predicate::{OnError, OnValue};
use crate::retry::{Attempts, DelayFrom, OnRetry, Pause};
use crate::within::Within;

/// A call that is under way. Its end is told once, however it ends; if its beginning was not heard, it is
/// not told.
pub struct Call<S: Site> {
    /// When it began, if anybody wants to know.
    since: Option<Since>,
    /// It is asked for, as a function that only names a `static` takes no room in a future. And it is of a type of
    /// its own, so that all of this is inlined: what two functions share is called.
    site: S,
}

/// A call of the function at this site begins.
#[inline(always)]
pub fn call<S: Site>(site: S) -> Call<S> {
    let since = event::hears_calls().then(|| begun(site.function()));
    Call { since, site }
}

impl<S: Site> Call<S> {
    /// Polls its stack as this function's, to the end of the call. The stack stays where it is: to move it
    /// would cost more than all the rest of this.
    #[inline(always)]
    pub fn run<F>(self, stack: Pin<&mut F>) -> Run<'_, F, S> {
        Run { stack, call: self }
    }

    /// The same as a call that is made again, as these attempts say.
    #[inline(always)]
    pub fn repeat<A>(self, attempts: A) -> Repeated<S, A> {
        let call = self;
        Repeated { call, attempts }
    }

    #[inline(always)]
    fn end(&mut self, ended: Ended) {
        if let Some(since) = self.since {
            self.since = None;
            finished(self.site.function(), since, ended);
        }
    }
}

impl<S: Site> Drop for Call<S> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(since) = self.since {
            cut_off(self.site.function(), since);
        }
    }
}

impl<S: Site> fmt::Debug for Call<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(self.site.function()).finish()
    }
}

/// A stack that is polled as a function's: see [`Call::run`].
#[must_use = "futures do nothing unless awaited"]
pub struct Run<'s, F, S: Site> {
    stack: Pin<&'s mut F>,
    call: Call<S>,
}

impl<F, S, T, E> Future for Run<'_, F, S>
where
    F: Future<Output = Outcome<T, E>>,
    S: Site,
{
    type Output = Outcome<T, E>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_to(cx, |outcome| outcome)
    }
}

impl<F, S: Site> Run<'_, F, S> {
    #[inline(always)]
    fn poll_to<T, E, R>(
        &mut self,
        cx: &mut Context<'_>,
        map: impl FnOnce(Outcome<T, E>) -> R,
    ) -> Poll<R>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        let polled = {
            let _within = Within::enter(self.call.site.function());
            self.stack.as_mut().poll(cx)
        };
        // Value by itself: where a value is returned, no room for a failure is copied.
        match polled {
            Poll::Ready(Ok(value)) => {
                self.call.end(Ended::Success);
                Poll::Ready(map(Ok(value)))
            }
            Poll::Ready(Err(failure)) => {
                let ended = Ended::Failed(failure.cause());
                // Before the end is told, which may unwind: a failure that would have to be dropped then is kept in
                // memory for that, whole.
                let mapped = map(Err(failure));
                self.call.end(ended);
                Poll::Ready(mapped)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<'s, F, S: Site> Run<'s, F, S> {
    /// Its outcome as something else.
    #[inline(always)]
    pub fn map<X>(self, map: X) -> Map<'s, F, S, X> {
        Map { run: self, map }
    }
}

/// A stack that is polled as a function's, and ends in something else than an outcome: see [`Run::map`].
#[must_use = "futures do nothing unless awaited"]
pub struct Map<'s, F, S: Site, X> {
    run: Run<'s, F, S>,
    map: X,
}

impl<F, S, X, T, E, R> Future for Map<'_, F, S, X>
where
    F: Future<Output = Outcome<T, E>>,
    S: Site,
    X: Fn(Outcome<T, E>) -> R + Unpin,
{
    type Output = R;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.get_mut();
        this.run.poll_to(cx, &this.map)
    }
}

impl<F, S: Site, X> fmt::Debug for Map<'_, F, S, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Map").field(&self.run).finish()
    }
}

impl<F, S: Site> fmt::Debug for Run<'_, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Run").field(&self.call).finish()
    }
}

/// A call that is made again: see [`Call::repeat`].
#[derive(Debug)]
pub struct Repeated<S: Site, A> {
    call: Call<S>,
    attempts: A,
}

impl<'r, S: Site, T, E, W, O, D, N> Repeated<S, Attempts<'r, T, E, W, O, D, N>> {
    /// What its retries are taken from: it has counted the call.
    #[inline(always)]
    pub fn budget(&self) -> Option<&'r RetryBudget> {
        self.attempts.budget()
    }

    /// Polls one attempt as this function's, and [settles](Attempts::settle) it. `Break` with what the call ends in: its
    /// outcome becomes that where it is made, as no room for a rejection is copied then. `Continue` where there is
    /// another attempt; without a pause where there is no delay, as to hand one over costs more than all the rest.
    #[inline(always)]
    pub fn attempt<'s, F, X, R>(
        &'s mut self,
        stack: Pin<&'s mut F>,
        map: X,
    ) -> Attempt<'s, F, Self, X>
    where
        F: Future<Output = Outcome<T, E>>,
        X: Fn(Outcome<T, E>) -> R + Unpin,
    {
        let call = self;
        Attempt { stack, call, map }
    }
}

/// An attempt that is polled as a function's: see [`Repeated::attempt`].
#[must_use = "futures do nothing unless awaited"]
pub struct Attempt<'s, F, C, X> {
    stack: Pin<&'s mut F>,
    call: &'s mut C,
    map: X,
}

impl<'r, F, S, X, R, T, E, W, O, D, N> Future
    for Attempt<'_, F, Repeated<S, Attempts<'r, T, E, W, O, D, N>>, X>
where
    F: Future<Output = Outcome<T, E>>,
    S: Site,
    W: OnError<E>,
    O: OnValue<T>,
    D: DelayFrom<E>,
    N: OnRetry<E>,
    X: Fn(Outcome<T, E>) -> R + Unpin,
{
    type Output = ControlFlow<R, Option<Pause<'r>>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { stack, call, map } = self.get_mut();
        let within = Within::enter(call.call.site.function());
        let outcome = match stack.as_mut().poll(cx) {
            Poll::Ready(Ok(value)) if call.attempts.accepts(&value) => {
                drop(within);
                call.call.end(Ended::Success);
                return Poll::Ready(ControlFlow::Break(map(Ok(value))));
            }
            Poll::Ready(outcome) => outcome,
            Poll::Pending => return Poll::Pending,
        };
        match call.attempts.next(&outcome) {
            // By itself, as above: no room for a pause is copied.
            ControlFlow::Continue(None) => Poll::Ready(ControlFlow::Continue(None)),
            ControlFlow::Continue(Some(pause)) => Poll::Ready(ControlFlow::Continue(Some(pause))),
            ControlFlow::Break(()) => {
                drop(within);
                let ended = Ended::of(&outcome);
                let mapped = map(outcome);
                call.call.end(ended);
                Poll::Ready(ControlFlow::Break(mapped))
            }
        }
    }
}

impl<F, C: fmt::Debug, X> fmt::Debug for Attempt<'_, F, C, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Attempt").field(&self.call).finish()
    }
}

#[cold]
#[inline(never)]
fn begun(function: &'static Function) -> Since {
    event::begun(function);
    Since::at(Instant::now())
}

/// It ended without coming to its end.
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
