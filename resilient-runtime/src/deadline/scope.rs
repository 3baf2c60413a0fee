//! What is known of the deadlines above, during one poll.
//!
//! It stands in thread-local cells, one word each. Whoever opens a scope changes those that say something
//! else beneath it, and changes them back when the poll ends: a call that never waits changes two.

use std::cell::Cell;

use tokio::time::Instant;

use crate::moment::{Length, Moment};

/// The cells.
struct Cells {
    /// The earliest deadline that is a point in time already.
    fixed: Cell<Moment>,
    /// The shortest time allowed from `started` on, by timeouts in their first poll.
    allowed: Cell<Length>,
    /// When the clock of `allowed` started; never if nobody had to know. It says nothing while `allowed`
    /// is endless.
    started: Cell<Moment>,
    /// The level of the stack that opened the scope.
    opener: Cell<u32>,
    /// How many bodies are around what is polled now: layers of one stack have one level.
    level: Cell<u32>,
}

/// No stack is ever this deep, so that a scope opened by hand is never taken for one of the same stack.
const BY_HAND: u32 = u32::MAX;

thread_local! {
    static SCOPE: Cells = const {
        Cells {
            fixed: Cell::new(Moment::NEVER),
            allowed: Cell::new(Length::ENDLESS),
            started: Cell::new(Moment::NEVER),
            opener: Cell::new(BY_HAND),
            level: Cell::new(0),
        }
    };
}

/// The scope around one that is in force.
#[derive(Clone, Copy)]
pub(crate) struct Outer {
    fixed: Moment,
    allowed: Length,
    started: Moment,
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
            return self.fixed.instant();
        }
        let started = self.started.or(Moment::at(now));
        self.fixed.min(started.after(self.allowed)).instant()
    }
}

/// While this lives, which is never longer than one poll, the scope may be changed for what is beneath.
pub(crate) struct Entered {
    pub(crate) outer: Outer,
}

impl Entered {
    #[inline]
    pub(crate) fn new() -> Self {
        let outer = SCOPE.with(|scope| Outer {
            fixed: scope.fixed.get(),
            allowed: scope.allowed.get(),
            started: scope.started.get(),
            opener: scope.opener.get(),
        });
        Self { outer }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        let outer = self.outer;
        SCOPE.with(|scope| {
            scope.fixed.set(outer.fixed);
            scope.allowed.set(outer.allowed);
            scope.opener.set(outer.opener);
            // A clock that was started beneath has started for those above as well.
            if !outer.allowed.is_endless() && !outer.started.is_never() {
                scope.started.set(outer.started);
            }
        });
    }
}

/// What is beneath is beneath a timeout that is at its first poll.
#[inline]
pub(crate) fn allow(length: Length) {
    SCOPE.with(|scope| {
        let mut allowed = scope.allowed.get();
        if allowed.is_endless() {
            scope.started.set(Moment::NEVER);
            allowed = length;
        } else {
            if !scope.started.get().is_never() {
                fix(scope);
            }
            allowed = scope.allowed.get().min(length);
        }
        scope.allowed.set(allowed);
        scope.opener.set(scope.level.get());
    });
}

/// The clock of those above has started: the one beneath has a clock of its own.
#[cold]
#[inline(never)]
fn fix(scope: &Cells) {
    let deadline = scope.started.get().after(scope.allowed.get());
    scope.fixed.set(scope.fixed.get().min(deadline));
    scope.allowed.set(Length::ENDLESS);
    scope.started.set(Moment::NEVER);
}

/// What is beneath is beneath a timeout whose deadline is known.
pub(crate) fn limit(deadline: Instant) {
    SCOPE.with(|scope| {
        scope.fixed.set(scope.fixed.get().min(Moment::at(deadline)));
        scope.opener.set(scope.level.get());
    });
}

/// What is beneath is beneath a deadline that is opened by hand. One that shortens nothing changes
/// nothing.
pub(super) fn limit_by_hand(deadline: Instant) {
    let deadline = Moment::at(deadline);
    SCOPE.with(|scope| {
        if scope.fixed.get() > deadline {
            scope.fixed.set(deadline);
            scope.opener.set(BY_HAND);
        }
    });
}

/// Starts the clock of the scope in force, unless it runs.
pub(crate) fn start() -> Instant {
    SCOPE.with(|scope| {
        let runs = !scope.allowed.get().is_endless();
        let started = scope.started.get().instant().filter(|_| runs);
        started.unwrap_or_else(|| {
            let now = Instant::now();
            scope.started.set(Moment::at(now));
            now
        })
    })
}

/// The earliest deadline in scope. Asking starts the clock of the timeouts above that have not
/// needed it so far.
pub(crate) fn current() -> Option<Instant> {
    SCOPE.with(|scope| {
        let (fixed, allowed) = (scope.fixed.get(), scope.allowed.get());
        if allowed.is_endless() {
            return fixed.instant();
        }
        let own = Moment::at(start()).after(allowed);
        fixed.min(own).instant()
    })
}

/// The deadline in scope that nobody fires at: one opened by hand, with no timeout beneath it.
pub(crate) fn unfired() -> Option<Instant> {
    SCOPE.with(|scope| match scope.opener.get() {
        BY_HAND => scope.fixed.get().instant(),
        _ => None,
    })
}

/// How many bodies are around what is polled now.
#[inline]
pub(crate) fn level() -> u32 {
    SCOPE.with(|scope| scope.level.get())
}

/// While a body is polled: what is beneath belongs to other stacks.
pub(crate) struct Inside;

impl Inside {
    #[inline]
    pub(crate) fn enter() -> Self {
        SCOPE.with(|scope| scope.level.set(scope.level.get().wrapping_add(1)));
        Self
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        SCOPE.with(|scope| scope.level.set(scope.level.get().wrapping_sub(1)));
    }
}
