//! A policy stands on functions: on each method, not on the `impl`.

use resilient_runtime::timeout;

pub struct Client;

#[timeout("5s")]
// <- fault
impl Client {}

fn main() {}
