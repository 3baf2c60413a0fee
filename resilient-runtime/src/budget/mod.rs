//! Budgets: how many extra calls retries and hedges may make, as a share of the first ones.

mod account;
mod counted;
mod ledger;
#[cfg(test)]
mod loom;
#[cfg(test)]
mod model;
#[cfg(feature = "config")]
mod overridden;
mod withdrawal;

/// What the account synchronizes by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
    pub(super) use std::sync::{Mutex, MutexGuard};
}

use std::panic::Location;
use std::sync::OnceLock;

use tokio::time::Instant;

use account::{Account, Rates};
pub(crate) use counted::Counting;
pub use counted::counted;
use ledger::{Ledger, ONE, Receipt};
use sync::{AtomicU64, Mutex};
pub(crate) use withdrawal::Withdrawal;

use crate::event::{self, Event};
use crate::in_force::InForce;
use crate::isolation;
use crate::meter::Meter;
use crate::name::{self, Name};
use crate::refuse::refuse;
use crate::rule;
use crate::within;

/// How many extra calls retries and hedges may make, as a share of the first ones.
///
/// Each retry by itself is reasonable, and all of them together multiply the load on what is down: with
/// `max = 3`, by four. A budget bounds that for all who share it. Every first call deposits `ratio` of a
/// call; every retry or hedge withdraws one, and is not made when there is none. `min_per_second` is
/// there whatever the load, so that a service with few calls can retry as well.
///
/// A deposit can be spent for 10 seconds, so a healthy day saves nothing up for the outage. Over any time,
/// and this is the promise:
///
/// extra calls ≤ `ratio` × first calls + `min_per_second` × seconds + the balance of the last 10 seconds
///
/// A call is counted once for its stack, by the outermost policy that has the budget: a hedge beneath a retry
/// shares what the retry was given. A function that another one calls, with the same budget, is a call of
/// its own, each time that it is called.
///
/// A retry that finds its budget empty declines: the caller gets the outcome of the last attempt. One that
/// is dropped before it calls again gives back what it withdrew.
///
/// | setting | default | because |
/// |---|---|---|
/// | `ratio` | 0.2 | an outage raises the load by a fifth, which a service can be built for |
/// | `min_per_second` | 10 | a service with few calls has no ratio to speak of |
///
/// It is Finagle's `RetryBudget`, whose defaults these are; the *Site Reliability Engineering* book
/// ("Handling Overload", "Addressing Cascading Failures") tells what happens without one.
///
/// A deposit is a read of the clock and an atomic addition, and never allocates.
///
/// ```
/// use resilient_runtime::{RetryBudget, retry};
///
/// static PAYMENTS: RetryBudget = RetryBudget::new("payments").ratio(0.2).min_per_second(1);
///
/// #[retry(max = 3, backoff = "none", budget = PAYMENTS)]
/// async fn pay(calls: &mut u32) -> Result<(), &'static str> {
///     *calls += 1;
///     Err("down")
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut calls = 0;
/// for _ in 0..100 {
///     assert!(pay(&mut calls).await.is_err());
/// }
/// assert_eq!(calls, 100 + 20 + 1);
/// # }
/// ```
#[derive(Debug)]
pub struct RetryBudget {
    name: Name,
    rates: InForce<Rates>,
    account: Account,
    /// Its time counts from here.
    first_used: OnceLock<Instant>,
    meter: Meter,
    declared: &'static Location<'static>,
}

impl RetryBudget {
    const RATIO: f64 = 0.2;
    const MIN_PER_SECOND: u32 = 10;

    /// A budget of this name, 1 to 128 printable characters. By name it is shared by the whole process:
    /// see [`registry`](crate::registry).
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str) -> Self {
        name::check(name);
        Self {
            name: Name::from_static(name),
            rates: InForce::of(Rates {
                deposit: parts(Self::RATIO),
                min_per_second: Self::MIN_PER_SECOND,
            }),
            account: Account::of(
                AtomicU64::new(0),
                AtomicU64::new(0),
                Mutex::new(Ledger::new()),
            ),
            first_used: OnceLock::new(),
            meter: Meter::new(),
            declared: Location::caller(),
        }
    }

    /// Gives it another name, made at run time: one budget for each tenant, for example.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// What each first call deposits: the share of calls that may be extra ones. Over 0 and up to 1; 0.2
    /// by default.
    #[must_use]
    #[track_caller]
    pub const fn ratio(mut self, ratio: f64) -> Self {
        refuse(rule::ratio(ratio));
        self.rates.written_mut().deposit = parts(ratio);
        self
    }

    /// So many extra calls a second are allowed whatever the load, one second of them to begin with; no
    /// more than that is ever saved up. 10 by default; 0 leaves the ratio alone.
    #[must_use]
    pub const fn min_per_second(mut self, min_per_second: u32) -> Self {
        self.rates.written_mut().min_per_second = min_per_second;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many extra calls it would allow now. It may be a part of one.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a balance of over a quadrillion is as good as any"
    )]
    pub fn balance(&self) -> f64 {
        let it = isolation::here(self);
        it.account.balance(it.now(), it.rates()) as f64 / ONE as f64
    }

    /// What it goes by.
    #[inline]
    fn rates(&self) -> Rates {
        *self.rates.get()
    }

    pub(crate) const fn declared(&self) -> &'static Location<'static> {
        self.declared
    }

    /// Another one with the same settings, which nobody has called yet.
    #[cfg(feature = "testing")]
    pub(crate) fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            rates: self.rates.anew(),
            declared: self.declared,
            ..Self::new("anew")
        }
    }

    /// Whether another declares the same.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.rates.written() == other.rates.written()
    }

    /// A first call is made. It is one call, whichever policies of its stack have this budget.
    #[inline(never)]
    pub(crate) fn deposit(&self) {
        let it = isolation::here(self);
        if !counted::knows(it) {
            it.account.deposit(it.now(), it.rates());
        }
    }

    /// May an extra call be made? A budget that is empty says so in an event.
    pub(crate) fn withdraw(&self) -> Option<Withdrawal<'_>> {
        let it = isolation::here(self);
        if it.rates.is_off() {
            return Some(Withdrawal::of_nothing(it));
        }
        let receipt = it.account.withdraw(it.now(), it.rates());
        if receipt.is_none() {
            event::emit_of(&it.meter, || Event::BudgetEmpty {
                name: it.name.clone(),
                function: within::current(),
            });
        }
        receipt.map(|receipt| Withdrawal::new(it, receipt))
    }

    #[cold]
    fn give_back(&self, receipt: Receipt) {
        self.account.give_back(self.now(), self.rates(), receipt);
    }

    /// Nanoseconds since its first use, up to 584 years.
    #[inline]
    fn now(&self) -> u64 {
        let now = Instant::now();
        let first_used = *self.first_used.get_or_init(|| now);
        let passed = now.saturating_duration_since(first_used).as_nanos();
        u64::try_from(passed).unwrap_or(u64::MAX)
    }
}

/// A ratio in parts of [`ONE`], rounded down, so that the promise holds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a ratio is over 0 and up to 1, and `ONE` is far from where floats lose whole numbers"
)]
const fn parts(ratio: f64) -> u64 {
    // What is a hair under a whole number was meant to be that number.
    (ratio * ONE as f64 + 1e-6) as u64
}
