//! Values that touch each other, and contradict nothing.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

const DELAY: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_nanos(1_000_000_001);

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    delay_at_its_cap: #[retry(delay = "1s", max_delay = "1s")];
    one_nanosecond_left: #[retry(delay = "1s", max_duration = "1s 1ns")];
    constant_at_its_cap: #[retry(delay = DELAY, max_delay = "1s")];
    one_nanosecond_left_of_a_constant: #[retry(delay = DELAY, max_duration = LIMIT)];
}

fn main() {}
