//! A hedge's numbers in the place of those that are written.

use std::fmt;
use std::time::Duration;

use super::measured::Percentile;
use super::{After, Hedge, Settings};
use crate::attribute::Beside;
use crate::grammar;
use crate::isolation;
use crate::overrides::{Facts, Given, Later, Overridable, Override, kept, tabled, why};
use crate::rule;

tabled!(Settings);

const AT_RUN_TIME: &str =
    "this hedge's delay is known when its function is called only: it can't be overridden";

const MAX_OF_A_TYPE: &str = "this hedge's `max` depends on `Self` or on generics, and is known for a type only: it can't be overridden\n\
                             Write a literal or a plain constant in the attribute, or switch the hedge off: `enabled = false`.";

/// What is given in the place of `after`.
enum Instead {
    Delay(Duration),
    Percent(f64),
}

impl Overridable for Hedge {
    type Settings = Settings;

    const POLICY: &'static str = "hedge";
    const KEYS: &'static [&'static str] = &["after", "initial", "max"];
    const FIXED: &'static [(&'static str, &'static str)] = &[
        ("when", why::CODE),
        ("clone", why::CODE),
        ("budget", why::BUDGET),
    ];

    fn written(&self) -> &Settings {
        self.settings.written()
    }

    fn says(&self, key: &str) -> bool {
        key != "max" || self.written().max != Self::MAX || self.written().max_at_run_time
    }

    fn overridden(&self, given: &mut Given<'_>) -> Settings {
        let mut it = *self.written();
        it.max = given.count("max", rule::copies).unwrap_or(it.max);
        if it.max_at_run_time {
            given.fault("max", MAX_OF_A_TYPE);
        }
        let after = given.by(
            "after",
            "a time",
            "\"50ms\"",
            |text, raw| match grammar::percentile(text) {
                Some(percent) => kept(percent?, rule::percentile).map(Instead::Percent),
                None => kept(raw.duration()?, rule::after).map(Instead::Delay),
            },
        );
        let initial = given.duration("initial", rule::initial);
        if let After::AtRunTime = it.after {
            given.fault("after", AT_RUN_TIME);
            given.fault("initial", AT_RUN_TIME);
            return it;
        }
        let written = match it.after {
            After::Measured(percentile) => Some(percentile),
            After::Fixed(_) | After::AtRunTime => None,
        };
        let known = initial.or(written.map(|percentile| percentile.initial()));
        match (after, written, known) {
            (Some(Instead::Delay(delay)), ..) => {
                it.after = After::Fixed(delay);
                given.fault("initial", grammar::INITIAL_WITHOUT_PERCENTILE);
            }
            (Some(Instead::Percent(percent)), _, Some(initial)) => {
                it.after = After::Measured(Percentile::new(percent, initial));
            }
            (Some(Instead::Percent(_)), _, None) if !given.has("initial") => {
                given.fault("after", grammar::PERCENTILE_WITHOUT_INITIAL);
            }
            (None, Some(percentile), Some(initial)) => {
                it.after = After::Measured(Percentile::new(percentile.percent(), initial));
            }
            (None, None, _) if !given.has("after") => {
                given.fault("initial", grammar::INITIAL_WITHOUT_PERCENTILE);
            }
            // What is faulty has been said.
            _ => {}
        }
        it
    }

    fn put(&'static self, new: Option<Override<Settings>>, _: &mut Vec<Later>) {
        self.settings.set(new);
        for copy in isolation::copies(self) {
            copy.settings.set(new);
        }
    }

    fn facts(&self, settings: &Settings) -> Facts {
        Facts::Hedge(match settings.after {
            After::Fixed(after) => Some(after),
            After::Measured(_) | After::AtRunTime => None,
        })
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hedge::describe(self, Beside::default(), f)
    }
}
