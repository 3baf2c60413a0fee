//! A place: one of as many as calls run at once, which is given back however the call ends.

use std::mem::ManuallyDrop;
use std::num::NonZeroU32;

use super::Bulkhead;
use super::adaptive::{Adaptive, Ending};
use crate::body::Progress;

/// A call in its first poll, which has one of the places of a limit that does not adapt. Most end there.
pub(super) struct Going<'a> {
    bulkhead: &'a Bulkhead,
}

impl<'a> Going<'a> {
    #[inline]
    pub(super) fn in_place_of(bulkhead: &'a Bulkhead) -> Self {
        Self { bulkhead }
    }

    /// It has not ended in this poll.
    #[inline]
    pub(super) fn suspended(self) -> Place<'a> {
        Place::of(self.over())
    }

    /// It has ended, or has a place of its own from here on.
    #[inline]
    pub(super) fn over(self) -> &'a Bulkhead {
        ManuallyDrop::new(self).bulkhead
    }
}

impl Drop for Going<'_> {
    // By its parts: what is borrowed here would stand in memory in every poll.
    #[inline]
    fn drop(&mut self) {
        unwound(self.bulkhead);
    }
}

/// A panic ends a call in its first poll.
#[cold]
#[inline(never)]
fn unwound(bulkhead: &Bulkhead) {
    bulkhead.queue.give_back();
}

/// One of the places. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) bulkhead: &'a Bulkhead,
    /// What an adaptive limit knows its call by, once it has begun.
    call: Option<NonZeroU32>,
    pub(super) progress: Progress,
}

impl<'a> Place<'a> {
    #[inline]
    pub(super) fn of(bulkhead: &'a Bulkhead) -> Self {
        Self {
            bulkhead,
            call: None,
            progress: Progress::NotRunning,
        }
    }

    /// Its call begins.
    #[inline]
    pub(super) fn begin(&mut self) {
        if let Some(adaptive) = &self.bulkhead.adaptive {
            self.call = adaptive.begin();
        }
    }

    /// The call has ended: what an adaptive limit is told of it.
    #[inline]
    pub(super) fn end(&mut self, ending: Ending) {
        if let Some(adaptive) = &self.bulkhead.adaptive {
            self.tell(adaptive, ending);
        }
    }

    #[inline(never)]
    fn tell(&mut self, adaptive: &Adaptive, ending: Ending) {
        if let Some(call) = self.call.take()
            && let Some((from, to)) = adaptive.end(
                &self.bulkhead.queue,
                || self.bulkhead.bounds(),
                call,
                ending,
            )
        {
            self.bulkhead.limit_changed(from, to);
        }
    }

    /// The call has ended: the place is given back.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.over().queue.give_back();
    }

    #[inline]
    pub(super) fn over(&mut self) -> &'a Bulkhead {
        self.progress = Progress::Ended;
        self.bulkhead
    }

    /// The call has not ended, and will not.
    #[cold]
    #[inline(never)]
    pub(super) fn cut_short(&mut self) {
        self.end(match self.progress {
            Progress::Running => Ending::Dropped,
            Progress::NotRunning | Progress::InPoll | Progress::Ended => Ending::Nothing,
        });
        self.leave();
    }
}

impl Drop for Place<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.progress != Progress::Ended {
            self.cut_short();
        }
    }
}
