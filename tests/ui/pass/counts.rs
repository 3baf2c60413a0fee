//! A count in any notation that Rust has, and as a constant expression.

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, retry};

const PLACES: usize = 4;

struct Limits;

impl Limits {
    const RETRIES: u32 = 2;
}

#[bulkhead(max_concurrent = 0x10)]
#[circuit_breaker(name = "hex", window = 1_000, min_calls = 0b1010)]
#[retry(max = 3u32)]
async fn literals() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(max_concurrent = PLACES * 2, max_wait = "1s", max_queue = { PLACES + 1 })]
#[retry(max = Limits::RETRIES)]
async fn constants() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop((literals(), constants()));
}
