//! Deadlines that reach through calls: each `timeout` opens a scope for everything beneath it.
//!
//! The scope stands in a thread-local cell for the length of one poll, and is taken out again when
//! the poll ends. A call that never waits reads no clock: its scope says only how long it may take
//! (`allowed`), and the first one beneath who has to know a point in time starts the clock for all.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::body;
use crate::class::Class;
use crate::moment::{Length, Moment};

thread_local! {
    static SCOPE: Cell<Scope> = const { Cell::new(Scope::NONE) };
    static LEVEL: Cell<u32> = const { Cell::new(0) };
    static EXPIRED: Cell<Option<u32>> = const { Cell::new(None) };
    static CUT: Cell<bool> = const { Cell::new(false) };
}

/// What is left of the deadline in scope; `None` when nothing limits this call.
///
/// It is what to send along with a request (`grpc-timeout`, `x-request-timeout`), so that the callee
/// does not work on for a caller who is gone.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{deadline, timeout};
///
/// # #[derive(Debug)] struct E; impl From<resilient_runtime::Rejected> for E { fn from(_: resilient_runtime::Rejected) -> Self { E } }
/// #[timeout("5s")]
/// async fn gateway() -> Result<Duration, E> {
///     Ok(deadline::remaining().expect("a timeout is in scope"))
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert!(gateway().await.unwrap() <= Duration::from_secs(5));
/// assert_eq!(deadline::remaining(), None);
/// # }
/// ```
#[must_use]
pub fn remaining() -> Option<Duration> {
    let deadline = current()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

/// Runs `future` with a deadline in scope: from an incoming header, for example.
///
/// It informs what runs in it and cancels nothing; a `timeout` beneath fires at the earlier of its own
/// deadline and this one. Scopes can only shorten what is in scope already.
pub fn scope<F: Future>(deadline: Instant, future: F) -> Scoped<F> {
    Scoped {
        future,
        deadline: Some(deadline),
    }
}

/// Takes the deadline in scope *now* along with `future`, into a `tokio::spawn` for example.
pub fn carry<F: Future>(future: F) -> Scoped<F> {
    Scoped {
        future,
        deadline: current(),
    }
}

pin_project! {
    /// A future with a deadline in scope; see [`scope`] and [`carry`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        deadline: Option<Instant>,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(deadline) = *this.deadline else {
            return this.future.poll(cx);
        };
        let outer = Scope::current();
        let _entered = Entered::new(outer, outer.by_hand(deadline));
        this.future.poll(cx)
    }
}

/// The earliest deadline in scope. Asking starts the clock of the timeouts above that have not
/// needed it so far.
pub(crate) fn current() -> Option<Instant> {
    let mut scope = Scope::current();
    let deadline = scope.deadline(Instant::now);
    SCOPE.set(scope);
    deadline
}

/// The deadline in scope that nobody fires at: one opened by hand, with no timeout beneath it.
pub(crate) fn unfired() -> Option<Instant> {
    Scope::current().unfired.instant()
}

/// What is known of the deadlines above, during one poll. It is copied with every poll of a timeout,
/// so each of its parts is one word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// The earliest deadline that is a point in time already.
    fixed: Moment,
    /// The shortest time allowed from `started` on, by timeouts in their first poll.
    allowed: Length,
    /// When the clock of `allowed` started; never if nobody had to know.
    started: Moment,
    /// The earliest deadline opened by hand that no timeout beneath it fires at.
    unfired: Moment,
    /// The level of the stack that opened it.
    level: u32,
}

impl Scope {
    /// No stack is ever this deep, so that a scope opened by hand is never taken for one of the
    /// same stack.
    const BY_HAND: u32 = u32::MAX;

    const NONE: Self = Self {
        fixed: Moment::NEVER,
        allowed: Length::ENDLESS,
        started: Moment::NEVER,
        unfired: Moment::NEVER,
        level: Self::BY_HAND,
    };

    #[inline]
    pub(crate) fn current() -> Self {
        SCOPE.get()
    }

    /// Whether the one who opened it belongs to the same stack as the caller.
    #[inline]
    pub(crate) fn is_of_this_stack(&self) -> bool {
        self.level == level()
    }

