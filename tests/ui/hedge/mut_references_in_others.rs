//! Also where it stands among others, or in a `Pin`.

use resilient_runtime::{Rejected, hedge};

use std::pin::Pin;

#[hedge(after = "50ms")]
async fn call((one, two): (u32, &mut u32), pinned: Pin<&mut String>) -> Result<(), Rejected> {
    //                    ^^^^^^^^^^^^^^^ fault
    *two = one;
    drop(pinned);
    Ok(())
}

fn main() {}
