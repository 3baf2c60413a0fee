//! A copy would see what another one did to an argument.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms")]
async fn call(mut buf: Vec<u8>) -> Result<usize, Rejected> {
    //        ^^^ fault
    buf.push(1);
    Ok(buf.len())
}

fn main() {}
