//! The window of a breaker: the records it looks at, and what they amount to. Pure.

mod calls;
mod time;

use std::time::Duration;

use tokio::time::Instant;

use calls::Calls;
use time::Time;

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

/// Where a record is, to complete it later. It may have left the window by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position(u64);

/// What the records of a window amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) calls: u32,
    pub(super) failures: u32,
    pub(super) slow: u32,
}

impl Tally {
    const NOTHING: Self = Self {
        calls: 0,
        failures: 0,
        slow: 0,
    };

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

/// The records that a breaker looks at. It owns no memory before it needs some.
#[derive(Debug)]
pub(super) enum Window {
    /// Nothing was recorded so far, nor is it known of which kind it is.
    Empty,
    Calls(Calls),
    Time(Time),
}

impl Window {
    pub(super) const fn new() -> Self {
        Self::Empty
    }

    pub(super) fn tally(&self) -> Tally {
        match self {
            Self::Empty => Tally::NOTHING,
            Self::Calls(calls) => calls.tally(),
            Self::Time(time) => time.tally(),
        }
    }

    /// Whether another success would change nothing.
    pub(super) fn is_settled(&self, span: Span) -> bool {
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.is_settled(size),
            _ => false,
        }
    }

    pub(super) fn push(
        &mut self,
        record: Record,
        span: Span,
        now: impl FnOnce() -> Instant,
    ) -> Position {
        if let Self::Empty = self {
            *self = Self::of(span, 0);
        }
        #[cfg(feature = "config")]
        self.fit(span);
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.push(record, size),
            (Self::Time(time), Span::Time(length)) => time.push(record, length, now()),
            // It is of the kind of its span.
            _ => Position(0),
        }
    }

    /// Makes a failure of a record, if the window still holds it.
    pub(super) fn fail(&mut self, position: Position, span: Span, now: impl FnOnce() -> Instant) {
        match (self, span) {
            (Self::Calls(calls), Span::Calls(size)) => calls.fail(position, size),
            (Self::Time(time), Span::Time(length)) => time.fail(position, length, now()),
            _ => {}
        }
    }

    /// A new one, in which so many records were before.
    fn of(span: Span, before: u64) -> Self {
        match span {
            Span::Calls(_) => Self::Calls(Calls::new(before)),
            Span::Time(_) => Self::Time(Time::new(before)),
        }
    }

    /// Makes it a window of this span. A count window keeps the last records that it has room for. A
    /// window of another kind begins empty: the one knows no times, the other no order.
    #[cfg(feature = "config")]
    fn fit(&mut self, span: Span) {
        match (&mut *self, span) {
            (Self::Empty, _) | (Self::Time(_), Span::Time(_)) => {}
            (Self::Calls(calls), Span::Calls(size)) => calls.fit(size),
            // What it knew the records by is no position in the new one.
            (Self::Calls(calls), Span::Time(_)) => *self = Self::of(span, calls.pushed()),
            (Self::Time(time), Span::Calls(_)) => *self = Self::of(span, time.opened()),
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

    pub(super) fn clear(&mut self) {
        match self {
            Self::Empty => {}
            Self::Calls(calls) => calls.clear(),
            Self::Time(time) => time.clear(),
        }
    }
}
