//! Every mode of `backoff` with every key that it reads.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

fn seconds(attempt: u32) -> Duration {
    Duration::from_secs(attempt.into())
}

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    exp: #[retry(backoff = "exp", delay = "10ms", factor = 3.0, max_delay = "1s", jitter, max_duration = "5s")];
    linear: #[retry(backoff = "linear", delay = "10ms", max_delay = "1s", jitter, max_duration = "5s")];
    constant: #[retry(backoff = "constant", delay = "10ms", max_delay = "1s", jitter, max_duration = "5s")];
    fibonacci: #[retry(backoff = "fibonacci", delay = "10ms", max_delay = "1s", jitter, max_duration = "5s")];
    decorrelated: #[retry(backoff = "decorrelated", delay = "10ms", max_delay = "1s", max_duration = "5s")];
    none: #[retry(backoff = "none", max_delay = "1s", max_duration = "5s")];
    by_function: #[retry(backoff = seconds, jitter = "25%", max_delay = "1s", max_duration = "5s")];
    factor_alone: #[retry(factor = 1.5)];
    without_backoff: #[retry(delay = "10ms", factor = 1.5, jitter = "equal")];
}

fn main() {}
