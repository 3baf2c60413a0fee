//! The future of a hedged call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::Tuned;
use super::copies::{Copies, Ended};
use super::measured::FirstCall;
use super::timer::Timer;
use crate::body;
use crate::budget::{Counting, Withdrawal};
use crate::class::Class;
use crate::deadline;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::outcome::{Failure, Outcome};
use crate::predicate::{Absent, OnError};
use crate::within;

pin_project! {
    /// A call under a [`Hedge`](super::Hedge), with its copies.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Hedged<'h, M, S, E, W = Absent> {
        // Before all else, so that what runs is gone first.
        #[pin]
        copies: S,
        #[pin]
        timer: Timer,
        make: M,
        tuned: Tuned<'h>,
        first_call: FirstCall<'h>,
        first_failure: Option<(Failure<E>, Class)>,
        // The first call among them.
        started: u32,
        running: u32,
        // Whether the budget knows of the call.
        is_deposited: bool,
        when: W,
    }
}

impl<'h, M, S: Copies, E> Hedged<'h, M, S, E> {
    #[inline]
    pub(super) fn new(tuned: Tuned<'h>, make: M) -> Self {
        Self {
            copies: S::EMPTY,
            timer: Timer::Unstarted,
            make,
            tuned,
            first_call: FirstCall::of(tuned.hedge),
            first_failure: None,
            started: 0,
            running: 0,
            is_deposited: false,
            when: Absent,
        }
    }
}

impl<'h, M, S, E, W> Hedged<'h, M, S, E, W> {
    /// Does this error start the next copy at once? Asked instead of its class; one that does not ends
    /// the call.
    pub fn when<P: Fn(&E) -> bool>(self, when: P) -> Hedged<'h, M, S, E, P> {
        let Self {
            copies,
            timer,
            make,
            tuned,
            first_call,
            first_failure,
            started,
            running,
            is_deposited,
            ..
        } = self;
        Hedged {
            copies,
            timer,
            make,
            tuned,
            first_call,
            first_failure,
            started,
            running,
            is_deposited,
            when,
        }
    }
}

/// What the failure of a copy means to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The next one starts.
    Next,
    /// There is no next one: whatever runs may still succeed.
    NoMore,
    /// The call is over.
    End,
}

impl<M, S, F, W, T, E> Future for Hedged<'_, M, S, E, W>
where
    M: FnMut() -> F,
    S: Copies<Copy = F>,
    F: Future<Output = Outcome<T, E>>,
    W: OnError<E>,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome<T, E>> {
        let mut this = self.project();
        if *this.started == 0 {
            let copy = {
                let _counting = counting(this.tuned);
                (this.make)()
            };
            this.copies.as_mut().start(0, copy);
            (*this.started, *this.running) = (1, 1);
            // Whoever shares a budget counts on every call.
            if this.tuned.shared.is_some() {
                deposit(this.tuned, this.is_deposited);
            }
        }
        // Before the copies, which may use up the task's budget: then the timer would not even be heard.
        let mut due = this
            .timer
            .as_mut()
            .poll(cx)
            .is_ready()
            .then_some(this.tuned.after);
        let mut from = 0;
        loop {
            let polled = {
                let _counting = counting(this.tuned);
                this.copies.as_mut().poll(from, cx)
            };
            let Poll::Ready(Ended {
                copy,
                outcome,
                class,
            }) = polled
            else {
                deposit(this.tuned, this.is_deposited);
                if due.is_none() {
                    if *this.running == 0 {
                        return Poll::Ready(all_failed(this.first_failure.take()));
                    }
                    if this.first_failure.is_none() {
                        this.first_call.suspends();
                    }
                    if *this.started <= this.tuned.max {
                        let ready = this.timer.as_mut().start(this.tuned.after, cx).is_ready();
                        due = ready.then_some(this.tuned.after);
                    }
                }
                let Some(after) = due.take() else {
                    return Poll::Pending;
                };
                if let Some(withdrawal) = may_start(this.tuned, *this.started) {
                    let copy = *this.started;
                    let made = {
                        let _counting = counting(this.tuned);
                        (this.make)()
                    };
                    this.copies.as_mut().start(copy, made);
                    withdrawal.spend();
                    tell_started(copy, after);
                    (*this.started, *this.running) = (copy + 1, *this.running + 1);
                    this.timer.set(Timer::Unstarted);
                    from = copy;
                } else {
                    this.timer.set(Timer::Off);
                    from = *this.started;
                }
                continue;
            };
            let failure = match outcome {
                Ok(value) => {
                    if copy == 0 {
                        this.first_call.answered();
                    } else {
                        tell_won(copy);
                    }
                    end(this.copies, this.timer, this.first_call);
                    return Poll::Ready(Ok(value));
                }
                Err(failure) => failure,
            };
            deposit(this.tuned, this.is_deposited);
            *this.running -= 1;
            if copy == 0 {
                measure(this.first_call, &failure, class);
            }
            match verdict(&failure, class, this.when) {
                Verdict::Next => due = Some(Duration::ZERO),
                Verdict::NoMore => {
                    *this.started = u32::MAX;
                    this.timer.set(Timer::Off);
                }
                Verdict::End => {
                    end(this.copies, this.timer, this.first_call);
                    body::set_class(class);
                    return Poll::Ready(Err(failure));
                }
            }
            if copy == 0 {
                *this.first_failure = Some((failure, class));
            }
            from = copy + 1;
        }
    }
}

