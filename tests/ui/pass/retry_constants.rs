//! Constants in every key that takes one.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

const MAX: u32 = 1;
const DELAY: Duration = Duration::from_millis(10);
const CAP: Duration = Duration::from_millis(10);

mod limits {
    use std::time::Duration;

    pub const MAX: u32 = 5;
    pub const LARGEST: u32 = 100;
    pub const TOTAL: Duration = Duration::from_secs(1);
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
    named: #[retry(max = MAX, delay = DELAY, max_delay = CAP)];
    of_a_module: #[retry(max = limits::MAX, max_duration = limits::TOTAL)];
    computed: #[retry(max = MAX * 2 + 1, delay = Duration::from_millis(2 * 5))];
    largest: #[retry(max = limits::LARGEST)];
    by_block: #[retry(max = { MAX }, delay = const { Duration::from_millis(5) })];
    of_std: #[retry(max_delay = Duration::MAX, max_duration = Duration::MAX)];
}

fn main() {}
