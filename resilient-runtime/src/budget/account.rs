//! A ledger that many threads use: first calls are counted in one atomic number, and who withdraws
//! brings the count to the ledger, under a lock.
//!
//! A deposit so is one load and one addition. One in a slot's length begins a new slot, and takes the
//! lock for it.

use std::sync::PoisonError;

use super::ledger::{Ledger, Receipt, SLOT};
use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering};

/// What a budget is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    /// What a first call deposits, in parts of [`ONE`](super::ledger::ONE).
    pub(super) deposit: u64,
    pub(super) min_per_second: u32,
}

#[derive(Debug)]
pub(super) struct Account {
    /// First calls that the ledger has not heard of. They belong to its newest slot.
    calls: AtomicU64,
    /// When that slot is over.
    until: AtomicU64,
    ledger: Mutex<Ledger>,
}

impl Account {
    /// Of these, as new: `loom` has its own, which are no constants.
    pub(super) const fn of(calls: AtomicU64, until: AtomicU64, ledger: Mutex<Ledger>) -> Self {
        Self {
            calls,
            until,
            ledger,
        }
    }

    /// A first call is made. Between the look at `until` and the addition another one may begin the next
    /// slot: then it is counted there, which is when it is counted.
    #[inline]
    pub(super) fn deposit(&self, now: u64, rates: Rates) {
        if now >= self.until.load(Ordering::Relaxed) {
            self.begin(now, rates);
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Begins a slot, unless somebody else just did.
    #[cold]
    fn begin(&self, now: u64, rates: Rates) {
        let mut ledger = self.lock();
        if now >= self.until.load(Ordering::Relaxed) {
            self.gather(&mut ledger, rates);
            ledger.begin(now);
            self.until
                .store(now.saturating_add(SLOT), Ordering::Relaxed);
        }
    }

    /// Takes one, if there is one.
    pub(super) fn withdraw(&self, now: u64, rates: Rates) -> Option<Receipt> {
        self.with(rates, |ledger| ledger.withdraw(now, rates.min_per_second))
    }

    pub(super) fn give_back(&self, now: u64, rates: Rates, receipt: Receipt) {
        self.with(rates, |ledger| {
            ledger.give_back(now, rates.min_per_second, receipt);
        });
    }

    /// What could be withdrawn.
    pub(super) fn balance(&self, now: u64, rates: Rates) -> u64 {
        self.with(rates, |ledger| ledger.balance(now, rates.min_per_second))
    }

    /// What is counted goes to the ledger by these rates: others may come into force.
    #[cfg(feature = "config")]
    pub(super) fn gathered(&self, rates: Rates) {
        self.with(rates, |_| ());
    }

    fn with<R>(&self, rates: Rates, with: impl FnOnce(&mut Ledger) -> R) -> R {
        let mut ledger = self.lock();
        self.gather(&mut ledger, rates);
        with(&mut ledger)
    }

    fn gather(&self, ledger: &mut Ledger, rates: Rates) {
        let calls = self.calls.swap(0, Ordering::Relaxed);
        ledger.deposit(calls.saturating_mul(rates.deposit));
    }

    /// Nothing that runs under the lock can panic half-way, so that a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
