//! A circuit breaker for each key.

use std::sync::atomic::{AtomicU64, Ordering};

use resilient_runtime::{CircuitBreaker, body};

use super::{Growth, MakeCalls, TO_A_MILLION, boxed, forever};
use crate::{
    each,
    rows::{bare, now},
};

pub(super) const GROWTH: [Growth; 2] = [
    Growth {
        name: "a call by key",
        of: "keys",
        sizes: TO_A_MILLION,
        make: known,
    },
    Growth {
        name: "a call by a new key, which takes the place of another",
        of: "keys",
        sizes: TO_A_MILLION,
        make: new,
    },
];

/// The calls go round all keys, not in the order in which they came.
const STRIDE: u64 = 7919;

fn known(size: u64) -> MakeCalls {
    let breaker = filled(size);
    boxed(move |count| {
        each!(count, n => {
            let key = n * STRIDE % size;
            breaker.of(&key).around(body(bare::ready(n))).await
        })
    })
}

fn new(size: u64) -> MakeCalls {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    let breaker = filled(size);
    boxed(move |count| {
        each!(count, n => {
            let key = NEXT.load(Ordering::Relaxed);
            NEXT.store(key + 1, Ordering::Relaxed);
            breaker.of(&key).around(body(bare::ready(n))).await
        })
    })
}

fn filled(size: u64) -> &'static CircuitBreaker {
    let most = u32::try_from(size).expect("a million keys at most");
    let breaker = forever(CircuitBreaker::new("keys").max_keys(most));
    now(async {
        for key in 0..size {
            let _ = breaker.of(&key).around(body(bare::ready(key))).await;
        }
    });
    breaker
}
