//! The rules across a stack, for constants: what the macros check between literals, an expansion checks
//! here between the policies that it holds. Only where a constant is involved is there such a check.

use std::time::Duration;

use crate::refuse::refuse;
use crate::retry::Retry;
use crate::rule::{self, Delays};
use crate::timeout::Timeout;

/// A timeout beneath others.
#[track_caller]
pub const fn nested(inner: &Timeout, outer: &[&Timeout]) {
    let mut i = 0;
    while i < outer.len() {
        refuse(rule::nested_timeouts(inner.after(), outer[i].after()));
        i += 1;
    }
}

/// The delay of a hedge beneath a timeout.
#[track_caller]
pub const fn hedge_beneath(after: Duration, timeout: &Timeout) {
    refuse(rule::hedge_beneath_timeout(after, timeout.after()));
}

/// The delay of a hedge over a timeout.
#[track_caller]
pub const fn hedge_over(after: Duration, timeout: &Timeout) {
    refuse(rule::hedge_over_timeout(after, timeout.after()));
}

/// The delay of a hedge that depends on generics.
#[must_use]
#[track_caller]
pub const fn after(after: Duration) -> Duration {
    refuse(rule::after(after));
    after
}

/// The copies of a hedge that depend on generics.
#[must_use]
#[track_caller]
pub const fn copies(max: u32) -> u32 {
    refuse(rule::copies(max));
    max
}

/// The delays of a retry beneath a timeout.
#[track_caller]
pub const fn delays(retry: &Retry, timeout: &Timeout) {
    if let Some(delays) = retry.fixed() {
        refuse(delays.beneath(timeout.after()));
    }
}

/// The first delay alone: a `max` that is not written contradicts nothing, but the first retry is what a
/// retry is for.
#[track_caller]
pub const fn first_delay(retry: &Retry, timeout: &Timeout) {
    if let Some(delays) = retry.fixed() {
        let first = Delays {
            retries: 1,
            ..delays
        };
        refuse(first.beneath(timeout.after()));
    }
}
