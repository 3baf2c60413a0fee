//! Under `#[async_trait]` a type error in the body is reported there as well.

use resilient_runtime::{Rejected, retry};

struct Client;

#[async_trait::async_trait]
trait Prices {
    async fn price(&self) -> Result<u32, Rejected>;
}

#[async_trait::async_trait]
impl Prices for Client {
    #[retry]
    async fn price(&self) -> Result<u32, Rejected> {
        "three"
        // <- fault
    }
}

fn main() {}
