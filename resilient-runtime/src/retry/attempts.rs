//! The attempts of one call: after each, whether there is another, and when.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};

use super::hooks::{DelayFrom, OnRetry, RetryEvent};
use super::settings::Settings;
use crate::body;
use crate::budget::{RetryBudget, Withdrawal};
use crate::class::Class;
use crate::deadline;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::outcome::{Failure, Outcome};
use crate::predicate::{Absent, OnError, OnValue};

/// The attempts of one call; see [`Retry::attempts`](super::Retry::attempts).
pub struct Attempts<'r, T, E, W = Absent, O = Absent, D = Absent, N = Absent> {
    settings: &'r Settings,
    budget: Option<&'r RetryBudget>,
    made: u32,
    /// In nanoseconds: what the decorrelated backoff goes on from.
    previous: u64,
    /// Only where a `max_duration` has to be held.
    started: Option<Instant>,
    when: W,
    when_ok: O,
    delay_from: D,
    on_retry: N,
    outcome: PhantomData<fn(T, E)>,
}

impl<'r, T, E> Attempts<'r, T, E> {
    #[inline]
    pub(super) fn new(
        settings: &'r Settings,
        is_off: bool,
        budget: Option<&'r RetryBudget>,
    ) -> Self {
        if let Some(budget) = budget {
            budget.deposit();
        }
        Self {
            settings,
            budget,
            // What is switched off has none left.
            made: if is_off { u32::MAX } else { 0 },
            previous: 0,
            started: settings.max_duration.map(|_| Instant::now()),
            when: Absent,
            when_ok: Absent,
            delay_from: Absent,
            on_retry: Absent,
            outcome: PhantomData,
        }
    }
}

impl<'r, T, E, W, O, D, N> Attempts<'r, T, E, W, O, D, N> {
    /// What its retries are taken from: it has counted the call.
    #[doc(hidden)]
    #[must_use]
    pub fn budget(&self) -> Option<&'r RetryBudget> {
        self.budget
    }

    /// Retry this error? Asked instead of its class.
    pub fn when<P: Fn(&E) -> bool>(self, when: P) -> Attempts<'r, T, E, P, O, D, N> {
        let Self {
            settings,
            budget,
            made,
            previous,
            started,
            when_ok,
            delay_from,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            delay_from,
            on_retry,
            outcome,
        }
    }

    /// Retry this success? When the retries are used up the last value is returned as it is.
    pub fn when_ok<P: Fn(&T) -> bool>(self, when_ok: P) -> Attempts<'r, T, E, W, P, D, N> {
        let Self {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            delay_from,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            delay_from,
            on_retry,
            outcome,
        }
    }

    /// What the callee asked for: wins over the backoff, shorter or longer. More than `max_delay`
    /// means: stop, and return the error.
    pub fn delay_from<P>(self, delay_from: P) -> Attempts<'r, T, E, W, O, P, N>
    where
        P: Fn(&E) -> Option<Duration>,
    {
        let Self {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            delay_from,
            on_retry,
            outcome,
        }
    }

    /// Told of each retry of an error, before the sleep.
    pub fn on_retry<P>(self, on_retry: P) -> Attempts<'r, T, E, W, O, D, P>
    where
        P: Fn(&RetryEvent<'_, E>),
    {
        let Self {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            delay_from,
            outcome,
            ..
        } = self;
        Attempts {
            settings,
            budget,
            made,
            previous,
            started,
            when,
            when_ok,
            delay_from,
            on_retry,
            outcome,
        }
    }
}

