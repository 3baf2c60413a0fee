//! Waiters whose turn has come and who have not: what each would give back.
//!
//! Had such a waiter never been there, the theoretical arrival time would be a step less, but for what
//! happened since: a call that found it less than a step ahead of the clock would have pulled it up to
//! the clock, and the rest of the step would have been lost as a pause is. So all that matters of every
//! call since is its `spare`, how far ahead the theoretical arrival time was; and of all calls between
//! two waiters only the smallest.

use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Called(VecDeque<Waiter>);

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// The spare when its own turn came.
    own: u64,
    /// The smallest spare of what passed since, up to the turn of the next one here.
    since: u64,
}

impl Called {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This one's turn has come.
    pub(super) fn push(&mut self, ticket: u64, spare: u64) {
        self.0.push_back(Waiter {
            ticket,
            own: spare,
            since: u64::MAX,
        });
    }

    /// A call has passed.
    pub(super) fn passed(&mut self, spare: u64) {
        if let Some(last) = self.0.back_mut() {
            last.since = last.since.min(spare);
        }
    }

    /// This one has come, and is a call that has passed.
    pub(super) fn come(&mut self, ticket: u64) {
        if let Some((at, waiter)) = self.take(ticket) {
            self.join(at, waiter.own.min(waiter.since));
        }
    }

    /// This one has left: what is left of its step.
    pub(super) fn leave(&mut self, ticket: u64, step: u64) -> u64 {
        let Some((at, mut waiter)) = self.take(ticket) else {
            return 0;
        };
        let mut rest = step;
        let mut without = |spare: &mut u64| {
            let before = *spare;
            *spare = before.saturating_sub(rest);
            rest = rest.min(before);
        };
        without(&mut waiter.since);
        for later in self.0.iter_mut().skip(at) {
            without(&mut later.own);
            without(&mut later.since);
        }
        self.join(at, waiter.since);
        rest
    }

    /// None of them has anything to give back any more.
    #[cfg(feature = "config")]
    pub(super) fn spend(&mut self) {
        for waiter in &mut self.0 {
            waiter.own = 0;
            waiter.since = 0;
        }
    }

    /// Takes one out, from this place.
    fn take(&mut self, ticket: u64) -> Option<(usize, Waiter)> {
        let at = self
            .0
            .binary_search_by_key(&ticket, |waiter| waiter.ticket)
            .ok()?;
        Some((at, self.0.remove(at)?))
    }

    /// What passed since one who is gone passed since the one before it.
    fn join(&mut self, at: usize, spare: u64) {
        if let Some(before) = at.checked_sub(1).and_then(|at| self.0.get_mut(at)) {
            before.since = before.since.min(spare);
        }
    }
}
