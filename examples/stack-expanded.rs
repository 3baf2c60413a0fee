//! What the stack of `stack.rs` expands to, as a person would write it. `cargo expand` shows the same;
//! the registration of the site, `__rt::site!`, `__rt::own!`, by which a policy can be overridden, and the standard
//! library's `pin!` are expanded there as well.
//!
//! Run it: `cargo run --example stack-expanded`

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use futures::future::join_all;
use resilient_runtime::{Rejected, event};
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
    async fn quote(&self, sku: &str) -> Result<Quote, PriceError> {
        use ::resilient_runtime::__private as __rt;
        static __TIMEOUT_1: __rt::Timeout =
            __rt::own!(__rt::Timeout::new(__rt::Duration::from_secs(2)));
        static __RETRY: __rt::Retry = __rt::own!(__rt::Retry::new(3).jitter(__rt::Jitter::Full));
        static __CIRCUIT_BREAKER: __rt::Shared<__rt::CircuitBreaker> =
            __rt::Shared::referred(__rt::CircuitBreaker::new("pricing"));
        static __BULKHEAD: __rt::Shared<__rt::Bulkhead> =
            __rt::Shared::declared(__rt::Bulkhead::new("pricing", 20));
        static __TIMEOUT_2: __rt::Timeout =
            __rt::own!(__rt::Timeout::new(__rt::Duration::from_millis(500)));
        __rt::site! {
            &__rt::policy::fallback, &__TIMEOUT_1, &__RETRY, &__CIRCUIT_BREAKER, &__BULKHEAD, &__TIMEOUT_2
        }
        let classify = __rt::ClassOf::<Result<Quote, PriceError>>::new().classifier();
        let outcome = __rt::call(__rt::here!())
            .run(__rt::pin!(__TIMEOUT_1.around(async {
                let mut attempts = __RETRY.attempts();
                loop {
                    let attempt = __CIRCUIT_BREAKER.around(__BULKHEAD.around(__TIMEOUT_2.around(
                        __rt::retried(__rt::here!(), classify, async {
                            if false {
                                return __rt::never::<Result<Quote, PriceError>>();
                            }
                            self.ask(sku).await
                        }),
                    )));
                    let pause = match attempts.settle(attempt.await) {
                        __rt::Break(outcome) => break outcome,
                        __rt::Continue(pause) => pause,
                    };
                    pause.await;
                }
            })))
            .await;
        if let __rt::Some(value) = __rt::value_of(__rt::here!(), outcome) {
            return __rt::Ok(value);
        }
        self.cached_quote(sku).await
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
