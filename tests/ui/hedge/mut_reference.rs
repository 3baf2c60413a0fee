//! Two copies would change it at the same time.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms")]
async fn call(buf: &mut Vec<u8>) -> Result<(), Rejected> {
    //             ^^^^^^^^^^^^ fault
    buf.push(1);
    Ok(())
}

fn main() {}
