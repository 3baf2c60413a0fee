//! A policy stands on functions: on each method, not on the trait.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s")]
// <- fault
pub trait Client {
    async fn price(&self) -> Result<u32, Rejected>;
}

fn main() {}
