//! The least that such a policy can do, by hand: no events, no names, no settings, no half-open circuit, nothing that
//! a person could look at. Nobody should use these; they say what there is to gain.

use std::{
    pin::Pin,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use super::{HOUR, SECOND};
use crate::body::Fault;

pub(super) const WHO: &str = crate::row::FLOOR;

type Outcome = Result<u64, Fault>;

/// A loop.
pub(super) async fn retry<F>(attempts: usize, mut body: impl FnMut() -> F) -> Outcome
where
    F: Future<Output = Outcome>,
{
    let mut left = attempts;
    loop {
        let outcome = body().await;
        left -= 1;
        if outcome.is_ok() || left == 0 {
            return outcome;
        }
    }
}

pin_project! {
    /// Polls first, and makes a timer only for a body that suspends.
    pub(super) struct Timeout<F> {
        #[pin]
        body: F,
        #[pin]
        timer: Option<Sleep>,
        limit: Duration,
    }
}

pub(super) fn timeout<F>(limit: Duration, body: F) -> Timeout<F> {
    Timeout {
        body,
        timer: None,
        limit,
    }
}

impl<F: Future<Output = Outcome>> Future for Timeout<F> {
    type Output = Outcome;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let this = self.project();
        if let Poll::Ready(outcome) = this.body.poll(context) {
            return Poll::Ready(outcome);
        }
        let mut timer = this.timer;
        if timer.is_none() {
            timer.set(Some(sleep(*this.limit)));
        }
        if let Some(timer) = timer.as_pin_mut() {
            ready!(timer.poll(context));
        }
        Poll::Ready(Err(Fault::REJECTED))
    }
}

/// What lets calls in, or does not, and is told how they ended.
pub(super) trait Guard {
    /// What a call has while it runs.
    type Pass<'g>
    where
        Self: 'g;

    fn enter(&self) -> Option<Self::Pass<'_>>;

    fn leave(&self, failed: bool);

    fn around<F: Future<Output = Outcome>>(&self, body: F) -> Guarded<'_, F, Self>
    where
        Self: Sized,
    {
        Guarded {
            guard: self,
            body,
            pass: None,
        }
    }
}

pin_project! {
    pub(super) struct Guarded<'g, F, G: Guard> {
        guard: &'g G,
        #[pin]
        body: F,
        pass: Option<G::Pass<'g>>,
    }
}

impl<F: Future<Output = Outcome>, G: Guard> Future for Guarded<'_, F, G> {
    type Output = Outcome;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let this = self.project();
        if this.pass.is_none() {
            let Some(pass) = this.guard.enter() else {
                return Poll::Ready(Err(Fault::REJECTED));
            };
            *this.pass = Some(pass);
        }
        let outcome = ready!(this.body.poll(context));
        this.guard.leave(outcome.is_err());
        *this.pass = None;
        Poll::Ready(outcome)
    }
}

/// A window that is full of successes does not change by one more: a load before the call, and one after it.
pub(super) struct Breaker {
    failures: AtomicU64,
}

impl Breaker {
    const MOST: u64 = 50;

    pub(super) const fn new() -> Self {
        Self {
            failures: AtomicU64::new(0),
        }
    }

    #[cold]
    fn record(&self, failed: bool) {
        self.failures
            .fetch_add(u64::from(failed), Ordering::Relaxed);
    }
}

impl Guard for Breaker {
    type Pass<'g> = ();

    #[inline]
    fn enter(&self) -> Option<()> {
        (self.failures.load(Ordering::Relaxed) < Self::MOST).then_some(())
    }

    #[inline]
    fn leave(&self, failed: bool) {
        if failed || self.failures.load(Ordering::Relaxed) != 0 {
            self.record(failed);
        }
    }
}

/// An open circuit has to know what time it is.
pub(super) struct Open {
    since: Instant,
}

impl Open {
    pub(super) fn new() -> Self {
        Self { since: now() }
    }
}

impl Guard for Open {
    type Pass<'g> = ();

    #[inline]
    fn enter(&self) -> Option<()> {
        (self.since.elapsed() >= HOUR).then_some(())
    }

    fn leave(&self, _: bool) {}
}

/// A place is taken by one write and given back by another.
pub(super) struct Bulkhead {
    most: usize,
    taken: AtomicUsize,
}

impl Bulkhead {
    pub(super) const fn new(most: usize, taken: usize) -> Self {
        Self {
            most,
            taken: AtomicUsize::new(taken),
        }
    }
}

impl Guard for Bulkhead {
    type Pass<'g> = Place<'g>;

    #[inline]
    fn enter(&self) -> Option<Place<'_>> {
        if self.taken.load(Ordering::Relaxed) >= self.most {
            return None;
        }
        let place = Place(&self.taken);
        (self.taken.fetch_add(1, Ordering::Acquire) < self.most).then_some(place)
    }

    fn leave(&self, _: bool) {}
}

/// It gives itself back, also when the call is dropped.
pub(super) struct Place<'b>(&'b AtomicUsize);

impl Drop for Place<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

/// The time at which the next call would be due, moved on by each call: the generic cell rate algorithm, with a burst
/// of a second.
pub(super) struct RateLimit {
    start: Instant,
    due: AtomicU64,
}

impl RateLimit {
    pub(super) fn new() -> Self {
        Self {
            start: now(),
            due: AtomicU64::new(0),
        }
    }
}

impl Guard for RateLimit {
    type Pass<'g> = ();

    #[inline]
    fn enter(&self) -> Option<()> {
        let now = nanos(self.start.elapsed());
        let mut due = self.due.load(Ordering::Relaxed);
        loop {
            let next = due.max(now) + 1;
            if next > now + nanos(SECOND) {
                return None;
            }
            let moved =
                self.due
                    .compare_exchange_weak(due, next, Ordering::Relaxed, Ordering::Relaxed);
            match moved {
                Ok(_) => return Some(()),
                Err(other) => due = other,
            }
        }
    }

    fn leave(&self, _: bool) {}
}

#[expect(clippy::disallowed_methods, reason = "the floor is the clock itself")]
fn now() -> Instant {
    Instant::now()
}

const fn nanos(time: Duration) -> u64 {
    time.as_secs() * 1_000_000_000 + time.subsec_nanos() as u64
}
