//! A withdrawal: it gives back when it is dropped, and is kept only when it is spent.

use super::RetryBudget;
use super::ledger::Receipt;

/// One extra call that a budget has allowed. Until it is [spent](Self::spend) it can be given back, by
/// dropping it.
#[derive(Debug)]
#[must_use = "dropped at once it is given back at once"]
pub(crate) struct Withdrawal<'b> {
    budget: &'b RetryBudget,
    receipt: Receipt,
    spent: bool,
}

impl<'b> Withdrawal<'b> {
    pub(super) fn new(budget: &'b RetryBudget, receipt: Receipt) -> Self {
        Self {
            budget,
            receipt,
            spent: false,
        }
    }

    /// One that was taken from nothing, as the budget is switched off.
    pub(super) fn of_nothing(budget: &'b RetryBudget) -> Self {
        Self {
            budget,
            receipt: Receipt::NOTHING,
            spent: true,
        }
    }

    /// The extra call is made.
    pub(crate) fn spend(mut self) {
        self.spent = true;
    }
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        if !self.spent {
            self.budget.give_back(self.receipt);
        }
    }
}
