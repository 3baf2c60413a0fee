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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::line::{Line, Turn};
    use super::super::queue::Queue;
    use super::super::sync;
    use super::*;

    /// A rate and a burst.
    fn pace() -> impl Strategy<Value = Gcra> {
        (1..10_000_u64, 1..20_u32).prop_map(|(step, burst)| Gcra::of(step, burst))
    }

    proptest! {
        /// What is used up at one moment stays used up, up to the new burst: with what passes after a
        /// change it is never more than that.
        #[test]
        fn no_change_of_the_rate_lets_more_than_a_burst_pass_at_once(
            first in pace(),
            changes in prop::collection::vec(
                (pace(), 0..30_usize, prop_oneof![Just(0), 0..50_000_u64]),
                1..12,
            ),
        ) {
            let line = Line::of(sync::AtomicU64::new(0), sync::Mutex::new(Queue::new()));
            let (mut gcra, mut now, mut used) = (first, 1_000_000_u64, 0);
            for (next, calls, pause) in changes {
                for _ in 0..calls {
                    used += usize::from(line.try_pass(&gcra, now) == Turn::Passed);
                }
                prop_assert!(used <= burst(&gcra));
                if pause > 0 {
                    (used, now) = (0, now + pause);
                }
                let woken = line.change(now, &gcra, || &next);
                prop_assert!(woken.is_empty());
                gcra = next;
                used = used.min(burst(&gcra));
                // No more is gone than the whole burst, however slow the new rate is.
                prop_assert!(line.arrival(&gcra) <= now + gcra.tolerance + gcra.step);
            }
        }

        /// Never faster than it says, and slower by less than a unit of the clock.
        #[test]
        fn an_overridden_rate_is_rounded_down_to_the_clock_of_the_written_one(
            calls in 1..1_000_000_u32, millis in 1..100_000_u64,
            clock_calls in 1..1_000_000_u32, clock_millis in 1..100_000_u64,
        ) {
            let rate = |calls, millis| Rate::new(calls, std::time::Duration::from_millis(millis));
            let (rate, clock) = (rate(calls, millis), rate(clock_calls, clock_millis));
            let step = rate.step_by(&clock);
            let period = clock.units(millis * 1_000_000);
            prop_assert!(step * u64::from(calls) >= period);
            prop_assert!((step - 1) * u64::from(calls) <= period);
        }
    }

    fn burst(gcra: &Gcra) -> usize {
        usize::try_from(gcra.tolerance / gcra.step + 1).unwrap_or(usize::MAX)
    }
}
