//! The receiver is no argument to clone.

use resilient_runtime::{Rejected, retry};

#[derive(Clone)]
struct Client;

impl Client {
    #[retry(clone(self))]
    //            ^^^^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
