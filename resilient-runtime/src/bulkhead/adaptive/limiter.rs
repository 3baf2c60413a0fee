//! How many calls at once: as many as make none of them slower. Pure: neither clock nor lock.
//!
//! Of the family of TCP Vegas (Brakmo and Peterson, *TCP Vegas: End to End Congestion Avoidance on a
//! Global Internet*, 1995) and of the `VegasLimit` and `Gradient2Limit` of Netflix's concurrency-limits
//! (<https://github.com/Netflix/concurrency-limits>): what a call takes is held against what it takes
//! without load, growth is a slow start and then one step a round, and only a limit that is in use grows.
//!
//! Where it differs:
//!
//! * A call carries how many were in flight when it began. So the limit goes back at once to the most at
//!   which calls were fast, where others shrink by a share at a time, and past the mark.
//! * Calls that began before the last cut say nothing about what the cut has done, and are not heard. The
//!   others would be punished for the past until they reach the bottom.
//! * It counts slow calls and does not average latencies: one of a hundred that takes a hundred times as
//!   long is a tail and no congestion, and a share of slow calls can be usual.
//! * The usual latency follows calls at low load in both directions, and calls at high load only down:
//!   an average over all, as Gradient2 has, takes in congestion bit by bit. When it is the callee that
//!   has become slower, fewer calls do not make it faster: the limit is halved until that is clear, then
//!   what is seen becomes usual, and the limit goes back to where it was.
//! * A limit is doubted when as many calls are fast as were too many before. Either there is more room, or
//!   calls have become so much faster that congestion takes no longer than is usual. So it goes below that
//!   mark for a round, and if calls are faster there, it stays.
//! * Slow calls in a row, more than chance makes, are heard at once. When as many were fast shortly before
//!   it is the callee that has changed, and what was good is not any more.
//! * What was too many before a change is remembered, as what has changed often changes back.
//! * Slow calls while few are in flight say nothing about many, and slow calls among fast ones only when
//!   chance does not make as many.

use std::time::Duration;

use super::growth;
use super::recent::Recent;
use super::round::Round;
use super::usual::{Latencies, Usual};

/// Between which values a limit stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: u32,
    pub(super) max: u32,
}

/// How loaded the callee was by us during a call, the call itself included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) at_start: u32,
    pub(super) at_end: u32,
    /// What [`Limiter::epoch`] was when it began.
    pub(super) epoch: u32,
}

/// How a call ended that says something about the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With what was asked for.
    Served(Duration),
    /// With an error. Errors are often fast, and then say nothing of how long a call takes.
    Failed(Duration),
    /// Not within the time that it was given.
    TimedOut,
}

#[derive(Debug)]
pub(super) struct Limiter {
    usual: Usual,
    round: Round,
    /// The most at which calls were fast in the round before.
    good: u32,
    recent: Recent,
    /// The least that was found to be too many, since the limit was last lowered.
    bad: u32,
    /// What that was before the callee's capacity last changed. What has changed often changes back.
    mark: u32,
    /// From about here on growth is careful; without it the limit doubles with each round.
    ceiling: Option<u32>,
    descent: Option<Descent>,
    doubt: Option<Doubt>,
    /// How often the limit was lowered.
    epoch: u32,
}

/// The limit was lowered to see whether calls were congested where it was.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    /// Where it goes to if they were not.
    to: u32,
    /// What calls took there.
    there: Latencies,
}

/// Lowering the limit, cut by cut, until calls are fast again.
#[derive(Debug, Clone, Copy)]
struct Descent {
    from: u32,
    /// What [`Limiter::bad`] was then.
    bad: u32,
    is_outage: bool,
}

/// Going down to one of so many, and calls are no faster: it is not their number.
const DEPTH: u32 = 16;
/// This many slow calls at the bottom are what is usual from then on.
const ENOUGH: u32 = 4;

impl Limiter {
    pub(super) const fn new() -> Self {
        Self {
            usual: Usual::new(),
            round: Round::new(),
            good: 0,
            recent: Recent::new(),
            bad: u32::MAX,
            mark: u32::MAX,
            ceiling: None,
            descent: None,
            doubt: None,
            epoch: 0,
        }
    }

