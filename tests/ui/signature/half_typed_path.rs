//! Half-typed: there is a `self.`, and no method yet. Callers still find the function.

use resilient_runtime::{Rejected, fallback};

struct Client;

impl Client {
    #[fallback(self.)]
    //             ^ fault
    async fn price(&self) -> Result<u32, Rejected> {
        Ok(3)
    }
}

fn main() {
    drop(Client.price());
}
