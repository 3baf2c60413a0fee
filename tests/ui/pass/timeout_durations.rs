//! The edges of a timeout, and every way to write one that is fixed.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, timeout};

const LIMIT: Duration = Duration::from_millis(500);

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    smallest: #[timeout("1ns")];
    largest: #[timeout("18446744073709551615s")];
    in_parts: #[timeout("1h 2m 3s 4ms 5us 6ns")];
    with_a_trailing_comma: #[timeout("5s",)];
    in_parentheses: #[timeout(("5s"))];
    by_constant: #[timeout(LIMIT)];
    by_path: #[timeout(self::LIMIT)];
    by_call: #[timeout(Duration::from_secs(5))];
    by_block: #[timeout(const { Duration::from_secs(5) })];
    of_std: #[timeout(Duration::MAX)];
}

fn main() {}
