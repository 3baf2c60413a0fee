//! The reference model of a budget, plain and slow: a list of every deposit and of everything that was
//! taken. Random sequences must end the same in both; and whatever happens, the promise holds.

use proptest::prelude::*;

use super::account::{Account, Rates};
use super::ledger::{Ledger, ONE, Receipt, SLOT};
use super::sync::{AtomicU64, Mutex};

const SECOND: u64 = 1_000_000_000;
const LIFETIME: u64 = 10 * SECOND;

fn account() -> Account {
    Account::of(
        AtomicU64::new(0),
        AtomicU64::new(0),
        Mutex::new(Ledger::new()),
    )
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(u64),
    Call(u8),
    Withdraw,
    GiveBack(usize),
}

/// Waits are by `unit`.
fn steps(unit: u64) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..4 * SECOND / unit).prop_map(move |units| Step::Wait(units * unit)),
        1 => (0..15 * SECOND / unit).prop_map(move |units| Step::Wait(units * unit)),
        12 => any::<u8>().prop_map(Step::Call),
        20 => Just(Step::Withdraw),
        6 => any::<usize>().prop_map(Step::GiveBack),
    ];
    prop::collection::vec(step, 1..120)
}

fn rates() -> impl Strategy<Value = Rates> {
    let ratio = prop_oneof![Just(ONE), Just(ONE / 5), Just(ONE / 10), 1..=ONE];
    (ratio, 0..12_u32).prop_map(|(deposit, min_per_second)| Rates {
        deposit,
        min_per_second,
    })
}

/// Parts of withdrawals, by when they were deposited, oldest first.
#[derive(Default)]
struct Model {
    deposits: Vec<(u64, u64)>,
    missing: u64,
    now: u64,
}

/// How much of a withdrawal came from the minimum, and the age of the oldest deposit that gave to it.
type Taken = (u64, Option<u64>);

impl Model {
    fn wait(&mut self, time: u64, rates: Rates) {
        // As slowly as it goes: a part comes back in every nanosecond, for each of the minimum.
        let back = u128::from(time) * u128::from(rates.min_per_second);
        let back = u64::try_from(back).unwrap_or(u64::MAX);
        self.missing = self.missing.saturating_sub(back);
        self.now += time;
        let now = self.now;
        self.deposits.retain(|(since, _)| now - since < LIFETIME);
    }

    fn minimum(&self, rates: Rates) -> u64 {
        u64::from(rates.min_per_second) * ONE - self.missing
    }

    fn balance(&self, rates: Rates) -> u64 {
        self.minimum(rates) + self.deposits.iter().map(|(_, parts)| parts).sum::<u64>()
    }

    fn withdraw(&mut self, rates: Rates) -> Option<Taken> {
        if self.balance(rates) < ONE {
            return None;
        }
        let minimum = self.minimum(rates).min(ONE);
        self.missing += minimum;
        let (mut rest, mut oldest) = (ONE - minimum, None);
        for (since, parts) in &mut self.deposits {
            let taken = rest.min(*parts);
            if taken > 0 && oldest.is_none() {
                oldest = Some(*since);
            }
            *parts -= taken;
            rest -= taken;
        }
        Some((minimum, oldest))
    }

    fn give_back(&mut self, (minimum, oldest): Taken) {
        self.missing = self.missing.saturating_sub(minimum);
        if let Some(oldest) = oldest
            && let Some(deposit) = self.deposits.iter_mut().find(|(since, _)| *since == oldest)
        {
            deposit.1 += ONE - minimum;
        }
    }
}

