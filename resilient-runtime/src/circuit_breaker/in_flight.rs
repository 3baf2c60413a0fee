//! The calls under way that may turn out to be slow. Pure.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

use super::window::Position;
use crate::deadline::saturating_add;

/// The longest under way first. Those that have passed the line come before those that have not.
#[derive(Debug)]
pub(super) struct InFlight {
    calls: VecDeque<Call>,
    /// How many of the first have passed the line.
    passed: usize,
    last: NonZeroU32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    number: NonZeroU32,
    since: Instant,
    /// Where it is recorded, once it has passed the line.
    pub(super) position: Option<Position>,
}

impl Call {
    pub(super) fn has_passed(&self, line: Duration, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= line
    }

    /// When it passed the line, or will.
    pub(super) fn passes_at(&self, line: Duration) -> Instant {
        saturating_add(self.since, line)
    }
}

impl InFlight {
    pub(super) const fn new() -> Self {
        Self {
            calls: VecDeque::new(),
            passed: 0,
            last: NonZeroU32::MIN,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn add(&mut self, now: Instant) -> NonZeroU32 {
        self.last = self.last.checked_add(1).unwrap_or(NonZeroU32::MIN);
        self.calls.push_back(Call {
            number: self.last,
            since: now,
            position: None,
        });
        self.last
    }

    /// The first call that has passed the line and is not recorded.
    pub(super) fn next_passing(&self, line: Duration, now: Instant) -> Option<Call> {
        let call = self.calls.get(self.passed)?;
        call.has_passed(line, now).then_some(*call)
    }

    /// That call is recorded now.
    pub(super) fn passed(&mut self, passing: &Call, position: Position) {
        if let Some(call) = self
            .calls
            .get_mut(self.passed)
            .filter(|call| call.number == passing.number)
        {
            call.position = Some(position);
            self.passed += 1;
        }
    }

    /// When this call began, while it is watched.
    pub(super) fn began(&self, number: NonZeroU32) -> Option<Instant> {
        let call = self.calls.iter().find(|call| call.number == number)?;
        Some(call.since)
    }

    pub(super) fn remove(&mut self, number: NonZeroU32) -> Option<Call> {
        let at = self.calls.iter().position(|call| call.number == number)?;
        let call = self.calls.remove(at)?;
        self.passed -= usize::from(call.position.is_some());
        Some(call)
    }

    pub(super) fn clear(&mut self) {
        self.calls.clear();
        self.passed = 0;
    }
}
