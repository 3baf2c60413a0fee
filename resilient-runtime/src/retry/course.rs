//! How far the attempts of one call have come, and whether there is another one: what does not depend on
//! the types of their outcomes, and so is there once for all functions.

use std::time::Duration;

use tokio::time::Instant;

use super::pause::Pause;
use super::settings::Settings;
use crate::backoff::Mode;
use crate::body;
use crate::budget::RetryBudget;
use crate::cause::Cause;
use crate::class::Class;
use crate::deadline;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::function;
use crate::moment::Since;

#[derive(Debug)]
pub(super) struct Course<'r> {
    settings: &'r Settings,
    pub(super) budget: Option<&'r RetryBudget>,
    /// How many retries.
    pub(super) made: u32,
    /// In nanoseconds: what the decorrelated backoff goes on from.
    previous: u64,
    /// Only where a `max_duration` has to be held.
    started: Option<Since>,
}

/// What an outcome asks of the delay before the next attempt.
pub(super) enum Asked {
    Nothing,
    Exactly(Duration),
    AtLeast(Duration),
}

impl<'r> Course<'r> {
    #[inline]
    pub(super) fn new(
        settings: &'r Settings,
        is_off: bool,
        budget: Option<&'r RetryBudget>,
    ) -> Self {
        Self {
            settings,
            budget,
            // What is switched off has none left.
            made: if is_off { u32::MAX } else { 0 },
            previous: 0,
            started: settings.max_duration.map(|_| Since::at(Instant::now())),
        }
    }

    /// The class of the error that a body has returned; `None` when errors are not retried.
    #[inline]
    pub(super) fn class(&self) -> Option<Class> {
        self.settings.on.contains(Cause::Error).then(body::class)
    }

    /// What a rejection asks of the delay; `None` when it must not be retried.
    #[inline(never)]
    pub(super) fn asked_by(&self, rejected: &Rejected) -> Option<Asked> {
        // A deadline that is not ours to extend.
        let is_callers = matches!(
            rejected,
            Rejected::TimedOut {
                inherited: true,
                ..
            }
        );
        if is_callers || !self.settings.on.contains(rejected.into()) {
            return None;
        }
        let retry_after = rejected.retry_after();
        Some(retry_after.map_or(Asked::Nothing, Asked::AtLeast))
    }

    /// Whether there is no retry left, whatever an outcome asks for.
    pub(super) fn is_used_up(&self) -> bool {
        self.made >= self.settings.max
    }

    /// The pause before the next retry, if there is one: then those who listen are told. Without a cause it is
    /// `when_ok` that has asked for it.
    #[inline(never)]
    pub(super) fn next(&mut self, asked: &Asked, cause: Option<Cause>) -> Option<Pause<'r>> {
        let delay = self.delay(asked)?;
        if !self.fits(delay) {
            return None;
        }
        // Asked last: what is not retried for another reason takes nothing from others.
        let withdrawal = match self.budget {
            Some(budget) => Some(budget.withdraw()?),
            None => None,
        };
        self.made += 1;
        event::emit(|| Event::RetryScheduled {
            attempt: self.made,
            max: self.settings.max,
            delay,
            cause,
            function: function::current(),
        });
        Some(Pause::new(delay, withdrawal))
    }

    /// How long to wait; `None` when that is longer than it may be.
    fn delay(&mut self, asked: &Asked) -> Option<Duration> {
        if let (Mode::None, Asked::Nothing) = (self.settings.mode, asked) {
            return Some(Duration::ZERO);
        }
        let previous = Duration::from_nanos(self.previous);
        let mut delays = self.settings.delays(self.made, previous);
        let backoff = delays.next().map_or(Duration::ZERO, |delay| {
            self.settings.jitter.spread(delay, delays.cap)
        });
        self.previous = u64::try_from(delays.previous.as_nanos()).unwrap_or(u64::MAX);
        let delay = match *asked {
            Asked::Nothing => backoff,
            Asked::Exactly(delay) => delay,
            Asked::AtLeast(delay) => delay.max(backoff),
        };
        (delay <= delays.cap).then_some(delay)
    }

    /// Whether a retry after this delay can still start in time.
    fn fits(&self, delay: Duration) -> bool {
        let slept = as_slept(delay);
        let mut now = None;
        let mut now = || *now.get_or_insert_with(Instant::now);
        if let (Some(started), Some(max_duration)) = (self.started, self.settings.max_duration) {
            let left = max_duration.saturating_sub(started.until(now()));
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
