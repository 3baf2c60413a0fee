//! How far the attempts of one call have come, and whether there is another one: what does not depend on
//! the types of their outcomes, and so is there once for all functions.

use std::ops::ControlFlow;
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
use crate::moment::Since;
use crate::within;

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

/// Whether there is another attempt; then after which pause, if one.
pub(super) type Next<'r> = ControlFlow<(), Option<Pause<'r>>>;

/// What an outcome asks of the delay before the next attempt.
enum Asked {
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
            started: settings.max_duration.map(|_| Since::now()),
        }
    }

    /// The class of the error that a body has returned; `None` when errors are not retried, or no more.
    #[inline]
    pub(super) fn class(&self) -> Option<Class> {
        let is_retried = !self.is_used_up() && self.settings.on.contains(Cause::Error);
        is_retried.then(body::class)
    }

    /// Whether there is no retry left, whatever an outcome asks for.
    fn is_used_up(&self) -> bool {
        self.made >= self.settings.max
    }

    /// After an error of which its class is all that is known.
    #[inline(never)]
    pub(super) fn after_error(&mut self) -> Next<'r> {
        match self.class() {
            Some(class) if class.is_retried() => self.after_error_asking(class.retry_after()),
            _ => ControlFlow::Break(()),
        }
    }

    /// After an error that is to be retried, with the delay that it asks for.
    #[inline]
    pub(super) fn after_error_asking(&mut self, asked: Option<Duration>) -> Next<'r> {
        // Nothing to work out, and nobody to ask or to tell.
        if asked.is_none()
            && matches!(self.settings.mode, Mode::None)
            && self.budget.is_none()
            && self.started.is_none()
            && deadline::current().is_none()
            && !event::is_heard_in_detail()
        {
            self.made += 1;
            return ControlFlow::Continue(None);
        }
        let asked = asked.map_or(Asked::Nothing, Asked::Exactly);
        self.next(&asked, Some(Cause::Error))
    }

    /// After a value that `when_ok` has asked to be retried.
    #[inline(never)]
    pub(super) fn after_value(&mut self) -> Next<'r> {
        if self.is_used_up() {
            return ControlFlow::Break(());
        }
        self.next(&Asked::Nothing, None)
    }

    /// After a rejection, which may not be one that is to be retried.
    #[inline(never)]
    pub(super) fn after_rejection(&mut self, rejected: &Rejected) -> Next<'r> {
        // A deadline that is not ours to extend.
        let is_callers = matches!(
            rejected,
            Rejected::TimedOut {
                inherited: true,
                ..
            }
        );
        if self.is_used_up() || is_callers || !self.settings.on.contains(rejected.into()) {
            return ControlFlow::Break(());
        }
        let retry_after = rejected.retry_after();
        let asked = retry_after.map_or(Asked::Nothing, Asked::AtLeast);
        self.next(&asked, Some(rejected.into()))
    }

    /// Whether the next retry is made, and when: then those who listen are told.
    #[inline(never)]
    fn next(&mut self, asked: &Asked, cause: Option<Cause>) -> Next<'r> {
        match self.pause(asked, cause) {
            Some(pause) => ControlFlow::Continue(pause.if_any()),
            None => ControlFlow::Break(()),
        }
    }

    fn pause(&mut self, asked: &Asked, cause: Option<Cause>) -> Option<Pause<'r>> {
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
            function: within::current(),
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
