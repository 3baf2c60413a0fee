//! Overrides that were in force, or are: each is kept for ever, and equal ones are one. So a reader needs
//! no lock and no count of readers, and memory grows with what operators think of, not with how often.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Settings in the place of those that are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Override<S> {
    pub(crate) settings: S,
    /// The policy lets everything through, as if it were not there.
    pub(crate) is_off: bool,
}

/// Settings that can be overridden.
pub(crate) trait Tabled: Copy + PartialEq + Send + Sync + 'static {
    /// The table of all settings of this kind.
    fn table() -> &'static Table<Self>;
}

/// Gives settings a table of their own.
macro_rules! tabled {
    ($settings:ty) => {
        impl $crate::overrides::Tabled for $settings {
            fn table() -> &'static $crate::overrides::Table<Self> {
                static TABLE: $crate::overrides::Table<$settings> = $crate::overrides::Table::new();
                &TABLE
            }
        }
    };
}
pub(crate) use tabled;

/// Where the settings in force are: in the code, or at a place of a table.
#[derive(Debug)]
#[doc(hidden)]
pub struct Index(AtomicU32);

impl Index {
    /// In the code.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "expansions alone make one")]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    pub(crate) fn anew(&self) -> Self {
        Self(AtomicU32::new(self.0.load(Ordering::Acquire)))
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<NonZeroU32> {
        // It goes with the store below: who sees a place sees what is there.
        NonZeroU32::new(self.0.load(Ordering::Acquire))
    }

    pub(crate) fn set(&self, index: Option<NonZeroU32>) {
        self.0
            .store(index.map_or(0, NonZeroU32::get), Ordering::Release);
    }
}

/// The first chunk has so many places, and each has twice as many as the one before.
const FIRST: u32 = 32;
/// So all chunks together have a place for every index.
const CHUNKS: usize = 28;

type Chunk<S> = Box<[OnceLock<Override<S>>]>;

/// All overrides of one kind of settings.
pub(crate) struct Table<S: 'static> {
    chunks: [OnceLock<Chunk<S>>; CHUNKS],
    /// How many there are.
    len: Mutex<u32>,
}

impl<S> Table<S> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: [const { OnceLock::new() }; CHUNKS],
            len: Mutex::new(0),
        }
    }

    pub(crate) fn get(&self, index: NonZeroU32) -> Option<&Override<S>> {
        let (chunk, place) = place(index);
        self.chunks.get(chunk)?.get()?.get(place)?.get()
    }
}

impl<S: PartialEq> Table<S> {
    /// The place of this, which it gets if it is new.
    pub(crate) fn intern(&self, new: Override<S>) -> NonZeroU32 {
        // Nothing that runs under it can panic half-way, so that a poisoned one is as good as new.
        let mut len = self.len.lock().unwrap_or_else(PoisonError::into_inner);
        let known = (1..=*len)
            .filter_map(NonZeroU32::new)
            .find(|index| self.get(*index) == Some(&new));
        if let Some(known) = known {
            return known;
        }
        let index = NonZeroU32::MIN.saturating_add(*len);
        let (chunk, place) = place(index);
        let chunk = self.chunks[chunk].get_or_init(|| {
            let places = (FIRST as usize) << chunk;
            (0..places).map(|_| OnceLock::new()).collect()
        });
        if chunk[place].set(new).is_ok() {
            *len += 1;
        }
        index
    }
}

/// The chunk of an index, and its place there.
fn place(index: NonZeroU32) -> (usize, usize) {
    // u64, as the last chunk ends where u32 does.
    let from_first = u64::from(index.get() - 1) + u64::from(FIRST);
    let chunk = from_first.ilog2() - FIRST.ilog2();
    let place = from_first - (u64::from(FIRST) << chunk);
    (chunk as usize, usize::try_from(place).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_index_has_a_place_of_its_own() {
        let mut expected = (0, 0);
        for index in (1..100_000).filter_map(NonZeroU32::new) {
            assert_eq!(place(index), expected);
            expected.1 += 1;
            if expected.1 == (FIRST as usize) << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
        let (chunk, place) = place(NonZeroU32::MAX);
        assert!(chunk < CHUNKS && place < (FIRST as usize) << chunk);
    }

    #[test]
    fn equal_settings_are_kept_once() {
        let table = Table::new();
        let on = |settings| Override {
            settings,
            is_off: false,
        };
        let first: Vec<_> = (0..100).map(|number| table.intern(on(number))).collect();
        let again: Vec<_> = (0..100).map(|number| table.intern(on(number))).collect();
        assert_eq!(first, again);
        assert_eq!(*table.len.lock().unwrap(), 100);
        assert_eq!(table.get(first[70]), Some(&on(70)));
        let off = Override {
            settings: 70,
            is_off: true,
        };
        assert_ne!(table.intern(off), first[70]);
    }
}
