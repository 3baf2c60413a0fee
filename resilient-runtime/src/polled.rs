//! What a thread is polling: what a poll says to those beneath it, and to those above, that no type can hand on.
//!
//! Each of these cells is the business of one module. They stand together because a thread's own memory is found by
//! what the compiler takes for a call, around which it puts away all that it has at hand: once a poll is enough.

use std::cell::Cell;

use tokio::time::Instant;

use crate::class::Class;
use crate::deadline::Allowed;
use crate::function::Function;

/// The cells of one thread.
pub(crate) struct Polled {
    /// The innermost annotated function in whose stack, or body, this is: see `within`.
    pub(crate) function: Cell<Option<&'static Function>>,
    /// The innermost one that makes an attempt, or what stands for a retry by hand: see `amplified`.
    pub(crate) retrying: Cell<Option<&'static Function>>,
    /// How many bodies are around: layers of one stack have one level. See `deadline`, as for the next four.
    pub(crate) level: Cell<u32>,
    /// The shortest time allowed from `started` on, by timeouts in their first poll; and who opened the scope.
    pub(crate) allowed: Cell<Allowed>,
    /// When the clock of `allowed` started; `None` if nobody had to know. It says nothing while `allowed`
    /// is endless.
    pub(crate) started: Cell<Option<Instant>>,
    /// The earliest deadline that is a point in time already.
    pub(crate) fixed: Cell<Option<Instant>>,
    /// Whether a timeout has ended its call by a deadline that is not its own, and nobody has asked whose it was.
    pub(crate) cut: Cell<bool>,
    /// The class of the error that the body has just returned: see `body`, as for the next one.
    pub(crate) class: Cell<Option<Class>>,
    /// How many times bodies have suspended.
    pub(crate) suspensions: Cell<u32>,
}

thread_local! {
    static POLLED: Polled = const {
        Polled {
            function: Cell::new(None),
            retrying: Cell::new(None),
            level: Cell::new(0),
            allowed: Cell::new(Allowed::NONE),
            started: Cell::new(None),
            fixed: Cell::new(None),
            cut: Cell::new(false),
            class: Cell::new(None),
            suspensions: Cell::new(0),
        }
    };
}

impl Polled {
    /// Those of this thread.
    #[inline]
    pub(crate) fn now<R>(look: impl FnOnce(&Self) -> R) -> R {
        POLLED.with(look)
    }
}
