//! A foreign error type needs `rejected = path`.

use resilient_runtime::bulkhead;

#[bulkhead(max_concurrent = 3)]
async fn price() -> Result<u32, std::fmt::Error> {
    //              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fault
    Err(std::fmt::Error)
}

fn main() {}
