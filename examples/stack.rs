//! The stack of the README, over a service in memory that follows a script.
//!
//! Run it: `cargo run --example stack`

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use futures::future::join_all;
use resilient_runtime::{Rejected, bulkhead, circuit_breaker, event, fallback, retry, timeout};
use tokio::time::sleep;

/// What the service does with one call: whether it answers, and after how long.
type Act = (bool, Duration);
const ANSWER: Act = (true, Duration::from_millis(20));
const FAIL: Act = (false, Duration::from_millis(20));
const HANG: Act = (false, Duration::MAX);

struct Quote {
    text: String,
    live: bool,
}

#[derive(Debug, thiserror::Error)]
enum PriceError {
    #[error("the service is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[derive(Default)]
struct PricingClient {
    script: Mutex<VecDeque<Act>>,
}

impl PricingClient {
    #[fallback(self.cached_quote)] // outermost: in the place of whatever is left at the end
    #[timeout("2s")] // the whole call, with the waits between its attempts
    #[retry(max = 3, backoff = "exp", jitter)] // up to three more attempts
    #[circuit_breaker(name = "pricing")] // every attempt is one record
    #[bulkhead(name = "pricing", max_concurrent = 20)] // at most 20 attempts at once
    #[timeout("500ms")] // innermost: one attempt
    async fn quote(&self, sku: &str) -> Result<Quote, PriceError> {
        self.ask(sku).await
    }

    async fn ask(&self, sku: &str) -> Result<Quote, PriceError> {
        // After the last act of the script the service answers.
        let act = self.script.lock().unwrap().pop_front();
        let (answers, takes) = act.unwrap_or(ANSWER);
        sleep(takes).await;
        let text = format!("{sku} costs 1.99");
        let quote = Quote { text, live: true };
        answers.then_some(quote).ok_or(PriceError::Down)
    }

    async fn cached_quote(&self, sku: &str) -> Result<Quote, PriceError> {
        sleep(Duration::from_millis(1)).await;
        let text = format!("{sku} cost 1.95 yesterday");
        Ok(Quote { text, live: false })
    }
}

#[tokio::main]
async fn main() {
    let mut events = event::subscribe();
    let client = PricingClient::default();
    for (about, script, live) in [
        ("The service fails twice", vec![FAIL, FAIL], true),
        ("It hangs once", vec![HANG], true),
        ("It stays down", vec![FAIL; 4], false),
    ] {
        println!("{about}:");
        client.script.lock().unwrap().extend(script);
        let quote = client.quote("apple").await.expect("there is a fallback");
        while let Some(event) = events.try_recv() {
            println!("    {event}");
        }
        println!("  {}\n", quote.text);
        assert_eq!(quote.live, live);
    }

    println!("It is asked 50 times at once:");
    let quotes = join_all((0..50).map(|_| client.quote("apple"))).await;
    let live = quotes.iter().flatten().filter(|quote| quote.live).count();
    let cached = quotes.iter().flatten().filter(|quote| !quote.live).count();
    println!("  {live} live, {cached} cached");
    assert_eq!((live, cached), (20, 30));
}
