//! The window of a breaker: the records it looks at, and what they amount to. Pure.

mod calls;
mod time;

use std::time::Duration;

use tokio::time::Instant;

use calls::Calls;
use time::Time;

use crate::moment::Moment;

/// How far a window reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// The last so many calls.
    Calls(u32),
    /// The calls of the last so long.
    Time(Duration),
}

/// What is known of a call that has ended, or has passed the line of slow ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

impl Record {
    pub(super) const SUCCESS: Self = Self {
        failed: false,
        slow: false,
    };
}

/// Where a record is, to complete it later. It may have left the window by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position(pub(super) u64);

/// What the records of a window amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) calls: u32,
    pub(super) failures: u32,
    pub(super) slow: u32,
}

impl Tally {
    pub(super) const NOTHING: Self = Self::successes(0);

    pub(super) const fn successes(calls: u32) -> Self {
        Self {
            calls,
            failures: 0,
            slow: 0,
        }
    }

    /// Whether no rate is above zero, so that no success can make one reach its threshold.
    pub(super) fn is_all_successes(self) -> bool {
        self.failures == 0 && self.slow == 0
    }

    pub(super) fn is_all_successes_of(self, calls: u32) -> bool {
        self == Self::successes(calls)
    }

    /// Failures ÷ calls; `None` of nothing. The division, not a rounded-up number of failures: 7 of
    /// 25 are 28 %.
    pub(super) fn failure_rate(self) -> Option<f64> {
        self.share(self.failures)
    }

    /// Slow calls ÷ calls; `None` of nothing.
    pub(super) fn slow_rate(self) -> Option<f64> {
        self.share(self.slow)
    }

    fn share(self, part: u32) -> Option<f64> {
        (self.calls > 0).then(|| f64::from(part) / f64::from(self.calls))
    }

    fn add(&mut self, record: Record) {
        self.calls = self.calls.saturating_add(1);
        self.failures = self.failures.saturating_add(u32::from(record.failed));
        self.slow = self.slow.saturating_add(u32::from(record.slow));
    }

    fn subtract(&mut self, other: Self) {
        self.calls = self.calls.saturating_sub(other.calls);
        self.failures = self.failures.saturating_sub(other.failures);
        self.slow = self.slow.saturating_sub(other.slow);
    }
}

/// Up to when, and to which slot of the window, successes may be added without being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Current {
    pub(super) slot: Position,
    /// `None` of a window that knows no time.
    pub(super) until: Option<Moment>,
}

/// The records that a breaker looks at.
#[derive(Debug)]
pub(super) enum Window {
    Calls(Calls),
    Time(Time),
}

impl Window {
    /// One that holds so many successes.
    pub(super) fn with_successes(successes: u32, span: Span) -> Self {
        match span {
            Span::Calls(size) => Self::Calls(Calls::with_successes(successes.min(size))),
            Span::Time(_) => Self::Time(Time::new(0)),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        match self {
            Self::Calls(calls) => calls.tally(),
            Self::Time(time) => time.tally(),
        }
    }

    /// Whether another success would change nothing.
    pub(super) fn is_settled(&self, span: Span) -> bool {
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.tally().is_all_successes_of(size),
            _ => false,
        }
    }

    pub(super) fn push(
        &mut self,
        record: Record,
        span: Span,
        now: impl FnOnce() -> Instant,
    ) -> Position {
        #[cfg(feature = "config")]
        self.fit(span);
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.push(record, size),
            (Self::Time(time), Span::Time(length)) => time.push(record, length, now()),
            // It is of the kind of its span.
            _ => Position(0),
        }
    }

    /// So many successes at once, all of that slot.
    pub(super) fn push_successes(&mut self, successes: u32, slot: Position, span: Span) {
        #[cfg(feature = "config")]
        self.fit(span);
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.push_successes(successes, size),
            (Self::Time(time), _) => time.push_successes(successes, slot),
            _ => {}
        }
    }

    /// Makes a failure of a record, if the window still holds it.
    pub(super) fn fail(&mut self, position: Position, span: Span, now: impl FnOnce() -> Instant) {
        #[cfg(feature = "config")]
        self.fit(span);
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.fail(position, size),
            (Self::Time(time), Span::Time(length)) => time.fail(position, length, now()),
            _ => {}
        }
    }

    /// Makes it a window of this span. A count window keeps the last records that it has room for. A
    /// window of another kind begins empty: the one knows no times, the other no order.
    #[cfg(feature = "config")]
    fn fit(&mut self, span: Span) {
        match (&mut *self, span) {
            (Self::Time(_), Span::Time(_)) => {}
            (Self::Calls(calls), Span::Calls(size)) => calls.fit(size),
            // What it knew the records by is no position in the new one.
            (Self::Calls(calls), Span::Time(_)) => *self = Self::Time(Time::new(calls.pushed())),
            (Self::Time(time), Span::Calls(size)) => {
                *self = Self::Calls(Calls::after(time.opened(), size));
            }
        }
    }

    /// Lets go of what is too old. A window of calls knows no time.
    pub(super) fn forget(&mut self, span: Span, now: impl FnOnce() -> Instant) {
        #[cfg(feature = "config")]
        self.fit(span);
        if let (Self::Time(time), Span::Time(length)) = (self, span) {
            time.forget(length, now());
        }
    }

    /// Where successes go, and for how long nothing else changes the window: neither is another slot
    /// begun, nor, where that could raise a rate, one forgotten.
    pub(super) fn current(&self, span: Span) -> Option<Current> {
        match (self, span) {
            (Self::Time(time), Span::Time(length)) => time.current(length),
            (Self::Calls(_), _) => Some(Current::OF_CALLS),
            (Self::Time(_), Span::Calls(_)) => None,
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Self::Calls(calls) => calls.clear(),
            Self::Time(time) => time.clear(),
        }
    }
}

impl Current {
    /// A window of calls has no slots.
    pub(super) const OF_CALLS: Self = Self {
        slot: Position(0),
        until: None,
    };
}
