//! Timeout: drops what takes too long, and opens a deadline scope for everything beneath.

#[cfg(feature = "config")]
mod overridden;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::attribute::Attribute;
use crate::body::{Body, body};
use crate::class::Class;
use crate::deadline::{self, Entered, Expired, Outer, saturating_add};
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::function;
use crate::in_force::InForceApart;
use crate::moment::Length;
use crate::outcome::{Failure, Outcome};
#[cfg(feature = "config")]
use crate::overrides::Index;
use crate::refuse::refuse;
use crate::rule::{self, Text};

/// Bounds how long a call may take. The same type is an attempt's or a whole call's limit, by where
/// it stands in the stack.
///
/// * The clock starts when the body first suspends, or when something beneath asks for
///   [`deadline::remaining`], whichever is first. A body that is ready at once registers no timer
///   and reads no clock.
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
    length: Length,
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
        let length = Length::of(after);
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
        let (limit, is_off) = self.limit.look();
        Around::Running {
            inner,
            // What is switched off needs no timer, as if another one fired before.
            timer: if is_off {
                Timer::Covered
            } else {
                Timer::Unstarted
            },
            limit,
        }
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
            timer: Timer,
            limit: &'a Limit,
        },
        /// What was inside has been dropped.
        Expired,
    }
}

pin_project! {
    #[project = TimerProjection]
    #[derive(Debug)]
    #[doc(hidden)]
    pub enum Timer {
        /// Nobody has waited so far.
        Unstarted,
        /// A timeout above, of the same stack, fires no later: it needs no help.
        Covered,
        /// There was no time to begin with.
        Due,
        /// Nor was there by the caller's deadline.
        DueByInherited,
        /// It waits for a deadline.
        Armed { #[pin] sleep: Sleep, whose: Deadline },
    }
}

/// Whose deadline a timer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum Deadline {
    /// The timeout's own.
    Own,
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
        let AroundProjection::Running {
            inner,
            mut timer,
            limit,
        } = self.as_mut().project()
        else {
            unreachable!("a future is not polled after it has returned")
        };
        let entered = Entered::new();
        let mut expired = None;
        if matches!(*timer, Timer::Unstarted) {
            deadline::allow(limit.length);
        } else {
            expired = timer.as_mut().enter(cx);
        }
        match inner.poll(cx) {
            Poll::Ready(Ok(value)) => return Poll::Ready(Ok(value)),
            // Of an error that came of this very deadline, in a function beneath, the caller gets what it is:
            // this timeout.
            Poll::Ready(Err(failure)) => {
                if deadline::is_cut() && matches!(*timer, Timer::Unstarted) {
                    expired = timer.as_mut().start(limit.after, entered.outer, cx);
                }
                if expired.is_none() || !deadline::was_cut() {
                    return Poll::Ready(Err(failure));
                }
            }
            Poll::Pending => {}
        }
        if matches!(*timer, Timer::Unstarted) {
            expired = timer.start(limit.after, entered.outer, cx);
        }
        drop(entered);
        match expired {
            None => Poll::Pending,
            Some(whose) => {
                let limit = *limit;
                let marked = matches!(whose, Deadline::Own).then(Expired::mark);
                self.set(Self::Expired);
                drop(marked);
                Poll::Ready(Err(Failure::Rejected(limit.reject(whose))))
            }
        }
    }
}

impl Limit {
    /// The rejection of a call whose time is up, when what was inside has been dropped.
    #[cold]
    #[inline(never)]
    fn reject(&self, whose: Deadline) -> Rejected {
        let (after, inherited) = match whose {
            Deadline::Own => (self.after, false),
            Deadline::Inherited { given } => {
                deadline::cut();
                (Duration::from_millis(given.into()), true)
            }
        };
        let rejected = Rejected::TimedOut { after, inherited };
        event::emit(|| Event::DeadlineExpired {
            rejected: rejected.clone(),
            function: function::current(),
        });
        rejected
    }
}

impl Timer {
    /// The scope of a poll after the first, and whose deadline is over. The timer is asked before the
    /// body, which may use up the task's budget: then the timer would not even be heard.
    #[cold]
    #[inline(never)]
    fn enter(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<Deadline> {
        if let Self::Armed { sleep, .. } = &*self {
            deadline::limit(sleep.deadline());
        }
        let expired = self.expired(cx);
        if expired.is_some() {
            // From here on it tells of this poll.
            deadline::was_cut();
        }
        expired
    }

    /// Starts the clock, at the body's first suspension, while the scope is still in force. Is the deadline
    /// over already?
    #[cold]
    #[inline(never)]
    fn start(
        mut self: Pin<&mut Self>,
        after: Duration,
        outer: Outer,
        cx: &mut Context<'_>,
    ) -> Option<Deadline> {
        let now = deadline::start();
        let own = saturating_add(now, after);
        let is_covered = outer.is_of_this_stack();
        let timer = match outer.deadline(now) {
            Some(earlier) if is_covered && earlier <= own => Self::Covered,
            Some(earlier) if !is_covered && earlier < own => {
                let given = earlier.saturating_duration_since(now).as_millis();
                let given = u32::try_from(given).unwrap_or(u32::MAX);
                Self::until(earlier, Deadline::Inherited { given }, now)
            }
            _ => Self::until(own, Deadline::Own, now),
        };
        self.set(timer);
        self.expired(cx)
    }

    /// A timer rounds up to whole milliseconds: what is over must not wait for one.
    fn until(deadline: Instant, whose: Deadline, now: Instant) -> Self {
        if deadline <= now {
            return match whose {
                Deadline::Own => Self::Due,
                Deadline::Inherited { .. } => Self::DueByInherited,
            };
        }
        let sleep = sleep_until(deadline);
        Self::Armed { sleep, whose }
    }

    /// Whose deadline is over, if the one that it waits for is.
    fn expired(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<Deadline> {
        match self.project() {
            TimerProjection::Unstarted | TimerProjection::Covered => None,
            TimerProjection::Due => Some(Deadline::Own),
            TimerProjection::DueByInherited => Some(Deadline::Inherited { given: 0 }),
            TimerProjection::Armed { sleep, whose } => sleep.poll(cx).is_ready().then_some(*whose),
        }
    }
}
