//! How long is allowed, and which stack said so last: in one word, as both are put away and put back around each poll.

use std::time::Duration;

use tokio::time::Instant;

/// A length of time in nanoseconds, below 39 hours or without end; and in the lowest bits the level of the stack that
/// opened the scope, as far as they go: no stack is that deep, and one that was would only be a nanosecond off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed(u64);

const LEVEL_BITS: u32 = u16::BITS;
/// Of what has no end: the highest bit, which is the cheapest to look at.
const NO_END: u64 = 1 << (u64::BITS - 1);
/// Is the level of no stack.
const BY_HAND: u32 = u16::MAX as u32;
const LEVELS: u64 = BY_HAND as u64;

impl Allowed {
    /// Where there is no scope.
    pub(crate) const NONE: Self = Self(NO_END | LEVELS);

    /// So much, whoever opens it. What is longer than a word can say has no end here.
    pub(crate) const fn of(length: Duration) -> Self {
        const SECOND: u64 = 1_000_000_000;
        if length.as_secs() < (NO_END >> LEVEL_BITS) / SECOND {
            let nanos = length.as_secs() * SECOND + length.subsec_nanos() as u64;
            Self(nanos << LEVEL_BITS)
        } else {
            Self(NO_END)
        }
    }

    #[inline]
    pub(crate) fn is_endless(self) -> bool {
        self.0 & NO_END != 0
    }

    /// Whether this one has an end, and what is around it has none. One test for both.
    #[inline]
    pub(crate) fn is_alone(self, around: Self) -> bool {
        around.0 & !self.0 & NO_END != 0
    }

    /// A length that nobody has opened so far, in a scope that this level opens.
    #[inline]
    pub(crate) fn opened_first_at(self, level: u32) -> Self {
        Self(self.0 | u64::from(level))
    }

    /// The same length in a scope that this level opens.
    #[inline]
    pub(crate) fn opened_at(self, level: u32) -> Self {
        Self(self.length()).opened_first_at(level)
    }

    /// The same length in a scope at which nobody fires.
    pub(crate) fn opened_by_hand(self) -> Self {
        self.opened_at(BY_HAND)
    }

    /// No end, in a scope of the same.
    pub(crate) fn ended(self) -> Self {
        Self(NO_END | (self.0 & LEVELS))
    }

    /// The shorter length.
    pub(crate) fn shorter(self, other: Self) -> Self {
        if self.length() < other.length() {
            self
        } else {
            other
        }
    }

    pub(crate) fn is_opened_at(self, level: u32) -> bool {
        self.0 & LEVELS == u64::from(level) & LEVELS
    }

    pub(crate) fn is_opened_by_hand(self) -> bool {
        self.is_opened_at(BY_HAND)
    }

    /// The end of it, from this point in time on.
    pub(crate) fn from(self, start: Instant) -> Option<Instant> {
        if self.is_endless() {
            return None;
        }
        start.checked_add(Duration::from_nanos(self.0 >> LEVEL_BITS))
    }

    fn length(self) -> u64 {
        self.0 & !LEVELS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANO: Duration = Duration::from_nanos(1);

    #[tokio::test(start_paused = true)]
    async fn a_length_keeps_every_nanosecond_whoever_opens_it() {
        let now = Instant::now();
        for length in [
            Duration::ZERO,
            NANO,
            Duration::from_nanos(1_000_000_007),
            Duration::from_secs(39 * 3600 - 1).saturating_add(NANO),
        ] {
            let it = Allowed::of(length);
            for level in [0, 1, 77, 65_534] {
                let opened = it.opened_first_at(level);
                assert_eq!(opened.from(now), Some(now + length));
                assert!(opened.is_opened_at(level) && !opened.is_opened_at(level + 1));
                assert!(!opened.is_opened_by_hand());
                let again = opened.opened_at(3);
                assert_eq!(again.from(now), Some(now + length));
                assert!(again.is_opened_at(3));
                assert!(opened.opened_by_hand().is_opened_by_hand());
            }
        }
    }

    #[test]
    fn what_a_word_cannot_say_has_no_end() {
        for hours in [40, 24 * 365, u64::MAX / 3600] {
            let it = Allowed::of(Duration::from_secs(hours * 3600));
            assert!(it.is_endless() && it.opened_at(5).is_endless());
        }
        assert!(Allowed::of(Duration::MAX).is_endless());
        assert!(Allowed::NONE.is_endless() && Allowed::NONE.is_opened_by_hand());
    }

    #[tokio::test(start_paused = true)]
    async fn the_shorter_length_is_told_by_no_level() {
        let now = Instant::now();
        let (short, long) = (Allowed::of(NANO), Allowed::of(NANO * 2));
        for (short_at, long_at) in [(9, 1), (1, 9)] {
            let (short, long) = (short.opened_at(short_at), long.opened_at(long_at));
            for shorter in [short.shorter(long), long.shorter(short)] {
                assert_eq!(shorter.from(now), Some(now + NANO));
            }
            assert_eq!(short.shorter(Allowed::NONE).from(now), Some(now + NANO));
        }
    }

    #[test]
    fn a_length_is_alone_where_it_ends_and_nothing_around_it_does() {
        let (some, none) = (Allowed::of(NANO), Allowed::of(Duration::MAX));
        assert!(some.is_alone(Allowed::NONE));
        assert!(some.is_alone(some.ended()));
        assert!(!some.is_alone(some));
        assert!(!none.is_alone(some));
        assert!(!none.is_alone(Allowed::NONE));
    }

    #[test]
    fn what_has_ended_was_opened_by_the_same() {
        let ended = Allowed::of(NANO).opened_at(7).ended();
        assert!(ended.is_endless() && ended.is_opened_at(7));
    }
}
