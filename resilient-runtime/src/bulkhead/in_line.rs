//! A caller in line for a place: for so long, and no longer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Bulkhead;
use super::place::Place;
use super::queue::Entry;
use crate::deadline::{self, saturating_add};
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::within;

pin_project! {
    /// Dropping it leaves the line, and passes on a place that had just been handed over.
    #[derive(Debug)]
    pub(super) struct InLine<'a> {
        bulkhead: &'a Bulkhead,
        ticket: Option<u64>,
        since: Instant,
        #[pin]
        sleep: Sleep,
    }

    impl PinnedDrop for InLine<'_> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(ticket) = this.ticket.take()
                && !this.bulkhead.queue.leave(ticket)
            {
                drop(Place::of(this.bulkhead));
            }
        }
    }
}

/// Behind a pointer, as it holds a timer, which is large, and most calls never wait.
#[derive(Debug)]
pub(super) struct Apart<'a>(Option<Pin<Box<InLine<'a>>>>);

impl<'a> Apart<'a> {
    /// What this takes is out of the way of calls that never waited.
    #[cold]
    #[inline(never)]
    pub(super) fn leave(&mut self) {
        self.0 = None;
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Place<'a>, Rejected>> {
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
        bulkhead: &'a Bulkhead,
        max_wait: Duration,
        cx: &Context<'_>,
    ) -> Result<Apart<'a>, Result<Place<'a>, Rejected>> {
        let since = Instant::now();
        let patience = saturating_add(since, max_wait);
        let until = deadline::unfired().map_or(patience, |deadline| deadline.min(patience));
        if until <= since {
            return Err(Err(bulkhead.full(Duration::ZERO)));
        }
        match bulkhead
            .queue
            .join(bulkhead.settings().max_queue, cx.waker().clone())
        {
            Entry::Admitted => {
                let place = Place::of(bulkhead);
                bulkhead.admitted();
                Err(Ok(place))
            }
            Entry::Full => Err(Err(bulkhead.full(Duration::ZERO))),
            Entry::Waits(ticket) => {
                let sleep = sleep_until(until);
                Ok(Apart(Some(Box::pin(Self {
                    bulkhead,
                    ticket: Some(ticket),
                    since,
                    sleep,
                }))))
            }
        }
    }

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Place<'a>, Rejected>> {
        let mut this = self.project();
        let bulkhead = *this.bulkhead;
        let Some(ticket) = *this.ticket else {
            return Poll::Pending;
        };
        let waited = || Instant::now().saturating_duration_since(*this.since);
        let called = bulkhead.queue.is_called(ticket, cx.waker().clone());
        if !called && this.sleep.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        *this.ticket = None;
        // Its turn may have come since: then it has a place, and time or not, that is what it waited for.
        if called || !bulkhead.queue.leave(ticket) {
            // First: whoever is told may unwind.
            let place = Place::of(bulkhead);
            event::emit_of(&bulkhead.meter, || Event::BulkheadWaited {
                name: bulkhead.name.clone(),
                waited: waited(),
                function: within::current(),
            });
            bulkhead.admitted();
            return Poll::Ready(Ok(place));
        }
        Poll::Ready(Err(bulkhead.full(waited())))
    }
}
