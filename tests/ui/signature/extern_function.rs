//! A function of another ABI cannot wait.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s")]
async extern "C" fn price() -> Result<u32, Rejected> {
    //^^^^^^^^^^ fault
    Ok(3)
}

fn main() {}
