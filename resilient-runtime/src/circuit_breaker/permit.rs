//! A permit: leave to make one call, which is given back however the call ends.

use std::mem::ManuallyDrop;

use super::CircuitBreaker;
use super::in_flight::Watched;
use super::probes::Lease;
use super::state::{Leave, Verdict};
use crate::body::Progress;
use crate::deadline::{self, Expired};
use crate::moment::Moment;

/// A call in its first poll, where nobody had to be asked to let it in. Most end there: they never have a permit.
pub(super) struct Going<'a> {
    breaker: &'a CircuitBreaker,
    leave: Leave,
}

impl<'a> Going<'a> {
    #[inline]
    pub(super) fn new(breaker: &'a CircuitBreaker, leave: Leave) -> Self {
        Self { breaker, leave }
    }

    /// It has not ended in this poll.
    #[inline]
    pub(super) fn suspended(self) -> Permit<'a> {
        let (breaker, leave, _) = self.over();
        Permit::new(breaker, leave)
    }

    /// The call has ended, or has a permit from here on.
    #[inline]
    pub(super) fn over(self) -> (&'a CircuitBreaker, Leave, Option<Watched>) {
        let over = ManuallyDrop::new(self);
        (over.breaker, over.leave, None)
    }
}

impl Drop for Going<'_> {
    // By its parts: what is borrowed here would stand in memory in every poll.
    #[inline]
    fn drop(&mut self) {
        unwound(self.breaker, self.leave);
    }
}

/// A panic ends a call in its first poll.
#[cold]
#[inline(never)]
fn unwound(breaker: &CircuitBreaker, leave: Leave) {
    breaker.exit(leave, None, Verdict::Failure);
}

/// Leave to make one call. Dropping it without a verdict gives it back: a caller who is gone says
/// nothing about the callee, but a call that this very stack's timeout cut off does.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    // The two parts of a `Leave`, which is padded: a permit is in every future.
    generation: u64,
    probe: Option<Lease>,
    /// Its number among the calls that may turn out to be slow.
    watched: Option<Watched>,
    /// How deep its stack stands, once it has suspended.
    level: u32,
    pub(super) progress: Progress,
}

impl<'a> Permit<'a> {
    #[inline]
    pub(super) fn new(breaker: &'a CircuitBreaker, leave: Leave) -> Self {
        Self {
            breaker,
            generation: leave.generation,
            probe: leave.probe,
            watched: None,
            level: 0,
            progress: Progress::NotRunning,
        }
    }

    fn leave(&self) -> Leave {
        Leave {
            generation: self.generation,
            probe: self.probe,
        }
    }

    /// The call has not ended in this poll. In the first one it is known when that began, if the clock was
    /// asked then.
    #[inline]
    pub(super) fn suspended(&mut self, progress: Progress, entered: Option<Moment>) {
        self.progress = progress;
        self.level = deadline::level();
        if self.watched.is_none() && self.breaker.watches_slow_calls() {
            self.watched = self.breaker.watch(self.leave(), entered);
        }
    }

    /// The call has ended.
    #[inline]
    pub(super) fn over(&mut self) -> (&'a CircuitBreaker, Leave, Option<Watched>) {
        self.progress = Progress::Ended;
        (self.breaker, self.leave(), self.watched)
    }

    /// It has not, and will not.
    #[cold]
    #[inline(never)]
    fn cut_short(&mut self) {
        let verdict = match self.progress {
            Progress::Ended => return,
            Progress::InPoll => Verdict::Failure,
            Progress::Running if Expired::cuts(self.level) => Verdict::Failure,
            Progress::Running | Progress::NotRunning => Verdict::Nothing,
        };
        self.breaker.exit(self.leave(), self.watched, verdict);
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.progress != Progress::Ended {
            self.cut_short();
        }
    }
}
