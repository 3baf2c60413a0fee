//! Durations as they may be written.
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
    smallest: #[retry(delay = "1ns", max_delay = "1ns", max_duration = "2ns")];
    largest: #[retry(max_delay = "18446744073709551615s", max_duration = "18446744073709551615s")];
    micros: #[retry(delay = "250us")];
    in_parts: #[retry(delay = "1m 30s")];
    without_blanks: #[retry(delay = "1m30s")];
    in_words: #[retry(max_delay = "2 hours 15 min")];
    in_parentheses: #[retry(delay = ("5s"))];
}

fn main() {}
