//! A trait method without a body has nothing to wrap.

use resilient_runtime::{Rejected, retry};

trait Client {
    #[retry]
    async fn price(&self) -> Result<u32, Rejected>;
    //       ^^^^^ fault
}

fn main() {}
