//! Within: which annotated function the code that is polled now belongs to.
//!
//! A stack puts its function into a thread-local cell for the length of each poll, as deadlines do; whoever
//! tells of something finds it there.

use crate::function::{Function, Site};
use crate::polled::Polled;

/// The innermost annotated function in whose stack, or body, the code of this poll stands.
#[inline]
pub(crate) fn current() -> Option<&'static Function> {
    Polled::now(|polled| polled.function.get())
}

/// What happens while it lives is told as of this function, for expansions.
#[inline]
pub fn within(site: impl Site) -> Within {
    Within::enter(site.function())
}

/// Puts a function in force while this lives: for the length of one poll, or less.
#[must_use = "dropped at once it is over at once"]
#[allow(missing_debug_implementations, reason = "it has nothing to show")]
pub struct Within {
    outer: Option<&'static Function>,
}

impl Within {
    #[inline]
    pub(crate) fn enter(function: &'static Function) -> Self {
        Self {
            outer: Polled::now(|polled| polled.function.replace(Some(function))),
        }
    }
}

impl Drop for Within {
    #[inline]
    fn drop(&mut self) {
        Polled::now(|polled| polled.function.set(self.outer));
    }
}
