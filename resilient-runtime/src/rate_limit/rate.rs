//! A rate on an integer clock whose units it divides exactly: nothing is rounded twice, so no error
//! adds up.
//!
//! The clock's unit is a nanosecond where the calls divide the period (100 in a second), and a little
//! less where they do not (3 in a second): the period then has `calls × step` units, where `step` is
//! the nanoseconds between two calls, rounded up. Only a reading of the clock is rounded, each for
//! itself; the time between two calls is `step` units, for ever.

use std::time::Duration;

/// The end of this clock, over 146 years after its start: there it stands still. The bit above is the
/// line's.
pub(super) const END: u64 = u64::MAX >> 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) calls: u32,
    pub(super) period: Duration,
    /// In nanoseconds.
    nanos: u64,
    /// In units: how long the period is.
    units: u64,
    /// In units: the time between two calls at this rate.
    pub(super) step: u64,
}

impl Rate {
    /// Of values that keep to `rule::rate`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the rule keeps periods to 100 years"
    )]
    pub(super) const fn new(calls: u32, period: Duration) -> Self {
        let nanos = period.as_nanos() as u64;
        let step = nanos.div_ceil(calls as u64);
        Self {
            calls,
            period,
            nanos,
            units: calls as u64 * step,
            step,
        }
    }

    /// The time between two calls at this rate, in the units of another one's clock: rounded up, so that
    /// it is never faster than it says.
    #[cfg(feature = "config")]
    pub(super) fn step_by(&self, clock: &Self) -> u64 {
        let units = u128::from(self.nanos) * u128::from(clock.units);
        let step = units.div_ceil(u128::from(clock.nanos) * u128::from(self.calls));
        u64::try_from(step).unwrap_or(END)
    }

    /// The clock's reading after so many nanoseconds.
    #[inline]
    pub(super) fn units(&self, nanos: u64) -> u64 {
        if self.units == self.nanos {
            nanos.min(END)
        } else {
            self.scaled(nanos)
        }
    }

    /// Apart: its 128 bits are slow, and every call passes here.
    #[inline(never)]
    fn scaled(&self, nanos: u64) -> u64 {
        let units = u128::from(nanos) * u128::from(self.units) / u128::from(self.nanos);
        u64::try_from(units).map_or(END, |units| units.min(END))
    }

    /// The first nanosecond at which the clock reads so much.
    pub(super) fn nanos(&self, units: u64) -> u64 {
        if self.units == self.nanos {
            return units;
        }
        let nanos = (u128::from(units) * u128::from(self.nanos)).div_ceil(self.units.into());
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates() -> impl Strategy<Value = Rate> {
        let nanos = prop_oneof![
            1..2_000_u64,
            1..4_000_000_000_u64,
            1..=3_155_760_000_000_000_000_u64
        ];
        (1..=u32::MAX, nanos).prop_map(|(calls, nanos)| {
            let calls = calls.min(u32::try_from(nanos).unwrap_or(u32::MAX));
            Rate::new(calls, Duration::from_nanos(nanos))
        })
    }

    proptest! {
        #[test]
        fn a_point_in_time_is_the_first_at_which_the_clock_reads_so(
            rate in rates(),
            at in 0..END / 4,
        ) {
            let nanos = rate.nanos(at);
            prop_assert!(rate.units(nanos) >= at);
            prop_assert!(nanos == 0 || rate.units(nanos - 1) < at);
        }

        #[test]
        fn so_many_steps_are_a_period_wherever_it_begins(rate in rates(), at in 0..END / 4) {
            let period = u64::from(rate.calls) * rate.step;
            prop_assert_eq!(rate.units(at + rate.nanos) - rate.units(at), period);
        }

        #[test]
        fn two_nanoseconds_never_read_the_same(rate in rates(), at in 0..END / 4) {
            prop_assert!(rate.units(at) < rate.units(at + 1));
        }
    }

    #[test]
    fn the_clock_is_of_nanoseconds_where_the_calls_divide_the_period() {
        let rate = Rate::new(100, Duration::from_secs(1));
        assert_eq!((rate.units(12_345), rate.nanos(12_345)), (12_345, 12_345));
        assert_eq!(rate.step, 10_000_000);
        let rate = Rate::new(3, Duration::from_secs(1));
        assert_eq!(rate.step, 333_333_334);
        assert_eq!(rate.nanos(3 * rate.step), 1_000_000_000);
        assert_eq!(rate.nanos(rate.step), 333_333_334);
    }

    #[test]
    fn at_its_end_the_clock_stands_still() {
        for rate in [
            Rate::new(1, Duration::from_secs(1)),
            Rate::new(u32::MAX, Duration::from_secs(5)),
        ] {
            assert_eq!(rate.units(u64::MAX), END);
            assert!(rate.nanos(END) > u64::MAX / 5);
        }
    }
}
