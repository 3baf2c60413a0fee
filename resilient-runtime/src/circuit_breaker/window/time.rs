//! A window of the calls of the last so long. Pure.
//!
//! Records are gathered in slots. A slot begins with its first record and takes in what comes within a
//! 32nd of the window after it, so there are 33 of them at most, however many calls there are. All of a
//! slot is forgotten when its first record is old enough: exactly then for records that are further
//! apart than a slot is long, and up to a 32nd of the window early for the others.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::{Current, Position, Record, Tally};
use crate::moment::{Length, Moment};

/// Finer than a tenth of the window, at a cost that does not show.
const SLOTS: u32 = 32;

#[derive(Debug)]
pub(in super::super) struct Time {
    /// The oldest first.
    slots: VecDeque<Slot>,
    tally: Tally,
    /// Slots ever: the number of the next one.
    opened: u64,
}

#[derive(Debug)]
struct Slot {
    // Half as long as an `Instant`, and there are 33 of them.
    since: Moment,
    tally: Tally,
}

impl Slot {
    /// From then on records go to another one.
    fn end(&self, length: Duration) -> Moment {
        self.since.after(Length::of(length / SLOTS))
    }

    fn forgotten(&self, length: Duration) -> Moment {
        self.since.after(Length::of(length))
    }
}

impl Time {
    /// A new one, in which so many slots were before.
    pub(super) fn new(before: u64) -> Self {
        Self {
            slots: VecDeque::with_capacity(SLOTS as usize + 1),
            tally: Tally::NOTHING,
            opened: before,
        }
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    #[cfg(feature = "config")]
    pub(super) fn opened(&self) -> u64 {
        self.opened
    }

    pub(super) fn push(&mut self, record: Record, length: Duration, now: Instant) -> Position {
        self.forget(length, now);
        let now = Moment::at(now);
        let current = self.slots.back().is_some_and(|slot| now < slot.end(length));
        if !current {
            self.slots.push_back(Slot {
                since: now,
                tally: Tally::NOTHING,
            });
            self.opened += 1;
        }
        if let Some(slot) = self.slots.back_mut() {
            slot.tally.add(record);
        }
        self.tally.add(record);
        Position(self.opened - 1)
    }

    pub(super) fn push_successes(&mut self, successes: u32, slot: Position) {
        if let Some(slot) = self.slot(slot) {
            slot.tally.calls = slot.tally.calls.saturating_add(successes);
            self.tally.calls = self.tally.calls.saturating_add(successes);
        }
    }

    pub(super) fn fail(&mut self, slot: Position, length: Duration, now: Instant) {
        self.forget(length, now);
        if let Some(slot) = self.slot(slot) {
            slot.tally.failures += 1;
            self.tally.failures += 1;
        }
    }

    /// The slot of this number, while it is held.
    fn slot(&mut self, Position(slot): Position) -> Option<&mut Slot> {
        let age = self.opened.checked_sub(1 + slot)?;
        let at = self
            .slots
            .len()
            .checked_sub(1 + usize::try_from(age).ok()?)?;
        self.slots.get_mut(at)
    }

    /// The slot that takes successes in, and until when: until it ends, or, unless there are only
    /// successes, until the oldest one is forgotten, as then the rates of the others may go up.
    pub(super) fn current(&self, length: Duration) -> Option<Current> {
        let end = self.slots.back()?.end(length);
        let oldest = self.slots.front()?.forgotten(length);
        Some(Current {
            slot: Position(self.opened - 1),
            until: Some(if self.tally.is_all_successes() {
                end
            } else {
                end.min(oldest)
            }),
        })
    }

    /// A record is forgotten when it is exactly as old as the window is long.
    pub(super) fn forget(&mut self, length: Duration, now: Instant) {
        let now = Moment::at(now);
        while let Some(oldest) = self.slots.front()
            && now >= oldest.forgotten(length)
        {
            self.tally.subtract(oldest.tally);
            self.slots.pop_front();
        }
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.tally = Tally::NOTHING;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(60);
    const FAILED: Record = Record {
        failed: true,
        slow: false,
    };
    const OK: Record = Record {
        failed: false,
        slow: true,
    };

    #[test]
    fn rule_21_a_record_is_forgotten_at_exactly_its_time_plus_the_window() {
        let (start, mut window) = (Instant::now(), Time::new(0));
        window.push(FAILED, LENGTH, start);
        window.push(OK, LENGTH, start + Duration::from_secs(30));
        window.forget(LENGTH, start + LENGTH - Duration::from_nanos(1));
        assert_eq!(
            window.tally(),
            Tally {
                calls: 2,
                failures: 1,
                slow: 1
            }
        );
        window.forget(LENGTH, start + LENGTH);
        assert_eq!(
            window.tally(),
            Tally {
                calls: 1,
                failures: 0,
                slow: 1
            }
        );
        window.forget(LENGTH, start + Duration::from_secs(90));
        assert_eq!(window.tally(), Tally::NOTHING);
    }

    #[test]
    fn rule_21_its_cost_does_not_depend_on_the_number_of_calls() {
        let (start, mut window) = (Instant::now(), Time::new(0));
        for millis in 0..200_000 {
            window.push(FAILED, LENGTH, start + Duration::from_millis(millis));
            assert!(window.slots.len() <= SLOTS as usize + 1);
        }
        // Early by less than a slot, never late.
        let calls = window.tally().calls;
        assert!(
            (60_000 - 60_000 / SLOTS..=60_000).contains(&calls),
            "{calls}"
        );
    }

    #[test]
    fn a_record_can_be_completed_while_it_is_held() {
        let (start, mut window) = (Instant::now(), Time::new(0));
        let first = window.push(OK, LENGTH, start);
        let second = window.push(OK, LENGTH, start + Duration::from_secs(20));
        window.fail(first, LENGTH, start + LENGTH);
        assert_eq!(
            window.tally(),
            Tally {
                calls: 1,
                failures: 0,
                slow: 1
            }
        );
        window.fail(second, LENGTH, start + LENGTH);
        assert_eq!(
            window.tally(),
            Tally {
                calls: 1,
                failures: 1,
                slow: 1
            }
        );
        window.clear();
        window.fail(second, LENGTH, start + LENGTH);
        assert_eq!(window.tally(), Tally::NOTHING);
    }
}
