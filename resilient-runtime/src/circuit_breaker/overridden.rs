//! A breaker's numbers in the place of those that are written.

use std::fmt;

use tokio::time::Instant;

use super::CircuitBreaker;
use super::settings::{Settings, Slow};
use super::state::Transition;
use super::window::Span;
use crate::attribute::Beside;
use crate::grammar;
use crate::isolation;
use crate::keyed;
use crate::overrides::{Given, Later, Overridable, Override, kept, tabled, why};
use crate::rule;

tabled!(Settings);

impl Overridable for CircuitBreaker {
    type Settings = Settings;

    const POLICY: &'static str = "circuit_breaker";
    const KEYS: &'static [&'static str] = &[
        "failure_rate",
        "window",
        "min_calls",
        "consecutive_failures",
        "slow_call",
        "slow_call_rate",
        "break_duration",
        "break_backoff",
        "max_break_duration",
        "half_open_calls",
        "shadow",
        "max_keys",
    ];
    const FIXED: &'static [(&'static str, &'static str)] = &[
        ("name", why::NAME),
        ("key", why::CODE),
        ("failure_when", why::CODE),
        ("failure_when_ok", why::CODE),
    ];

    fn written(&self) -> &Settings {
        self.settings.written()
    }

    fn says(&self, key: &str) -> bool {
        let (written, default) = (self.written(), Settings::new());
        match key {
            "failure_rate" => written.failure_rate.is_some(),
            "window" => written.window.is_some(),
            "min_calls" => written.min_calls.is_some(),
            "break_duration" => written.break_duration.is_some(),
            "max_break_duration" => written.max_break_duration.is_some(),
            "half_open_calls" => written.half_open_calls != default.half_open_calls,
            "max_keys" => written.max_keys != default.max_keys,
            _ => true,
        }
    }

    fn overridden(&self, given: &mut Given<'_>) -> Settings {
        let mut it = *self.written();
        it.failure_rate = given.ratio("failure_rate").or(it.failure_rate);
        let window = given.count_or_duration(
            "window",
            |calls| kept(calls, rule::window).map(Span::Calls),
            |length| kept(length, rule::window_time).map(Span::Time),
        );
        it.window = window.or(it.window);
        it.min_calls = given.count("min_calls", rule::min_calls).or(it.min_calls);
        it.consecutive_failures = given
            .count("consecutive_failures", rule::consecutive_failures)
            .or(it.consecutive_failures);
        slow_calls(&mut it, given);
        it.break_duration = given
            .duration("break_duration", rule::break_duration)
            .or(it.break_duration);
        it.break_backoff = given.factor("break_backoff").unwrap_or(it.break_backoff);
        it.max_break_duration = given
            .duration("max_break_duration", rule::break_duration)
            .or(it.max_break_duration);
        it.half_open_calls = given
            .count("half_open_calls", rule::half_open_calls)
            .unwrap_or(it.half_open_calls);
        it.shadow = given.flag("shadow").unwrap_or(it.shadow);
        it.max_keys = given
            .count("max_keys", rule::max_keys)
            .unwrap_or(it.max_keys);

        let has_needed = [it.slow_call.is_some(), it.growth().is_some()];
        for ((key, needs, because), has) in grammar::BREAKER_NEEDS.into_iter().zip(has_needed) {
            if !has && !given.has(needs) {
                given.fault(key, grammar::needs(because, needs));
            }
        }
        if it.threshold().is_none() && it.slow_call.is_none() {
            for key in grammar::NOT_OF_A_RUN {
                given.fault(key, grammar::not_of_a_run(key));
            }
        }
        given.refuse(&["min_calls", "window"], it.unreached());
        let keys = ["max_break_duration", "break_duration"];
        given.refuse(&keys, it.too_long());
        it
    }

    fn put(&'static self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        self.change(new, later);
        for copy in isolation::copies(self) {
            copy.change(new, later);
        }
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        CircuitBreaker::describe(self, Beside::default(), f)
    }
}

fn slow_calls(it: &mut Settings, given: &mut Given<'_>) {
    let line = given.duration("slow_call", rule::slow_call);
    let rate = given.ratio("slow_call_rate");
    it.slow_call = match (line, it.slow_call) {
        (Some(line), slow) => Some(Slow {
            line,
            rate: rate.or(slow.map(|slow| slow.rate)).unwrap_or(1.0),
        }),
        (None, Some(slow)) => Some(Slow {
            rate: rate.unwrap_or(slow.rate),
            ..slow
        }),
        (None, None) => None,
    };
}

impl CircuitBreaker {
    /// Itself first: a key that is new since then is made as it is now.
    fn change(&'static self, new: Option<Override<Settings>>, later: &mut Vec<Later>) {
        let transition = self.adapt(new);
        later.push(Box::new(move || self.tell(transition)));
        for key in keyed::every(self) {
            let transition = key.adapt(new);
            later.push(Box::new(move || key.tell(transition)));
        }
    }

    /// What it knows is held against what it now goes by.
    fn adapt(&self, new: Option<Override<Settings>>) -> Option<Transition> {
        self.settings.set(new);
        let now = Instant::now();
        self.gate.with(&self.settings, |machine, settings| {
            machine.adapt(settings, now)
        })
    }
}
