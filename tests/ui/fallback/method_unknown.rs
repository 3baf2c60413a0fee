//! A method to fall back to has to be there.

use resilient_runtime::{Rejected, fallback};

struct Shop;

impl Shop {
    #[fallback(self.cached)]
    //              ^^^^^^ fault
    async fn stock(&self, sku: u64) -> Result<u64, Rejected> {
        Ok(sku)
    }
}

fn main() {}
