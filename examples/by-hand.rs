//! A stack without attributes: the same types, composed by hand.
//!
//! Run it: `cargo run --example by-hand`

use std::time::Duration;

use resilient_runtime::{Bulkhead, CircuitBreaker, Jitter, Retry, Timeout, body};

static TOTAL: Timeout = Timeout::new(Duration::from_secs(2));
static RETRY: Retry = Retry::new(3)
    .exponential(Duration::from_millis(100), 2.0)
    .jitter(Jitter::Full);
static PRICING: CircuitBreaker = CircuitBreaker::new("pricing");
static DB: Bulkhead = Bulkhead::new("db", 20).max_wait(Duration::from_millis(100));

async fn fetch() -> Result<u32, std::io::Error> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(199)
}

#[tokio::main]
async fn main() {
    let call = || PRICING.around(DB.around(body(fetch())));
    let outcome = TOTAL.around(RETRY.run(call)).await;
    assert_eq!(outcome.expect("it answers"), 199);
    println!("It costs 199 cents, by hand.");
}