impl<'r, T, E, W, O, D, N> Attempts<'r, T, E, W, O, D, N>
where
    W: OnError<E>,
    O: OnValue<T>,
    D: DelayFrom<E>,
    N: OnRetry<E>,
{
    /// Takes how an attempt ended. `Break` when that is how the call ends; `Continue` when it is to be
    /// made again, after a pause.
    #[inline]
    pub fn settle(&mut self, outcome: Outcome<T, E>) -> ControlFlow<Outcome<T, E>, Pause<'r>> {
        if let Ok(value) = &outcome
            && !self.when_ok.says(value)
        {
            return ControlFlow::Break(outcome);
        }
        match self.next(&outcome) {
            None => ControlFlow::Break(outcome),
            Some(pause) => ControlFlow::Continue(pause),
        }
    }

    /// The pause before the next attempt, if there is one.
    #[cold]
    fn next(&mut self, outcome: &Outcome<T, E>) -> Option<Pause<'r>> {
        if self.made >= self.settings.max {
            return None;
        }
        let asked = self.asked(outcome)?;
        let mut delays = self
            .settings
            .delays(self.made, Duration::from_nanos(self.previous));
        let backoff = delays.next().map_or(Duration::ZERO, |delay| {
            self.settings.jitter.spread(delay, delays.cap)
        });
        let delay = match asked {
            Asked::Nothing => backoff,
            Asked::Exactly(delay) => delay,
            Asked::AtLeast(delay) => delay.max(backoff),
        };
        if delay > delays.cap || !self.fits(delay) {
            return None;
        }
        // Asked last: what is not retried for another reason takes nothing from others.
        let withdrawal = match self.budget {
            Some(budget) => Some(budget.withdraw()?),
            None => None,
        };
        self.made += 1;
        self.previous = u64::try_from(delays.previous.as_nanos()).unwrap_or(u64::MAX);
        if let Err(Failure::Error(error)) = outcome {
            self.on_retry
                .on_retry(&RetryEvent::new(self.made, delay, error));
        }
        event::emit(|| Event::RetryScheduled {
            attempt: self.made,
            max: self.settings.max,
            delay,
            cause: outcome.as_ref().err().map(Failure::cause),
        });
        Some(Pause::new(delay, withdrawal))
    }

    /// What this outcome asks of the delay; `None` when it must not be retried.
    fn asked(&self, outcome: &Outcome<T, E>) -> Option<Asked> {
        let Err(failure) = outcome else {
            return Some(Asked::Nothing); // `when_ok` has asked for it
        };
        if !self.settings.on.contains(failure.cause()) {
            return None;
        }
        match failure {
            Failure::Error(error) => {
                let class = body::class();
                let by_class = || matches!(class, Class::Transient | Class::Throttled { .. });
                if !self.when.says(error).unwrap_or_else(by_class) {
                    return None;
                }
                let asked = self.delay_from.delay_from(error).or(match class {
                    Class::Throttled { retry_after } => retry_after,
                    _ => None,
                });
                Some(asked.map_or(Asked::Nothing, Asked::Exactly))
            }
            // A deadline that is not ours to extend.
            Failure::Rejected(Rejected::TimedOut {
                inherited: true, ..
            }) => None,
            Failure::Rejected(rejected) => Some(
                rejected
                    .retry_after()
                    .map_or(Asked::Nothing, Asked::AtLeast),
            ),
        }
    }

    /// Whether a retry after this delay can still start in time.
    fn fits(&self, delay: Duration) -> bool {
        let slept = as_slept(delay);
        let mut now = None;
        let mut now = || *now.get_or_insert_with(Instant::now);
        if let (Some(started), Some(max_duration)) = (self.started, self.settings.max_duration) {
            let left = max_duration.saturating_sub(now().saturating_duration_since(started));
            if slept >= left {
                return false;
            }
        }
        deadline::current().is_none_or(|deadline| slept < deadline.saturating_duration_since(now()))
    }
}

/// How long a sleep takes at the least: timers fire at whole milliseconds, and never early.
fn as_slept(delay: Duration) -> Duration {
    const TICK: u32 = 1_000_000;
    match delay.subsec_nanos() % TICK {
        0 => delay,
        over => delay.saturating_add(Duration::from_nanos((TICK - over).into())),
    }
}

/// What an outcome asks of the delay before the next attempt.
enum Asked {
    Nothing,
    Exactly(Duration),
    AtLeast(Duration),
}

impl<T, E, W, O, D, N> fmt::Debug for Attempts<'_, T, E, W, O, D, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("settings", self.settings)
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The delay between two attempts: see [`Attempts::settle`]. Dropped before it is over, it gives back
    /// what the retry has withdrawn from its budget.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Pause<'b> {
        // No delay makes no timer call.
        #[pin]
        sleep: Option<Sleep>,
        withdrawal: Option<Withdrawal<'b>>,
    }
}

impl<'b> Pause<'b> {
    fn new(delay: Duration, withdrawal: Option<Withdrawal<'b>>) -> Self {
        Self {
            sleep: (!delay.is_zero()).then(|| sleep(delay)),
            withdrawal,
        }
    }
}

impl Future for Pause<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if let Some(sleep) = this.sleep.as_pin_mut() {
            ready!(sleep.poll(cx));
        }
        if let Some(withdrawal) = this.withdrawal.take() {
            withdrawal.spend();
        }
        Poll::Ready(())
    }
}
