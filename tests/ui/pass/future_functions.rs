//! Functions that return a future: what stands before its block runs once.

use std::pin::Pin;

use resilient_runtime::{Rejected, fallback, retry, timeout};

#[timeout("5s")]
#[retry]
fn opaque(sku: &str) -> impl Future<Output = Result<usize, Rejected>> + Send {
    let sku = sku.trim();
    async move { Ok(sku.len()) }
}

#[retry]
fn borrowing(sku: &str) -> impl Future<Output = Result<usize, Rejected>> + use<'_> {
    async { Ok(sku.len()) }
}

#[fallback(value = 0)]
fn boxed<'a>(sku: &'a str) -> Pin<Box<dyn Future<Output = Result<usize, Rejected>> + Send + 'a>> {
    Box::pin(async move { Ok(sku.len()) })
}

fn main() {
    drop((opaque("a"), borrowing("a"), boxed("a")));
}
