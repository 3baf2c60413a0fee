//! A `const` function cannot wait.

use resilient_runtime::{Rejected, retry};

#[retry]
const fn price() -> Result<u32, Rejected> {
// <- fault
    Ok(3)
}

fn main() {}
