//! Rates: so many calls in so long.

use std::time::Duration;

use super::text::Text;

/// Longer than any process runs; and what a clock of nanoseconds counts is not much more.
const LONGEST: Duration = Duration::from_secs(36_525 * 86_400);

/// So many calls in each period.
pub(crate) const fn rate(calls: u32, period: Duration) -> Option<Text> {
    if calls == 0 {
        let text = "a rate of 0 calls would let nothing through\nWrite 1 or more.";
        return Some(Text::of(text));
    }
    if period.is_zero() {
        let text = "a rate's period of zero is no time at all: every call would pass\n\
                    Write the time in which so many calls may pass, as in \"10/100ms\".";
        return Some(Text::of(text));
    }
    if period.as_nanos() > LONGEST.as_nanos() {
        let text = Text::of("a rate's period of ").duration(period);
        let text = text.and(" is longer than any process runs\nWrite at most ");
        return Some(text.duration(LONGEST).and("."));
    }
    if calls as u128 > period.as_nanos() {
        let text = Text::of("`").number(calls as u128).and("` calls in ");
        let text = text
            .duration(period)
            .and(" are more than one in a nanosecond, ");
        return Some(
            text.and("which no clock can tell apart\nWrite a lower rate, or leave the limit out."),
        );
    }
    None
}

/// How many calls may pass at once.
pub(crate) const fn burst(calls: u32) -> Option<Text> {
    if calls == 0 {
        let text = "`burst = 0` would let nothing through\n\
                    Write 1 or more: with 1, calls are spaced evenly.";
        return Some(Text::of(text));
    }
    None
}
