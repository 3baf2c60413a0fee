//! Functions, arguments and constants may be called like policies and keys.

#![deny(warnings)]

use resilient_runtime::{Rejected, fallback, retry, timeout};

async fn cached(value: u32, on: &str) -> Result<u32, Rejected> {
    Ok(value + on.len() as u32)
}

// An argument is what it is in the function, whatever it is called.
#[fallback(cached)]
#[timeout(LIMIT)]
async fn retry_timeout(value: u32, on: &str) -> Result<u32, Rejected> {
    let (attempts, outcome, classify, failure) = (1, 2, 3, 4);
    Ok(value + on.len() as u32 + attempts + outcome + classify + failure)
}

const LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

#[retry]
async fn retry(retry: u32) -> Result<u32, Rejected> {
    Ok(retry)
}

#[retry]
async fn names_of_expansions(__rt: u32) -> Result<u32, Rejected> {
    let __private = __rt;
    Ok(__private)
}

fn main() {
    drop((retry_timeout(1, "a"), retry(1), names_of_expansions(1)));
}
