//! Retry: calls again what may go better the next time.

mod attempts;
mod course;
mod describe;
mod hooks;
#[cfg(feature = "config")]
mod overridden;
mod pause;
mod settings;

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

pub use attempts::Attempts;
pub use hooks::RetryEvent;
pub(crate) use hooks::{DelayFrom, OnRetry};
pub use pause::{Pause, Pausing};

use crate::amplified::{self, AttemptingByHand};
use crate::backoff::Mode;
use crate::body;
use crate::budget::{Counting, RetryBudget};
use crate::cause::{Cause, Causes};
use crate::in_force::InForceApart;
use crate::jitter::Jitter;
use crate::outcome::Outcome;
#[cfg(feature = "config")]
use crate::overrides::Index;
use crate::refuse::refuse;
use crate::rule::{self, Delays};
use settings::Settings;

/// How often, how soon and after which failures to call again.
///
/// | setting | default | because |
/// |---|---|---|
/// | `max` | 3 | most faults that pass at all pass within three calls; more multiplies load on what is down |
/// | backoff | exponential from 100 ms, factor 2 | a callee that needs time gets twice as much each time |
/// | `max_delay` | 10 s | longer, and nobody is waiting any more |
/// | jitter | none | it is asked for by the word; under load, ask for it |
/// | `on` | errors, and timeouts of an inner `timeout` | a rejection says "not now", and calling again at once is what it is against |
/// | `budget` | none | a budget is shared by all who call one callee: which callee that is, is yours to say |
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Failure, Jitter, Retry, body};
///
/// static RETRY: Retry = Retry::new(3).exponential(Duration::from_millis(1), 2.0).jitter(Jitter::Full);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut calls = 0;
/// let outcome = RETRY
///     .run(|| {
///         calls += 1;
///         body(std::future::ready(if calls < 3 { Err("not yet") } else { Ok(calls) }))
///     })
///     .await;
/// assert_eq!(outcome, Ok(3));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Retry {
    settings: InForceApart<Settings>,
    budget: Option<&'static RetryBudget>,
    declared: &'static Location<'static>,
}

impl Retry {
    /// `max` retries after the first call, 1 to 100: the body runs at most `max + 1` times.
    #[must_use]
    #[track_caller]
    pub const fn new(max: u32) -> Self {
        refuse(rule::max(max));
        Self {
            settings: InForceApart::of(Settings::new(max)),
            budget: None,
            declared: Location::caller(),
        }
    }

    /// `delay`, then each `factor` times the one before.
    #[must_use]
    #[track_caller]
    pub const fn exponential(self, delay: Duration, factor: f64) -> Self {
        self.mode(Mode::Exponential).delay(delay).factor(factor)
    }

    /// 1, 2, 3, … times `delay`.
    #[must_use]
    #[track_caller]
    pub const fn linear(self, delay: Duration) -> Self {
        self.mode(Mode::Linear).delay(delay)
    }

    /// `delay` each time.
    #[must_use]
    #[track_caller]
    pub const fn constant(self, delay: Duration) -> Self {
        self.mode(Mode::Constant).delay(delay)
    }

    /// 1, 1, 2, 3, 5, … times `delay`.
    #[must_use]
    #[track_caller]
    pub const fn fibonacci(self, delay: Duration) -> Self {
        self.mode(Mode::Fibonacci).delay(delay)
    }

    /// Evenly at random in `delay..=min(3 × the one before, max_delay)`.
    #[must_use]
    #[track_caller]
    pub const fn decorrelated(self, delay: Duration) -> Self {
        self.mode(Mode::Decorrelated).delay(delay)
    }

    /// No delay, and no timer call.
    #[must_use]
    pub const fn no_delay(self) -> Self {
        self.mode(Mode::None)
    }

    /// The delay that a function says for each attempt; the first retry is attempt 1.
    #[must_use]
    pub const fn backoff(self, delay: fn(attempt: u32) -> Duration) -> Self {
        self.mode(Mode::Custom(delay))
    }

