//! A `const` function cannot wait.

use resilient_runtime::{Rejected, retry};

#[retry]
// <- fault below
const fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
