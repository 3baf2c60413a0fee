//! A variadic function cannot wait.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s")]
async unsafe extern "C" fn price(_: u32, ...) -> Result<u32, Rejected> {
//                                       ^^^ fault
    Ok(3)
}

fn main() {}