    /// How delays grow; see [`Mode`].
    #[must_use]
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.settings.written_mut().mode = mode;
        self
    }

    /// The first delay: more than zero, at most `max_delay`.
    #[must_use]
    #[track_caller]
    pub const fn delay(mut self, delay: Duration) -> Self {
        refuse(rule::delay(delay));
        self.settings.written_mut().delay = Some(delay);
        self.checked()
    }

    /// The growth of the exponential mode: at least 1 and finite.
    #[must_use]
    #[track_caller]
    pub const fn factor(mut self, factor: f64) -> Self {
        refuse(rule::factor(factor));
        self.settings.written_mut().factor = Some(factor);
        self
    }

    /// The cap on every delay; jitter stays within it. A callee that asks for more (`Retry-After`) is
    /// not retried at all, as earlier than asked would be wrong and later than this is too late.
    #[must_use]
    #[track_caller]
    pub const fn max_delay(mut self, max_delay: Duration) -> Self {
        refuse(rule::max_delay(max_delay));
        self.settings.written_mut().max_delay = Some(max_delay);
        self.checked()
    }

    /// No retry starts, and no delay is slept, that would pass this.
    #[must_use]
    #[track_caller]
    pub const fn max_duration(mut self, max_duration: Duration) -> Self {
        refuse(rule::max_duration(max_duration));
        self.settings.written_mut().max_duration = Some(max_duration);
        self.checked()
    }

    /// How delays are spread at random.
    #[must_use]
    #[track_caller]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        if let Jitter::Ratio(ratio) = jitter {
            refuse(rule::ratio(ratio));
        }
        self.settings.written_mut().jitter = jitter;
        self
    }

    /// What may be retried at all. `&[Cause::Error]` never repeats a call that may still be running at
    /// the callee.
    #[must_use]
    #[track_caller]
    pub const fn on(mut self, causes: &[Cause]) -> Self {
        self.settings.written_mut().on = Causes::of(causes);
        assert!(
            !self.settings.written().on.is_empty(),
            "`on` with nothing in it retries nothing: leave the retry out"
        );
        self
    }

    /// The budget that its retries are taken from; none by default. When it is empty there is no retry, and
    /// the outcome of the last attempt is what the caller gets.
    ///
    /// ```
    /// use resilient_runtime::{Retry, RetryBudget};
    /// static BUDGET: RetryBudget = RetryBudget::new("payments");
    /// static RETRY: Retry = Retry::new(3).budget(&BUDGET);
    /// ```
    #[must_use]
    pub const fn budget(mut self, budget: &'static RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    #[track_caller]
    const fn checked(self) -> Self {
        refuse(self.settings.written().contradiction());
        self
    }

    /// Runs the call that `make` makes, and again as this policy says.
    pub async fn run<M, F, T, E>(&self, mut make: M) -> Outcome<T, E>
    where
        M: FnMut() -> F,
        F: Future<Output = Outcome<T, E>>,
    {
        let mut attempts = self.attempts();
        amplified::start_by_hand(self.declared);
        loop {
            // The attempt is gone when it has ended. It may have no body: then no class must be left over
            // from another one. And it may go on after its body: then the class must not be lost.
            let outcome = {
                let counting = || self.budget.map(Counting::by);
                let attempt = {
                    let _counting = counting();
                    make()
                };
                let (mut attempt, mut class) = (pin!(attempt), None);
                poll_fn(|cx| {
                    body::clear_class();
                    let _above = AttemptingByHand::at(self.declared);
                    let _counting = counting();
                    let polled = attempt.as_mut().poll(cx);
                    class = body::said().or(class);
                    if let (Poll::Ready(_), Some(class)) = (&polled, class) {
                        body::set_class(class);
                    }
                    polled
                })
                .await
            };
            let pause = match attempts.settle(outcome) {
                ControlFlow::Break(outcome) => return outcome,
                ControlFlow::Continue(pause) => pause,
            };
            pause.await;
        }
    }

    /// The attempts of one call, for a loop of your own: what [`run`](Self::run) does, with hooks.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use resilient_runtime::{Retry, body};
    ///
    /// static RETRY: Retry = Retry::new(2).no_delay();
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let mut calls = 0;
    /// let mut attempts = RETRY.attempts().when(|error: &&str| *error == "busy");
    /// let outcome = loop {
    ///     calls += 1;
    ///     let attempt = body(async { Err::<(), _>(if calls == 1 { "busy" } else { "gone" }) }).await;
    ///     match attempts.settle(attempt) {
    ///         ControlFlow::Break(outcome) => break outcome,
    ///         ControlFlow::Continue(pause) => pause.await,
    ///     }
    /// };
    /// assert_eq!(calls, 2);
    /// assert!(outcome.is_err());
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn attempts<T, E>(&self) -> Attempts<'_, T, E> {
        self.attempts_of(self.budget)
    }

    /// The attempts of one call, whose retries are taken from this budget, whichever is this policy's own:
    /// one that is no `static`, for example.
    #[must_use]
    #[inline]
    pub fn attempts_within<'r, T, E>(&'r self, budget: &'r RetryBudget) -> Attempts<'r, T, E> {
        self.attempts_of(Some(budget))
    }

    #[inline]
    fn attempts_of<'r, T, E>(&'r self, budget: Option<&'r RetryBudget>) -> Attempts<'r, T, E> {
        let (settings, is_off) = self.settings.look();
        Attempts::new(settings, is_off, budget)
    }

    pub(crate) const fn own_budget(&self) -> Option<&'static RetryBudget> {
        self.budget
    }

    /// What it goes by.
    #[inline]
    pub(crate) fn settings(&self) -> &Settings {
        self.settings.get()
    }

    /// One that can be overridden, by this.
    #[cfg(feature = "config")]
    #[doc(hidden)]
    #[must_use]
    pub const fn by(mut self, index: &'static Index) -> Self {
        self.settings = self.settings.by(index);
        self
    }

    #[cfg(feature = "config")]
    pub(crate) const fn can_change(&self) -> bool {
        self.settings.can_change()
    }

    /// The delays that are written and the same each time; none where a default or chance decides.
    pub(crate) const fn fixed(&self) -> Option<Delays> {
        self.settings.written().fixed()
    }
}
