//! The edges of `max`, and every way to write a count.
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
    by_default: #[retry];
    empty: #[retry()];
    smallest: #[retry(max = 1)];
    largest: #[retry(max = 100)];
    hexadecimal: #[retry(max = 0x64)];
    separated: #[retry(max = 1_0)];
    suffixed: #[retry(max = 3u32)];
    in_parentheses: #[retry(max = (3))];
    with_a_trailing_comma: #[retry(max = 3,)];
}

fn main() {}
