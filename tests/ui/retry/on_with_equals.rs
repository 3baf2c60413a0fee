//! `on` takes its words in parentheses.

use resilient_runtime::{Rejected, retry};

#[retry(on = error)]
//      ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
