//! The attempts of one call work on one `self`.

use resilient_runtime::{Rejected, retry};

struct Client;

impl Client {
    #[retry(clone(self))]
    //            ^^^^ fault
    async fn price(self) -> Result<u32, Rejected> {
        Ok(3)
    }
}

fn main() {}
