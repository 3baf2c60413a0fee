//! The calls under way that may turn out to be slow. Pure but for the atomics.
//!
//! A call takes a slot when it first suspends, and frees it when it ends: it alone does, whatever
//! generation it belongs to. Who looks for calls that have passed the line marks their slots, under the
//! lock of the gate. One look in the length of the line goes over all slots, and puts those in use in
//! order; the others take from what is known. So neither depends on how many calls are under way.

use std::num::NonZeroU32;
use std::sync::{OnceLock, PoisonError};

use super::slot::{Claim, Ended, Found, Seen, Slot};
use super::sync::{
    AtomicI64, FIRST_SLOTS, Mutex, MutexGuard, Ordering, last_place, set_last_place,
};
use super::window::Position;
use crate::moment::{Length, Moment};

/// A call that is watched for being slow, by the number of its slot.
pub(super) type Watched = NonZeroU32;

const FIRST: usize = FIRST_SLOTS as usize;

/// Each chunk has twice the slots of the one before, so that these are as many as numbers allow.
const CHUNKS: usize = 24;

/// So many slots of a chunk are tried before another chunk is.
const TRIES: usize = 16;

#[derive(Debug)]
pub(super) struct InFlight {
    chunks: [OnceLock<Box<[Slot]>>; CHUNKS],
    /// When the call began that has been under way for longest, of those that `known` does not have;
    /// or earlier.
    fresh: AtomicI64,
    /// The same of those that it has. Changes under the lock of the gate.
    oldest_known: AtomicI64,
    /// Those that the last look over all slots found, the one that began first last; of which generation is
    /// asked when they are told of. The lock of the gate is held by whoever takes this one.
    known: Mutex<Vec<Known>>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    since: i64,
    number: Watched,
    seen: Seen,
}

/// No call is under way.
const NONE: i64 = i64::MAX;
/// One is, and nobody knows since when.
const EVER: i64 = i64::MIN;

impl InFlight {
    pub(super) fn new() -> Self {
        let it = Self {
            chunks: std::array::from_fn(|_| OnceLock::new()),
            fresh: AtomicI64::new(NONE),
            oldest_known: AtomicI64::new(NONE),
            known: Mutex::new(Vec::new()),
        };
        it.grow();
        it
    }

