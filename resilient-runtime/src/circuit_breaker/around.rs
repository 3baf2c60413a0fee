//! The future of a call under a circuit breaker.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::CircuitBreaker;
use super::permit::{Going, Permit};
use super::state::Verdict;
use crate::body::{self, Progress, Watch};
use crate::class::Class;
use crate::error::Rejected;
use crate::moment::Moment;
use crate::outcome::{Failure, Outcome};
use crate::predicate::{Absent, OnError, OnValue};

pin_project! {
    /// A future under a [`CircuitBreaker`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Around<'a, F, W = Absent, O = Absent> {
        // Before the permit, so that what has suspended is gone when its permit is given back.
        #[pin]
        inner: F,
        stage: Stage<'a>,
        failure_when: W,
        failure_when_ok: O,
    }
}

#[derive(Debug)]
enum Stage<'a> {
    Outside(&'a CircuitBreaker),
    Inside(Permit<'a>),
}

impl<'a, F> Around<'a, F> {
    #[inline]
    pub(super) fn new(breaker: &'a CircuitBreaker, inner: F) -> Self {
        Self {
            inner,
            stage: Stage::Outside(breaker),
            failure_when: Absent,
            failure_when_ok: Absent,
        }
    }
}

impl<'a, F, W, O> Around<'a, F, W, O> {
    /// Does this error count as a failure? Asked instead of its class; an error that does not is an
    /// answer, and counts as a success.
    pub fn failure_when<P, T, E>(self, failure_when: P) -> Around<'a, F, P, O>
    where
        F: Future<Output = Outcome<T, E>>,
        P: Fn(&E) -> bool,
    {
        let Self {
            inner,
            stage,
            failure_when_ok,
            ..
        } = self;
        Around {
            inner,
            stage,
            failure_when,
            failure_when_ok,
        }
    }

    /// Does this value count as a failure (a 503 response)?
    pub fn failure_when_ok<P, T, E>(self, failure_when_ok: P) -> Around<'a, F, W, P>
    where
        F: Future<Output = Outcome<T, E>>,
        P: Fn(&T) -> bool,
    {
        let Self {
            inner,
            stage,
            failure_when,
            ..
        } = self;
        Around {
            inner,
            stage,
            failure_when,
            failure_when_ok,
        }
    }
}

impl<F, W, O, T, E> Future for Around<'_, F, W, O>
where
    F: Future<Output = Outcome<T, E>>,
    W: OnError<E>,
    O: OnValue<T>,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut entered = None;
        let going = match this.stage {
            Stage::Inside(permit) => {
                permit.progress = Progress::InPoll;
                None
            }
            Stage::Outside(breaker) => {
                let breaker = *breaker;
                let going = breaker.admit();
                if going.is_none() {
                    match this.stage.ask(breaker) {
                        Ok(at) => entered = at,
                        Err(rejected) => return Poll::Ready(Err(Failure::Rejected(rejected))),
                    }
                }
                going
            }
        };
        let watch = Watch::start();
        // In the poll still: a hook that panics unwinds like the body would.
        match this.inner.poll(cx) {
            // Value by itself: where a value is returned, no room for a failure is copied.
            Poll::Ready(Ok(value)) => {
                let has_failed = this.failure_when_ok.says(&value);
                let verdict = if has_failed {
                    Verdict::Failure
                } else {
                    Verdict::Success
                };
                this.stage.end(going, verdict);
                Poll::Ready(Ok(value))
            }
            Poll::Ready(Err(failure)) => {
                let verdict = verdict(&failure, this.failure_when);
                this.stage.fail(going, verdict);
                Poll::Ready(Err(failure))
            }
            Poll::Pending => {
                if let Some(going) = going {
                    this.stage.go_in(going.suspended());
                }
                this.stage.suspended(watch.progress(), entered);
                Poll::Pending
            }
        }
    }
}

impl<'a> Stage<'a> {
    /// Outside there is nothing to drop, which the compiler cannot know.
    #[inline]
    fn go_in(&mut self, permit: Permit<'a>) {
        std::mem::forget(std::mem::replace(self, Self::Inside(permit)));
    }

    /// The breaker has to look closer; what the clock said then, if it was asked.
    #[inline(never)]
    fn ask(&mut self, breaker: &'a CircuitBreaker) -> Result<Option<Moment>, Rejected> {
        let mut now = None;
        match breaker.turn_away(&mut now) {
            Some(rejected) => Err(rejected),
            None => self.ask_closely(breaker, now),
        }
    }

    #[inline]
    fn end(&mut self, going: Option<Going<'a>>, verdict: Verdict) {
        let (breaker, leave, watched) = match (going, self) {
            (Some(going), _) => going.over(),
            (None, Self::Inside(permit)) => permit.over(),
            (None, Self::Outside(_)) => return,
        };
        breaker.exit(leave, watched, verdict);
    }

    #[inline]
    fn suspended(&mut self, progress: Progress, entered: Option<Moment>) {
        if let Self::Inside(permit) = self {
            permit.suspended(progress, entered);
        }
    }

    /// The same as to end, in code that is there once.
    #[inline(never)]
    fn fail(&mut self, going: Option<Going<'a>>, verdict: Verdict) {
        self.end(going, verdict);
    }

    #[cold]
    #[inline(never)]
    fn ask_closely(
        &mut self,
        breaker: &'a CircuitBreaker,
        now: Option<Instant>,
    ) -> Result<Option<Moment>, Rejected> {
        let (mut permit, at) = breaker.ask(now)?;
        permit.progress = Progress::InPoll;
        self.go_in(permit);
        Ok(at)
    }
}

#[cold]
fn verdict<E>(failure: &Failure<E>, failure_when: &impl OnError<E>) -> Verdict {
    match failure {
        Failure::Error(error) => match (failure_when.says(error), body::class()) {
            (Some(false), _) | (None, Class::Answered) => Verdict::Success,
            (None, Class::Ignored) => Verdict::Nothing,
            (Some(true), _)
            | (None, Class::Transient | Class::Throttled { .. } | Class::Permanent) => {
                Verdict::Failure
            }
        },
        Failure::Rejected(Rejected::TimedOut {
            inherited: false, ..
        }) => Verdict::Failure,
        // Local saturation, or an impatient caller: neither says anything of the callee.
        Failure::Rejected(_) => Verdict::Nothing,
    }
}

impl<F, W, O> fmt::Debug for Around<'_, F, W, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
