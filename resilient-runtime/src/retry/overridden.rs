//! A retry's numbers and words in the place of those that are written.

use std::fmt;

use super::Retry;
use super::settings::Settings;
use crate::attribute::Beside;
use crate::backoff::Mode;
use crate::cause::{Cause, Causes};
use crate::grammar::{self, Growing};
use crate::jitter::Jitter;
use crate::near::did_you_mean;
use crate::overrides::{Facts, Given, Later, Overridable, Override, Raw, kept, tabled, why};
use crate::rule;

tabled!(Settings);

/// A call that is in flight elsewhere is waited for, not repeated.
const CAUSES: [(&str, Cause); 5] = [
    ("error", Cause::Error),
    ("timeout", Cause::Timeout),
    ("circuit_open", Cause::CircuitOpen),
    ("bulkhead_full", Cause::BulkheadFull),
    ("rate_limited", Cause::RateLimited),
];

/// What three retries mean, written or not.
const DEFAULT_MAX: u32 = 3;

impl Overridable for Retry {
    type Settings = Settings;

    const POLICY: &'static str = "retry";
    const KEYS: &'static [&'static str] = &[
        "max",
        "backoff",
        "delay",
        "factor",
        "max_delay",
        "jitter",
        "max_duration",
        "on",
    ];
    const FIXED: &'static [(&'static str, &'static str)] = &[
        ("when", why::CODE),
        ("when_ok", why::CODE),
        ("delay_from", why::CODE),
        ("on_retry", why::CODE),
        ("clone", why::CODE),
        ("budget", why::BUDGET),
    ];

    fn written(&self) -> &Settings {
        self.settings.written()
    }

    fn says(&self, key: &str) -> bool {
        let written = self.written();
        match key {
            // Whether it is written or not, an expansion says it.
            "max" => written.max != DEFAULT_MAX,
            "backoff" => !matches!(written.mode, Mode::Exponential),
            "delay" => written.delay.is_some(),
            "factor" => written.factor.is_some(),
            "max_delay" => written.max_delay.is_some(),
            "jitter" => written.jitter != Jitter::None,
            "on" => written.on != Causes::of(&[Cause::Error, Cause::Timeout]),
            _ => true,
        }
    }

    fn overridden(&self, given: &mut Given<'_>) -> Settings {
        let mut it = *self.written();
        it.max = given.count("max", rule::max).unwrap_or(it.max);
        it.mode = mode(given).unwrap_or(it.mode);
        it.delay = given.duration("delay", rule::delay).or(it.delay);
        it.factor = given.factor("factor").or(it.factor);
        it.max_delay = given
            .duration("max_delay", rule::max_delay)
            .or(it.max_delay);
        it.max_duration = given
            .duration("max_duration", rule::max_duration)
            .or(it.max_duration);
        it.jitter = jitter(given).unwrap_or(it.jitter);
        it.on = on(given).unwrap_or(it.on);
        for key in ["delay", "factor", "jitter"] {
            if let Some(fault) = growing(it.mode).refuses(key) {
                given.fault(key, fault);
            }
        }
        let keys = ["max_delay", "max_duration", "delay"];
        given.refuse(&keys, it.contradiction());
        it
    }

    fn put(&'static self, new: Option<Override<Settings>>, _: &mut Vec<Later>) {
        self.settings.set(new);
    }

    fn facts(&self, settings: &Settings) -> Facts {
        Facts::Retry(settings.fixed())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Retry::describe(self, Beside::default(), f)
    }
}

fn mode(given: &mut Given<'_>) -> Option<Mode> {
    given.by("backoff", "a backoff", "\"exp\"", |word, _| {
        match Growing::of(word) {
            Some(Growing::Exponential) => Ok(Mode::Exponential),
            Some(Growing::Linear) => Ok(Mode::Linear),
            Some(Growing::Constant) => Ok(Mode::Constant),
            Some(Growing::Fibonacci) => Ok(Mode::Fibonacci),
            Some(Growing::Decorrelated) => Ok(Mode::Decorrelated),
            Some(Growing::None) => Ok(Mode::None),
            // A function has no word.
            Some(Growing::Function) | None => {
                let near = did_you_mean(word, Growing::words(), '"');
                Err(grammar::no_backoff(word, &near))
            }
        }
    })
}

fn growing(mode: Mode) -> Growing {
    match mode {
        Mode::Exponential => Growing::Exponential,
        Mode::Linear => Growing::Linear,
        Mode::Constant => Growing::Constant,
        Mode::Fibonacci => Growing::Fibonacci,
        Mode::Decorrelated => Growing::Decorrelated,
        Mode::None => Growing::None,
        Mode::Custom(_) => Growing::Function,
    }
}

fn jitter(given: &mut Given<'_>) -> Option<Jitter> {
    given.raw("jitter", |raw| {
        let word = match raw {
            // The bare word of the attribute.
            Raw::Flag(true) => "full",
            Raw::Text(word) | Raw::Loose(word) => word,
            _ => "",
        };
        match word {
            "full" => Ok(Jitter::Full),
            "equal" => Ok(Jitter::Equal),
            "none" => Ok(Jitter::None),
            word if matches!(raw, Raw::Text(_)) && !word.trim_end().ends_with('%') => {
                let near = did_you_mean(word, grammar::JITTERS.into_iter(), '"');
                Err(grammar::no_jitter(word, &near))
            }
            _ => kept(raw.ratio()?, rule::ratio).map(Jitter::Ratio),
        }
    })
}

fn on(given: &mut Given<'_>) -> Option<Causes> {
    let words = given.words("on", &CAUSES.map(|(word, _)| word))?;
    let causes: Vec<Cause> = words
        .iter()
        .filter_map(|word| CAUSES.iter().find(|(known, _)| known == word))
        .map(|(_, cause)| *cause)
        .collect();
    Some(Causes::of(&causes))
}

/// Two functions are one by their addresses.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        let modes = match (self.mode, other.mode) {
            (Mode::Custom(one), Mode::Custom(other)) => std::ptr::fn_addr_eq(one, other),
            (one, other) => growing(one) == growing(other),
        };
        let rest = |it: &Self| {
            (
                (it.max, it.delay, it.factor, it.max_delay),
                (it.max_duration, it.jitter, it.on),
            )
        };
        modes && rest(self) == rest(other)
    }
}
