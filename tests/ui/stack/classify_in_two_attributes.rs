//! `classify` holds for the whole stack, and is written once.

use resilient_runtime::{Class, Rejected, retry, timeout};

fn always(_: &Rejected) -> Class {
    Class::Transient
}

#[retry(classify = always)]
#[timeout("1s", classify = always)]
//                         ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
