//! A bulkhead's numbers in the place of those that are written.

use std::fmt;

use super::Bulkhead;
use super::settings::Settings;
use crate::attribute::Beside;
use crate::grammar;
use crate::isolation;
use crate::keyed;
use crate::overrides::{Facts, Given, Later, Overridable, Override, tabled, why};
use crate::rule;

tabled!(Settings);

const ADAPTIVE: &str = "is decided where the bulkhead is declared: a function with a fixed limit does not \
                        ask what its errors mean, as an adaptive one has to";

impl Overridable for Bulkhead {
    type Settings = Settings;

    const POLICY: &'static str = "bulkhead";
    const KEYS: &'static [&'static str] = &[
        "max_concurrent",
        "min",
        "max",
        "initial",
        "max_wait",
        "max_queue",
        "shadow",
        "max_keys",
    ];
    const FIXED: &'static [(&'static str, &'static str)] = &[
        ("name", why::NAME),
        ("key", why::CODE),
        ("adaptive", ADAPTIVE),
    ];

    fn written(&self) -> &Settings {
        self.settings.written()
    }

    fn says(&self, key: &str) -> bool {
        let written = self.written();
        let [min, max, initial] = written.adaptive.map_or([false; 3], |bounds| bounds.says());
        match key {
            "min" => min,
            "max" => max,
            "initial" => initial,
            "max_keys" => written.max_keys != Settings::NONE.max_keys,
            _ => true,
        }
    }

    fn overridden(&self, given: &mut Given<'_>) -> Settings {
        let mut it = *self.written();
        let limit = given.count("max_concurrent", |calls| {
            rule::max_concurrent(usize::try_from(calls).unwrap_or(usize::MAX))
        });
        if it.adaptive.is_some() {
            given.fault("max_concurrent", grammar::FIXED_AND_ADAPTIVE);
        } else {
            it.max_concurrent = limit.unwrap_or(it.max_concurrent);
        }
        let min = given.count("min", rule::adaptive_min);
        let max = given.count("max", rule::adaptive_max);
        let initial = given.count("initial", rule::adaptive_initial);
        match &mut it.adaptive {
            Some(bounds) => {
                let (between, begins) = bounds.overridden(min, max, initial);
                given.refuse(&["min", "max"], between);
                given.refuse(&["initial", "min", "max"], begins);
            }
            None => {
                for key in ["min", "max", "initial"] {
                    given.fault(key, rule::not_adaptive(key).as_str());
                }
            }
        }
        it.max_wait = given.duration("max_wait", rule::max_wait).or(it.max_wait);
        let queue = given.count("max_queue", |calls| {
            rule::max_queue(usize::try_from(calls).unwrap_or(usize::MAX))
        });
        if let Some(queue) = queue {
            it.max_queue = usize::try_from(queue).unwrap_or(usize::MAX);
        }
        if it.max_wait.is_none() && !given.has("max_wait") {
            given.fault("max_queue", grammar::QUEUE_WITHOUT_WAIT);
        }
        it.shadow = given.flag("shadow").unwrap_or(it.shadow);
        it.max_keys = given
            .count("max_keys", rule::max_keys)
            .unwrap_or(it.max_keys);
        it
    }

    fn put(&'static self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        self.change_all(new, later);
        for copy in isolation::copies(self) {
            copy.change_all(new, later);
        }
    }

    fn facts(&self, settings: &Settings) -> Facts {
        Facts::Waits(settings.max_wait.is_some())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Bulkhead::describe(self, Beside::default(), f)
    }
}

impl Bulkhead {
    /// Calls in flight beyond a lower limit stay; a higher one calls those who wait. What is switched
    /// off has no limit, and goes on counting.
    fn change(&self, new: Option<Override<Settings>>) {
        let old = self.settings.get().first_limit();
        self.settings.set(new);
        let (settings, is_off) = self.settings.look();
        match (&self.adaptive, &settings.adaptive) {
            (Some(adaptive), Some(bounds)) => {
                adaptive.change(&self.queue, *bounds, old, is_off);
            }
            _ if is_off => self.queue.set_limit(u32::MAX),
            _ => self.queue.set_limit(settings.first_limit()),
        }
    }

    /// Itself first: a key that is new since then is made as it is now. Those who wait are called later.
    fn change_all(&'static self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        self.change(new);
        later.push(Box::new(|| self.queue.admit()));
        for key in keyed::every(self) {
            key.change(new);
            later.push(Box::new(move || key.queue.admit()));
        }
    }
}
