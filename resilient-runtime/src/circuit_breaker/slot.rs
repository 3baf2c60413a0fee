//! A slot: one call under way, and whether it is recorded as slow. Pure but for the atomics.
//!
//! Its state is one word: how often it was claimed, the generation of its call, and what it is used
//! for. So a word that is the same is the same call.

use super::sync::{AtomicI64, AtomicU64, Ordering};
use super::window::Position;

#[derive(Debug)]
pub(super) struct Slot {
    state: AtomicU64,
    /// When its call began.
    since: AtomicI64,
    /// Where it is recorded, once it is.
    position: AtomicI64,
}

/// The state of a slot in use, as it was when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen(u64);

/// What a look at a slot finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nobody, or one who is recorded.
    Nobody,
    /// A call that began then.
    Call { seen: Seen, since: i64 },
    /// A call is just taking it: since when it is under way is not known.
    Somebody,
}

/// How a call was watched that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It began then, and is not recorded: nor will it be, but by its end.
    Unrecorded(i64),
    /// It is recorded as slow.
    Recorded,
}

const USE_BITS: u32 = 2;
const USE: u64 = (1 << USE_BITS) - 1;
const FREE: u64 = 0;
/// A call has it, and has not yet said when it began.
const CLAIMED: u64 = 1;
const WATCHED: u64 = 2;
const RECORDED: u64 = 3;

/// Generations are told apart by so many bits: a call is not under way for four billion of them.
const GENERATION_BITS: u32 = 32;
const GENERATION: u64 = (1 << GENERATION_BITS) - 1;
const TURN_SHIFT: u32 = USE_BITS + GENERATION_BITS;

impl Seen {
    pub(super) fn is_of(self, generation: u64) -> bool {
        self.0 >> USE_BITS & GENERATION == generation & GENERATION
    }
}

/// A slot that was free, and is the claimer's.
pub(super) struct Claim<'a> {
    slot: &'a Slot,
    state: u64,
}

impl Claim<'_> {
    /// The call began then, and is watched from now on.
    pub(super) fn watch(self, since: i64) {
        self.slot.since.store(since, Ordering::Relaxed);
        let state = self.state & !USE | WATCHED;
        self.slot.state.store(state, Ordering::Release);
    }
}

impl Slot {
    pub(super) fn new() -> Self {
        Self {
            state: AtomicU64::new(FREE),
            since: AtomicI64::new(0),
            position: AtomicI64::new(0),
        }
    }

    pub(super) fn is_free(&self) -> bool {
        self.state.load(Ordering::Relaxed) & USE == FREE
    }

    pub(super) fn claim(&self, generation: u64) -> Option<Claim<'_>> {
        let free = self.state.load(Ordering::Relaxed);
        if free & USE != FREE {
            return None;
        }
        let turn = (free >> TURN_SHIFT).wrapping_add(1) << TURN_SHIFT;
        let state = turn | (generation & GENERATION) << USE_BITS | CLAIMED;
        let claimed = self
            .state
            .compare_exchange(free, state, Ordering::AcqRel, Ordering::Relaxed);
        claimed.is_ok().then_some(Claim { slot: self, state })
    }

    /// The call has ended: it alone may say so, and once.
    pub(super) fn end(&self) -> Ended {
        let seen = self.state.load(Ordering::Acquire);
        let since = self.since.load(Ordering::Relaxed);
        let freed = seen & USE == WATCHED
            && self
                .state
                .compare_exchange(
                    seen,
                    seen & !USE | FREE,
                    Ordering::AcqRel,
                    Ordering::Acquire,
                )
                .is_ok();
        if freed {
            Ended::Unrecorded(since)
        } else {
            Ended::Recorded
        }
    }

    /// A recorded one is free again. Under the lock of the gate.
    pub(super) fn free(&self) {
        let seen = self.state.load(Ordering::Relaxed);
        self.state.store(seen & !USE | FREE, Ordering::Release);
    }

    /// Who is watched here, of whatever generation. Under the lock of the gate.
    pub(super) fn look(&self) -> Found {
        let mut seen = self.state.load(Ordering::Acquire);
        // A write that changes nothing. Who claims the slot later comes after it in the order of what was
        // written here, and so has seen all that was written before.
        while seen & USE != CLAIMED
            && let Err(now) =
                self.state
                    .compare_exchange(seen, seen, Ordering::AcqRel, Ordering::Acquire)
        {
            seen = now;
        }
        match seen & USE {
            WATCHED => Found::Call {
                seen: Seen(seen),
                since: self.since.load(Ordering::Relaxed),
            },
            CLAIMED => Found::Somebody,
            _ => Found::Nobody,
        }
    }

    /// When its call began, for the one whose call it is.
    pub(super) fn since(&self) -> i64 {
        self.since.load(Ordering::Relaxed)
    }

    /// Whether it is as it was seen.
    pub(super) fn is(&self, Seen(seen): Seen) -> bool {
        self.state.load(Ordering::Relaxed) == seen
    }

    /// Its call is recorded, if it is as it was seen.
    pub(super) fn mark(&self, Seen(seen): Seen) -> bool {
        let marked = seen & !USE | RECORDED;
        self.state
            .compare_exchange(seen, marked, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    /// Where its call is recorded. Under the lock of the gate, as the other one is.
    pub(super) fn set_position(&self, Position(position): Position) {
        // Positions are counted from 0, and nobody lives to see the last.
        self.position
            .store(position.cast_signed(), Ordering::Relaxed);
    }

    pub(super) fn position(&self) -> Position {
        Position(self.position.load(Ordering::Relaxed).cast_unsigned())
    }
}
