//! A rate limiter's numbers in the place of those that are written.

use std::fmt;
use std::task::Waker;

use tokio::time::Instant;

use super::RateLimiter;
use super::gcra::Gcra;
use super::line::Pace;
use super::rate::Rate;
use super::settings::Settings;
use crate::attribute::Beside;
use crate::isolation;
use crate::keyed;
use crate::overrides::{Facts, Given, Later, Overridable, Override, tabled, why};
use crate::rule;

tabled!(Settings);

impl Overridable for RateLimiter {
    type Settings = Settings;

    const POLICY: &'static str = "rate_limit";
    const KEYS: &'static [&'static str] = &["rate", "burst", "max_wait", "shadow", "max_keys"];
    const FIXED: &'static [(&'static str, &'static str)] =
        &[("name", why::NAME), ("key", why::CODE)];
    const SHORT: Option<&'static str> = Some("rate");

    fn written(&self) -> &Settings {
        self.settings.written()
    }

    fn says(&self, key: &str) -> bool {
        match key {
            "burst" => self.written().burst.is_some(),
            "max_keys" => self.written().max_keys != Settings::NONE.max_keys,
            _ => true,
        }
    }

    fn overridden(&self, given: &mut Given<'_>) -> Settings {
        let written = self.written();
        let mut it = *written;
        let rate = given.rate("rate");
        let burst = given.count("burst", rule::burst);
        it.burst = burst.or(it.burst);
        if let Some((calls, period)) = rate {
            it.rate = Rate::new(calls, period);
        }
        // What nothing declares stays without a limit as long as no rate is given.
        if rate.is_some() || it.gcra != Gcra::ALL {
            it.gcra = Gcra::of(
                it.rate.step_by(&written.rate),
                it.burst.unwrap_or(it.rate.calls),
            );
        }
        it.max_wait = given.duration("max_wait", rule::max_wait).or(it.max_wait);
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
        RateLimiter::describe(self, Beside::default(), f)
    }
}

impl RateLimiter {
    /// What was used up stays used up, counted in calls: a limiter whose burst is gone has none to give
    /// because its rate is another one.
    fn change(&self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        let (from, now) = (*self.gcra(), self.units(Instant::now()));
        let woken = self.line.change(now, &from, || {
            self.settings.set(new);
            self.gcra()
        });
        later.push(Box::new(|| woken.into_iter().for_each(Waker::wake)));
    }

    /// Itself first: a key that is new since then is made as it is now.
    fn change_all(&'static self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        self.change(new, later);
        for key in keyed::every(self) {
            key.change(new, later);
        }
    }
}
