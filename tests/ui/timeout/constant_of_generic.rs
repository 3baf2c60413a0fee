//! What depends on the generics of an `impl` says so: `const { Self::LIMIT }`.

use resilient_runtime::{Rejected, timeout};
use std::time::Duration;

struct Client<const N: u64>;

impl<const N: u64> Client<N> {
    #[timeout(Duration::from_secs(N))]
    //                            ^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
