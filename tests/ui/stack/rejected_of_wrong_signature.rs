//! `rejected` makes an error of a rejection.

use resilient_runtime::timeout;

struct Lost(String);

#[timeout("1s", rejected = Lost)]
//                         ^^^^ fault
async fn call() -> Result<(), Lost> {
    Ok(())
}

fn main() {}
