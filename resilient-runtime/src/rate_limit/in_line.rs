//! A caller in line for its turn.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use super::RateLimiter;
use super::line::Turn;
use super::queue::Entry;
use crate::deadline::{self, saturating_add};
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::within;

pin_project! {
    /// Dropping it leaves the line, and gives back a turn that had just come.
    #[derive(Debug)]
    pub(super) struct InLine<'a> {
        limiter: &'a RateLimiter,
        // None once it has passed.
        ticket: Option<u64>,
        since: Instant,
        #[pin]
        sleep: Sleep,
    }

    impl PinnedDrop for InLine<'_> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(ticket) = this.ticket.take() {
                let (limiter, now) = (*this.limiter, Instant::now());
                limiter.line.leave(limiter, limiter.units(now), ticket);
            }
        }
    }
}

/// The shortest time there is: a turn at the deadline itself is too late.
const TICK: Duration = Duration::from_nanos(1);

/// Behind a pointer, as it holds a timer, which is large, and most calls never wait.
#[derive(Debug)]
pub(super) struct Apart<'a>(Option<Pin<Box<InLine<'a>>>>);

impl Apart<'_> {
    /// What this takes is out of the way of calls that never waited.
    #[cold]
    #[inline(never)]
    pub(super) fn leave(&mut self) {
        self.0 = None;
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Rejected>> {
        match &mut self.0 {
            Some(in_line) => in_line.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<'a> InLine<'a> {
    /// Joins the line; or says at once what came of it.
    #[cold]
    pub(super) fn join(
        limiter: &'a RateLimiter,
        now: Instant,
        turn: &Turn,
        cx: &Context<'_>,
    ) -> Result<Apart<'a>, Result<(), Rejected>> {
        let max_wait = limiter.settings().max_wait;
        let patience = saturating_add(now, max_wait.unwrap_or_default());
        let latest = match deadline::current() {
            Some(deadline) if max_wait.is_some() => {
                patience.min(deadline.checked_sub(TICK).unwrap_or(now))
            }
            _ => patience,
        };
        let (units, latest) = (limiter.units(now), limiter.units(latest));
        if let Turn::Later { slot } = *turn
            && slot > latest
        {
            return Err(Err(limiter.refuse(slot, now)));
        }
        match limiter
            .line
            .enter(limiter, units, latest, cx.waker().clone())
        {
            Entry::Passed => {
                limiter.passed();
                Err(Ok(()))
            }
            Entry::Refused { slot } => Err(Err(limiter.refuse(slot, now))),
            Entry::Waits { ticket, slot } => Ok(Apart(Some(Box::pin(Self {
                limiter,
                ticket: Some(ticket),
                since: now,
                sleep: sleep_until(limiter.moment(slot)),
            })))),
        }
    }

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Rejected>> {
        let mut this = self.project();
        let limiter = *this.limiter;
        let Some(ticket) = *this.ticket else {
            return Poll::Pending;
        };
        loop {
            let now = Instant::now();
            let units = limiter.units(now);
            let Some(slot) = limiter.line.ask(limiter, units, ticket, cx.waker().clone()) else {
                *this.ticket = None;
                event::emit_of(&limiter.meter, || Event::RateLimitWaited {
                    name: limiter.name.clone(),
                    waited: now.saturating_duration_since(*this.since),
                    function: within::current(),
                });
                limiter.passed();
                return Poll::Ready(Ok(()));
            };
            // Those before it may have left.
            let moment = limiter.moment(slot);
            if this.sleep.deadline() != moment || this.sleep.is_elapsed() {
                this.sleep.as_mut().reset(moment);
            }
            std::task::ready!(this.sleep.as_mut().poll(cx));
        }
    }
}
