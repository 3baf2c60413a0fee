//! A policy that overrides are for, whichever it is.

use std::fmt;

use super::{Facts, Given, Overridable, Override};

/// What is left to do when a change has been made and no lock is held: telling others of it, and waking
/// those who wait for it.
pub(crate) type Later = Box<dyn FnOnce()>;

/// A policy whose settings can be overridden.
pub(crate) trait Target: Sync {
    fn policy(&self) -> &'static str;
    fn keys(&self) -> &'static [&'static str];
    fn fixed(&self) -> &'static [(&'static str, &'static str)];
    fn short(&self) -> Option<&'static str>;
    /// Where it is: that is what tells it from others.
    fn address(&self) -> usize;
    /// Whether the code says it, or a default does.
    fn says(&self, key: &str) -> bool;
    /// What it would be with these in the place of what is written.
    fn plan(&'static self, given: &mut Given<'_>) -> Plan;
    /// Gives back what is written.
    fn clear(&'static self, later: &mut Vec<Later>);
    /// What the rules across a stack look at, as it is written.
    fn written_facts(&self) -> Facts;
    /// What holds, in the words of its attribute.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

type Put = Box<dyn FnOnce(&mut Vec<Later>)>;

/// A change that can be made.
pub(crate) struct Plan {
    pub(crate) facts: Facts,
    pub(crate) is_off: bool,
    put: Put,
}

impl Plan {
    pub(crate) fn put(self, later: &mut Vec<Later>) {
        (self.put)(later);
    }
}

impl<P: Overridable> Target for P {
    fn policy(&self) -> &'static str {
        P::POLICY
    }

    fn keys(&self) -> &'static [&'static str] {
        P::KEYS
    }

    fn fixed(&self) -> &'static [(&'static str, &'static str)] {
        P::FIXED
    }

    fn short(&self) -> Option<&'static str> {
        P::SHORT
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn says(&self, key: &str) -> bool {
        Overridable::says(self, key)
    }

    fn plan(&'static self, given: &mut Given<'_>) -> Plan {
        let settings = self.overridden(given);
        let is_off = given.flag("enabled") == Some(false);
        let new = Some(Override { settings, is_off });
        Plan {
            facts: self.facts(&settings),
            is_off,
            put: Box::new(move |later| Overridable::put(self, new, later)),
        }
    }

    fn clear(&'static self, later: &mut Vec<Later>) {
        Overridable::put(self, None, later);
    }

    fn written_facts(&self) -> Facts {
        self.facts(self.written())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Overridable::describe(self, f)
    }
}

/// How overrides reach one policy of a stack.
#[derive(Clone, Copy)]
pub(crate) enum Reached {
    /// By the function: it is the function's own.
    Own(&'static dyn Target),
    /// By its name, as others share it.
    Named {
        policy: &'static str,
        name: &'static str,
    },
    /// Not at all, and why.
    Nothing(&'static str),
}

/// How overrides reach one policy of a stack.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[allow(
    missing_debug_implementations,
    reason = "a policy need have no `Debug`"
)]
pub struct Reach(pub(crate) Reached);

impl Reach {
    /// What is known in a call only, or for a type only.
    pub(crate) const UNKNOWN: Self = Self(Reached::Nothing(
        "is made when the function is called, or handed in: nothing of it is known before",
    ));
    /// What stands in the place of an error.
    pub(crate) const FALLBACK: Self =
        Self(Reached::Nothing("is code: nothing of it can be overridden"));
}