fn tell_started(copy: u32, after: Duration) {
    event::emit(|| Event::HedgeStarted {
        copy,
        after,
        function: within::current(),
    });
}

fn tell_won(copy: u32) {
    event::emit(|| Event::HedgeWon {
        copy,
        function: within::current(),
    });
}

/// The budget hears of the call.
#[inline]
fn deposit(tuned: &Tuned<'_>, is_deposited: &mut bool) {
    if !*is_deposited {
        *is_deposited = true;
        tuned.budget().deposit();
    }
}

/// What it has counted is counted for all copies. Its own budget is nobody else's.
#[inline]
fn counting(tuned: &Tuned<'_>) -> Option<Counting> {
    tuned.shared.map(Counting::by)
}

/// Leave to start a copy, where there is one left, time for it, and a budget. The budget is asked last:
/// what is not started for another reason takes nothing from others.
#[cold]
fn may_start<'h>(tuned: &Tuned<'h>, started: u32) -> Option<Withdrawal<'h>> {
    let is_late = || deadline::remaining().is_some_and(|left| left.is_zero());
    if started > tuned.max || is_late() {
        return None;
    }
    tuned.budget().withdraw()
}

#[cold]
fn verdict<E>(failure: &Failure<E>, class: Class, when: &impl OnError<E>) -> Verdict {
    match failure {
        Failure::Error(error) => match (when.says(error), class) {
            (Some(true), _) | (None, Class::Transient) => Verdict::Next,
            (Some(false) | None, _) => Verdict::End,
        },
        Failure::Rejected(Rejected::TimedOut {
            inherited: false, ..
        }) => Verdict::Next,
        // A caller's deadline is over for every copy.
        Failure::Rejected(Rejected::TimedOut { .. }) => Verdict::End,
        // Local saturation: more copies would only add to it.
        Failure::Rejected(_) => Verdict::NoMore,
    }
}

/// What the failure of the first call says of how long an answer takes.
#[cold]
fn measure<E>(first_call: &mut FirstCall<'_>, failure: &Failure<E>, class: Class) {
    match failure {
        Failure::Error(_) if class == Class::Answered => first_call.answered(),
        Failure::Rejected(Rejected::TimedOut { .. }) => first_call.dropped(),
        // An error is often fast, and a rejection has called nobody.
        Failure::Error(_) | Failure::Rejected(_) => first_call.says_nothing(),
    }
}

/// Drops what still runs.
fn end<S: Copies>(copies: Pin<&mut S>, mut timer: Pin<&mut Timer>, first_call: &mut FirstCall<'_>) {
    first_call.dropped();
    timer.set(Timer::Off);
    copies.clear();
}

#[cold]
fn all_failed<T, E>(first: Option<(Failure<E>, Class)>) -> Outcome<T, E> {
    let Some((failure, class)) = first else {
        unreachable!("a future is not polled after it has returned")
    };
    body::set_class(class);
    Err(failure)
}

impl<M, S, E, W> fmt::Debug for Hedged<'_, M, S, E, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hedged")
            .field("tuned", &self.tuned)
            .field("started", &self.started)
            .field("running", &self.running)
            .finish_non_exhaustive()
    }
}
