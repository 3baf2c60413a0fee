//! A timeout in the place of the one that is written.

use std::fmt;

use super::{Limit, Timeout};
use crate::deadline::Allowed;
use crate::overrides::{Facts, Given, Later, Overridable, Override, tabled};
use crate::rule;

tabled!(Limit);

impl Overridable for Timeout {
    type Settings = Limit;

    const POLICY: &'static str = "timeout";
    const KEYS: &'static [&'static str] = &["after"];
    const FIXED: &'static [(&'static str, &'static str)] = &[];
    const SHORT: Option<&'static str> = Some("after");

    fn written(&self) -> &Limit {
        self.limit.written()
    }

    fn says(&self, _key: &str) -> bool {
        true
    }

    fn overridden(&self, given: &mut Given<'_>) -> Limit {
        match given.duration("after", rule::timeout) {
            Some(after) => Limit {
                after,
                length: Allowed::of(after),
            },
            None => *self.written(),
        }
    }

    fn put(&'static self, new: Option<Override<Limit>>, _: &mut Vec<Later>) {
        self.limit.set(new);
    }

    fn facts(&self, settings: &Limit) -> Facts {
        Facts::Timeout(settings.after)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Timeout::describe(self, f)
    }
}
