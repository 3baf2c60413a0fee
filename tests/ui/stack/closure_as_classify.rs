//! `classify` is a path, and no closure.

use resilient_runtime::{Class, Rejected, retry};

#[retry(classify = |_| Class::Transient)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
