//! A rate limiter as its attribute would declare it.

use std::fmt;
use std::time::Duration;

use super::{Gcra, RateLimiter};
use crate::attribute::{Attribute, Beside};
use crate::rule::Text;

impl RateLimiter {
    pub(crate) fn describe(&self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        let mut it = Attribute::new(f, "rate_limit");
        // What nothing declares has no rate.
        let is_declared = settings.gcra != Gcra::ALL;
        if is_declared {
            let (rate, period) = (&settings.rate, Text::of("").duration(settings.rate.period));
            let period = unit(rate.period).unwrap_or(period.as_str());
            it = it.say(format_args!("\"{}/{period}\"", rate.calls));
        }
        if !self.private {
            it = it.text("name", self.name());
        }
        it = it.off(self.settings.is_off());
        if is_declared {
            it = it.key("burst", settings.burst.unwrap_or(settings.rate.calls));
        }
        if let Some(max_wait) = settings.max_wait {
            it = it.duration("max_wait", max_wait);
        }
        let it = it.flag("shadow", settings.shadow);
        beside.say(it, Some(settings.max_keys)).finish()
    }
}

/// What stands alone: `100/s`.
fn unit(period: Duration) -> Option<&'static str> {
    match (period.as_secs(), period.subsec_nanos()) {
        (0, 1_000_000) => Some("ms"),
        (1, 0) => Some("s"),
        (60, 0) => Some("m"),
        (3_600, 0) => Some("h"),
        _ => None,
    }
}