    /// Calls of another epoch began before the limit was last lowered.
    pub(super) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// What the limit is after a call under this one has ended.
    pub(super) fn observe(&mut self, bounds: Bounds, limit: u32, load: Load, end: End) -> u32 {
        if load.epoch != self.epoch {
            return limit;
        }
        let highest = load.at_start.max(load.at_end);
        match end {
            End::Served(latency) if !self.usual.is_slow(latency) => {
                self.fast(bounds, limit, load, latency)
            }
            End::Failed(latency) if !self.usual.is_slow(latency) => limit,
            // More than the limit allows, in `shadow`: it says nothing of what the limit allows.
            _ if highest > limit => limit,
            // So few say nothing of the limit, where others were fast beside as many or little is known yet:
            // calls scatter, or the callee has become slower.
            End::Served(latency)
                if is_few(highest, limit)
                    && (highest <= self.round.good || self.usual.is_new()) =>
            {
                self.usual.learn(latency);
                self.round.aside += 1;
                self.end_round(bounds, limit)
            }
            End::Served(latency) => {
                self.round.slow.add(latency);
                self.slow(bounds, limit, load.at_start, highest)
            }
            End::Failed(_) | End::TimedOut => {
                self.round.unserved += 1;
                self.slow(bounds, limit, load.at_start, highest)
            }
        }
    }

    fn most_good(&self) -> u32 {
        self.good.max(self.round.good)
    }

    /// Whether the limit is so far from where trouble is that it may double.
    fn is_exploring(&self, limit: u32) -> bool {
        self.ceiling
            .is_none_or(|ceiling| u64::from(limit) * 4 < u64::from(ceiling) * 3)
    }

    fn fast(&mut self, bounds: Bounds, limit: u32, load: Load, latency: Duration) -> u32 {
        if self.usual.is_new() || is_few(load.at_start.max(load.at_end), limit) {
            self.usual.learn(latency);
        }
        self.round.fast.add(latency);
        self.round.streak = 0;
        self.round.good = self.round.good.max(load.at_start);
        self.recent.add(load.at_start);
        let is_used = load.at_start >= limit.div_ceil(2);
        let mut limit = limit;
        if is_used {
            self.round.used += 1;
            if self.is_exploring(limit) && self.round.against() * 4 <= self.round.fast.calls {
                limit = grow(bounds, limit, limit.saturating_add(1));
            }
        }
        self.end_round(bounds, limit)
    }

    fn slow(&mut self, bounds: Bounds, limit: u32, at_start: u32, highest: u32) -> u32 {
        self.round.slow_at(at_start, highest);
        if highest <= self.most_good() {
            self.round.beside += 1;
        }
        let is_unanimous = self.is_unanimous();
        if is_unanimous || self.round.against() >= self.usual.too_many(Round::length(limit)) {
            self.shrink(bounds, limit, is_unanimous || self.round.is_one_run())
        } else {
            self.end_round(bounds, limit)
        }
    }

    /// Whether so many calls in a row were slow that it is not for the rest of the round to show how many are.
    fn is_unanimous(&self) -> bool {
        let round = &self.round;
        let is_expected = self.descent.is_some() || self.most_good() < round.bad;
        if is_expected && round.fast.calls == 0 {
            return round.streak >= self.usual.too_many(round.streak);
        }
        // As many were fast just now.
        self.usual.is_no_chance(round.streak)
    }

    /// Too many calls of this round are slow.
    fn shrink(&mut self, bounds: Bounds, limit: u32, is_unanimous: bool) -> u32 {
        let (round, is_outage) = (self.round, self.round.is_outage());
        let is_first = self.descent.is_none();
        let (from, bad) = self
            .descent
            .map_or((limit, self.bad), |descent| (descent.from, descent.bad));
        let floor = if is_outage { 0 } else { from / DEPTH };
        let floor = floor.max(bounds.min).min(limit);
        if limit == floor && !is_first {
            return self.bottom(limit, from, bad);
        }
        if !is_first && !is_outage && self.is_scatter(limit) {
            self.usual.expect_share(round.share());
            self.descent = None;
            self.return_to(from, bad);
            self.good = round.good;
            self.round = Round::new();
            return from;
        }
        let at = round.bad.min(limit);
        let good = if is_unanimous {
            self.fast_below(round.bad)
        } else {
            Some(self.most_good())
        };
        let target = if let Some(good) = good {
            let target = good.clamp(at / DEPTH, less(at, 10));
            self.ceiling = Some(good.clamp(target, at));
            target
        } else if self.mark < at && (bad == u32::MAX || self.mark > at / 2) {
            // No trouble since there was more room than that, or it is no further than half.
            self.ceiling = Some(self.mark);
            less(self.mark, 8)
        } else {
            self.ceiling = Some(at);
            // To fewer than those that were slow began with, which is a hint only: who came after them may
            // have slowed them down.
            round.least.saturating_sub(1).clamp(at / 4, at / 2)
        };
        // The limit was where trouble was, and is far from it now: further than growth is ever off.
        if less(bad, 8) <= from && target <= bad / 3 * 2 {
            self.mark = bad;
        }
        self.bad = at;
        self.doubt = None;
        self.descent = Some(Descent {
            from,
            bad,
            is_outage,
        });
        self.good = round.good.min(target);
        self.lower(target.max(floor))
    }

