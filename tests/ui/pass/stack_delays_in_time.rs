//! Timeouts that the delays beneath leave time, if only just, and delays that are not fixed.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, retry, timeout};

const LIMIT: Duration = Duration::from_millis(301);
const DELAY: Duration = Duration::from_millis(100);

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    one_nanosecond: #[timeout("300ms 1ns")] #[retry(max = 2, delay = "100ms")];
    linear: #[timeout("601ms")] #[retry(max = 3, backoff = "linear", delay = "100ms")];
    constant: #[timeout("301ms")] #[retry(max = 3, backoff = "constant", delay = "100ms")];
    fibonacci: #[timeout("401ms")] #[retry(max = 3, backoff = "fibonacci", delay = "100ms")];
    at_the_cap: #[timeout("251ms")] #[retry(max = 3, delay = "50ms", max_delay = "100ms")];
    only_written_delays_count: #[timeout("50ms")] #[retry];
    the_first_of_an_unwritten_max: #[timeout("150ms")] #[retry(delay = "100ms")];
    jitter: #[timeout("50ms")] #[retry(delay = "100ms", jitter)];
    decorrelated: #[timeout("50ms")] #[retry(backoff = "decorrelated", delay = "100ms")];
    none: #[timeout("50ms")] #[retry(backoff = "none")];
    what_the_callee_says: #[timeout("50ms")] #[retry(delay = "100ms", delay_from = |_| None)];
    beneath_the_retry: #[retry(delay = "1s")] #[timeout("50ms")];
    constants: #[timeout(LIMIT)] #[retry(max = 2, delay = DELAY)];
}

fn main() {}
