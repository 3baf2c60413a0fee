//! What is known of the deadlines above, during one poll.
//!
//! It stands in thread-local cells. Whoever opens a scope changes those that say something
//! else beneath it, and changes them back when the poll ends: a call that never waits changes two.

use tokio::time::Instant;

use crate::moment::Length;
use crate::polled::{BY_HAND, Polled};

/// The scope around one that is in force.
#[derive(Clone, Copy)]
pub(crate) struct Outer {
    fixed: Option<Instant>,
    allowed: Length,
    started: Option<Instant>,
    opener: u32,
}

impl Outer {
    /// Whether the one who opened it belongs to the same stack as the caller.
    pub(crate) fn is_of_this_stack(&self) -> bool {
        self.opener == level()
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
    allowed: Length,
    opener: u32,
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
            opener: scope.opener.get(),
            rest: None,
        })
    }

    /// What is beneath is beneath a timeout that is at its first poll.
    #[inline]
    pub(crate) fn allow(&mut self, length: Length) {
        Polled::now(|scope| {
            if self.allowed.is_endless() {
                scope.started.set(None);
                scope.allowed.set(length);
            } else {
                if scope.started.get().is_some() {
                    self.fix();
                }
                scope.allowed.set(scope.allowed.get().min(length));
            }
            scope.opener.set(scope.level.get());
        });
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
            scope.allowed.set(Length::ENDLESS);
        });
    }

    /// What is beneath is beneath a timeout whose deadline is known. Its clock runs: of that of those above nothing changes.
    #[inline]
    pub(crate) fn limit(&mut self, deadline: Instant) {
        Polled::now(|scope| {
            let fixed = scope.fixed.get();
            scope.fixed.set(earlier(fixed, Some(deadline)));
            scope.opener.set(scope.level.get());
            let started = None;
            self.rest = Some(Rest { fixed, started });
        });
    }

    /// What is beneath is beneath a deadline that is opened by hand. One that shortens nothing changes
    /// nothing.
    pub(super) fn limit_by_hand(&mut self, deadline: Instant) {
        let fixed = Polled::now(|scope| scope.fixed.get());
        if fixed.is_none_or(|fixed| deadline < fixed) {
            self.shorten(Some(deadline));
            Polled::now(|scope| scope.opener.set(BY_HAND));
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
            opener: self.opener,
        }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        Polled::now(|scope| {
            scope.allowed.set(self.allowed);
            scope.opener.set(self.opener);
        });
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
    Polled::now(|scope| match scope.opener.get() {
        BY_HAND => scope.fixed.get(),
        _ => None,
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
