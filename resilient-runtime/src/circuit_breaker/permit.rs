//! A permit: leave to make one call, which is given back however the call ends.

use super::CircuitBreaker;
use super::in_flight::Watched;
use super::probes::Lease;
use super::state::{Leave, Verdict};
use crate::body::Progress;
use crate::deadline::{self, Expired};
use crate::moment::Moment;

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
    pub(super) fn end(&mut self, verdict: Verdict) {
        self.progress = Progress::Ended;
        self.breaker.exit(self.leave(), self.watched, verdict);
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
