//! Timeout: drops what takes too long, and opens a deadline scope for everything beneath.

#[cfg(feature = "config")]
mod overridden;

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop::{has_budget_remaining, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::attribute::Attribute;
use crate::body::{Body, body};
use crate::class::Class;
use crate::deadline::{self, Allowed, Entered, Expired, Outer, saturating_add};
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::in_force::InForceApart;
use crate::outcome::{Failure, Outcome};
#[cfg(feature = "config")]
use crate::overrides::Index;
use crate::refuse::refuse;
use crate::rule::{self, Text};
use crate::within;

/// Bounds how long a call may take. The same type is an attempt's or a whole call's limit, by where
/// it stands in the stack.
///
/// * The clock starts when the body first suspends, or when something beneath asks for
///   [`deadline::remaining`], whichever is first. A body that is ready at once registers no timer
///   and reads no clock. (One of 39 hours or more starts its clock in its first poll: that is what a word has room for.)
/// * A result that is ready in the poll in which the time is up wins.
/// * What is around is dropped *before* the rejection is returned. Only work that it spawned
///   elsewhere can outlive it.
/// * It fires at the earlier of its own deadline and an inherited one: a caller's, or one opened by
///   [`deadline::scope`].
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Failure, Rejected, Timeout};
///
/// static LIMIT: Timeout = Timeout::new(Duration::from_millis(20));
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let hangs = std::future::pending::<Result<(), std::io::Error>>();
/// let outcome = LIMIT.call(hangs).await;
/// assert!(matches!(outcome, Err(Failure::Rejected(Rejected::TimedOut { .. }))));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeout {
    limit: InForceApart<Limit>,
}

/// How long a timeout gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub struct Limit {
    after: Duration,
    /// The same, as scopes hold it.
    length: Allowed,
}

impl Timeout {
    /// A timeout of this length: more than zero. In a `static` a zero does not compile.
    #[must_use]
    #[track_caller]
    pub const fn new(after: Duration) -> Self {
        refuse(rule::timeout(after));
        Self::at_run_time(after)
    }

    /// A timeout whose length was computed for this call: zero is legal, and fires at the first
    /// suspension.
    #[must_use]
    pub const fn at_run_time(after: Duration) -> Self {
        let length = Allowed::of(after);
        Self {
            limit: InForceApart::of(Limit { after, length }),
        }
    }

    /// How long it gives, as it is written.
    #[must_use]
    pub const fn after(&self) -> Duration {
        self.limit.written().after
    }

    /// One that can be overridden, by this.
    #[cfg(feature = "config")]
    #[doc(hidden)]
    #[must_use]
    pub const fn by(mut self, index: &'static Index) -> Self {
        self.limit = self.limit.by(index);
        self
    }

    #[cfg(feature = "config")]
    pub(crate) const fn can_change(&self) -> bool {
        self.limit.can_change()
    }

    pub(crate) fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, is_off) = self.limit.look();
        let after = Text::of("").duration(limit.after);
        let after = format_args!("{:?}", after.as_str());
        let it = Attribute::new(f, "timeout").say(after);
        it.off(is_off).finish()
    }

    /// Runs a future of `Result<T, E>` under this timeout alone.
    pub fn call<F, T, E>(
        &self,
        future: F,
    ) -> Around<'_, Body<F, impl Fn(&E) -> Class + Copy + Send + Sync>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.around(body(future))
    }

    /// Puts this timeout around the rest of a stack.
    #[inline]
    pub fn around<F, T, E>(&self, inner: F) -> Around<'_, F>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        // How long it gives is asked for in the first poll: here, what could unwind would keep what is inside from
        // being made where it stays.
        let timer = Timer::Unstarted { timeout: self };
        Around::Running { inner, timer }
    }
}

pin_project! {
    /// A future under a [`Timeout`].
    #[derive(Debug)]
    #[project = AroundProjection]
    #[must_use = "futures do nothing unless awaited"]
    pub enum Around<'a, F> {
        /// What is inside, and the timer, once somebody waits.
        #[doc(hidden)]
        Running {
            #[pin]
            inner: F,
            #[pin]
            timer: Timer<'a>,
        },
        /// What was inside has been dropped.
        Expired,
    }
}

pin_project! {
    #[project = TimerProjection]
    #[derive(Debug)]
    #[doc(hidden)]
    pub enum Timer<'a> {
        /// Nobody has waited so far.
        Unstarted { timeout: &'a Timeout },
        /// A timeout above, of the same stack, fires no later: it needs no help.
        Covered,
        /// There was no time to begin with.
        Due { whose: Deadline<'a> },
        /// It waits for a deadline.
        Armed { #[pin] sleep: Sleep, whose: Deadline<'a> },
    }
}

/// Whose deadline a timer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum Deadline<'a> {
    /// The timeout's own.
    Own(&'a Limit),
    /// A caller's, with the whole milliseconds that were left of it when the clock started.
    Inherited { given: u32 },
}

impl<F, T, E> Future for Around<'_, F>
where
    F: Future<Output = Outcome<T, E>>,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let AroundProjection::Running { inner, mut timer } = self.as_mut().project() else {
            polled_again()
        };
        let first = timer.as_mut().first();
        // The timer is asked after what is inside: what is ready needs none.
        let expired = {
            let mut entered = Entered::new();
            match first {
                Some(limit) => entered.allow(limit.length, limit.after),
                None => timer.enter(&mut entered),
            }
            match inner.poll(cx) {
                Poll::Ready(Ok(value)) => return Poll::Ready(Ok(value)),
                Poll::Ready(Err(failure)) if !deadline::is_cut() => {
                    return Poll::Ready(Err(failure));
                }
                // Of an error that came of this very deadline, in a function beneath, the caller gets what it is:
                // this timeout.
                Poll::Ready(Err(failure)) => {
                    let expired = timer.expired(first, &entered, cx);
                    if expired.is_none() || !deadline::was_cut() {
                        return Poll::Ready(Err(failure));
                    }
                    expired
                }
                Poll::Pending => timer.expired(first, &entered, cx),
            }
        };
        match expired {
            None => Poll::Pending,
            Some(whose) => {
                let expiring = whose.expire();
                self.set(Self::Expired);
                let (after, inherited) = expiring.tell();
                let rejected = Rejected::TimedOut { after, inherited };
                Poll::Ready(Err(Failure::Rejected(rejected)))
            }
        }
    }
}

