//! A circuit breaker as its attribute would declare it.

use std::fmt;

use super::CircuitBreaker;
use super::window::Span;
use crate::attribute::{Attribute, Beside};

impl CircuitBreaker {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let it = Attribute::new(f, "circuit_breaker").text("name", self.name());
        let mut it = it.off(self.settings.is_off());
        if let Some(rate) = settings.threshold() {
            it = it.ratio("failure_rate", rate);
        }
        if let Some(run) = settings.run() {
            it = it.key("consecutive_failures", run);
        }
        // A run alone looks at no window.
        if settings.threshold().is_some() || settings.slow().is_some() {
            it = match settings.span() {
                Span::Calls(calls) => it.key("window", calls),
                Span::Time(length) => it.duration("window", length),
            };
            it = it.key("min_calls", settings.minimum());
        }
        if let Some(slow) = settings.slow() {
            it = it
                .duration("slow_call", slow.line)
                .ratio("slow_call_rate", slow.rate);
        }
        it = it.duration("break_duration", settings.first_break());
        if let Some(factor) = settings.growth() {
            it = it
                .float("break_backoff", factor)
                .duration("max_break_duration", settings.longest_break());
        }
        it = it
            .key("half_open_calls", settings.half_open_calls)
            .flag("shadow", settings.shadow);
        beside.say(it, Some(settings.max_keys)).finish()
    }
}
