//! A retry as its attribute would say it.

use std::fmt;
use std::time::Duration;

use super::Retry;
use crate::attribute::{Attribute, Beside, Budget};
use crate::backoff::Mode;
use crate::cause::Cause;
use crate::jitter::Jitter;

impl Retry {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let delays = settings.delays(0, Duration::ZERO);
        let it = Attribute::new(f, "retry").off(self.settings.is_off());
        let mut it = it.key("max", settings.max);
        it = match settings.mode {
            Mode::Exponential => it.text("backoff", "exp"),
            Mode::Linear => it.text("backoff", "linear"),
            Mode::Constant => it.text("backoff", "constant"),
            Mode::Fibonacci => it.text("backoff", "fibonacci"),
            Mode::Decorrelated => it.text("backoff", "decorrelated"),
            Mode::None => it.text("backoff", "none"),
            // A function: its name is not known here.
            Mode::Custom(_) => it.key("backoff", ".."),
        };
        if !matches!(settings.mode, Mode::None | Mode::Custom(_)) {
            it = it.duration("delay", delays.delay);
        }
        if let Mode::Exponential = settings.mode {
            it = it.float("factor", delays.factor);
        }
        it = it.duration("max_delay", delays.cap);
        it = match settings.jitter {
            Jitter::None => it,
            Jitter::Full => it.text("jitter", "full"),
            Jitter::Equal => it.text("jitter", "equal"),
            Jitter::Ratio(ratio) => it.ratio("jitter", ratio),
        };
        if let Some(max_duration) = settings.max_duration {
            it = it.duration("max_duration", max_duration);
        }
        let words = [
            (Cause::Error, "error"),
            (Cause::Timeout, "timeout"),
            (Cause::CircuitOpen, "circuit_open"),
            (Cause::BulkheadFull, "bulkhead_full"),
            (Cause::RateLimited, "rate_limited"),
            (Cause::InFlight, "in_flight"),
        ];
        let on: Vec<_> = words
            .into_iter()
            .filter_map(|(cause, word)| settings.on.contains(cause).then_some(word))
            .collect();
        it = it.say(format_args!("on({})", on.join(", ")));
        let own = self.budget.map(|budget| Budget::Named(budget.name()));
        let budget = beside.budget.or(own);
        Beside { budget, ..beside }.say(it, None).finish()
    }
}
