//! Who has counted a call: in one stack the outermost policy with a budget deposits for all beneath it.
//!
//! The budgets that know of the call stand in a thread-local cell for the length of one poll, as
//! deadlines do. A policy of the same stack that is about to deposit in one of them finds it there.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::RetryBudget;
use crate::deadline;
use crate::isolation;

/// As many budgets as one stack can have and still be meant.
const MOST: usize = 4;

/// The budgets that know of the call of one stack, by their addresses; zero is none.
#[derive(Debug, Clone, Copy)]
struct Known {
    level: u32,
    budgets: [usize; MOST],
}

thread_local! {
    static KNOWN: Cell<Known> = const { Cell::new(Known { level: 0, budgets: [0; MOST] }) };
}

/// Whether this budget knows of the call of this very stack. One that was called from another stack is
/// a call of its own.
pub(super) fn knows(budget: &RetryBudget) -> bool {
    let known = KNOWN.get();
    known.level == deadline::level() && known.budgets.contains(&address(budget))
}

/// This budget knows of the call that is polled while this lives.
pub(crate) struct Counting {
    outer: Known,
}

impl Counting {
    pub(crate) fn by(budget: &RetryBudget) -> Self {
        let (outer, level) = (KNOWN.get(), deadline::level());
        let mut known = Known {
            level,
            budgets: [0; MOST],
        };
        if outer.level == level {
            known.budgets[1..].copy_from_slice(&outer.budgets[..MOST - 1]);
        }
        known.budgets[0] = address(isolation::here(budget));
        KNOWN.set(known);
        Self { outer }
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        KNOWN.set(self.outer);
    }
}

fn address(budget: &RetryBudget) -> usize {
    std::ptr::from_ref(budget).addr()
}

pin_project! {
    /// An attempt that a budget has counted, with what may have the same budget in it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Counted<'r, F> {
        #[pin]
        attempt: F,
        budget: Option<&'r RetryBudget>,
    }
}

/// An attempt that this budget has counted, for expansions.
pub fn counted<F: Future>(budget: Option<&RetryBudget>, attempt: F) -> Counted<'_, F> {
    Counted { attempt, budget }
}

impl<F: Future> Future for Counted<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _counting = this.budget.map(Counting::by);
        this.attempt.poll(cx)
    }
}
