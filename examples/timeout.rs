//! `#[timeout]` drops a call that takes too long.
//!
//! Run it: `cargo run --example timeout`

use std::{
    future::pending,
    io::{self, ErrorKind},
    time::Duration,
};

use resilient_runtime::{Cause, Timeout, deadline, retry, timeout};
use tokio::time::{Instant, sleep};

const MS: Duration = Duration::from_millis(1);

/// The attribute limits what stands beneath it: above, the call with all its attempts and waits;
/// below, each attempt.
#[timeout("400ms")]
#[retry(max = 5, backoff = "constant", delay = "20ms")]
#[timeout("100ms")]
async fn report(attempts: &mut u32, hanging: u32) -> io::Result<&'static str> {
    *attempts += 1;
    if *attempts <= hanging {
        pending::<()>().await;
    }
    Ok("the report")
}

/// A limit may be computed from the arguments. What runs beneath can ask how much is left.
#[timeout(limit)]
async fn page(limit: Duration, takes: Duration) -> io::Result<Duration> {
    let left = deadline::remaining().unwrap_or(Duration::MAX);
    sleep(takes).await;
    Ok(left)
}

/// The same by hand, for what is no function.
static LIMIT: Timeout = Timeout::new(Duration::from_millis(50));

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut attempts = 0;
    let answer = report(&mut attempts, 1).await?;
    println!("one attempt hangs      {answer}, from attempt {attempts}");
    assert_eq!(attempts, 2);

    let mut attempts = 0;
    let error = report(&mut attempts, u32::MAX).await.unwrap_err();
    println!("all attempts hang      {error}, in attempt {attempts}");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(attempts < 6, "the retries were not used up");

    let left = page(300 * MS, 10 * MS).await?;
    println!("a computed limit       {left:.0?} were left at the start");
    assert!(left <= 300 * MS);

    let call = page(300 * MS, 200 * MS);
    let call = deadline::scope(Instant::now() + 50 * MS, call);
    let error = call.await.unwrap_err();
    println!("a caller's deadline    {error}");
    assert_eq!(error.kind(), ErrorKind::TimedOut);

    let outcome = LIMIT.call(pending::<io::Result<()>>()).await;
    let failure = outcome.expect_err("nothing answers");
    println!("by hand                {failure}");
    assert_eq!(failure.cause(), Cause::Timeout);
    Ok(())
}
