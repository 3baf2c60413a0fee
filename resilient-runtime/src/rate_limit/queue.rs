//! Those who wait for their turn, and what is given back by those who give up.
//!
//! A waiter takes nothing while it waits: its slot follows from its place in the queue. So who leaves
//! lets all behind move up by itself. When a slot has come its waiter is *called*: it is taken out of
//! the queue and the slot is spent, whether or not the waiter's task has been polled by then, so that
//! one who never comes keeps nobody waiting. A called waiter that is dropped before it comes gives the
//! slot back, as far as it still is one: beyond a full burst nothing is saved up.

use std::collections::VecDeque;
use std::task::Waker;

use super::called::Called;
use super::gcra::Gcra;
#[cfg(feature = "config")]
use super::rate::END;

#[derive(Debug)]
pub(super) struct Queue {
    /// The theoretical arrival time, of calls that passed and waiters that were called.
    pub(super) arrival: u64,
    next_ticket: u64,
    waiters: VecDeque<Waiter>,
    called: Called,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// For when its timer is set.
    timer: u64,
    /// None once it has been woken to set its timer anew.
    waker: Option<Waker>,
}

/// What became of one who asked to pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Passed,
    /// In line, with this number, for this slot.
    Waits {
        ticket: u64,
        slot: u64,
    },
    /// Its slot is later than it would wait.
    Refused {
        slot: u64,
    },
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self {
            arrival: 0,
            next_ticket: 0,
            waiters: VecDeque::new(),
            called: Called::new(),
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiters.len()
    }

    /// Whether somebody waits, or was called and has not come.
    pub(super) fn is_busy(&self) -> bool {
        !self.called.is_empty() || !self.waiters.is_empty()
    }

    /// Passes, waits for a slot that is not later than `latest`, or is refused: at once, and then it
    /// has taken nothing.
    pub(super) fn enter(
        &mut self,
        gcra: &Gcra,
        now: u64,
        latest: u64,
        waker: &mut Option<Waker>,
    ) -> Entry {
        let slot = self.slot(gcra, self.waiters.len());
        if slot <= now {
            let spare = self.spend(gcra, now);
            self.called.passed(spare);
            return Entry::Passed;
        }
        if slot > latest {
            return Entry::Refused { slot };
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiters.push_back(Waiter {
            ticket,
            timer: slot,
            waker: waker.take(),
        });
        Entry::Waits { ticket, slot }
    }

    /// Calls all whose slot has come. They are woken by who asked, and so is the one who waits
    /// longest after them if its timer is set for later than its slot.
    pub(super) fn call(&mut self, gcra: &Gcra, now: u64, wake: &mut Vec<Waker>) {
        while !self.waiters.is_empty() && self.slot(gcra, 0) <= now {
            let spare = self.spend(gcra, self.slot(gcra, 0));
            if let Some(waiter) = self.waiters.pop_front() {
                self.called.push(waiter.ticket, spare);
                wake.extend(waiter.waker);
            }
        }
        let slot = self.slot(gcra, 0);
        if let Some(first) = self.waiters.front_mut()
            && first.timer > slot
        {
            first.timer = slot;
            wake.extend(first.waker.take());
        }
    }

    /// Another rate is in force. What was used up by now is as many calls of it.
    #[cfg(feature = "config")]
    pub(super) fn change(&mut self, arrival: u64, now: u64, from: &Gcra, to: &Gcra) {
        // Without a limit nothing was used up, or nothing is.
        let ahead = arrival.saturating_sub(now);
        self.arrival = if ahead == 0 || from.step == 0 || to.step == 0 {
            arrival
        } else {
            let calls = u128::from(ahead) * u128::from(to.step);
            let ahead = u64::try_from(calls.div_ceil(from.step.into())).unwrap_or(END);
            // No more than the whole burst is gone.
            let all = to.tolerance.saturating_add(to.step);
            now.saturating_add(ahead.min(all)).min(END)
        };
        // What those who were called would give back was counted by the old rate: they give back nothing.
        self.called.spend();
        for waiter in &mut self.waiters {
            // Whoever comes first is told to set its timer anew.
            waiter.timer = u64::MAX;
        }
    }

    /// Takes out the waker of one who is here already, and need not be woken when it is called.
    pub(super) fn hush(&mut self, ticket: u64) -> Option<Waker> {
        let at = self.position(ticket).ok()?;
        self.waiters[at].waker.take()
    }

    /// When this waiter's slot is; none if it was called. Then it has come.
    pub(super) fn ask(
        &mut self,
        gcra: &Gcra,
        ticket: u64,
        waker: &mut Option<Waker>,
    ) -> Option<u64> {
        let Ok(at) = self.position(ticket) else {
            self.called.come(ticket);
            return None;
        };
        let slot = self.slot(gcra, at);
        let waiter = &mut self.waiters[at];
        waiter.timer = slot;
        std::mem::swap(&mut waiter.waker, waker);
        Some(slot)
    }

    /// Leaves. A waiter who was called gives back what is left of its slot.
    pub(super) fn leave(&mut self, gcra: &Gcra, now: u64, ticket: u64) {
        if let Ok(at) = self.position(ticket) {
            self.waiters.remove(at);
            return;
        }
        let spare = self.arrival.saturating_sub(now);
        let back = self.called.leave(ticket, gcra.step).min(spare);
        self.arrival -= back;
        self.called.passed(spare - back);
    }

    /// The slot of who has so many before it.
    fn slot(&self, gcra: &Gcra, before: usize) -> u64 {
        let before = u64::try_from(before).unwrap_or(u64::MAX);
        let arrival = self
            .arrival
            .saturating_add(before.saturating_mul(gcra.step));
        gcra.slot(arrival)
    }

    /// Spends a slot at this moment. Says how much more could have been given back until then,
    /// before the burst were full.
    fn spend(&mut self, gcra: &Gcra, at: u64) -> u64 {
        let spare = self.arrival.saturating_sub(at);
        self.arrival = gcra.after(self.arrival, at);
        spare
    }

    /// Where a ticket stands; not at all once it was called. Tickets go up along the queue.
    fn position(&self, ticket: u64) -> Result<usize, usize> {
        self.waiters
            .binary_search_by_key(&ticket, |waiter| waiter.ticket)
    }
}
