//! What depends on generics says so: `const { N }`.

use resilient_runtime::{Rejected, retry};

struct Client<const N: u32>;

impl<const N: u32> Client<N> {
    #[retry(max = N)]
    //            ^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
