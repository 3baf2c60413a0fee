//! A policy stands on functions: not on an enum.

use resilient_runtime::bulkhead;

#[bulkhead(max_concurrent = 3)]
// <- fault
pub enum Client {
    Http,
}

fn main() {}
