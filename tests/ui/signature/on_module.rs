//! A policy stands on functions: not on a module.

use resilient_runtime::retry;

#[retry]
// <- fault
mod client {}

fn main() {}
