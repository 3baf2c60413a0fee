//! How long is allowed, and which stack said so last: in one word, as both are put away and put back around each poll.

use std::time::Duration;

use tokio::time::Instant;

/// A length of time in nanoseconds, below 39 hours or without end, and in its lowest bits the level of the stack that
/// opened the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed(u64);

impl Allowed {
    const LEVEL_BITS: u32 = u16::BITS;
    /// Of what has no end: found out by the sign.
    const NO_END: u64 = 1 << (u64::BITS - 1);
    /// Opens no scope by its level, as no stack is ever this deep.
    const BY_HAND: u16 = u16::MAX;

    /// Where there is no scope.
    pub(crate) const NONE: Self = Self(Self::NO_END | Self::BY_HAND as u64);

    /// So much, wherever it is opened. What is longer than this can say has no end here: see
    /// [`Entered::allow`](super::Entered::allow).
    pub(crate) const fn of(length: Duration) -> Self {
        const SECOND: u64 = 1_000_000_000;
        if length.as_secs() < (Self::NO_END >> Self::LEVEL_BITS) / SECOND {
            let nanos = length.as_secs() * SECOND + length.subsec_nanos() as u64;
            Self(nanos << Self::LEVEL_BITS)
        } else {
            Self(Self::NO_END)
        }
    }

    #[inline]
    pub(crate) fn is_endless(self) -> bool {
        self.0 & Self::NO_END != 0
    }

    /// This much, where nothing else is: in a scope that is opened at this level.
    #[inline]
    pub(crate) fn alone(self, level: u16) -> Self {
        Self(self.0 | u64::from(level))
    }

    /// Whether there is no length around this one, which has an end: one test of both.
    #[inline]
    pub(crate) fn is_alone(self, around: Self) -> bool {
        around.0 & !self.0 & Self::NO_END != 0
    }

    /// The same length in a scope that is opened at this level.
    #[inline]
    pub(crate) fn opened_at(self, level: u16) -> Self {
        Self(self.length() | u64::from(level))
    }

    /// The same length in a scope at which nobody fires.
    pub(crate) fn opened_by_hand(self) -> Self {
        self.opened_at(Self::BY_HAND)
    }

    /// No length, in a scope that was opened by the same.
    pub(crate) fn ended(self) -> Self {
        Self(Self::NO_END).opened_at(self.opener())
    }

    #[inline]
    pub(crate) fn shorter(self, other: Self) -> Self {
        if self.length() < other.length() {
            self
        } else {
            other
        }
    }

    pub(crate) fn is_opened_at(self, level: u16) -> bool {
        self.opener() == level
    }

    pub(crate) fn is_opened_by_hand(self) -> bool {
        self.is_opened_at(Self::BY_HAND)
    }

    /// The end of it, from this point in time on.
    pub(crate) fn from(self, start: Instant) -> Option<Instant> {
        if self.is_endless() {
            return None;
        }
        start.checked_add(Duration::from_nanos(self.0 >> Self::LEVEL_BITS))
    }

    #[inline]
    fn length(self) -> u64 {
        self.0 & !u64::from(u16::MAX)
    }

    fn opener(self) -> u16 {
        (self.0 & u64::from(u16::MAX)) as u16
    }
}
