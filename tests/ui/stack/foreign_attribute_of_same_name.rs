//! An attribute of another crate is not taken for ours in silence.

use async_trait::async_trait as timeout;
use resilient_runtime::{Rejected, retry};

#[retry]
#[timeout("1s")]
//^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
