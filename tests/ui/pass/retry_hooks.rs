//! Hooks by path and by closure, alone and together; a closure sees the arguments.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, RetryEvent, retry};

fn is_transient(error: &Rejected) -> bool {
    matches!(error, Rejected::TimedOut { .. })
}

fn is_busy(status: &u16) -> bool {
    *status == 503
}

fn log<E: std::fmt::Display>(event: &RetryEvent<'_, E>) {
    println!("{} {:?} {}", event.attempt, event.delay, event.error);
}

#[retry(when = is_transient, when_ok = is_busy, delay_from = Rejected::retry_after, on_retry = log)]
async fn by_path() -> Result<u16, Rejected> {
    Ok(503)
}

#[retry(
    when = |error| is_transient(error),
    when_ok = |status| *status >= 500,
    delay_from = |_| Some(Duration::from_secs(1)),
    on_retry = |event| println!("{}", event.attempt),
)]
async fn by_closure() -> Result<u16, Rejected> {
    Ok(503)
}

#[retry(when = |_| idempotent, on_retry = |event| println!("{order}: {}", event.error))]
async fn over_arguments(order: &str, idempotent: bool) -> Result<usize, Rejected> {
    Ok(order.len())
}

#[retry(when = |error: &E| error.to_string().is_empty(), on_retry = log)]
async fn over_generics<E: std::fmt::Display>(error: E) -> Result<(), E>
where
    E: Clone,
{
    Err(error.clone())
}

fn main() {}
