//! Telling: an event, to whoever listens.

use tracing::level_filters::LevelFilter;

use super::{Event, heard, subscription};
use crate::function::Function;
use crate::meter::Meter;

/// Says that something happened that `DEBUG` tells of, if anybody listens. Never under a lock: a `tracing`
/// subscriber is user code.
#[inline]
pub(crate) fn emit(event: impl FnOnce() -> Event) {
    if is_heard_at(LevelFilter::DEBUG) {
        say(&event(), None);
    }
}

/// The same of an instance, whose meter counts it.
#[inline]
pub(crate) fn emit_of(meter: &Meter, event: impl FnOnce() -> Event) {
    if is_heard_at(LevelFilter::DEBUG) {
        say(&event(), Some(meter));
    }
}

/// The same of what is louder than that. It is rare: it is made wherever anybody listens to anything.
#[inline]
pub(crate) fn emit_loudly(event: impl FnOnce() -> Event) {
    if is_heard_at(LevelFilter::ERROR) {
        say(&event(), None);
    }
}

/// Says that an instance did what it does for every call. It is said for whoever wants to hear of every
/// call: to find out whether somebody does is one relaxed load.
#[inline]
pub(crate) fn emit_call(meter: &Meter, event: impl FnOnce() -> Event) {
    if heard::calls() {
        say_of_call(meter, event);
    }
}

/// Apart, and once for each policy: what is made here would be made in every annotated function.
#[cold]
#[inline(never)]
fn say_of_call(meter: &Meter, event: impl FnOnce() -> Event) {
    say(&event(), Some(meter));
}

/// A call of an annotated function begins, and somebody wants to hear of every call.
pub(crate) fn begun(function: &'static Function) {
    #[cfg(feature = "metrics")]
    super::measure::begun(function);
    #[cfg(not(feature = "metrics"))]
    let _ = function;
}

/// It has ended.
pub(crate) fn finished(event: &Event) {
    if heard::calls() {
        say(event, None);
    }
}

/// Whether anybody listens to what `WARN` tells of: for what is told once, and must not be told to nobody.
#[inline]
pub(crate) fn are_warnings_heard() -> bool {
    is_heard_at(LevelFilter::WARN)
}

/// Whether anybody listens to what `DEBUG` tells of.
#[inline]
pub(crate) fn is_heard_in_detail() -> bool {
    is_heard_at(LevelFilter::DEBUG)
}

/// Whether anybody listens to what `tracing` is told at this level.
#[inline]
fn is_heard_at(level: LevelFilter) -> bool {
    heard::decisions() || LevelFilter::current() >= level || is_recorded()
}

/// Whether a test records what happens in the block that is polled now.
#[inline]
fn is_recorded() -> bool {
    #[cfg(feature = "testing")]
    return super::recording::is_on();
    #[cfg(not(feature = "testing"))]
    false
}

#[cold]
#[inline(never)]
fn say(event: &Event, meter: Option<&Meter>) {
    #[cfg(test)]
    crate::levels::said(event);
    #[cfg(feature = "testing")]
    super::recording::add(event);
    #[cfg(feature = "metrics")]
    super::measure::measure(event, meter);
    #[cfg(not(feature = "metrics"))]
    let _ = meter;
    super::trace::trace(event);
    subscription::send(event);
}
