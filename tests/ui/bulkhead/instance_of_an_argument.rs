//! An instance that is handed in has to be one.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(places)]
//         ^^^^^^ fault
async fn load(places: u32) -> Result<(), Rejected> {
    drop(places.to_string());
    Ok(())
}

fn main() {}
