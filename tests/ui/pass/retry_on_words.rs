//! Every word of `on(..)`, and all of them.
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
    error: #[retry(on(error))];
    timeout: #[retry(on(timeout))];
    circuit_open: #[retry(on(circuit_open))];
    bulkhead_full: #[retry(on(bulkhead_full))];
    rate_limited: #[retry(on(rate_limited))];
    all: #[retry(on(error, timeout, circuit_open, bulkhead_full, rate_limited))];
    with_a_trailing_comma: #[retry(on(timeout, error,))];
}

fn main() {}
