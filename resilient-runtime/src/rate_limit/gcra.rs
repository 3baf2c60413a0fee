//! The generic cell rate algorithm: of ITU-T I.371, annex A, in its virtual scheduling form.
//!
//! All that it remembers is one point in time, the theoretical arrival time of the next call if calls
//! came evenly. A call may come earlier than that by the tolerance, which is what a burst is: `burst`
//! calls at once are `burst - 1` of them too early by one step each. It is a token bucket that nobody
//! has to fill.
//!
//! Points in time are units of a [`Rate`](super::rate::Rate)'s clock.

use super::rate::{END, Rate};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gcra {
    /// The time between two calls at the rate.
    pub(super) step: u64,
    /// How much too early a call may be.
    pub(super) tolerance: u64,
}

impl Gcra {
    pub(super) const fn new(rate: &Rate, burst: u32) -> Self {
        Self::of(rate.step, burst)
    }

    pub(super) const fn of(step: u64, burst: u32) -> Self {
        Self {
            step,
            tolerance: (burst as u64 - 1).saturating_mul(step),
        }
    }

    /// Admits all.
    pub(super) const ALL: Self = Self {
        step: 0,
        tolerance: u64::MAX,
    };

    /// The first moment at which a call passes, after those that made the theoretical arrival time
    /// what it is.
    #[inline]
    pub(super) const fn slot(&self, arrival: u64) -> u64 {
        arrival.saturating_sub(self.tolerance)
    }

    /// The theoretical arrival time after a call that passes now. What a pause has left unused is
    /// forgotten here, beyond the tolerance.
    #[inline]
    pub(super) fn after(&self, arrival: u64, now: u64) -> u64 {
        // Neither is beyond the end, and so the sum is one.
        (arrival.max(now) + self.step).min(END)
    }

    /// What becomes of a call that comes now: the new theoretical arrival time if it passes, or when
    /// it would. One that does not pass changes nothing.
    #[inline]
    pub(super) fn decide(&self, arrival: u64, now: u64) -> Result<u64, u64> {
        let slot = self.slot(arrival);
        if slot <= now {
            Ok(self.after(arrival, now))
        } else {
            Err(slot)
        }
    }
}
