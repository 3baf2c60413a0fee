//! A generic error type needs the bound.

use resilient_runtime::timeout;

#[timeout("5s")]
async fn price<E>(error: E) -> Result<u32, E> {
    //                         ^^^^^^^^^^^^^^ fault
    Err(error)
}

fn main() {}
