//! The keys of a whole stack, `rejected` and `classify`: a path as well as a closure.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use resilient_runtime::{Class, Rejected, bulkhead, fallback, retry, timeout};
use tokio::time::sleep;

/// An error of another crate: it is neither `From<Rejected>` nor `Classify`.
#[derive(Debug, PartialEq)]
enum Foreign {
    Code(u16),
    Stopped(String),
}

impl Foreign {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Code(503))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "that is what `rejected` calls"
)]
fn stopped(rejected: Rejected) -> Foreign {
    Foreign::Stopped(rejected.to_string())
}

fn class(error: &Foreign) -> Class {
    if error.is_busy() {
        Class::Transient
    } else {
        Class::Answered
    }
}

struct Client {
    calls: AtomicU32,
    name: &'static str,
}

impl Client {
    fn answer(&self, code: u16) -> Result<u32, Foreign> {
        self.calls.fetch_add(1, Relaxed);
        Err(Foreign::Code(code))
    }

    #[retry(max = 2, backoff = "none", classify = class)]
    async fn classified_by_path(&self, code: u16) -> Result<u32, Foreign> {
        self.answer(code)
    }

    #[retry(
        max = 2,
        backoff = "none",
        classify = |error| if error.is_busy() { Class::Transient } else { Class::Answered }
    )]
    async fn classified_by_closure(&self, code: u16) -> Result<u32, Foreign> {
        self.answer(code)
    }

    /// What is in scope is in scope of the closure.
    #[retry(max = 2, backoff = "none", classify = |error| match error {
        Foreign::Code(code) if *code == again => Class::Transient,
        _ => Class::Answered,
    })]
    async fn classified_by_argument(&self, code: u16, again: u16) -> Result<u32, Foreign> {
        self.answer(code)
    }

    #[timeout("10ms", rejected = stopped)]
    async fn rejected_by_path(&self) -> Result<u32, Foreign> {
        sleep(Duration::from_secs(1)).await;
        Ok(1)
    }

    #[timeout("10ms", rejected = |rejected| Foreign::Stopped(format!("{}: {rejected}", self.name)))]
    async fn rejected_by_closure(&self) -> Result<u32, Foreign> {
        sleep(Duration::from_secs(1)).await;
        Ok(1)
    }

    /// It is used more than once in one stack.
    #[fallback(|error| Err(error), when = |error| matches!(error, Foreign::Stopped(_)))]
    #[retry(max = 1, backoff = "none", when = Foreign::is_busy)]
    #[bulkhead(max_concurrent = 3)]
    #[timeout("10ms", rejected = |rejected| Foreign::Stopped(rejected.to_string()))]
    async fn rejected_in_many_places(&self) -> Result<u32, Foreign> {
        sleep(Duration::from_secs(1)).await;
        Ok(1)
    }
}

fn client() -> Client {
    Client {
        calls: AtomicU32::new(0),
        name: "client",
    }
}

#[tokio::test]
async fn errors_are_classified_by_a_path_and_by_a_closure() {
    let client = client();
    let calls = || client.calls.swap(0, Relaxed);
    for (code, expected) in [(503, 3), (404, 1)] {
        let _ = client.classified_by_path(code).await;
        assert_eq!(calls(), expected);
        let _ = client.classified_by_closure(code).await;
        assert_eq!(calls(), expected);
        let _ = client.classified_by_argument(code, 503).await;
        assert_eq!(calls(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn rejections_are_converted_by_a_path_and_by_a_closure() {
    let client = client();
    let text = |error| match error {
        Err(Foreign::Stopped(text)) => text,
        other => panic!("{other:?}"),
    };
    let plain = text(client.rejected_by_path().await);
    let named = text(client.rejected_by_closure().await);
    assert_eq!(named, format!("client: {plain}"));
    assert_eq!(text(client.rejected_in_many_places().await), plain);
}

#[test]
fn the_futures_stay_send() {
    fn is_send<T: Send>(value: T) {
        drop(value);
    }
    let client = client();
    is_send(client.classified_by_closure(1));
    is_send(client.classified_by_argument(1, 1));
    is_send(client.rejected_by_closure());
    is_send(client.rejected_in_many_places());
}
