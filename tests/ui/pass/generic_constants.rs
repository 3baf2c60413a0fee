//! `const { N }` holds what depends on the generics of an `impl`.

use std::time::Duration;

use resilient_runtime::{Rejected, retry, timeout};

struct Client<const RETRIES: u32>;

impl<const RETRIES: u32> Client<RETRIES> {
    const LIMIT: Duration = Duration::from_secs(5);

    #[timeout(Self::LIMIT)]
    #[retry(max = const { RETRIES }, delay = const { Duration::from_millis(RETRIES as u64) })]
    async fn price(&self) -> Result<u32, Rejected> {
        Ok(RETRIES)
    }
}

#[retry(max = N)]
async fn price<const N: u32>() -> Result<u32, Rejected> {
    Ok(N)
}

fn main() {
    drop((Client::<3>.price(), price::<5>()));
}
