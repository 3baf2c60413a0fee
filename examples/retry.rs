//! `#[retry]` repeats a call that failed in a way that may pass.
//!
//! Run it: `cargo run --example retry`

use std::{convert::Infallible, future::ready, time::Duration};

use resilient_runtime::{Class, Classify, Retry, RetryBudget, RetryEvent, body, retry};

#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
enum StockError {
    #[error("connection lost")]
    Lost,
    #[error("no such article")]
    Unknown,
}
use StockError::{Lost, Unknown};

/// What each error means, said once. Without this, every error may pass.
impl Classify for StockError {
    fn class(&self) -> Class {
        match self {
            Lost => Class::Transient,
            Unknown => Class::Answered,
        }
    }
}

/// Up to three retries, after 20, 40 and 80 ms, each of which chance shortens by up to a half.
#[retry(max = 3, backoff = "exp", delay = "20ms", jitter = "equal", on_retry = announce)]
async fn stock(calls: &mut usize, script: &[Result<u32, StockError>]) -> Result<u32, StockError> {
    *calls += 1;
    script[*calls - 1]
}

fn announce(event: &RetryEvent<'_, StockError>) {
    let (attempt, delay) = (event.attempt, event.delay);
    println!("  retry {attempt} in {delay:.0?}: {}", event.error);
}

/// A value can be a reason as well: here a status code.
#[retry(max = 2, backoff = "constant", delay = "10ms", when_ok = |status| *status == 503)]
async fn status(script: &mut [u16]) -> Result<u16, Infallible> {
    script.rotate_left(1);
    Ok(script[0])
}

/// Retries may add a tenth to the load of this service, whoever makes them, and no more.
static LOAD: RetryBudget = RetryBudget::new("stock").ratio(0.1).min_per_second(0);

#[retry(max = 3, backoff = "none", budget = LOAD)]
async fn down(calls: &mut usize) -> Result<u32, StockError> {
    *calls += 1;
    Err(Lost)
}

/// The same by hand, for what is no function.
static BY_HAND: Retry = Retry::new(1).constant(Duration::from_millis(10));

#[tokio::main]
async fn main() {
    let recovers = [Err(Lost), Err(Lost), Ok(7)];
    for script in [&recovers[..], &[Err(Unknown)], &[Err(Lost); 4]] {
        let mut calls = 0;
        println!("The service will say {script:?}");
        let answer = stock(&mut calls, script).await;
        println!("  the caller gets {answer:?}\n");
        assert_eq!((calls, Some(&answer)), (script.len(), script.last()));
    }

    let status = status(&mut [200, 503, 503]).await;
    println!("A 503, another 503, and {status:?}");
    assert_eq!(status, Ok(200));

    let mut calls = 0;
    for _ in 0..100 {
        assert_eq!(down(&mut calls).await, Err(Lost));
    }
    println!("100 calls of what is down are {calls}, and not 400");
    assert_eq!(calls, 110);

    let mut script = [Err(Lost), Ok(7)].into_iter();
    let attempt = || body(ready(script.next().expect("two calls at most")));
    let answer = BY_HAND.run(attempt).await;
    println!("By hand {answer:?}");
    assert_eq!(answer, Ok(7));
}
