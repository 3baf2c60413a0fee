//! What is known of the deadlines above, during one poll.
//!
//! It stands in thread-local cells. Whoever opens a scope changes those that say something
//! else beneath it, and changes them back when the poll ends: of a call that never waits that is one word.

use std::time::Duration;

use tokio::time::Instant;

use super::allowed::Allowed;
use super::saturating_add;
use crate::polled::Polled;

/// The scope around one that is in force.
#[derive(Clone, Copy)]
pub(crate) struct Outer {
    fixed: Option<Instant>,
    allowed: Allowed,
    started: Option<Instant>,
}

impl Outer {
    /// Whether the one who opened it belongs to the same stack as the caller.
    pub(crate) fn is_of_this_stack(&self) -> bool {
        self.allowed.is_opened_at(level())
    }

    /// The earliest deadline in it, whose clock has started by now.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.allowed.is_endless() {
            return self.fixed;
        }
        let started = self.started.unwrap_or(now);
        earlier(self.fixed, self.allowed.from(started))
    }
}

/// While this lives, which is never longer than one poll, the scope may be changed for what is beneath.
pub(crate) struct Entered {
    allowed: Allowed,
    /// What most calls do not change, and need not put back.
    rest: Option<Rest>,
}

struct Rest {
    fixed: Option<Instant>,
    started: Option<Instant>,
}

impl Entered {
    #[inline]
    pub(crate) fn new() -> Self {
        Polled::now(|scope| Self {
            allowed: scope.allowed.get(),
            rest: None,
        })
    }

    /// What is beneath is beneath a timeout that is at its first poll.
    #[inline]
    pub(crate) fn allow(&mut self, length: Allowed, after: Duration) {
        Polled::now(|scope| {
            let level = scope.level.get();
            if length.is_alone(self.allowed) {
                scope.started.set(None);
                scope.allowed.set(length.opened_first_at(level));
                return;
            }
            if length.is_endless() {
                self.allow_long(after);
            } else if scope.started.get().is_some() {
                self.fix();
            }
            let shorter = scope.allowed.get().shorter(length);
            scope.allowed.set(shorter.opened_at(level));
        });
    }

    /// A length that a word cannot say: it has to be a point in time at once.
    #[cold]
    #[inline(never)]
    fn allow_long(&mut self, after: Duration) {
        Polled::now(|scope| {
            if self.allowed.is_endless() {
                scope.started.set(None);
            } else if scope.started.get().is_some() {
                self.fix();
            }
        });
        self.limit(saturating_add(Instant::now(), after));
    }

    /// The clock of those above has started: the one beneath has a clock of its own.
    #[cold]
    #[inline(never)]
    fn fix(&mut self) {
        let outer = self.outer();
        let deadline = outer
            .started
            .and_then(|started| outer.allowed.from(started));
        self.shorten(earlier(outer.fixed, deadline));
        Polled::now(|scope| {
            scope.started.set(None);
            scope.allowed.set(self.allowed.ended());
        });
    }

    /// What is beneath is beneath a timeout whose deadline is known. Its clock runs: of that of those above nothing changes.
    #[inline]
    pub(crate) fn limit(&mut self, deadline: Instant) {
        Polled::now(|scope| {
            let fixed = scope.fixed.get();
            scope.fixed.set(earlier(fixed, Some(deadline)));
            let allowed = scope.allowed.get();
            scope.allowed.set(allowed.opened_at(scope.level.get()));
            let started = None;
            self.rest.get_or_insert(Rest { fixed, started });
        });
    }

    /// What is beneath is beneath a deadline that is opened by hand. One that shortens nothing changes
    /// nothing.
    pub(super) fn limit_by_hand(&mut self, deadline: Instant) {
        let fixed = Polled::now(|scope| scope.fixed.get());
        if fixed.is_none_or(|fixed| deadline < fixed) {
            self.shorten(Some(deadline));
            Polled::now(|scope| scope.allowed.set(self.allowed.opened_by_hand()));
        }
    }

    fn shorten(&mut self, new: Option<Instant>) {
        Polled::now(|scope| {
            let (fixed, started) = (scope.fixed.replace(new), scope.started.get());
            self.rest = Some(Rest { fixed, started });
        });
    }

    /// Whether there is no deadline around it.
    #[inline]
    pub(crate) fn is_outermost(&self) -> bool {
        self.allowed.is_endless()
            && self.rest.is_none()
            && Polled::now(|scope| scope.fixed.get().is_none())
    }

    /// Starts the clock of the timeout that has opened the scope in force, unless it runs. It is kept for those above,
    /// if there are any that have none.
    #[inline]
    pub(crate) fn start_beneath(&self) -> Instant {
        Polled::now(|scope| {
            scope.started.get().unwrap_or_else(|| {
                let now = Instant::now();
                if !self.allowed.is_endless() {
                    scope.started.set(Some(now));
                }
                now
            })
        })
    }

    /// The scope around it.
    pub(crate) fn outer(&self) -> Outer {
        let (fixed, started) = match self.rest {
            Some(Rest { fixed, started }) => (fixed, started),
            None => Polled::now(|scope| (scope.fixed.get(), scope.started.get())),
        };
        Outer {
            fixed,
            allowed: self.allowed,
            started,
        }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        Polled::now(|scope| scope.allowed.set(self.allowed));
        if let Some(rest) = &self.rest {
            Polled::now(|scope| scope.fixed.set(rest.fixed));
            if rest.started.is_some() {
                rest.put_back();
            }
        }
    }
}

impl Rest {
    /// A clock that was started beneath has started for those above as well, unless theirs had.
    #[cold]
    #[inline(never)]
    fn put_back(&self) {
        Polled::now(|scope| scope.started.set(self.started));
    }
}

/// The earliest deadline in scope. Asking starts the clock of the timeouts above that have not
/// needed it so far.
#[inline]
pub(crate) fn current() -> Option<Instant> {
    Polled::now(|scope| {
        if scope.allowed.get().is_endless() {
            scope.fixed.get()
        } else {
            earliest(scope)
        }
    })
}

#[inline(never)]
fn earliest(scope: &Polled) -> Option<Instant> {
    let started = scope.started.get().unwrap_or_else(Instant::now);
    scope.started.set(Some(started));
    earlier(scope.fixed.get(), scope.allowed.get().from(started))
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The deadline in scope that nobody fires at: one opened by hand, with no timeout beneath it.
pub(crate) fn unfired() -> Option<Instant> {
    Polled::now(|scope| {
        let is_unfired = scope.allowed.get().is_opened_by_hand();
        if is_unfired { scope.fixed.get() } else { None }
    })
}

/// How many bodies are around what is polled now.
#[inline]
pub(crate) fn level() -> u32 {
    Polled::now(|scope| scope.level.get())
}

/// While a body is polled: what is beneath belongs to other stacks.
pub(crate) struct Inside;

impl Inside {
    #[inline]
    pub(crate) fn enter() -> Self {
        Polled::now(|scope| scope.level.set(scope.level.get().wrapping_add(1)));
        Self
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        Polled::now(|scope| scope.level.set(scope.level.get().wrapping_sub(1)));
    }
}
