//! `when` is a function, and not what one returns.

use resilient_runtime::{Rejected, retry};

#[retry(when = is_timeout())]
//             ^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
