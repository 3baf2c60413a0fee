//! Every word of `jitter`, and the edges of its ratio.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, retry};

const SPREAD: f64 = 0.25;

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    bare: #[retry(jitter)];
    full: #[retry(jitter = "full")];
    equal: #[retry(jitter = "equal")];
    none: #[retry(jitter = "none")];
    percent: #[retry(jitter = "25%")];
    largest_percent: #[retry(jitter = "100%")];
    smallest_percent: #[retry(jitter = "0.001%")];
    share: #[retry(jitter = 0.25)];
    largest_share: #[retry(jitter = 1.0)];
    smallest_share: #[retry(jitter = 1e-300)];
    by_constant: #[retry(jitter = SPREAD)];
    by_largest_constant: #[retry(jitter = 4.0 * SPREAD)];
}

fn main() {}
