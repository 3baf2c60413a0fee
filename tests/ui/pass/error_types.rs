//! Each way by which an error type carries a rejection.

use resilient_runtime::{Rejected, retry, timeout};

struct Own;

impl From<Rejected> for Own {
    fn from(_: Rejected) -> Self {
        Self
    }
}

#[timeout("5s")]
async fn own() -> Result<u32, Own> {
    Err(Own)
}

#[timeout("5s")]
async fn io() -> std::io::Result<u32> {
    Ok(1)
}

#[timeout("5s")]
async fn anyhow() -> anyhow::Result<u32> {
    Ok(1)
}

#[timeout("5s")]
async fn boxed() -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(1)
}

#[timeout("5s", rejected = lost)]
async fn foreign() -> Result<u32, std::fmt::Error> {
    Ok(1)
}

fn lost(_: Rejected) -> std::fmt::Error {
    std::fmt::Error
}

#[timeout("5s")]
async fn generic<E: From<Rejected>>(error: E) -> Result<u32, E> {
    Err(error)
}

// What rejects nothing asks for nothing.
#[retry]
async fn any<E: Clone>(error: E) -> Result<u32, E> {
    Err(error.clone())
}

fn main() {
    drop((
        own(),
        io(),
        anyhow(),
        boxed(),
        foreign(),
        generic(Own),
        any(3),
    ));
}
