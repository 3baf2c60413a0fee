//! The places of a bulkhead and the queue for them: first come, first served, with hand-over.
//!
//! One atomic word holds how many calls are in flight and how many wait. With nobody waiting, a place is taken
//! by one exchange on it, and given back by one subtraction. As soon as one waits no newcomer takes a
//! place, whether or not one is free: who gives one back calls the one who waits longest to it, under the
//! lock.
//!
//! The limit may change. Nobody is called to places beyond a lower one. To those that a higher one adds, the
//! line is called at once.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::task::Waker;

use super::sync::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering};

#[derive(Debug)]
pub(super) struct Queue {
    /// In flight in the low half, waiting in the high half.
    counts: AtomicU64,
    /// How many calls may be in flight.
    pub(super) limit: AtomicU32,
    line: Mutex<Line>,
}

/// Those who wait, longest first.
#[derive(Debug)]
pub(super) struct Line {
    next_ticket: u64,
    waiters: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    waker: Waker,
}

/// Why nobody could get in line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A place came free meanwhile, and is the caller's.
    Admitted,
    /// In line, with this number.
    Waits(u64),
    /// The line is as long as it may be.
    Full,
}

const ONE_WAITING: u64 = 1 << 32;

fn in_flight(counts: u64) -> u64 {
    counts & (ONE_WAITING - 1)
}

fn waiting(counts: u64) -> u64 {
    counts >> 32
}

impl Queue {
    /// Of these three, empty: `loom` has its own, which are no constants.
    pub(super) const fn of(counts: AtomicU64, limit: AtomicU32, line: Mutex<Line>) -> Self {
        Self {
            counts,
            limit,
            line,
        }
    }

    /// How many calls may be in flight.
    #[inline]
    pub(super) fn limit(&self) -> u32 {
        self.limit.load(Ordering::Acquire)
    }

    /// Who raises the limit has to [`admit`](Self::admit) those who wait, afterwards.
    pub(super) fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Ordering::Release);
    }

    /// Calls those who wait for as long as there is room: longest first. The last one may have left the line
    /// since; then the place is free for all.
    #[cold]
    pub(super) fn admit(&self) {
        loop {
            let mut line = self.lock();
            let counts = self.counts.load(Ordering::Acquire);
            // Asked under the lock: who joins does so too, and one of the two sees the other.
            if in_flight(counts) >= u64::from(self.limit()) {
                return;
            }
            let Some(waiter) = line.waiters.pop_front() else {
                return;
            };
            self.counts.fetch_sub(ONE_WAITING - 1, Ordering::AcqRel);
            drop(line);
            waiter.waker.wake();
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        usize::try_from(in_flight(self.counts.load(Ordering::Acquire))).unwrap_or(usize::MAX)
    }

    pub(super) fn waiting(&self) -> usize {
        usize::try_from(waiting(self.counts.load(Ordering::Acquire))).unwrap_or(usize::MAX)
    }

    /// Takes a place, if one is free and nobody waits for it.
    #[inline]
    pub(super) fn try_take(&self) -> bool {
        let limit = self.limit();
        let mut counts = self.counts.load(Ordering::Relaxed);
        // Nobody waiting: the whole word is what is in flight.
        while counts < u64::from(limit) {
            match self.counts.compare_exchange_weak(
                counts,
                counts + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => counts = now,
            }
        }
        false
    }

    /// Takes a place, whether or not one is free. Where calls do this nobody waits.
    pub(super) fn take_beyond(&self) {
        self.counts.fetch_add(1, Ordering::AcqRel);
    }

    /// Gives a place back: to who waits longest, or to all.
    #[inline]
    pub(super) fn give_back(&self) {
        let before = self.counts.fetch_sub(1, Ordering::AcqRel);
        // Nobody can have taken it meanwhile: a word with somebody waiting is beyond all limits.
        if waiting(before) > 0 {
            self.admit();
        }
    }

    /// Joins the line, unless a place has come free or the line is full.
    pub(super) fn join(&self, longest: usize, waker: Waker) -> Entry {
        let mut line = self.lock();
        let limit = self.limit();
        let mut counts = self.counts.load(Ordering::Relaxed);
        loop {
            let free = counts < u64::from(limit);
            if !free && line.waiters.len() >= longest {
                return Entry::Full;
            }
            let joined = counts + if free { 1 } else { ONE_WAITING };
            match self.counts.compare_exchange_weak(
                counts,
                joined,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) if free => return Entry::Admitted,
                Ok(_) => break,
                Err(now) => counts = now,
            }
        }
        let ticket = line.next_ticket;
        line.next_ticket += 1;
        line.waiters.push_back(Waiter { ticket, waker });
        Entry::Waits(ticket)
    }

    /// Whether this ticket's turn has come. If not, `waker` is woken when it does.
    pub(super) fn is_called(&self, ticket: u64, waker: Waker) -> bool {
        let mut line = self.lock();
        let Ok(at) = line.position(ticket) else {
            return true;
        };
        let old = std::mem::replace(&mut line.waiters[at].waker, waker);
        drop(line);
        drop(old);
        false
    }

    /// Leaves the line. `false` when the ticket's turn had come: then a place is the caller's.
    pub(super) fn leave(&self, ticket: u64) -> bool {
        let mut line = self.lock();
        let Ok(at) = line.position(ticket) else {
            return false;
        };
        let left = line.waiters.remove(at);
        self.counts.fetch_sub(ONE_WAITING, Ordering::AcqRel);
        drop(line);
        drop(left);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            next_ticket: 0,
            waiters: VecDeque::new(),
        }
    }

    /// Where a ticket stands; not at all once its turn has come. Tickets go up along the line.
    fn position(&self, ticket: u64) -> Result<usize, usize> {
        self.waiters
            .binary_search_by_key(&ticket, |waiter| waiter.ticket)
    }
}
