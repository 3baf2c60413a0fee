//! The calls in flight: when each began, and what was known then.
//!
//! Kept here, and not in the calls' futures, as those of all bulkheads are the same size. The places of
//! calls that have ended are used again: no call allocates, but those that make a new record of how many
//! there are at once.

use std::num::NonZeroU32;

use tokio::time::Instant;

/// A call in flight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) since: Instant,
    /// How many were in flight then, itself included.
    pub(super) at_start: u32,
    pub(super) epoch: u32,
    /// The level of its stack; see [`deadline`](crate::deadline).
    pub(super) level: u32,
}

#[derive(Debug)]
enum Slot {
    Taken(Begun),
    /// Free, as is the one of this number.
    Free(Option<NonZeroU32>),
}

#[derive(Debug)]
pub(super) struct Calls {
    slots: Vec<Slot>,
    free: Option<NonZeroU32>,
    /// Unlike places, none of them is on its way to who waits for it: it is what the callee sees.
    in_flight: u32,
}

impl Calls {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: None,
            in_flight: 0,
        }
    }

    pub(super) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// The number that a call has until it ends. Without one it is not heard: there are more calls than
    /// numbers.
    pub(super) fn begin(&mut self, call: Begun) -> Option<NonZeroU32> {
        let Some(number) = self.free else {
            let number = u32::try_from(self.slots.len() + 1).ok()?;
            self.slots.push(Slot::Taken(call));
            self.in_flight += 1;
            return NonZeroU32::new(number);
        };
        let slot = self.slot(number)?;
        let Slot::Free(next) = std::mem::replace(slot, Slot::Taken(call)) else {
            unreachable!("what is taken is in no list of free ones")
        };
        self.free = next;
        self.in_flight += 1;
        Some(number)
    }

    pub(super) fn end(&mut self, number: NonZeroU32) -> Option<Begun> {
        let free = self.free;
        let slot = self.slot(number)?;
        let Slot::Taken(call) = *slot else {
            return None;
        };
        *slot = Slot::Free(free);
        self.free = Some(number);
        self.in_flight -= 1;
        Some(call)
    }

    fn slot(&mut self, number: NonZeroU32) -> Option<&mut Slot> {
        self.slots.get_mut(number.get() as usize - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_places_of_calls_that_have_ended_are_used_again() {
        let mut calls = Calls::new();
        let call = |at_start| Begun {
            since: Instant::now(),
            at_start,
            epoch: 0,
            level: 0,
        };
        for _ in 0..100 {
            let numbers: Vec<_> = (0..5).filter_map(|n| calls.begin(call(n))).collect();
            for (n, number) in (0..).zip(numbers) {
                assert_eq!(calls.in_flight(), 5 - n);
                assert_eq!(calls.end(number).unwrap().at_start, n);
                assert!(calls.end(number).is_none(), "a call ends once");
            }
        }
        assert_eq!(calls.slots.len(), 5);
    }
}
