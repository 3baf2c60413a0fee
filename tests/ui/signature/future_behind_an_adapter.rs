//! What is around the `async` block is not seen: the block itself ends the function.

use futures::{FutureExt, future::BoxFuture};
use resilient_runtime::{Rejected, timeout};

#[timeout("5s")]
// <- fault below
fn price() -> BoxFuture<'static, Result<u32, Rejected>> {
    async { Ok(3) }.boxed()
}

fn main() {}
