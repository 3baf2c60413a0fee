//! Fallbacks beneath a retry that leaves it something to retry.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, fallback, retry, timeout};

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    of_values: #[retry(when_ok = |()| false)] #[fallback(value = ())];
    on_one_cause: #[retry] #[fallback(value = (), on(timeout))];
    under_a_condition: #[retry] #[fallback(value = (), when = |_| false)];
    by_path: #[retry] #[fallback(other)];
    by_closure: #[retry] #[fallback(|error| Err(error))];
    a_timeout_between: #[retry] #[timeout("1s")] #[fallback(value = ())];
    an_open_circuit_between: #[retry(on(circuit_open))] #[circuit_breaker(name = "db")] #[fallback(value = ())];
    a_full_bulkhead_between: #[retry(on(bulkhead_full))] #[bulkhead(max_concurrent = 3)] #[fallback(value = ())];
    above_the_retry: #[fallback(value = ())] #[retry];
}

async fn other() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
