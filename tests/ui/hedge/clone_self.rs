//! `self` is not cloned.

use resilient_runtime::{Rejected, hedge};

#[derive(Clone)]
struct Client;

impl Client {
    #[hedge(after = "50ms", clone(self))]
    //                            ^^^^ fault
    async fn call(self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
