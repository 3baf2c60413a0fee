//! A policy's settings as its attribute says them, defaults and all: `retry(max = 3, ..)`.

use std::fmt::{self, Display};
use std::time::Duration;

use crate::rule::Text;

/// What a site says beside the policy's own settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// The expression of its key.
    pub(crate) key: Option<&'static str>,
    /// Its budget, if the site names one.
    pub(crate) budget: Option<Budget>,
}

/// Whose budget it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    Named(&'static str),
    /// It is made or found when the function is called.
    Unknown,
}

impl Budget {
    pub(crate) fn of(budget: Option<&'static str>) -> Self {
        budget.map_or(Self::Unknown, Self::Named)
    }
}

impl Beside {
    /// After the settings; `most` is how many keys there may be, where that is known.
    pub(crate) fn say<'a, 'f>(
        self,
        mut it: Attribute<'a, 'f>,
        most: Option<u32>,
    ) -> Attribute<'a, 'f> {
        if let Some(key) = self.key {
            it = it.key("key", key);
            if let Some(most) = most {
                it = it.key("max_keys", most);
            }
        }
        match self.budget {
            Some(Budget::Named(name)) => it.text("budget", name),
            Some(Budget::Unknown) => it.key("budget", ".."),
            None => it,
        }
    }
}

/// Writes one attribute, without its `#[..]`; in the alternate form one setting a line.
pub(crate) struct Attribute<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    said: fmt::Result,
    is_empty: bool,
}

impl<'a, 'f> Attribute<'a, 'f> {
    pub(crate) fn new(f: &'a mut fmt::Formatter<'f>, word: &str) -> Self {
        let said = f.write_str(word);
        Self {
            f,
            said,
            is_empty: true,
        }
    }

    /// `words`: a flag, or what has no key.
    pub(crate) fn say(mut self, words: impl Display) -> Self {
        let before = match (self.f.alternate(), self.is_empty) {
            (true, _) => "\n    ",
            (false, true) => "(",
            (false, false) => ", ",
        };
        self.is_empty = false;
        self.said = self.said.and_then(|()| write!(self.f, "{before}{words}"));
        self
    }

    /// `shadow`, if it is set.
    pub(crate) fn flag(self, word: &str, is_set: bool) -> Self {
        if is_set { self.say(word) } else { self }
    }

    /// `enabled = false`, if it is switched off.
    pub(crate) fn off(self, is_off: bool) -> Self {
        if is_off {
            self.say("enabled = false")
        } else {
            self
        }
    }

    /// `max = 3`.
    pub(crate) fn key(self, key: &str, value: impl Display) -> Self {
        self.say(format_args!("{key} = {value}"))
    }

    /// `name = "payments"`.
    pub(crate) fn text(self, key: &str, value: &str) -> Self {
        self.say(format_args!("{key} = {value:?}"))
    }

    /// `delay = "100ms"`.
    pub(crate) fn duration(self, key: &str, value: Duration) -> Self {
        self.text(key, Text::of("").duration(value).as_str())
    }

    /// `failure_rate = "50%"`.
    pub(crate) fn ratio(self, key: &str, value: f64) -> Self {
        self.text(key, Text::of("").float(value * 100.0).and("%").as_str())
    }

    /// `factor = 2.0`.
    pub(crate) fn float(self, key: &str, value: f64) -> Self {
        self.say(format_args!("{key} = {value:?}"))
    }

    pub(crate) fn finish(self) -> fmt::Result {
        self.said?;
        let is_open = !self.is_empty && !self.f.alternate();
        self.f.write_str(if is_open { ")" } else { "" })
    }
}
