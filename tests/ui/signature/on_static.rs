//! A policy stands on functions: not on a `static`.

use resilient_runtime::timeout;

#[timeout("5s")]
// <- fault
static CLIENT: u32 = 3;

fn main() {}