proptest! {
    /// Where no two moments share a slot, it is exact.
    #[test]
    fn rule_12_it_counts_as_a_list_of_all_deposits_does(rates in rates(), steps in steps(SLOT)) {
        let (account, mut model) = (account(), Model::default());
        let mut taken: Vec<(Receipt, Taken)> = Vec::new();
        for step in steps {
            match step {
                Step::Wait(time) => model.wait(time, rates),
                Step::Call(calls) => for _ in 0..calls {
                    account.deposit(model.now, rates);
                    model.deposits.push((model.now, rates.deposit));
                },
                Step::Withdraw => {
                    let (real, expected) = (account.withdraw(model.now, rates), model.withdraw(rates));
                    prop_assert_eq!(real.is_some(), expected.is_some());
                    taken.extend(real.zip(expected));
                }
                Step::GiveBack(which) if !taken.is_empty() => {
                    let (real, expected) = taken.swap_remove(which % taken.len());
                    account.give_back(model.now, rates, real);
                    model.give_back(expected);
                }
                Step::GiveBack(_) => {}
            }
            prop_assert_eq!(account.balance(model.now, rates), model.balance(rates));
        }
    }

    /// At any moments: from any one on, no more is withdrawn than what is deposited, what refills, and what
    /// the ten seconds before have left.
    #[test]
    fn rule_12_the_promise_holds_from_any_moment_on(rates in rates(), steps in steps(1)) {
        let (account, mut now) = (account(), 0);
        let mut calls: Vec<u64> = Vec::new();
        let mut extra: Vec<u64> = Vec::new();
        for step in steps {
            match step {
                Step::Wait(time) => now += time,
                Step::Call(count) => for _ in 0..count {
                    account.deposit(now, rates);
                    calls.push(now);
                },
                // What is given back was no extra call: a model of that is above.
                Step::Withdraw | Step::GiveBack(_) => {
                    extra.extend(account.withdraw(now, rates).map(|_| now));
                }
            }
        }
        for (made, from) in extra.iter().enumerate() {
            // All withdrawals at that moment and later, against what there can be for them.
            let first = extra[..made].iter().position(|at| at == from).unwrap_or(made);
            let withdrawn = u64::try_from(extra.len() - first).expect("a few") * ONE;
            let recent = calls.iter().filter(|at| **at + LIFETIME > *from).count();
            let deposited = u64::try_from(recent).expect("some thousand") * rates.deposit;
            let last = extra.last().copied().unwrap_or_default();
            let refilled = u64::from(rates.min_per_second) * (last - from + SECOND);
            prop_assert!(withdrawn <= deposited + refilled);
        }
    }

    /// A deposit can be spent for 10 s less a slot at the least, and never for longer than 10 s.
    #[test]
    fn rule_12_a_deposit_expires_after_ten_seconds(first in 0..SLOT, later in 0..3 * SECOND, age in 0..12 * SECOND) {
        let rates = Rates { deposit: ONE, min_per_second: 0 };
        let account = account();
        account.deposit(first, rates);
        account.deposit(first + later, rates);
        let now = first + later + age;
        let alive = account.balance(now, rates) / ONE;
        let alive_at_most = [first, first + later].iter().filter(|at| now - **at < LIFETIME).count();
        let alive_at_least = [first, first + later].iter().filter(|at| now - **at < LIFETIME - SLOT).count();
        prop_assert!((alive_at_least..=alive_at_most).contains(&usize::try_from(alive).expect("2 or less")));
    }
}

#[test]
fn rule_8_the_largest_of_everything_saturates() {
    let rates = Rates {
        deposit: ONE,
        min_per_second: u32::MAX,
    };
    let mut ledger = Ledger::new();
    for now in [0, u64::MAX - 1, u64::MAX] {
        ledger.begin(now);
        ledger.deposit(u64::MAX);
        ledger.deposit(u64::MAX);
        assert_eq!(ledger.balance(now, u32::MAX), u64::MAX);
        let receipt = ledger.withdraw(now, u32::MAX).expect("there is a lot");
        ledger.give_back(now, u32::MAX, receipt);
    }
    let account = account();
    account.deposit(u64::MAX, rates);
    assert!(account.withdraw(u64::MAX, rates).is_some());
}

#[test]
fn a_clock_that_goes_backwards_breaks_nothing() {
    let rates = Rates {
        deposit: ONE,
        min_per_second: 1,
    };
    let account = account();
    account.deposit(100 * SECOND, rates);
    account.deposit(SECOND, rates);
    assert_eq!(account.balance(SECOND, rates), 3 * ONE);
    let mut ledger = Ledger::new();
    for now in (0..100).rev() {
        ledger.begin(now);
    }
    assert_eq!(ledger.balance(0, 1), ONE);
}
