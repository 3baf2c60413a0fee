//! Fallback: what a function returns in place of a failure. The shape of it is in the expansion, as it
//! runs the user's own code; here is what it asks.

use crate::event::{self, Event};
use crate::function::Site;
use crate::outcome::{Failure, Outcome};

/// A fallback is about to take the place of this failure. The function is asked for: a fallback on top of
/// a stack is outside of what is polled as the function's.
pub fn served<E>(site: impl Site, failure: &Failure<E>) {
    event::emit(|| Event::FallbackServed {
        cause: failure.cause(),
        function: Some(site.function()),
    });
}

/// The value of an outcome, if there is one; if not, a fallback takes its place. It takes the outcome
/// whole, so that no room for it is kept while the fallback runs.
#[inline]
pub fn value_of<T, E>(site: impl Site, outcome: Outcome<T, E>) -> Option<T> {
    outcome.inspect_err(|failure| served(site, failure)).ok()
}
