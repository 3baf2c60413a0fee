//! The smallest and the largest legal values of a rate limiter.

use std::time::Duration;

use resilient_runtime::{RateLimiter, Rejected, rate_limit};

const BURST: u32 = u32::MAX;
const WAIT: Duration = Duration::from_millis(50);

static FINEST: RateLimiter = RateLimiter::new("finest", u32::MAX, Duration::from_secs(5));

#[rate_limit("1/1ns", burst = 1, max_wait = "1ns")]
async fn smallest() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit("1/36525days", burst = 4_294_967_295, max_wait = "1000years")]
async fn longest() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit("1_000_000_000 / 1s")]
async fn fastest() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit("10/100ms", name = "api", burst = BURST, max_wait = WAIT, shadow)]
async fn constants() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit(name = "api")]
async fn referred() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit(FINEST)]
async fn by_static() -> Result<(), Rejected> {
    Ok(())
}

#[rate_limit(crate::limiter())]
async fn by_call() -> Result<(), Rejected> {
    Ok(())
}

fn limiter() -> &'static RateLimiter {
    &FINEST
}

fn main() {
    drop((smallest(), longest(), fastest(), constants(), referred()));
    drop((by_static(), by_call()));
}
