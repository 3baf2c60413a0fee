//! `#[circuit_breaker]` stops calling a service that is down, and finds out when it is back.
//!
//! Run it: `cargo run --example circuit_breaker`

use resilient_runtime::CircuitState::{self, Closed, HalfOpen, Open};
use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker, registry};
use tokio::time::sleep;

#[derive(Debug, thiserror::Error)]
enum PaymentError {
    #[error("the service is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Opens when half of the last ten calls have failed, but not before there were four.
#[circuit_breaker(
    name = "payments",
    failure_rate = "50%",
    window = 10,
    min_calls = 4,
    break_duration = "200ms",
    half_open_calls = 2
)]
async fn pay(calls: &mut u32, up: bool) -> Result<&'static str, PaymentError> {
    *calls += 1;
    up.then_some("paid").ok_or(PaymentError::Down)
}

/// One breaker for each shop: one that is down does not stop the others.
#[circuit_breaker(name = "shops", consecutive_failures = 2, key = shop)]
async fn stock(shop: &str) -> Result<u32, PaymentError> {
    let is_up = shop != "oslo";
    is_up.then_some(7).ok_or(PaymentError::Down)
}

/// The same by hand, for what is no function.
static LEDGER: CircuitBreaker = CircuitBreaker::new("ledger").min_calls(10);

/// Whether the service is up, and the breaker's state after the call.
const OUTAGE: [(bool, CircuitState); 5] = [
    (true, Closed),
    (true, Closed),
    (false, Closed),
    (false, Open),
    (true, Open),
];
const RECOVERY: [(bool, CircuitState); 2] = [(true, HalfOpen), (true, Closed)];

#[tokio::main]
async fn main() {
    // The same name is the same breaker, everywhere in the process.
    let breaker = registry::circuit_breaker("payments").expect("`pay` declares it");

    println!("service  breaker    the caller gets");
    let mut calls = 0;
    for script in [&OUTAGE[..], &RECOVERY[..]] {
        // Once the break is over, the breaker tries again.
        sleep(breaker.snapshot().retry_after.unwrap_or_default()).await;
        for &(up, expected) in script {
            let answer = pay(&mut calls, up).await;
            let (service, state) = (if up { "up" } else { "down" }, breaker.state());
            let answer = answer.map_or_else(|error| error.to_string(), str::to_owned);
            println!("{service:9}{:11}{answer}", state.to_string());
            assert_eq!(state, expected);
        }
    }
    assert_eq!(calls, 6, "one of the seven calls never reached the service");

    println!();
    for shop in ["oslo", "oslo", "oslo", "rome"] {
        match stock(shop).await {
            Ok(pieces) => println!("{shop}: {pieces} pieces"),
            Err(error) => println!("{shop}: {error}"),
        }
    }
    let shops = registry::circuit_breaker("shops").expect("`stock` declares it");
    assert_eq!(shops.of("oslo").state(), Open);
    assert_eq!(shops.of("rome").state(), Closed);

    // An operator may hold one open.
    LEDGER.force_open();
    let error = LEDGER.call(pay(&mut calls, true)).await.unwrap_err();
    println!("\nby hand: {error}");
}
