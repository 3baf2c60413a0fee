//! A policy stands on functions: not on a struct.

use resilient_runtime::retry;

#[retry(max = 3)]
// <- fault
pub struct Client;

fn main() {}
