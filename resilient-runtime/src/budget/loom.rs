//! Every interleaving of callers at an account, within the bounds of loom.

use ::loom::sync::Arc;
use ::loom::thread;

use super::ledger;

/// The same source as the budget's, over loom's atomics and locks.
#[path = "account.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
#[allow(dead_code, reason = "the tests use a part of it")]
mod account;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicU64, Ordering};
    pub(super) use ::loom::sync::{Mutex, MutexGuard};
}

use account::{Account, Rates};
use ledger::{Ledger, ONE, SLOT};

/// Two first calls allow one more.
const HALF: Rates = Rates {
    deposit: ONE / 2,
    min_per_second: 0,
};

fn account() -> Arc<Account> {
    Arc::new(Account::of(
        sync::AtomicU64::new(0),
        sync::AtomicU64::new(0),
        sync::Mutex::new(Ledger::new()),
    ))
}

/// Runs the two at once, in every order of their steps.
fn at_once<R: Send + 'static>(
    account: &Arc<Account>,
    other: impl FnOnce(&Account) -> R + Send + 'static,
    this: impl FnOnce(&Account) -> R,
) -> (R, R) {
    let others = account.clone();
    let other = thread::spawn(move || other(&others));
    let this = this(account);
    (other.join().unwrap(), this)
}

#[test]
fn no_deposit_is_lost_or_doubled_while_another_is_made() {
    ::loom::model(|| {
        let account = account();
        // Both find that there is no slot, or one of them that its slot is over.
        at_once(
            &account,
            |account| account.deposit(0, HALF),
            |account| {
                account.deposit(SLOT / 2, HALF);
                account.deposit(SLOT, HALF);
            },
        );
        assert_eq!(account.balance(SLOT, HALF), 3 * HALF.deposit);
    });
}

#[test]
fn no_deposit_is_lost_or_doubled_while_who_withdraws_gathers_them() {
    ::loom::model(|| {
        let account = account();
        account.deposit(0, HALF);
        account.deposit(0, HALF);
        let (_, receipt) = at_once(
            &account,
            |account| {
                account.deposit(SLOT, HALF);
                None
            },
            |account| account.withdraw(SLOT, HALF),
        );
        assert!(receipt.is_some());
        assert_eq!(account.balance(SLOT, HALF), HALF.deposit);
    });
}

#[test]
fn one_deposit_is_never_withdrawn_twice() {
    ::loom::model(|| {
        let account = account();
        account.deposit(0, HALF);
        account.deposit(0, HALF);
        account.deposit(0, HALF);
        let (other, this) = at_once(
            &account,
            |account| account.withdraw(1, HALF).is_some(),
            |account| account.withdraw(1, HALF).is_some(),
        );
        assert!(other ^ this, "one of them, and not both");
        assert_eq!(account.balance(1, HALF), HALF.deposit);
    });
}

#[test]
fn what_is_given_back_is_there_for_the_next_one() {
    ::loom::model(|| {
        let account = account();
        account.deposit(0, HALF);
        account.deposit(0, HALF);
        let receipt = account.withdraw(0, HALF).expect("there is one");
        let (_, withdrawn) = at_once(
            &account,
            move |account| {
                account.give_back(0, HALF, receipt);
                false
            },
            |account| account.withdraw(0, HALF).is_some(),
        );
        let left = account.balance(0, HALF);
        assert_eq!(left, if withdrawn { 0 } else { ONE });
    });
}
