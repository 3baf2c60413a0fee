//! A round: about as many calls as run at once, all of them begun under the same knowledge.

use super::usual::Latencies;

/// What the calls of a round have shown so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// Served, and no slower than usual.
    pub(super) fast: Latencies,
    /// Served, and slower.
    pub(super) slow: Latencies,
    /// Timed out, or failed after as long as a slow call.
    pub(super) unserved: u32,
    /// Served, and slower, while too few were in flight to tell of the limit.
    pub(super) aside: u32,
    /// How many that were not fast had others beside them that were, with as many in flight.
    pub(super) beside: u32,
    /// How many of the fast ones began while the limit was in use.
    pub(super) used: u32,
    /// The most calls that were in flight, counting itself, when a fast one began.
    pub(super) good: u32,
    /// The most that were in flight during a slow one.
    pub(super) bad: u32,
    /// How many were slow or not served since the last fast one.
    pub(super) streak: u32,
    /// The least that were in flight, counting itself, when one of these began.
    pub(super) least: u32,
}

/// Fewer calls say little, whatever the limit.
const SHORTEST: u32 = 8;
/// More calls say nothing that these do not.
const LONGEST: u32 = 128;
/// Fewer slow calls may follow each other by chance, or be the last that began before a change.
const RUN: u32 = 5;

impl Round {
    pub(super) const fn new() -> Self {
        Self {
            fast: Latencies::new(),
            slow: Latencies::new(),
            unserved: 0,
            aside: 0,
            beside: 0,
            used: 0,
            good: 0,
            bad: 0,
            streak: 0,
            least: u32::MAX,
        }
    }

    /// How many calls make a round under this limit.
    pub(super) fn length(limit: u32) -> u32 {
        limit.clamp(SHORTEST, LONGEST)
    }

    /// Whether it has shown enough: all of its calls, or half of them, if they began while the limit was in
    /// use. Where it was in use and not tried yet, that is worth waiting for as long again.
    pub(super) fn is_over(&self, limit: u32) -> bool {
        let length = Self::length(limit);
        let half = (length / 2).max(SHORTEST);
        if self.used >= half && !self.has_tried(limit) {
            return self.calls() >= 2 * length;
        }
        self.calls() >= length || self.used >= half
    }

    /// Whether the limit itself was tried, and not only half of it.
    pub(super) fn has_tried(&self, limit: u32) -> bool {
        u64::from(self.good) * 10 >= u64::from(limit) * 9
    }

    /// A call was slow or not served, and began with so many in flight, of which there were so many at most.
    pub(super) fn slow_at(&mut self, at_start: u32, highest: u32) {
        self.bad = self.bad.max(highest);
        if self.streak == 0 {
            self.least = at_start;
        }
        self.least = self.least.min(at_start);
        self.streak += 1;
    }

    /// Whether all that speak for fewer calls have come one after the other, and since the last fast one.
    pub(super) fn is_one_run(&self) -> bool {
        self.streak >= RUN && self.streak == self.against()
    }

    /// How many calls speak for fewer calls at once.
    pub(super) fn against(&self) -> u32 {
        self.slow.calls + self.unserved
    }

    pub(super) fn calls(&self) -> u32 {
        self.fast.calls + self.against() + self.aside
    }

    /// The share of calls that speak for fewer.
    pub(super) fn share(&self) -> f64 {
        f64::from(self.against()) / f64::from(self.calls().max(1))
    }

    /// The share of calls that were not fast, and not for the load.
    pub(super) fn share_by_chance(&self) -> f64 {
        f64::from(self.aside + self.beside) / f64::from(self.calls().max(1))
    }

    pub(super) fn served(&self) -> Latencies {
        self.fast.and(&self.slow)
    }

    /// Whether those that speak for fewer have mostly no latency that could be anything's usual one.
    pub(super) fn is_outage(&self) -> bool {
        self.unserved > self.slow.calls
    }
}
