//! Every word of `backoff`, alone.
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
    exp: #[retry(backoff = "exp")];
    exponential: #[retry(backoff = "exponential")];
    linear: #[retry(backoff = "linear")];
    constant: #[retry(backoff = "constant")];
    fibonacci: #[retry(backoff = "fibonacci")];
    decorrelated: #[retry(backoff = "decorrelated")];
    none: #[retry(backoff = "none")];
    by_function: #[retry(backoff = seconds)];
    by_path: #[retry(backoff = self::seconds)];
}

fn main() {}
