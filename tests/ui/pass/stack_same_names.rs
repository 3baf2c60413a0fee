//! One name for a breaker and a bulkhead; two of a kind that are two.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{
    Bulkhead, CircuitBreaker, Rejected, bulkhead, circuit_breaker, fallback, retry,
};

static DB: CircuitBreaker = CircuitBreaker::new("static");
static PLACES: Bulkhead = Bulkhead::new("static", 3);

macro_rules! compile {
    ($($name:ident: $(#[$policy:ident $(($($keys:tt)*))?])+;)*) => {$(
        $(#[$policy $(($($keys)*))?])+
        async fn $name() -> Result<(), Rejected> {
            Ok(())
        }
    )*};
}

compile! {
    two_kinds: #[circuit_breaker(name = "db")] #[bulkhead(name = "db", max_concurrent = 3)];
    two_names: #[bulkhead(name = "db", max_concurrent = 3)] #[bulkhead(name = "disk", max_concurrent = 1)];
    two_private_ones: #[bulkhead(max_concurrent = 3)] #[bulkhead(max_concurrent = 2)];
    two_statics: #[circuit_breaker(DB)] #[bulkhead(PLACES)];
    two_retries: #[retry(max = 1)] #[retry(max = 1)];
    two_fallbacks: #[fallback(value = ())] #[fallback(other)];
}

async fn other() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
