//! An inner timeout that is shorter, if only just.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, retry, timeout};

const OUTER: Duration = Duration::from_secs(1);
const INNER: Duration = Duration::from_nanos(999_999_999);

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    one_nanosecond: #[timeout("1s")] #[timeout("999999999ns")];
    three: #[timeout("3s")] #[timeout("2s")] #[timeout("1s")];
    around_a_retry: #[timeout("2s")] #[retry] #[timeout("1s")];
    constants: #[timeout(OUTER)] #[timeout(INNER)];
    a_constant_and_a_literal: #[timeout("2s")] #[timeout(INNER)];
}

#[timeout(outer)]
#[timeout(inner)]
async fn known_at_run_time_only(outer: Duration, inner: Duration) -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
