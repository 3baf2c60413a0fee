//! `#[hedge]` makes a copy of a call that takes long, and takes the answer that comes first.
//!
//! Run it: `cargo run --example hedge`

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use resilient_runtime::{Hedge, RetryBudget, body, event, hedge};
use tokio::time::{Instant, sleep};

/// A replicated service: one answer in twenty comes late.
struct Search {
    asked: AtomicU32,
}

impl Search {
    async fn ask(&self) -> &'static str {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let is_late = number % 20 == 7;
        sleep(Duration::from_millis(if is_late { 400 } else { 5 })).await;
        if is_late { "late" } else { "fast" }
    }

    async fn bare(&self, _words: &str) -> Result<&'static str, Infallible> {
        Ok(self.ask().await)
    }

    /// A read may be done twice. The first answer is taken, and the other call is dropped.
    #[hedge(after = "30ms")]
    async fn find(&self, words: &str) -> Result<&'static str, Infallible> {
        assert!(!words.is_empty());
        Ok(self.ask().await)
    }

    /// The delay is measured. Until it is, 50 ms. A budget holds for all who share it.
    #[hedge(after = "p90", initial = "50ms", budget = BUDGET)]
    async fn find_by_percentile(&self, _words: &str) -> Result<&'static str, Infallible> {
        Ok(self.ask().await)
    }
}

static BUDGET: RetryBudget = RetryBudget::new("search").ratio(0.1).min_per_second(5);

/// The same by hand, for what is no function.
static BY_HAND: Hedge = Hedge::new(Duration::from_millis(30)).max(2).budget(&BUDGET);

/// The longest of so many calls.
async fn longest(calls: u32, call: impl AsyncFn() -> Result<&'static str, Infallible>) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..calls {
        let begun = Instant::now();
        let Ok(_) = call().await;
        longest = longest.max(begun.elapsed());
    }
    longest
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let search = Search {
        asked: AtomicU32::new(0),
    };
    println!("40 calls:");
    let bare = longest(40, async || search.bare("tea").await).await;
    println!("  bare, the longest takes {bare:.0?}");

    let mut events = event::subscribe();
    let hedged = longest(40, async || search.find("tea").await).await;
    println!("  hedged, the longest takes {hedged:.0?}");
    while let Some(event) = events.try_recv() {
        println!("    {event}");
    }
    assert!(hedged < bare);

    let measured = longest(120, async || search.find_by_percentile("tea").await).await;
    println!("120 calls by a percentile: the longest takes {measured:.0?}");

    let answer = BY_HAND
        .run(|| body(async { Ok::<_, Infallible>(search.ask().await) }))
        .await;
    println!("By hand {answer:?}");
    assert!(answer.is_ok());
}
