//! The limiter's one word, and the line that forms where calls wait.
//!
//! The word is the theoretical arrival time. With nobody waiting, a call passes by one exchange on it.
//! While somebody waits a bit of it says so, and it changes under the lock only: no newcomer can
//! overtake, and what is given back is worked out without anybody passing meanwhile.

use std::sync::PoisonError;
use std::task::Waker;

use super::gcra::Gcra;
use super::queue::{Entry, Queue};
use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering};

/// The bit that says that there is a line.
const LINE: u64 = 1 << 63;

#[derive(Debug)]
pub(super) struct Line {
    word: AtomicU64,
    queue: Mutex<Queue>,
}

/// What became of a call that did not look at the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Passed,
    /// It would pass then.
    Later {
        slot: u64,
    },
    /// Others wait.
    InLine,
}

/// Who knows the rate, which may be another one each time it is asked.
pub(super) trait Pace {
    fn gcra(&self) -> &Gcra;
}

impl Pace for Gcra {
    fn gcra(&self) -> &Gcra {
        self
    }
}

impl Line {
    /// Of these two, empty: `loom` has its own, which are no constants.
    pub(super) const fn of(word: AtomicU64, queue: Mutex<Queue>) -> Self {
        Self { word, queue }
    }

    /// Passes, if it may and nobody waits.
    #[inline]
    pub(super) fn try_pass(&self, pace: &impl Pace, now: u64) -> Turn {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word & LINE != 0 {
                return Turn::InLine;
            }
            // After the word: who changes the rate changes the word after it, and this one is too late.
            let next = match pace.gcra().decide(word, now) {
                Ok(next) => next,
                Err(slot) => return Turn::Later { slot },
            };
            match self
                .word
                .compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Turn::Passed,
                Err(changed) => word = changed,
            }
        }
    }

    /// Passes, or joins the line for a slot that is not later than `latest`.
    pub(super) fn enter(&self, pace: &impl Pace, now: u64, latest: u64, waker: Waker) -> Entry {
        let mut waker = Some(waker);
        self.within(pace, now, None, |queue, gcra| {
            queue.enter(gcra, now, latest, &mut waker)
        })
    }

    /// When this waiter's slot is; none once it has come, and then it passes. If it has not, `waker`
    /// is woken when it is to ask again.
    pub(super) fn ask(&self, pace: &impl Pace, now: u64, ticket: u64, waker: Waker) -> Option<u64> {
        let mut waker = Some(waker);
        self.within(pace, now, Some(ticket), |queue, gcra| {
            queue.ask(gcra, ticket, &mut waker)
        })
    }

    /// Leaves the line, or gives back the slot that has come.
    pub(super) fn leave(&self, pace: &impl Pace, now: u64, ticket: u64) {
        self.within(pace, now, Some(ticket), |queue, gcra| {
            queue.leave(gcra, now, ticket);
        });
    }

    pub(super) fn waiting(&self) -> usize {
        if self.word.load(Ordering::Acquire) & LINE == 0 {
            return 0;
        }
        self.lock().waiting()
    }

    /// The theoretical arrival time, after those who wait.
    pub(super) fn arrival(&self, gcra: &Gcra) -> u64 {
        let word = self.word.load(Ordering::Acquire);
        if word & LINE == 0 {
            return word;
        }
        let queue = self.lock();
        // Whoever held the lock may have changed it since.
        let arrival = self.word.load(Ordering::Acquire) & !LINE;
        let waiting = u64::try_from(queue.waiting()).unwrap_or(u64::MAX);
        arrival.saturating_add(waiting.saturating_mul(gcra.step))
    }

    /// Does something to the queue, before and after which all are called whose slot has come: all
    /// but the one who does it are woken.
    fn within<R>(
        &self,
        pace: &impl Pace,
        now: u64,
        own: Option<u64>,
        work: impl FnOnce(&mut Queue, &Gcra) -> R,
    ) -> R {
        let mut wake = Vec::new();
        let mut queue = self.lock();
        let hushed = own.and_then(|ticket| queue.hush(ticket));
        // From here on nobody changes it but who holds the lock.
        queue.arrival = self.word.fetch_or(LINE, Ordering::AcqRel) & !LINE;
        let gcra = pace.gcra();
        queue.call(gcra, now, &mut wake);
        let result = work(&mut queue, gcra);
        queue.call(gcra, now, &mut wake);
        let line = if queue.is_busy() { LINE } else { 0 };
        self.word.store(queue.arrival | line, Ordering::Release);
        drop(queue);
        drop(hushed);
        wake.into_iter().for_each(Waker::wake);
        result
    }

    /// Puts another rate in force: `publish` does, and says which. What calls have used up stays used up,
    /// counted in calls. Those who are to be woken are the caller's to wake.
    #[cfg(feature = "config")]
    pub(super) fn change<'g>(
        &self,
        now: u64,
        from: &Gcra,
        publish: impl FnOnce() -> &'g Gcra,
    ) -> Vec<Waker> {
        let mut wake = Vec::new();
        let mut queue = self.lock();
        let before = self.word.fetch_or(LINE, Ordering::AcqRel) & !LINE;
        let to = publish();
        queue.change(before, now, from, to);
        queue.call(to, now, &mut wake);
        let line = if queue.is_busy() { LINE } else { 0 };
        // Never the same word: a call that has seen it with the old rate must find another one, or it would
        // be counted by the old step. In the past every moment is as good as any.
        if from.step != to.step && queue.arrival == before && before <= now {
            queue.arrival = before.checked_sub(1).unwrap_or(1);
        }
        self.word.store(queue.arrival | line, Ordering::Release);
        drop(queue);
        wake
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