    /// The chunks that there are, the largest first.
    fn chunks(&self) -> impl Iterator<Item = (usize, &[Slot])> {
        let there_are = self
            .chunks
            .iter()
            .take_while(|chunk| chunk.get().is_some())
            .count();
        self.chunks[..there_are]
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, chunk)| Some((at, &**chunk.get()?)))
    }

    fn chunk(&self, chunk: usize) -> Option<&[Slot]> {
        Some(self.chunks.get(chunk)?.get()?)
    }

    #[inline]
    fn slot(&self, number: Watched) -> Option<&Slot> {
        let (chunk, at) = place(number);
        self.chunk(chunk)?.get(at)
    }

    /// Watches a call that began then. `None` when no slot was found: see `make_room`.
    #[inline]
    pub(super) fn add(&self, generation: u64, since: Moment) -> Option<Watched> {
        let since = since.nanos();
        // Likely the one that this thread has used last is free, or else the next.
        let last = Watched::new(last_place())?;
        let claim = self.slot(last).and_then(|slot| slot.claim(generation));
        let (number, claim) = match claim {
            Some(claim) => (last, claim),
            None => self.find(last, generation)?,
        };
        // Between the claim and the end of it: a look over all slots comes before the claim, and then
        // `fresh` is as it left it, or sees the claim.
        if since < self.fresh.load(Ordering::Acquire) {
            self.fresh.fetch_min(since, Ordering::AcqRel);
        }
        claim.watch(since);
        Some(number)
    }

    #[inline(never)]
    fn find(&self, last: Watched, generation: u64) -> Option<(Watched, Claim<'_>)> {
        let (own, place) = place(last);
        // Its own chunk first, then the largest.
        let chunks = self.chunks().filter(|(chunk, _)| *chunk != own);
        let own = self.chunk(own).map(|slots| (own, slots));
        own.into_iter().chain(chunks).find_map(|(chunk, slots)| {
            (0..TRIES.min(slots.len())).find_map(|step| {
                // Their number is a power of two.
                let at = (place + step) & (slots.len() - 1);
                let claim = slots[at].claim(generation)?;
                let number = number(chunk, at)?;
                set_last_place(number.get());
                Some((number, claim))
            })
        })
    }

    /// Sees to it that the next `add` finds a slot: makes more of them, or points to one that is free. Whether
    /// it could. Under the lock of the gate.
    pub(super) fn make_room(&self) -> bool {
        let Some((chunk, slots)) = self.chunks().next() else {
            return self.grow();
        };
        let free = slots.iter().filter(|slot| slot.is_free()).count();
        let first = slots.iter().position(Slot::is_free);
        match first.and_then(|at| number(chunk, at)) {
            Some(first) if 2 * free >= slots.len() => {
                set_last_place(first.get());
                true
            }
            _ => self.grow(),
        }
    }

    fn grow(&self) -> bool {
        let next = self.chunks.iter().position(|chunk| chunk.get().is_none());
        next.is_some_and(|next| {
            let slots = (0..FIRST << next).map(|_| Slot::new()).collect();
            // All of it is free.
            number(next, 0).is_some_and(|first| {
                set_last_place(first.get());
                self.chunks[next].set(slots).is_ok()
            })
        })
    }

    /// A call has ended. One that was recorded keeps its slot until `free`.
    pub(super) fn end(&self, number: Watched) -> Option<Ended> {
        self.slot(number).map(Slot::end)
    }

    /// Where a call is recorded. Under the lock of the gate.
    pub(super) fn position(&self, number: Watched) -> Option<Position> {
        Some(self.slot(number)?.position())
    }

    /// The slot of a call that was recorded, and has ended. Under the lock of the gate.
    pub(super) fn free(&self, number: Watched) {
        if let Some(slot) = self.slot(number) {
            slot.free();
        }
    }

    /// When the call began that has been under way for longest, or earlier; `None` where none is.
    #[inline]
    pub(super) fn oldest(&self) -> Option<Moment> {
        let fresh = self.fresh.load(Ordering::Acquire);
        let known = self.oldest_known.load(Ordering::Acquire);
        let oldest = fresh.min(known);
        (oldest != NONE).then(|| Moment::of_nanos(oldest))
    }

    /// When this call began, for whoever watches it.
    pub(super) fn began(&self, number: Watched) -> Option<Moment> {
        Some(Moment::of_nanos(self.slot(number)?.since()))
    }

    /// Whether one may have passed the line.
    pub(super) fn may_pass(&self, line: Length, now: Moment) -> bool {
        self.oldest()
            .is_some_and(|oldest| now >= oldest.after(line))
    }

    /// Those of this generation that have passed the line by now and are not recorded, the oldest first.
    /// Under the lock of the gate.
    pub(super) fn look(&self, generation: u64, line: Length, now: Moment) -> Passing<'_> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = |since: i64| now >= Moment::of_nanos(since).after(line);
        if passed(self.fresh.load(Ordering::Acquire)) {
            self.look_over_all(&mut known);
        }
        Passing {
            all: self,
            known,
            generation,
            line,
            now,
        }
    }

    fn look_over_all(&self, known: &mut Vec<Known>) {
        // Before the slots: a call that is not seen finds this, and says when it began.
        self.fresh.store(NONE, Ordering::Release);
        known.clear();
        for (chunk, slots) in self.chunks() {
            for (at, slot) in slots.iter().enumerate() {
                match (slot.look(), number(chunk, at)) {
                    (Found::Call { seen, since }, Some(number)) => known.push(Known {
                        since,
                        number,
                        seen,
                    }),
                    // Perhaps it has not seen that it must say when it began. The next admission looks again.
                    (Found::Somebody, _) => self.fresh.store(EVER, Ordering::Release),
                    _ => {}
                }
            }
        }
        known.sort_unstable_by_key(|call| std::cmp::Reverse((call.since, call.number)));
    }
}

/// The calls that have passed the line, one by one. Each is marked as recorded when it is told of.
pub(super) struct Passing<'a> {
    all: &'a InFlight,
    known: MutexGuard<'a, Vec<Known>>,
    generation: u64,
    line: Length,
    now: Moment,
}

impl Passing<'_> {
    /// When the next one passed the line, and its number.
    pub(super) fn next(&mut self) -> Option<(Moment, Watched)> {
        while let Some(call) = self.known.last().copied() {
            let passes = Moment::of_nanos(call.since).after(self.line);
            let slot = self.all.slot(call.number)?;
            let is_under_way = slot.is(call.seen) && call.seen.is_of(self.generation);
            if is_under_way && self.now < passes {
                return None;
            }
            self.known.pop();
            if is_under_way && slot.mark(call.seen) {
                return Some((passes, call.number));
            }
        }
        None
    }

    /// Where the record of that call is.
    pub(super) fn recorded(&self, number: Watched, position: Position) {
        if let Some(slot) = self.all.slot(number) {
            slot.set_position(position);
        }
    }
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        let oldest = self.known.last().map_or(NONE, |call| call.since);
        self.all.oldest_known.store(oldest, Ordering::Release);
    }
}

/// Chunk 0 has the numbers from `FIRST_SLOTS` on, chunk 1 those from twice that, and so on.
fn number(chunk: usize, at: usize) -> Option<Watched> {
    u32::try_from((FIRST << chunk) + at)
        .ok()
        .and_then(Watched::new)
}

fn place(number: Watched) -> (usize, usize) {
    let number = number.get() as usize;
    let chunk = (number / FIRST).max(1).ilog2() as usize;
    (chunk, number - (FIRST << chunk))
}
