//! Durations: none is zero, and what ends first must not be said to end later.

use std::time::Duration;

use super::text::Text;

pub(crate) const fn timeout(limit: Duration) -> Option<Text> {
    zero(
        limit,
        "a timeout of zero is no time at all: it lets nothing through\n\
         Write how long the call may take.",
    )
}

pub(crate) const fn delay(delay: Duration) -> Option<Text> {
    zero(
        delay,
        "a `delay` of zero is no time at all: what has just failed fails again\n\
         Make it longer. For no delay at all write `backoff = \"none\"`.",
    )
}

pub(crate) const fn max_delay(max: Duration) -> Option<Text> {
    zero(
        max,
        "a `max_delay` of zero is no time at all: what has just failed fails again\n\
         Make it longer. For no delay at all write `backoff = \"none\"`.",
    )
}

pub(crate) const fn max_duration(max: Duration) -> Option<Text> {
    zero(
        max,
        "a `max_duration` of zero is no time at all: no retry could ever start\n\
         Make it longer, or remove it.",
    )
}

pub(crate) const fn break_duration(duration: Duration) -> Option<Text> {
    zero(
        duration,
        "a `break_duration` of zero is no time at all: nothing would ever be rejected\n\
         Make it longer.",
    )
}

pub(crate) const fn max_wait(max: Duration) -> Option<Text> {
    zero(
        max,
        "a `max_wait` of zero is no time at all: without the key nobody waits either\n\
         Make it longer, or remove it.",
    )
}

pub(crate) const fn window_time(length: Duration) -> Option<Text> {
    zero(
        length,
        "a `window` of zero is no time at all: it would see no call\n\
         Make it longer.",
    )
}

pub(crate) const fn slow_call(line: Duration) -> Option<Text> {
    zero(
        line,
        "a `slow_call` of zero is no time at all: every call would be slow\n\
         Make it longer.",
    )
}

pub(crate) const fn after(after: Duration) -> Option<Text> {
    zero(
        after,
        "an `after` of zero is no time at all: every call would be made twice\n\
         Make it as long as most calls take.",
    )
}

pub(crate) const fn initial(initial: Duration) -> Option<Text> {
    zero(
        initial,
        "an `initial` of zero is no time at all: every call would be made twice\n\
         Make it as long as most calls take.",
    )
}

/// The delay of a hedge beneath a timeout.
pub(crate) const fn hedge_beneath_timeout(after: Duration, limit: Duration) -> Option<Text> {
    if after.as_nanos() < limit.as_nanos() {
        return None;
    }
    let text = Text::of("the hedge can never start: the timeout above it ends everything after ");
    let text = text.duration(limit).and("\nMake `after` shorter than ");
    Some(text.duration(limit).and(", or remove the hedge."))
}

/// The delay of a hedge over a timeout.
pub(crate) const fn hedge_over_timeout(after: Duration, limit: Duration) -> Option<Text> {
    if after.as_nanos() < limit.as_nanos() {
        return None;
    }
    let text = Text::of("no call ever takes so long: the timeout beneath the hedge ends it after ");
    let text = text.duration(limit).and("\nMake `after` shorter than ");
    Some(text.duration(limit).and(", or move the timeout above."))
}

pub(crate) const fn break_in_max_break(first: Duration, max: Duration) -> Option<Text> {
    if first.as_nanos() <= max.as_nanos() {
        return None;
    }
    let text = Text::of("`max_break_duration = \"").duration(max);
    let text = text
        .and("\"` is shorter than the first break, ")
        .duration(first);
    Some(text.and("\nRaise it, or shorten `break_duration`."))
}

const fn zero(duration: Duration, text: &str) -> Option<Text> {
    if duration.is_zero() {
        return Some(Text::of(text));
    }
    None
}

pub(crate) const fn delay_in_max_delay(delay: Duration, max: Duration) -> Option<Text> {
    if delay.as_nanos() <= max.as_nanos() {
        return None;
    }
    let text = Text::of("`max_delay = \"").duration(max);
    let text = text.and("\"` is shorter than the first delay, ");
    Some(text.duration(delay).and("\nRaise it, or shorten `delay`."))
}

pub(crate) const fn delay_in_max_duration(delay: Duration, max: Duration) -> Option<Text> {
    if delay.as_nanos() < max.as_nanos() {
        return None;
    }
    let text = Text::of("no retry could ever start: the first delay, ").duration(delay);
    let text = text.and(", already takes all of `max_duration = \"");
    let text = text.duration(max);
    Some(text.and("\"`\nRaise it, or shorten `delay`."))
}

/// A timeout beneath another one.
pub(crate) const fn nested_timeouts(inner: Duration, outer: Duration) -> Option<Text> {
    if inner.as_nanos() < outer.as_nanos() {
        return None;
    }
    let text = Text::of("this timeout of ").duration(inner);
    let text = text.and(" can never fire: the one above it ends everything after ");
    let text = text.duration(outer).and("\nMake it shorter than ");
    Some(text.duration(outer).and(", or remove it."))
}