    /// The most at which calls were fast before these were slow, if that is less than they began with, or at
    /// least than they were: else it was before something has changed.
    fn fast_below(&self, bad: u32) -> Option<u32> {
        let known = [self.most_good(), self.recent.most()];
        let below = |most| known.into_iter().find(|good| (1..most).contains(good));
        below(self.round.least).or_else(|| below(bad))
    }

    /// Whether a cut has helped so little that slow calls among fast ones, at the very limit, are no sign of
    /// load: latencies just scatter. Where the slow ones are above the fast ones the limit has grown again.
    fn is_scatter(&self, limit: u32) -> bool {
        let round = &self.round;
        let is_mixed = round.beside * 2 >= round.against();
        is_mixed && round.fast.calls * 2 >= round.against() && less(limit, 10) <= round.good
    }

    /// The limit is as low as it goes, and calls are as slow as before.
    fn bottom(&mut self, limit: u32, from: u32, bad: u32) -> u32 {
        if self.round.slow.calls < ENOUGH || self.round.is_outage() {
            // A callee that does not answer at all teaches nothing.
            if self.round.is_outage() {
                self.round = Round::new();
            }
            return limit;
        }
        self.usual.relearn(&self.round.slow);
        self.descent = None;
        self.good = 0;
        self.return_to(from, bad);
        self.round = Round::new();
        from
    }

    /// It was not the number of calls: growth may be quick until the limit is back.
    fn return_to(&mut self, limit: u32, bad: u32) {
        self.ceiling = Some(limit);
        self.bad = bad;
    }

    fn lower(&mut self, limit: u32) -> u32 {
        self.round = Round::new();
        self.epoch = self.epoch.wrapping_add(1);
        limit
    }

    /// What a whole round has shown, in which not too many calls were slow.
    fn end_round(&mut self, bounds: Bounds, limit: u32) -> u32 {
        let round = self.round;
        if !round.is_over(limit) {
            return limit;
        }
        self.usual.learn_share(round.share_by_chance());
        if let Some(Descent {
            from,
            bad,
            is_outage: true,
        }) = self.descent.take()
        {
            self.return_to(from, bad);
        }
        self.usual.follow_down(&round.served());
        self.good = round.good;
        self.round = Round::new();
        if let Some(Doubt { to, there }) = self.doubt.take() {
            if round.served().is_faster_than(&there) {
                return limit;
            }
            // There is more room, perhaps as much as there was.
            let mark = std::mem::replace(&mut self.mark, self.bad);
            self.bad = u32::MAX;
            if mark > to && mark != u32::MAX {
                self.return_to(mark, mark);
            }
            return grow(bounds, limit, to);
        }
        let is_used = round.used * 2 >= round.fast.calls;
        if self.is_exploring(limit) || !is_used || !round.has_tried(limit) {
            return limit;
        }
        // As many as were too many before were fast, and none was slow, or even more were fast.
        let is_clean = round.against() == 0;
        if round.good < self.bad || round.good == self.bad && !is_clean {
            return grow(bounds, limit, growth::careful(limit, round.good, self.bad));
        }
        self.doubt = Some(Doubt {
            to: growth::beyond(round.good),
            there: round.served(),
        });
        self.good = 0;
        self.lower(less(self.bad, 8).max(bounds.min))
    }
}

fn grow(bounds: Bounds, limit: u32, to: u32) -> u32 {
    to.min(bounds.max).max(limit)
}

/// Whether so many are far from what the limit allows.
fn is_few(in_flight: u32, limit: u32) -> bool {
    in_flight <= limit / 4
}

/// Less by one of so many, and by one at least.
fn less(limit: u32, one_of: u32) -> u32 {
    limit - limit.div_ceil(one_of)
}
