//! The attempts of one call: after each, whether there is another, and when.

use std::fmt;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::time::Duration;

use super::course::{Course, Next};
use super::hooks::{DelayFrom, OnRetry, RetryEvent};
use super::pause::Pause;
use super::settings::Settings;
use crate::budget::RetryBudget;
use crate::outcome::{Failure, Outcome};
use crate::predicate::{Absent, OnError, OnValue};

/// The attempts of one call; see [`Retry::attempts`](super::Retry::attempts).
pub struct Attempts<'r, T, E, W = Absent, O = Absent, D = Absent, N = Absent> {
    course: Course<'r>,
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
            course: Course::new(settings, is_off, budget),
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
        self.course.budget
    }

    /// Retry this error? Asked instead of its class.
    pub fn when<P: Fn(&E) -> bool>(self, when: P) -> Attempts<'r, T, E, P, O, D, N> {
        let Self {
            course,
            when_ok,
            delay_from,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            course,
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
            course,
            when,
            delay_from,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            course,
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
            course,
            when,
            when_ok,
            on_retry,
            outcome,
            ..
        } = self;
        Attempts {
            course,
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
            course,
            when,
            when_ok,
            delay_from,
            outcome,
            ..
        } = self;
        Attempts {
            course,
            when,
            when_ok,
            delay_from,
            on_retry,
            outcome,
        }
    }
}

impl<T, E, W, O: OnValue<T>, D, N> Attempts<'_, T, E, W, O, D, N> {
    /// Whether this value is not retried.
    #[inline]
    pub(crate) fn accepts(&self, value: &T) -> bool {
        !self.when_ok.says(value)
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
        match outcome {
            Ok(value) if self.accepts(&value) => ControlFlow::Break(Ok(value)),
            // What a call ends with stays where it is: it may be large.
            outcome => match self.pause(&outcome) {
                None => ControlFlow::Break(outcome),
                Some(pause) => ControlFlow::Continue(pause),
            },
        }
    }

    /// The pause before the next attempt, if there is one: of no length, where there is no delay.
    #[cold]
    #[inline(never)]
    fn pause(&mut self, outcome: &Outcome<T, E>) -> Option<Pause<'r>> {
        let pause = self.next(outcome).continue_value()?;
        Some(pause.unwrap_or_else(Pause::none))
    }

    /// Whether there is another attempt; then after which pause, if one. What does not depend on types is the
    /// course's.
    #[inline]
    pub(crate) fn next(&mut self, outcome: &Outcome<T, E>) -> Next<'r> {
        match outcome {
            Err(Failure::Error(error)) if const { Self::ASKS } => self.after_error(error),
            Err(Failure::Error(_)) => self.course.after_error(),
            Err(Failure::Rejected(rejected)) => self.course.after_rejection(rejected),
            // `when_ok` has asked for it.
            Ok(_) => self.course.after_value(),
        }
    }

    /// Whether anybody has to be asked or told of an error.
    const ASKS: bool = W::IS_THERE || D::IS_THERE || N::IS_THERE;

    #[inline(never)]
    fn after_error(&mut self, error: &E) -> Next<'r> {
        let Some(class) = self.course.class() else {
            return ControlFlow::Break(());
        };
        if !self.when.says(error).unwrap_or(class.is_retried()) {
            return ControlFlow::Break(());
        }
        let asked = self.delay_from.delay_from(error).or(class.retry_after());
        let next = self.course.after_error_asking(asked);
        if let ControlFlow::Continue(pause) = &next {
            let delay = pause.as_ref().map_or(Duration::ZERO, Pause::delay);
            let event = RetryEvent::new(self.course.made, delay, error);
            self.on_retry.on_retry(&event);
        }
        next
    }
}

impl<T, E, W, O, D, N> fmt::Debug for Attempts<'_, T, E, W, O, D, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts")
            .field("course", &self.course)
            .finish_non_exhaustive()
    }
}
