//! What threads count each for itself: successes that they hold back, until somebody gathers them, and calls
//! that were refused. Pure but for the atomics.
//!
//! Each thread counts in a stripe of its own. All of them stand for one *promise*: that in this
//! generation, in this slot of the window and until this point in time no success needs to be looked
//! at. A stripe carries the number of the promise, and is added to only together with a look at it. When
//! the promise changes, so does the number: who looked before cannot add any more.

use super::count::Count;
use super::sync::{AtomicI64, AtomicU64, Ordering, STRIPES, lane};

/// So many are held back in one stripe, and no more: then whoever comes next tells of all.
pub(super) const MOST: u64 = 64;

/// The lower bits of a stripe count; those above are the number of the promise.
const COUNT_BITS: u32 = 16;
const COUNT: u64 = (1 << COUNT_BITS) - 1;

#[derive(Debug)]
pub(super) struct Stripes {
    each: [Stripe; STRIPES],
    // These change under the lock of the gate.
    generation: AtomicU64,
    slot: AtomicU64,
    until: AtomicI64,
}

/// On a line of the cache of its own.
#[derive(Debug)]
#[repr(align(64))]
struct Stripe {
    /// Successes that are held back.
    held: AtomicU64,
    refused: Count,
}

/// What those who hold back successes rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Promise {
    pub(super) generation: u64,
    pub(super) slot: u64,
    /// In nanoseconds, as a `Moment` has them.
    pub(super) until: i64,
}

impl Promise {
    /// Holds for ever: nothing depends on time.
    pub(super) const FOR_EVER: i64 = i64::MAX;
    /// Never holds.
    pub(super) const NEVER: i64 = i64::MIN;

    /// One that nobody can rely on.
    pub(super) const fn none(generation: u64) -> Self {
        Self {
            generation,
            slot: 0,
            until: Self::NEVER,
        }
    }
}

impl Stripes {
    pub(super) fn new() -> Self {
        Self {
            each: std::array::from_fn(|_| Stripe {
                held: AtomicU64::new(0),
                refused: Count::new(),
            }),
            generation: AtomicU64::new(0),
            slot: AtomicU64::new(0),
            until: AtomicI64::new(Promise::NEVER),
        }
    }

    /// Holds a success back, if `may_wait` says that successes of its generation may, and the promise holds.
    ///
    /// The order matters. Who sees a stripe of a new promise sees what was written before it: a word that lets
    /// nobody hold back, or else the one that lets again, and then also until when. Who sees something
    /// newer than its stripe cannot add to it any more.
    #[inline]
    pub(super) fn add(&self, may_wait: impl Fn() -> bool, now: impl Fn() -> i64) -> bool {
        let stripe = &self.each[lane() as usize % STRIPES].held;
        let mut seen = stripe.load(Ordering::Acquire);
        loop {
            if !may_wait() || seen & COUNT >= MOST - 1 {
                return false;
            }
            let until = self.until.load(Ordering::Acquire);
            if until != Promise::FOR_EVER && now() >= until {
                return false;
            }
            match stripe.compare_exchange_weak(seen, seen + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
    }

    /// How many are held back; they no longer are. Under the lock of the gate.
    pub(super) fn gather(&self) -> u32 {
        let take = |Stripe { held: stripe, .. }: &Stripe| {
            // A look costs less than a write, and most have nothing.
            match stripe.load(Ordering::Acquire) & COUNT {
                0 => 0,
                _ => stripe.fetch_and(!COUNT, Ordering::AcqRel) & COUNT,
            }
        };
        total(self.each.iter().map(take))
    }

    /// A call was refused.
    #[inline]
    pub(super) fn refuse(&self) {
        let lane = lane();
        self.each[lane as usize % STRIPES].refused.add(lane);
    }

    /// How many were, ever.
    pub(super) fn refused(&self) -> u64 {
        let each = self.each.iter().map(|stripe| stripe.refused.total());
        each.fold(0, u64::saturating_add)
    }

    /// What they stand for. Under the lock of the gate.
    pub(super) fn promise(&self) -> Promise {
        Promise {
            generation: self.generation.load(Ordering::Relaxed),
            slot: self.slot.load(Ordering::Relaxed),
            until: self.until.load(Ordering::Relaxed),
        }
    }

    /// From now on they stand for another promise. How many were added to the old one since it was
    /// gathered. Under the lock of the gate, while its word lets nobody hold back.
    pub(super) fn renew(&self, promise: Promise) -> u32 {
        let renew = |Stripe { held: stripe, .. }: &Stripe| {
            let number = stripe.load(Ordering::Relaxed) >> COUNT_BITS;
            // What is above the count wraps around: it is only compared with what it was a moment ago.
            let renewed = number.wrapping_add(1) << COUNT_BITS;
            stripe.swap(renewed, Ordering::AcqRel) & COUNT
        };
        let late = total(self.each.iter().map(renew));
        self.generation.store(promise.generation, Ordering::Relaxed);
        self.slot.store(promise.slot, Ordering::Relaxed);
        // After the stripes: who reads it and still finds its stripe unchanged has the old one.
        self.until.store(promise.until, Ordering::Release);
        late
    }
}

fn total(counts: impl Iterator<Item = u64>) -> u32 {
    u32::try_from(counts.sum::<u64>()).unwrap_or(u32::MAX)
}
