//! The future of a call under a bulkhead.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Bulkhead;
use super::adaptive::Ending;
use super::in_line::InLine;
use super::place::Place;
use crate::body::{self, Progress, Watch};
use crate::class::Class;
use crate::error::Rejected;
use crate::isolation;
use crate::outcome::{Failure, Outcome};

pin_project! {
    /// A future under a [`Bulkhead`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Around<'a, F> {
        // Before the place, so that what runs is gone when the place is given back.
        #[pin]
        inner: F,
        stage: Stage<'a>,
    }
}

#[derive(Debug)]
enum Stage<'a> {
    Outside(&'a Bulkhead),
    /// Behind a pointer, as it holds a timer, which is large, and most calls never wait.
    InLine(Pin<Box<InLine<'a>>>),
    Inside(Place<'a>),
    Over,
}

impl<'a, F> Around<'a, F> {
    #[inline]
    pub(super) fn new(bulkhead: &'a Bulkhead, inner: F) -> Self {
        Self {
            inner,
            stage: Stage::Outside(bulkhead),
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
        if !matches!(this.stage, Stage::Inside(_)) {
            match this.stage.enter(cx) {
                Poll::Ready(Ok(place)) => *this.stage = Stage::Inside(place.begin()),
                Poll::Ready(Err(rejected)) => {
                    *this.stage = Stage::Over;
                    return Poll::Ready(Err(Failure::Rejected(rejected)));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
        let outcome = match this.stage {
            Stage::Inside(place) if place.bulkhead.adaptive.is_some() => {
                ready!(watched(this.inner, place, cx))
            }
            _ => ready!(this.inner.poll(cx)),
        };
        *this.stage = Stage::Over;
        Poll::Ready(outcome)
    }
}

impl<'a> Stage<'a> {
    #[inline]
    fn enter(&mut self, cx: &mut Context<'_>) -> Poll<Result<Place<'a>, Rejected>> {
        if let Self::Outside(bulkhead) = *self {
            let bulkhead = isolation::here(bulkhead);
            if bulkhead.queue.try_take() {
                bulkhead.admitted();
                return Poll::Ready(Ok(Place::of(bulkhead)));
            }
            if bulkhead.settings().shadow {
                bulkhead.overfill();
                return Poll::Ready(Ok(Place::of(bulkhead)));
            }
            match InLine::join(bulkhead, cx) {
                Ok(in_line) => *self = Self::InLine(in_line),
                Err(at_once) => return Poll::Ready(at_once),
            }
        }
        match self {
            Self::InLine(in_line) => in_line.as_mut().poll(cx),
            Self::Outside(_) | Self::Inside(_) | Self::Over => {
                unreachable!("a future is not polled after it has returned")
            }
        }
    }
}

/// Polls a call whose end an adaptive limit is told.
fn watched<F, T, E>(
    inner: Pin<&mut F>,
    place: &mut Place<'_>,
    cx: &mut Context<'_>,
) -> Poll<Outcome<T, E>>
where
    F: Future<Output = Outcome<T, E>>,
{
    let watch = Watch::start();
    place.progress = Progress::InPoll;
    let polled = inner.poll(cx);
    match &polled {
        Poll::Ready(Ok(_)) => place.end(Ending::Served),
        Poll::Ready(Err(failure)) => place.end(ending(failure)),
        Poll::Pending => place.progress = watch.progress(),
    }
    polled
}

#[cold]
fn ending<E>(failure: &Failure<E>) -> Ending {
    match failure {
        Failure::Error(_) => match body::class() {
            Class::Answered => Ending::Served,
            Class::Ignored => Ending::Nothing,
            Class::Transient | Class::Throttled { .. } | Class::Permanent => Ending::Failed,
        },
        Failure::Rejected(Rejected::TimedOut {
            inherited: false, ..
        }) => Ending::TimedOut,
        // Local saturation, or an impatient caller: neither says anything of the callee.
        Failure::Rejected(_) => Ending::Nothing,
    }
}
