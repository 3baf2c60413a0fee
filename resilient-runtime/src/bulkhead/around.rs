//! The future of a call under a bulkhead.

use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Bulkhead;
use super::adaptive::Ending;
use super::in_line::{Apart, InLine};
use super::place::{Going, Place};
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
        // Before the place, so that what has suspended is gone when its place is given back.
        #[pin]
        inner: F,
        stage: Stage<'a>,
    }
}

/// What has to be dropped is dropped by [`let_go`](Stage::let_go): most calls have nothing to give back in the end,
/// which takes one look to know.
#[derive(Debug)]
enum Stage<'a> {
    Outside(&'a Bulkhead),
    Over,
    /// From its first suspension on; from the first poll on if it has waited, or the limit adapts.
    Inside(ManuallyDrop<Place<'a>>),
    InLine(ManuallyDrop<Apart<'a>>),
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
        let going = match *this.stage {
            Stage::Outside(bulkhead) => {
                let bulkhead = isolation::here(bulkhead);
                if bulkhead.queue.try_take() {
                    if bulkhead.adaptive.is_some() {
                        this.stage.go_in(Place::of(bulkhead));
                        bulkhead.admitted();
                        None
                    } else {
                        let going = Going::in_place_of(bulkhead);
                        bulkhead.admitted();
                        Some(going)
                    }
                } else if let Some(rejected) = bulkhead.turn_away() {
                    this.stage.go(Stage::Over);
                    return Poll::Ready(Err(Failure::Rejected(rejected)));
                } else {
                    None
                }
            }
            _ => None,
        };
        let mut watch = None;
        if going.is_none() {
            if !matches!(this.stage, Stage::Inside(_))
                && let Some(rejected) = ready!(this.stage.wait(cx))
            {
                return Poll::Ready(Err(Failure::Rejected(rejected)));
            }
            watch = this.stage.watch();
        }
        // Value by itself: where a value is returned, no room for a failure is copied.
        match this.inner.poll(cx) {
            Poll::Ready(Ok(value)) => {
                this.stage.leave(going, || Ending::Served);
                Poll::Ready(Ok(value))
            }
            Poll::Ready(Err(failure)) => {
                this.stage.leave(going, || ending(&failure));
                Poll::Ready(Err(failure))
            }
            Poll::Pending => {
                this.stage.suspended(going, watch);
                Poll::Pending
            }
        }
    }
}

impl<'a> Stage<'a> {
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
            let max_wait = bulkhead.settings().max_wait.unwrap_or_default();
            match InLine::join(bulkhead, max_wait, cx) {
                Ok(in_line) => *self = Self::InLine(ManuallyDrop::new(in_line)),
                Err(at_once) => return self.end(at_once),
            }
        }
        let Self::InLine(in_line) = self else {
            unreachable!("a future is not polled after it has returned")
        };
        let entry = ready!(in_line.poll(cx));
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

    /// An adaptive limit is told how its call ends, and whether it is under way when it is dropped.
    #[inline]
    fn watch(&mut self) -> Option<Watch> {
        match self {
            Self::Inside(place) if place.bulkhead.adaptive.is_some() => {
                place.progress = Progress::InPoll;
                Some(Watch::start())
            }
            _ => None,
        }
    }

    /// The call has ended.
    #[inline]
    fn leave(&mut self, going: Option<Going<'a>>, ending: impl FnOnce() -> Ending) {
        match (going, self) {
            (Some(going), _) => going.over().queue.give_back(),
            (None, Self::Inside(place)) => {
                if place.bulkhead.adaptive.is_some() {
                    place.end(ending());
                }
                place.leave();
            }
            (None, _) => {}
        }
    }

    /// It has not ended in this poll.
    #[inline]
    fn suspended(&mut self, going: Option<Going<'a>>, watch: Option<Watch>) {
        if let Some(going) = going {
            self.go_in(going.suspended());
        }
        if let (Self::Inside(place), Some(watch)) = (self, watch) {
            place.progress = watch.progress();
        }
    }

    #[cold]
    #[inline(never)]
    fn let_go(&mut self) {
        match self {
            Self::Inside(place) => place.cut_short(),
            Self::InLine(in_line) => in_line.leave(),
            Self::Outside(_) | Self::Over => {}
        }
    }

    /// From a stage in which there is nothing to drop, which the compiler cannot know.
    #[inline]
    fn go(&mut self, stage: Self) {
        mem::forget(mem::replace(self, stage));
    }

    #[inline]
    fn go_in(&mut self, place: Place<'a>) {
        self.go(Self::Inside(ManuallyDrop::new(place)));
        if let Self::Inside(place) = self {
            place.begin();
        }
    }
}

impl Drop for Stage<'_> {
    /// Most have nothing to give back, which takes one look to know.
    #[inline]
    fn drop(&mut self) {
        let holds_nothing = match self {
            Self::Outside(_) | Self::Over => true,
            Self::Inside(place) => place.progress == Progress::Ended,
            Self::InLine(_) => false,
        };
        if !holds_nothing {
            self.let_go();
        }
    }
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