    /// The same scope seen from a timeout beneath that is at its first poll.
    #[inline]
    pub(crate) fn allowing(mut self, allowed: Length) -> Self {
        if !self.started.is_never() {
            self.fixed = self.fixed.min(self.started.after(self.allowed));
            self.allowed = Length::ENDLESS;
            self.started = Moment::NEVER;
        }
        self.allowed = self.allowed.min(allowed);
        self.level = level();
        self.unfired = Moment::NEVER;
        self
    }

    /// The same scope seen from a timeout beneath whose deadline is known.
    #[inline]
    pub(crate) fn until(mut self, deadline: Instant) -> Self {
        self.fixed = self.fixed.min(Moment::at(deadline));
        self.level = level();
        self.unfired = Moment::NEVER;
        self
    }

    /// The same scope seen from beneath one that is opened by hand. One that shortens nothing changes
    /// nothing.
    fn by_hand(mut self, deadline: Instant) -> Self {
        let deadline = Moment::at(deadline);
        if self.fixed > deadline {
            self.fixed = deadline;
            self.level = Self::BY_HAND;
            self.unfired = deadline;
        }
        self
    }

    /// Starts the clock, unless it runs.
    pub(crate) fn start(&mut self, now: impl FnOnce() -> Instant) -> Instant {
        self.started.instant().unwrap_or_else(|| {
            let now = now();
            self.started = Moment::at(now);
            now
        })
    }

    /// The earliest deadline of all, as a point in time.
    pub(crate) fn deadline(&mut self, now: impl FnOnce() -> Instant) -> Option<Instant> {
        if !self.allowed.is_endless() {
            let own = Moment::at(self.start(now)).after(self.allowed);
            return self.fixed.min(own).instant();
        }
        self.fixed.instant()
    }
}

/// A scope that is in force while this lives, which is never longer than one poll.
pub(crate) struct Entered {
    outer: Scope,
}

impl Entered {
    #[inline]
    pub(crate) fn new(outer: Scope, scope: Scope) -> Self {
        SCOPE.set(scope);
        Self { outer }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        // A clock that was started beneath has started for those above as well.
        if !self.outer.allowed.is_endless() && self.outer.started.is_never() {
            self.outer.started = SCOPE.get().started;
        }
        SCOPE.set(self.outer);
    }
}

/// Puts what was learned about the scope in force into the cell, for those above to see.
pub(crate) fn update(scope: Scope) {
    SCOPE.set(scope);
}

/// How many bodies are around what is polled now: layers of one stack have one level.
#[inline]
pub(crate) fn level() -> u32 {
    LEVEL.get()
}

/// While a body is polled: what is beneath belongs to other stacks.
pub(crate) struct Inside;

impl Inside {
    #[inline]
    pub(crate) fn enter() -> Self {
        LEVEL.set(LEVEL.get().wrapping_add(1));
        Self
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get().wrapping_sub(1));
    }
}

/// Marks this stack as cut off by its own timeout, while what is in it is dropped: a breaker beneath
/// counts the call that was running.
pub(crate) struct Expired {
    outer: Option<u32>,
}

impl Expired {
    pub(crate) fn mark() -> Self {
        Self {
            outer: EXPIRED.replace(Some(level())),
        }
    }

    /// Whether the stack at this level is being dropped by a timeout of its own.
    pub(crate) fn cuts(level: u32) -> bool {
        EXPIRED.get() == Some(level)
    }
}

impl Drop for Expired {
    fn drop(&mut self) {
        EXPIRED.set(self.outer);
    }
}

/// A timeout has ended its call by a deadline that is not its own.
pub(crate) fn cut() {
    CUT.set(true);
}

/// The timeout whose own deadline it was is next to hear of it: to the policies above it the error
/// that came of it is a timeout like any other, whatever class it has.
#[cold]
pub(crate) fn own_up() {
    if CUT.replace(false) {
        body::set_class(Class::Transient);
    }
}

/// The end of time, for what nobody lives to see: tokio's own choice for sums that overflow.
pub(crate) fn saturating_add(instant: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(86_400 * 365 * 30);
    instant
        .checked_add(duration)
        .unwrap_or_else(|| instant + FAR)
}
