//! What a budget holds: deposits, each with its age, and the minimum that refills by itself. Pure.
//!
//! All is counted in billionths of a withdrawal, so that a minimum of n a second refills by exactly n of
//! these in a nanosecond, and no share is lost to rounding. Time is in nanoseconds since the first use.

/// One retry or hedge.
pub(super) const ONE: u64 = 1_000_000_000;

const SECOND: u64 = 1_000_000_000;

/// How long a deposit can be spent.
const LIFETIME: u64 = 10 * SECOND;

/// Deposits are gathered in slots, and one expires as a whole when its first deposit does. So deposits
/// that are further apart than this expire exactly on time, and the others up to this much early: what is
/// promised is that none is ever late.
pub(super) const SLOT: u64 = LIFETIME / SLOTS as u64;

/// More than these can't be alive at once, as each begins a `SLOT` after the one before.
const SLOTS: usize = 32;

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// When its first deposit was made.
    since: u64,
    deposits: u64,
}

/// Where a withdrawal was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    /// What the minimum gave.
    minimum: u64,
    /// The oldest slot that gave the rest, if there was one.
    since: u64,
}

impl Receipt {
    /// Nothing was taken, and nothing must be given back.
    pub(super) const NOTHING: Self = Self {
        minimum: ONE,
        since: 0,
    };
}

#[derive(Debug)]
pub(super) struct Ledger {
    /// A ring of slots, the oldest at `first`.
    slots: [Slot; SLOTS],
    first: usize,
    len: usize,
    /// What has been taken from the minimum, and has not come back by time: one second of it is full.
    missing: u64,
    /// Up to when it has.
    refilled: u64,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        const EMPTY: Slot = Slot {
            since: 0,
            deposits: 0,
        };
        Self {
            slots: [EMPTY; SLOTS],
            first: 0,
            len: 0,
            missing: 0,
            refilled: 0,
        }
    }

    /// Begins a slot: deposits go there from now on. It is a `SLOT` or more after the one before.
    pub(super) fn begin(&mut self, now: u64) {
        self.expire(now);
        if self.len == SLOTS {
            self.forget(); // a clock that went backwards: the oldest gives way
        }
        self.slots[(self.first + self.len) % SLOTS] = Slot {
            since: now,
            deposits: 0,
        };
        self.len += 1;
    }

    /// Into the slot that was begun last, however long ago that is. Without one there is nobody to have
    /// made it.
    pub(super) fn deposit(&mut self, amount: u64) {
        if let Some(slot) = self.live().last() {
            slot.deposits = slot.deposits.saturating_add(amount);
        }
    }

    /// Takes one, if there is one: from the minimum first, as that is back in a second, and from the
    /// oldest deposits then.
    pub(super) fn withdraw(&mut self, now: u64, min_per_second: u32) -> Option<Receipt> {
        if self.balance(now, min_per_second) < ONE {
            return None;
        }
        let minimum = ONE.min(self.minimum(min_per_second));
        self.missing += minimum;
        let (mut rest, mut oldest) = (ONE - minimum, None);
        for slot in self.live() {
            let taken = slot.deposits.min(rest);
            if taken > 0 {
                oldest.get_or_insert(slot.since);
                slot.deposits -= taken;
                rest -= taken;
            }
        }
        Some(Receipt {
            minimum,
            since: oldest.unwrap_or(now),
        })
    }

    /// As if it had not been withdrawn: what has expired in the meantime stays away.
    pub(super) fn give_back(&mut self, now: u64, min_per_second: u32, receipt: Receipt) {
        self.pass(now, min_per_second);
        self.missing = self.missing.saturating_sub(receipt.minimum);
        if let Some(slot) = self.live().find(|slot| slot.since == receipt.since) {
            slot.deposits = slot.deposits.saturating_add(ONE - receipt.minimum);
        }
    }

    /// What could be withdrawn.
    pub(super) fn balance(&mut self, now: u64, min_per_second: u32) -> u64 {
        self.pass(now, min_per_second);
        let minimum = self.minimum(min_per_second);
        let deposits = self.live().map(|slot| slot.deposits);
        deposits.fold(minimum, u64::saturating_add)
    }

    /// What is there of the minimum.
    fn minimum(&self, min_per_second: u32) -> u64 {
        (u64::from(min_per_second) * ONE).saturating_sub(self.missing)
    }

    /// Lets time pass: deposits expire, and the minimum refills.
    fn pass(&mut self, now: u64, min_per_second: u32) {
        self.expire(now);
        let passed = now.saturating_sub(self.refilled).min(SECOND);
        let back = passed * u64::from(min_per_second);
        // No more can be missing than there may be, which another setting may have made less.
        let most = u64::from(min_per_second) * ONE;
        self.missing = self.missing.min(most).saturating_sub(back);
        self.refilled = self.refilled.max(now);
    }

    fn expire(&mut self, now: u64) {
        while self.len > 0 && now.saturating_sub(self.slots[self.first].since) >= LIFETIME {
            self.forget();
        }
    }

    /// Drops the oldest slot.
    fn forget(&mut self) {
        self.first = (self.first + 1) % SLOTS;
        self.len -= 1;
    }

    /// All slots that have not expired, oldest first.
    fn live(&mut self) -> impl DoubleEndedIterator<Item = &mut Slot> {
        let end = self.first + self.len;
        let (wrapped, rest) = self.slots.split_at_mut(self.first);
        let older = rest.iter_mut().take(end.min(SLOTS) - self.first);
        older.chain(wrapped.iter_mut().take(end.saturating_sub(SLOTS)))
    }
}
