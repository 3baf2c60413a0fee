//! Fallback: what a function returns in place of a failure. The shape of it is in the expansion, as it
//! runs the user's own code; here is what it asks.

use crate::event::{self, Event};
use crate::outcome::{Failure, Outcome};

/// A fallback is about to take the place of this failure.
pub fn served<E>(failure: &Failure<E>) {
    event::emit(|| Event::FallbackServed {
        cause: failure.cause(),
    });
}

/// The value of an outcome, if there is one; if not, a fallback takes its place. It takes the outcome
/// whole, so that no room for it is kept while the fallback runs.
#[inline]
pub fn value_of<T, E>(outcome: Outcome<T, E>) -> Option<T> {
    outcome.inspect_err(served).ok()
}
