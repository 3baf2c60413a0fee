//! The window of a circuit breaker: of the last so many calls, and of all calls of an hour.

use resilient_runtime::{CircuitBreaker, body};

use super::{Growth, MakeCalls, boxed, forever};
use crate::{
    each,
    rows::{HOUR, bare, now},
};

/// In a window of one, the first failure would open it.
const FROM_TEN: &[u64] = &[10, 100, 1_000, 10_000, 100_000, 1_000_000];

pub(super) const GROWTH: [Growth; 2] = [
    Growth {
        name: "closed breaker, count window, 2 % fail",
        of: "calls in the window",
        sizes: FROM_TEN,
        make: count,
    },
    Growth {
        name: "closed breaker, time window, 2 % fail",
        of: "calls in the window",
        sizes: FROM_TEN,
        make: time,
    },
];

fn count(size: u64) -> MakeCalls {
    let length = u32::try_from(size).expect("a window of a million at most");
    // One call in a window of one is all of them: with 2 % failing it must not open.
    let breaker = CircuitBreaker::new("count")
        .window_calls(length)
        .min_calls(length);
    filled(breaker.consecutive_failures(u32::MAX), size)
}

fn time(size: u64) -> MakeCalls {
    filled(CircuitBreaker::new("time").window_time(HOUR), size)
}

fn filled(breaker: CircuitBreaker, size: u64) -> MakeCalls {
    let breaker = forever(breaker);
    let calls = move |count| each!(count, n => breaker.around(body(bare::fails_at_times(n))).await);
    now(calls(size));
    boxed(calls)
}
