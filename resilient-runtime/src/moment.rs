//! Points in time and lengths of it in one word each, for what is copied with every poll. Pure.

use std::num::NonZeroI64;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

use crate::reading;

/// A point in time: nanoseconds from one that is the same for all, 292 years either way. Or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

/// Nanoseconds are counted from here: from the zero of the clock where that is known, so that there is nothing to
/// subtract. Else from the first point in time that anybody asks about, or from the present if that is earlier, as most
/// of the others are later than that, and cost less then. Others may be before it, as each test has a clock of its own.
static ORIGIN: OnceLock<Origin> = OnceLock::new();

#[derive(Debug, Clone, Copy)]
struct Origin {
    instant: Instant,
    is_zero: bool,
}

#[inline]
fn origin(instant: Instant) -> Origin {
    *ORIGIN.get_or_init(|| {
        let instant = instant.min(Instant::now());
        let zero = reading::zero(instant);
        Origin {
            instant: zero.unwrap_or(instant),
            is_zero: zero.is_some(),
        }
    })
}

/// How long after the origin a point in time is: what takes no multiplication to find out, and no division to
/// make a `Duration` of. `None` of one before it.
#[inline]
pub(crate) fn age(instant: Instant) -> Option<Duration> {
    let origin = origin(instant);
    match reading::read(instant) {
        Some(age) if origin.is_zero => Some(age),
        _ => unread_age(instant, origin.instant),
    }
}

#[cold]
#[inline(never)]
fn unread_age(instant: Instant, origin: Instant) -> Option<Duration> {
    instant.checked_duration_since(origin)
}

impl Moment {
    pub(crate) const NEVER: Self = Self(i64::MAX);

    #[inline]
    pub(crate) fn at(instant: Instant) -> Self {
        match age(instant) {
            Some(after) => Self(Length::of(after).0),
            None => Self::before_all(instant),
        }
    }

    #[cold]
    #[inline(never)]
    fn before_all(instant: Instant) -> Self {
        let before = origin(instant).instant.saturating_duration_since(instant);
        Self(-Length::of(before).0)
    }

    /// How many nanoseconds it is after another one; none, if it is before it.
    #[inline]
    pub(crate) fn since(self, other: Self) -> u64 {
        if self > other {
            self.0.abs_diff(other.0)
        } else {
            0
        }
    }

    /// To be kept in a word; `of_nanos` makes it a moment again.
    pub(crate) fn nanos(self) -> i64 {
        self.0
    }

    pub(crate) fn of_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// `None` of never.
    pub(crate) fn instant(self) -> Option<Instant> {
        let Self(nanos) = self;
        let origin = ORIGIN.get()?.instant;
        let distance = Duration::from_nanos(nanos.unsigned_abs());
        match nanos {
            i64::MAX => None,
            0.. => origin.checked_add(distance),
            _ => origin.checked_sub(distance),
        }
    }

    /// So much later; what nobody lives to see is never.
    pub(crate) fn after(self, length: Length) -> Self {
        if length.is_endless() {
            return Self::NEVER;
        }
        Self(self.0.saturating_add(length.0))
    }
}

/// A point in time at which something began. An `Option` of it is no larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since(NonZeroI64);

impl Since {
    /// 292 years before all others: the one that nothing begins at.
    const SPARE: i64 = i64::MIN;

    pub(crate) fn at(instant: Instant) -> Self {
        let Moment(nanos) = Moment::at(instant);
        Self(NonZeroI64::new(nanos ^ Self::SPARE).unwrap_or(NonZeroI64::MAX))
    }

    /// For whoever seldom asks: it is not inlined.
    #[inline(never)]
    pub(crate) fn now() -> Self {
        Self::at(Instant::now())
    }

    /// How long before `now` it was; no time at all, if it is still to come.
    pub(crate) fn until(self, now: Instant) -> Duration {
        Moment(self.0.get() ^ Self::SPARE)
            .instant()
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at))
    }
}

/// A length of time. Or one without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Length(i64);

impl Length {
    pub(crate) const ENDLESS: Self = Self(i64::MAX);

    pub(crate) const fn of(duration: Duration) -> Self {
        const SECOND: u64 = 1_000_000_000;
        // In 64 bits: it is asked for with every reading of the clock.
        if duration.as_secs() < i64::MAX.cast_unsigned() / SECOND {
            let nanos = duration.as_secs() * SECOND + duration.subsec_nanos() as u64;
            Self(nanos.cast_signed())
        } else {
            Self(i64::MAX)
        }
    }

    #[inline]
    pub(crate) fn is_endless(self) -> bool {
        self == Self::ENDLESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_moment_is_the_instant_it_was_made_of() {
        let now = Instant::now();
        for offset in [0, 1, 999, 1_000_000_007, 86_400_000_000_000] {
            let offset = Duration::from_nanos(offset);
            assert_eq!(Moment::at(now + offset).instant(), Some(now + offset));
            assert_eq!(Moment::at(now - offset).instant(), Some(now - offset));
            assert_eq!(
                Moment::at(now).after(Length::of(offset)).instant(),
                Some(now + offset)
            );
            assert!(Moment::at(now - offset) <= Moment::at(now));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rule_8_what_nobody_lives_to_see_is_never() {
        let now = Moment::at(Instant::now());
        assert!(Length::of(Duration::MAX).is_endless());
        assert_eq!(now.after(Length::of(Duration::MAX)), Moment::NEVER);
        assert_eq!(Moment::NEVER.instant(), None);
        assert_eq!(
            Moment::NEVER.after(Length::of(Duration::from_secs(1))),
            Moment::NEVER
        );
    }
}
