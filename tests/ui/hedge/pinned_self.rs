//! Also a pinned one.

use resilient_runtime::{Rejected, hedge};

use std::pin::Pin;

struct Client(u32);

impl Client {
    #[hedge(after = "50ms")]
    async fn call(self: Pin<&mut Self>) -> Result<(), Rejected> {
        //        ^^^^^^^^^^^^^^^^^^^^ fault
        Ok(())
    }
}

fn main() {}
