//! Policies around policies around policies.

use resilient_runtime::{CircuitBreaker, Timeout, body};

use super::{Growth, MakeCalls, boxed};
use crate::{
    each,
    rows::{HOUR, bare},
};

pub(super) const GROWTH: [Growth; 2] = [
    Growth {
        name: "timeouts around each other",
        of: "layers",
        sizes: SIZES,
        make: timeouts,
    },
    Growth {
        name: "breakers around each other",
        of: "layers",
        sizes: SIZES,
        make: breakers,
    },
];

const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32];

static TIMEOUT: Timeout = Timeout::new(HOUR);
static BREAKER: CircuitBreaker = CircuitBreaker::new("depth");

/// So many layers of one policy, an underscore each.
macro_rules! around {
    ($policy:ident, $body:expr,) => { $body };
    ($policy:ident, $body:expr, _ $($rest:tt)*) => {
        $policy.around(around!($policy, $body, $($rest)*))
    };
}

macro_rules! of_each_size {
    ($policy:ident, $size:expr) => {
        match $size {
            1 => boxed(|count| each!(count, n => around!($policy, body(bare::ready(n)), _).await)),
            2 => boxed(|count| each!(count, n => around!($policy, body(bare::ready(n)), _ _).await)),
            4 => boxed(|count| each!(count, n => around!($policy, body(bare::ready(n)), _ _ _ _).await)),
            8 => boxed(|count| each!(count, n => around!($policy, body(bare::ready(n)), _ _ _ _ _ _ _ _).await)),
            16 => boxed(|count| {
                each!(count, n => around!(
                    $policy, body(bare::ready(n)),
                    _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
                ).await)
            }),
            32 => boxed(|count| {
                each!(count, n => around!(
                    $policy, body(bare::ready(n)),
                    _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
                ).await)
            }),
            other => panic!("there is no stack of {other}"),
        }
    };
}

fn timeouts(size: u64) -> MakeCalls {
    of_each_size!(TIMEOUT, size)
}

fn breakers(size: u64) -> MakeCalls {
    of_each_size!(BREAKER, size)
}
