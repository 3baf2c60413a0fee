//! `classify` looks at the function's own error.

use resilient_runtime::{Class, Rejected, retry};

fn class(_: &std::fmt::Error) -> Class {
    Class::Transient
}

#[retry(classify = class)]
//                 ^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
