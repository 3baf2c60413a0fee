//! The instance of a hedge is one.

use resilient_runtime::{Rejected, Retry, hedge};

static RETRY: Retry = Retry::new(3);

#[hedge(RETRY)]
//      ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
