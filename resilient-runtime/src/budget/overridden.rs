//! A budget's numbers in the place of those that are written.

use std::fmt;

use super::account::Rates;
use super::ledger::ONE;
use super::{RetryBudget, parts};
use crate::attribute::Attribute;
use crate::isolation;
use crate::overrides::{Given, Later, Overridable, Override, tabled, why};

tabled!(Rates);

impl Overridable for RetryBudget {
    type Settings = Rates;

    const POLICY: &'static str = "retry_budget";
    const KEYS: &'static [&'static str] = &["ratio", "min_per_second"];
    const FIXED: &'static [(&'static str, &'static str)] = &[("name", why::NAME)];

    fn written(&self) -> &Rates {
        self.rates.written()
    }

    fn says(&self, key: &str) -> bool {
        let written = self.written();
        match key {
            "ratio" => written.deposit != parts(Self::RATIO),
            "min_per_second" => written.min_per_second != Self::MIN_PER_SECOND,
            _ => true,
        }
    }

    fn overridden(&self, given: &mut Given<'_>) -> Rates {
        let mut it = *self.written();
        it.deposit = given.ratio("ratio").map_or(it.deposit, parts);
        it.min_per_second = given
            .count("min_per_second", |_| None)
            .unwrap_or(it.min_per_second);
        it
    }

    fn put(&'static self, new: Option<Override<Rates>>, _: &mut Vec<Later>) {
        self.change(new);
        for copy in isolation::copies(self) {
            copy.change(new);
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RetryBudget::describe(self, f)
    }
}

impl RetryBudget {
    /// First calls up to now have deposited what they were told to.
    fn change(&self, new: Option<Override<Rates>>) {
        self.account.gathered(self.rates());
        self.rates.set(new);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a deposit is at most a billion parts"
    )]
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rates = self.rates();
        Attribute::new(f, Self::POLICY)
            .text("name", self.name())
            .off(self.rates.is_off())
            .ratio("ratio", rates.deposit as f64 / ONE as f64)
            .key("min_per_second", rates.min_per_second)
            .finish()
    }
}
