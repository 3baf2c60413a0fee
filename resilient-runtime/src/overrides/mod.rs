//! What stands in the place of settings as they are written. Feature `config`.
//!
//! A policy joins by implementing [`Overridable`]: which keys it has, what its settings are with some
//! of them overridden, and how a change of settings reaches what it is doing. Where overrides come from,
//! and whether they fit each other across a stack, is for `config` to say.

mod given;
mod raw;
mod table;
mod target;

use std::fmt;
use std::time::Duration;

pub(crate) use given::{Entry, Given, kept};
pub(crate) use raw::{Raw, shortened};
pub use table::Index;
pub(crate) use table::{Override, Table, Tabled, tabled};
pub(crate) use target::Reach;
pub(crate) use target::{Later, Plan, Reached, Target};

use crate::rule::Delays;

/// A policy whose settings can be overridden.
pub(crate) trait Overridable: Sync + 'static {
    /// Its settings.
    type Settings: Tabled;

    /// The words of its attribute.
    const POLICY: &'static str;
    /// The keys that can be overridden.
    const KEYS: &'static [&'static str];
    /// The keys of its attribute that can not, and why.
    const FIXED: &'static [(&'static str, &'static str)];
    /// The key that may be left out, where one value says most: `timeout = "1s"`.
    const SHORT: Option<&'static str> = None;

    /// What the code says.
    fn written(&self) -> &Self::Settings;

    /// Whether the code says it, or a default does.
    fn says(&self, key: &str) -> bool;

    /// What holds with these values in the place of what is written.
    fn overridden(&self, given: &mut Given<'_>) -> Self::Settings;

    /// Puts this in the place of what is written, or nothing any more: in itself, and in all that is made
    /// after it. What others are to hear of it is for later.
    fn put(&'static self, new: Option<Override<Self::Settings>>, later: &mut Vec<Later>);

    /// What the rules across a stack look at.
    fn facts(&self, _settings: &Self::Settings) -> Facts {
        Facts::None
    }

    /// What holds, in the words of its attribute.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Why a key can't be overridden.
pub(crate) mod why {
    /// A predicate, a hook, an expression.
    pub(crate) const CODE: &str =
        "is code: only numbers, times, ratios, words and flags can be overridden";
    /// A name.
    pub(crate) const NAME: &str = "says which instance it is: that can't be overridden";
    /// A budget.
    pub(crate) const BUDGET: &str = "says which budget it is: that can't be overridden, and what the budget is set to can, under \
         `retry_budget`";
}

/// What the rules across a stack look at.
#[derive(Clone, Copy)]
pub(crate) enum Facts {
    /// Nothing of it matters to others.
    None,
    /// How long a timeout gives.
    Timeout(Duration),
    /// The delays of a retry, where they are the same each time.
    Retry(Option<Delays>),
    /// The delay of a hedge, where it is the same each time.
    Hedge(Option<Duration>),
    /// Whether a call may wait here.
    Waits(bool),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::RetryBudget;
    use crate::bulkhead::Bulkhead;
    use crate::circuit_breaker::CircuitBreaker;
    use crate::grammar::vocabulary::{self, Vocabulary};
    use crate::hedge::Hedge;
    use crate::rate_limit::RateLimiter;
    use crate::retry::Retry;
    use crate::timeout::Timeout;

    /// The keys of the attribute that nobody has thought of, and those of the policy that are of nothing.
    fn forgotten<P: Overridable>(attribute: &Vocabulary) -> Vec<&'static str> {
        assert_eq!(P::POLICY, attribute.attribute);
        let fixed = P::FIXED.iter().map(|(key, _)| *key);
        let known: Vec<_> = P::KEYS.iter().copied().chain(fixed).collect();
        let keys = attribute.keys.iter().copied();
        let missing = keys.filter(|key| !known.contains(key));
        let invented = known.iter().copied().filter(|key| {
            // What stands in an attribute without a key has one in a file.
            !attribute.keys.contains(key) && P::SHORT != Some(*key)
        });
        missing.chain(invented).collect()
    }

    #[test]
    fn no_key_of_an_attribute_is_forgotten() {
        let none: [&str; 0] = [];
        assert_eq!(forgotten::<Retry>(&vocabulary::RETRY), none);
        assert_eq!(forgotten::<Timeout>(&vocabulary::TIMEOUT), none);
        assert_eq!(
            forgotten::<CircuitBreaker>(&vocabulary::CIRCUIT_BREAKER),
            none
        );
        assert_eq!(forgotten::<Bulkhead>(&vocabulary::BULKHEAD), none);
        assert_eq!(forgotten::<RateLimiter>(&vocabulary::RATE_LIMIT), none);
        assert_eq!(forgotten::<Hedge>(&vocabulary::HEDGE), none);
        assert_eq!(RetryBudget::KEYS, ["ratio", "min_per_second"]);
    }
}
