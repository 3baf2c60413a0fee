//! A delay is known before the first call.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

struct Client {
    delay: Duration,
}

impl Client {
    #[retry(delay = self.delay)]
    //              ^^^^^^^^^^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
