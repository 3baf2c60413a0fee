//! `classify` borrows the error.

use resilient_runtime::{Class, Rejected, circuit_breaker};

fn class(_: Rejected) -> Class {
    Class::Transient
}

#[circuit_breaker(name = "prices", classify = class)]
//                                            ^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
