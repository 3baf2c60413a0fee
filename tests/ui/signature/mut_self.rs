//! A `mut self` would carry what one attempt did to it into the next.

use resilient_runtime::{Rejected, retry};

struct Client(u32);

impl Client {
    #[retry]
    async fn price(mut self) -> Result<u32, Rejected> {
        //         ^^^ fault
        self.0 += 1;
        Ok(self.0)
    }
}

fn main() {}
