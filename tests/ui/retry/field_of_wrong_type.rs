//! The instance of a `#[retry]` is a `Retry`, in a field as well.

use resilient_runtime::{Bulkhead, Rejected, retry};

struct Client {
    places: Bulkhead,
}

impl Client {
    #[retry(self.places)]
    //      ^^^^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
