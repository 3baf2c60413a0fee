//! An instance says for itself when it starts copies.

use std::time::Duration;

use resilient_runtime::{Hedge, Rejected, hedge};

static HEDGE: Hedge = Hedge::new(Duration::from_millis(20));

#[hedge(HEDGE, after = "50ms")]
//             ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
