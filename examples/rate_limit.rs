//! `#[rate_limit]` bounds how many calls pass in how long.
//!
//! Run it: `cargo run --example rate_limit`

use std::time::Duration;

use futures::future::join_all;
use resilient_runtime::{RateLimiter, Rejected, rate_limit, registry, retry};
use tokio::time::Instant;

#[derive(Debug, thiserror::Error)]
enum SearchError {
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Twenty a second, three of them at once; who would wait longer than 150 ms is told at once.
#[rate_limit("20/s", name = "search", burst = 3, max_wait = "150ms")]
async fn search(number: u32, start: Instant) -> Result<u32, SearchError> {
    println!(
        "search {number:2}  passes after {:3} ms",
        start.elapsed().as_millis()
    );
    Ok(number)
}

/// The partner allows ten a second. A retry comes back when the limiter says that it would pass.
#[retry(max = 1, delay = "1ms", on(rate_limited))]
#[rate_limit(PARTNER)]
async fn ask_the_partner(start: Instant) -> Result<u128, SearchError> {
    Ok(start.elapsed().as_millis())
}

/// The same by hand, for what is no function, or whose rate is computed.
static PARTNER: RateLimiter = RateLimiter::new("partner", 10, Duration::from_secs(1)).burst(1);

#[tokio::main]
async fn main() {
    println!("Eight searches at once:\n");
    let start = Instant::now();
    let answers = join_all((1..=8).map(|number| search(number, start))).await;

    println!();
    for (number, answer) in (1..).zip(&answers) {
        if let Err(error) = answer {
            println!("search {number:2}  {error}");
        }
    }
    // First come, first served: three passed, three waited their 50, 100 and 150 ms, two were told.
    let answered: Vec<_> = answers.into_iter().flatten().collect();
    assert_eq!(answered, [1, 2, 3, 4, 5, 6]);
    let limiter = registry::rate_limiter("search").expect("this function declares it");
    assert_eq!(limiter.waiting(), 0);

    println!("\nThe partner, asked twice:\n");
    let start = Instant::now();
    for _ in 0..2 {
        let after = ask_the_partner(start)
            .await
            .expect("the retry comes in time");
        println!("answered after {after:3} ms");
    }

    println!("\nAnd once more, by hand:\n");
    let rejected = PARTNER.call(async { Ok::<_, SearchError>(()) }).await;
    println!("{}", rejected.unwrap_err());
}
