//! A count that some threads have to themselves, and others share: exact, and for the former no more than a
//! load and a store. Pure but for the atomics.

use super::sync::{AtomicU64, Ordering, STRIPES};

#[derive(Debug)]
pub(super) struct Count {
    /// Only one thread ever writes it.
    own: AtomicU64,
    shared: AtomicU64,
}

impl Count {
    pub(super) fn new() -> Self {
        Self {
            own: AtomicU64::new(0),
            shared: AtomicU64::new(0),
        }
    }

    /// One more, by the thread of this lane. The first lanes have a count each, and no lane is given to two
    /// threads; all others share.
    #[inline]
    pub(super) fn add(&self, lane: u32) {
        if (lane as usize) < STRIPES {
            let own = self.own.load(Ordering::Relaxed);
            self.own.store(own.wrapping_add(1), Ordering::Relaxed);
        } else {
            self.shared.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn total(&self) -> u64 {
        let own = self.own.load(Ordering::Relaxed);
        own.saturating_add(self.shared.load(Ordering::Relaxed))
    }
}
