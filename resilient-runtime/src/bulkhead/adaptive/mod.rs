//! A limit that follows the latency of the calls under it.
//!
//! `limiter` decides, and is pure; this file gives it a lock and tells it of calls. Every call takes the
//! lock twice, for some additions.

mod calls;
mod growth;
mod limiter;
mod recent;
mod round;
#[cfg(test)]
mod simulation;
mod usual;

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use self::calls::{Begun, Calls};
use self::limiter::Bounds as Between;
use self::limiter::{End, Limiter, Load};
use super::queue::Queue;
use crate::deadline::{self, Expired};
use crate::refuse::refuse;
use crate::rule;
#[cfg(feature = "config")]
use crate::rule::Text;

/// The first limit, where none is written: enough for most callees, too little to harm one.
const INITIAL: u32 = 20;
/// More at once are a matter of memory.
const MAX: u32 = 1_000;

/// All that an adaptive limit has learned.
#[derive(Debug)]
pub(super) struct Adaptive {
    state: Mutex<State>,
}

/// What is written. What is not gives way to what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    min: Option<u32>,
    max: Option<u32>,
    initial: Option<u32>,
}

#[derive(Debug)]
struct State {
    /// The limit, while it is switched off.
    #[cfg(feature = "config")]
    suspended: Option<u32>,
    limiter: Limiter,
    calls: Calls,
}

/// How a call has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With what was asked for, or with an answer that is no.
    Served,
    /// With an error.
    Failed,
    /// Given up by a timeout beneath.
    TimedOut,
    /// Dropped while its body was running: by a timeout of its own stack, or by who called.
    Dropped,
    /// In a way that says nothing about the callee.
    Nothing,
}

impl Bounds {
    pub(super) const fn new() -> Self {
        Self {
            min: None,
            max: None,
            initial: None,
        }
    }

    /// Which of `min`, `max` and `initial` are written.
    #[cfg(feature = "config")]
    pub(super) fn says(&self) -> [bool; 3] {
        [self.min, self.max, self.initial].map(|bound| bound.is_some())
    }

    /// Puts these in the place of what is written. What is wrong between the bounds, and with where it
    /// begins.
    #[cfg(feature = "config")]
    pub(super) fn overridden(
        &mut self,
        min: Option<u32>,
        max: Option<u32>,
        initial: Option<u32>,
    ) -> (Option<Text>, Option<Text>) {
        self.min = min.or(self.min);
        self.max = max.or(self.max);
        self.initial = initial.or(self.initial);
        let between = match (self.min, self.max) {
            (Some(min), Some(max)) => rule::min_in_max(min, max),
            _ => None,
        };
        let begins = self
            .initial
            .and_then(|initial| rule::initial_in_bounds(initial, self.min, self.max));
        (between, begins)
    }

    const fn between(&self) -> Between {
        let min = match self.min {
            Some(min) => min,
            None => 1,
        };
        let max = match (self.max, self.initial) {
            (Some(max), _) => max,
            (None, Some(initial)) => larger(larger(MAX, min), initial),
            (None, None) => larger(MAX, min),
        };
        Between { min, max }
    }

    pub(super) const fn initial(&self) -> u32 {
        if let Some(initial) = self.initial {
            return initial;
        }
        let Between { min, max } = self.between();
        let initial = larger(INITIAL, min);
        if initial > max { max } else { initial }
    }

    /// The least, the most and the first limit, as they are in force.
    pub(super) const fn in_force(&self) -> (u32, u32, u32) {
        let Between { min, max } = self.between();
        (min, max, self.initial())
    }

    #[track_caller]
    pub(super) const fn set_min(&mut self, min: u32) {
        refuse(rule::adaptive_min(min));
        self.min = Some(min);
        self.check();
    }

    #[track_caller]
    pub(super) const fn set_max(&mut self, max: u32) {
        refuse(rule::adaptive_max(max));
        self.max = Some(max);
        self.check();
    }

    #[track_caller]
    pub(super) const fn set_initial(&mut self, initial: u32) {
        refuse(rule::adaptive_initial(initial));
        self.initial = Some(initial);
        self.check();
    }

    /// Refuses values that are written and contradict each other.
    #[track_caller]
    const fn check(&self) {
        if let (Some(min), Some(max)) = (self.min, self.max) {
            refuse(rule::min_in_max(min, max));
        }
        if let Some(initial) = self.initial {
            refuse(rule::initial_in_bounds(initial, self.min, self.max));
        }
    }
}

const fn larger(a: u32, b: u32) -> u32 {
    if a > b { a } else { b }
}

impl Adaptive {
    /// One that has learned nothing.
    pub(super) const fn new() -> Self {
        Self {
            state: Mutex::new(State {
                #[cfg(feature = "config")]
                suspended: None,
                limiter: Limiter::new(),
                calls: Calls::new(),
            }),
        }
    }

    /// A call has taken a place, and begins. Its number is for its [`end`](Self::end).
    pub(super) fn begin(&self) -> Option<NonZeroU32> {
        let since = Instant::now();
        let mut state = self.lock();
        let epoch = state.limiter.epoch();
        let at_start = state.calls.in_flight() + 1;
        state.calls.begin(Begun {
            since,
            at_start,
            epoch,
            level: deadline::level(),
        })
    }

    /// Other bounds are in force, or it is switched off: then there is no limit, and what it was comes
    /// back with it. One that has not moved since it was as it begins, `old`, begins anew.
    #[cfg(feature = "config")]
    pub(super) fn change(&self, queue: &Queue, bounds: Bounds, old: u32, is_off: bool) {
        let mut state = self.lock();
        let was = state.suspended.take().unwrap_or_else(|| queue.limit());
        let Between { min, max } = bounds.between();
        let limit = if was == old {
            bounds.initial()
        } else {
            was.clamp(min, max)
        };
        // Under the lock, as whenever it moves.
        if is_off {
            state.suspended = Some(limit);
            queue.set_limit(u32::MAX);
        } else {
            queue.set_limit(limit);
        }
    }

    /// A call ends, and still has its place. The limit before and after, if that changes it; those who
    /// wait may have to be [admitted](Queue::admit) then.
    pub(super) fn end(
        &self,
        queue: &Queue,
        bounds: impl FnOnce() -> Option<Bounds>,
        number: NonZeroU32,
        ending: Ending,
    ) -> Option<(u32, u32)> {
        let now = match ending {
            Ending::Served | Ending::Failed => Some(Instant::now()),
            Ending::TimedOut | Ending::Dropped | Ending::Nothing => None,
        };
        let mut state = self.lock();
        let at_end = state.calls.in_flight();
        let call = state.calls.end(number)?;
        // Asked under the lock, as it moves by what is in force.
        let bounds = bounds()?;
        let latency = || now.map(|now| now.saturating_duration_since(call.since));
        let end = match ending {
            Ending::Served => End::Served(latency()?),
            Ending::Failed => End::Failed(latency()?),
            Ending::TimedOut => End::TimedOut,
            Ending::Dropped if Expired::cuts(call.level) => End::TimedOut,
            Ending::Dropped | Ending::Nothing => return None,
        };
        let load = Load {
            at_start: call.at_start,
            at_end,
            epoch: call.epoch,
        };
        let from = queue.limit();
        let to = state.limiter.observe(bounds.between(), from, load, end);
        // Under the lock: the next one to decide must be the next one to say so.
        queue.set_limit(to);
        (from != to).then_some((from, to))
    }

    /// Nothing that runs under the lock can panic half-way, so that a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
