//! The future of a call under a bulkhead.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

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
        if !matches!(this.stage, Stage::Inside(_))
            && let Some(rejected) = ready!(this.stage.enter(cx))
        {
            return Poll::Ready(Err(Failure::Rejected(rejected)));
        }
        let Stage::Inside(place) = this.stage else {
            return Poll::Pending;
        };
        let polled = match place.bulkhead.adaptive {
            None => this.inner.poll(cx),
            Some(_) => watched(this.inner, place, cx),
        };
        // Value by itself: where a value is returned, no room for a failure is copied.
        match polled {
            Poll::Ready(Ok(value)) => {
                place.leave();
                Poll::Ready(Ok(value))
            }
            Poll::Ready(Err(failure)) => {
                place.leave();
                Poll::Ready(Err(failure))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<'a> Stage<'a> {
    /// Takes a place; or says why it does not.
    #[inline]
    fn enter(&mut self, cx: &mut Context<'_>) -> Poll<Option<Rejected>> {
        if let Self::Outside(bulkhead) = *self {
            let bulkhead = isolation::here(bulkhead);
            if bulkhead.queue.try_take() {
                bulkhead.admitted();
                self.go_in(Place::of(bulkhead));
                return Poll::Ready(None);
            }
        }
        self.wait(cx)
    }

    /// There was no place at once.
    #[cold]
    #[inline(never)]
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Rejected>> {
        if let Self::Outside(bulkhead) = *self {
            let bulkhead = isolation::here(bulkhead);
            if bulkhead.settings().shadow {
                bulkhead.overfill();
                return self.end(Ok(Place::of(bulkhead)));
            }
            let Some(max_wait) = bulkhead.settings().max_wait else {
                *self = Self::Over;
                return Poll::Ready(Some(bulkhead.full(Duration::ZERO)));
            };
            match InLine::join(bulkhead, max_wait, cx) {
                Ok(in_line) => *self = Self::InLine(in_line),
                Err(at_once) => return self.end(at_once),
            }
        }
        let Self::InLine(in_line) = self else {
            unreachable!("a future is not polled after it has returned")
        };
        let entry = ready!(in_line.as_mut().poll(cx));
        self.end(entry)
    }

    /// It waits no longer.
    fn end(&mut self, entry: Result<Place<'a>, Rejected>) -> Poll<Option<Rejected>> {
        match entry {
            Ok(place) => {
                *self = Self::Over;
                self.go_in(place);
                Poll::Ready(None)
            }
            Err(rejected) => {
                *self = Self::Over;
                Poll::Ready(Some(rejected))
            }
        }
    }

    /// From a stage in which there is nothing to drop, which the compiler cannot know.
    #[inline]
    fn go_in(&mut self, place: Place<'a>) {
        std::mem::forget(std::mem::replace(self, Self::Inside(place)));
        if let Self::Inside(place) = self {
            place.begin();
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
