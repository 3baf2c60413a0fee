//! The edges of `factor`.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, retry};

const GROWTH: f64 = 1.5;

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    smallest: #[retry(factor = 1.0)];
    whole: #[retry(factor = 3)];
    largest: #[retry(factor = 1.7976931348623157e308)];
    by_constant: #[retry(factor = GROWTH)];
    by_smallest_constant: #[retry(factor = GROWTH / 1.5)];
}

fn main() {}