#[cold]
#[inline(never)]
fn polled_again() -> ! {
    unreachable!("a future is not polled after it has returned")
}

/// What is inside is dropped while this lives, and a breaker beneath can ask why.
struct Expiring<'a> {
    whose: Deadline<'a>,
    marked: Option<Expired>,
}

impl Expiring<'_> {
    #[cold]
    #[inline(never)]
    fn tell(self) -> (Duration, bool) {
        let Self { whose, marked } = self;
        drop(marked);
        whose.tell()
    }
}

impl<'a> Deadline<'a> {
    /// Its time is up.
    #[cold]
    #[inline(never)]
    fn expire(self) -> Expiring<'a> {
        let marked = matches!(self, Self::Own(_)).then(Expired::mark);
        let whose = self;
        Expiring { whose, marked }
    }

    /// Tells of a call whose time is up, when what was inside has been dropped. What it is rejected with is handed on in
    /// parts: a whole rejection would be written where a success stands, which would stand in memory for that.
    fn tell(self) -> (Duration, bool) {
        let (after, inherited) = match self {
            Self::Own(limit) => (limit.after, false),
            Self::Inherited { given } => {
                deadline::cut();
                (Duration::from_millis(given.into()), true)
            }
        };
        event::emit(|| Event::DeadlineExpired {
            rejected: Rejected::TimedOut { after, inherited },
            function: within::current(),
        });
        (after, inherited)
    }
}

impl<'a> Timer<'a> {
    /// How long it gives, in the first poll of a call that can expire.
    #[inline]
    fn first(mut self: Pin<&mut Self>) -> Option<&'a Limit> {
        let Self::Unstarted { timeout } = *self else {
            return None;
        };
        let (limit, is_off) = timeout.limit.look();
        if is_off {
            // It needs no timer, as if another one fired before.
            self.set(Self::Covered);
            return None;
        }
        Some(limit)
    }

    /// The scope of a poll after the first.
    #[inline(never)]
    fn enter(&self, entered: &mut Entered) {
        if let Self::Armed { sleep, .. } = self {
            entered.limit(sleep.deadline());
        }
        // From here on it tells of this poll.
        deadline::was_cut();
    }

    /// Whose deadline is over, when what is inside has been polled; in the first poll, after the clock was started.
    #[inline(never)]
    fn expired(
        mut self: Pin<&mut Self>,
        first: Option<&'a Limit>,
        entered: &Entered,
        cx: &mut Context<'_>,
    ) -> Option<Deadline<'a>> {
        if let Some(limit) = first {
            let timer = Self::start(limit, entered);
            self.set(timer);
        }
        match self.project() {
            TimerProjection::Unstarted { .. } | TimerProjection::Covered => None,
            TimerProjection::Due { whose } => Some(*whose),
            // It is heard as well where what is inside has used up the task's budget.
            TimerProjection::Armed { sleep, whose, .. } => {
                let fired = if has_budget_remaining() {
                    sleep.poll(cx)
                } else {
                    pin!(unconstrained(sleep)).poll(cx)
                };
                fired.is_ready().then_some(*whose)
            }
        }
    }

    /// Starts the clock, at the body's first suspension, while the scope is still in force.
    #[inline]
    fn start(limit: &'a Limit, entered: &Entered) -> Self {
        let now = entered.start_beneath();
        let own = saturating_add(now, limit.after);
        if entered.is_outermost() {
            return Self::until(own, Deadline::Own(limit), now);
        }
        Self::within(&entered.outer(), limit, own, now)
    }

    /// Beneath another deadline.
    #[cold]
    #[inline(never)]
    fn within(outer: &Outer, limit: &'a Limit, own: Instant, now: Instant) -> Self {
        let is_covered = outer.is_of_this_stack();
        match outer.deadline(now) {
            Some(earlier) if is_covered && earlier <= own => Self::Covered,
            Some(earlier) if !is_covered && earlier < own => {
                let given = earlier.saturating_duration_since(now).as_millis();
                let given = u32::try_from(given).unwrap_or(u32::MAX);
                Self::until(earlier, Deadline::Inherited { given }, now)
            }
            _ => Self::until(own, Deadline::Own(limit), now),
        }
    }

    /// A timer rounds up to whole milliseconds: what is over must not wait for one.
    #[inline]
    fn until(deadline: Instant, whose: Deadline<'a>, now: Instant) -> Self {
        if deadline <= now {
            return Self::Due { whose };
        }
        Self::Armed {
            sleep: sleep_until(deadline),
            whose,
        }
    }
}
