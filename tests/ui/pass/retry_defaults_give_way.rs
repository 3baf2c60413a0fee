//! A default never contradicts what is written.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, retry};

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    to_max_delay: #[retry(max_delay = "20ms")];
    to_the_smallest_max_delay: #[retry(max_delay = "1ns")];
    to_delay: #[retry(delay = "20s")];
    to_the_largest_delay: #[retry(delay = "18446744073709551615s")];
    to_max_duration: #[retry(max_duration = "50ms")];
    to_both: #[retry(max_delay = "20ms", max_duration = "20ms")];
    linear_to_max_delay: #[retry(backoff = "linear", max_delay = "20ms")];
    decorrelated_to_max_delay: #[retry(backoff = "decorrelated", max_delay = "20ms")];
}

fn main() {}
