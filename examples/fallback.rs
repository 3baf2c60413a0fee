//! `#[fallback]` answers in the place of an error.
//!
//! Run it: `cargo run --example fallback`

use std::{future::pending, time::Duration};

use resilient_runtime::{Rejected, Timeout, fallback, timeout};
use tokio::time::sleep;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
enum PriceError {
    #[error("the service is down")]
    Down,
    #[error("no such article")]
    Unknown,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}
use PriceError::{Down, Unknown};

type Answer = Result<u32, PriceError>;
const QUICK: Duration = Duration::from_millis(1);
const SLOW: Duration = Duration::from_secs(9);
/// By hand a fallback is what every `Result` has anyway.
static LIMIT: Timeout = Timeout::new(QUICK);

/// Several make a chain; the one underneath is tried first. Here: the list, and at last a value.
#[fallback(value = 1)]
#[fallback(list_price)]
async fn price(service: &Answer) -> Answer {
    service.clone()
}

/// A fallback takes the same arguments, and may fail itself: this list lacks what is unknown.
async fn list_price(service: &Answer) -> Answer {
    sleep(QUICK).await;
    (*service != Err(Unknown)).then_some(95).ok_or(Unknown)
}

/// A closure has the error at hand, and `when` chooses which errors come to it.
#[fallback(|error| Ok(if error == Down { 90 } else { 85 }), when = |error| *error != Unknown)]
async fn known_price(service: &Answer) -> Answer {
    service.clone()
}

/// `on(..)` chooses by the policy underneath: the timeout, but no error of the service.
#[fallback(value = 80, on(timeout))]
#[timeout("20ms")]
async fn price_in_time(service: &Answer, takes: Duration) -> Answer {
    sleep(takes).await;
    service.clone()
}

#[tokio::main]
async fn main() {
    let answers = [
        ("it is down: the list", price(&Err(Down)).await),
        ("the list fails: a value", price(&Err(Unknown)).await),
        ("down again: the closure", known_price(&Err(Down)).await),
        ("`when` leaves this", known_price(&Err(Unknown)).await),
        ("too slow: a value", price_in_time(&Ok(99), SLOW).await),
        ("`on` leaves this", price_in_time(&Err(Down), QUICK).await),
        ("by hand", LIMIT.call(pending::<Answer>()).await.or(Ok(70))),
    ];
    for (what, answer) in &answers {
        println!("{what:25}{answer:?}");
    }
    let prices = answers.map(|(_, answer)| answer.unwrap_or(0));
    assert_eq!(prices, [95, 1, 90, 0, 80, 0, 70]);
}
