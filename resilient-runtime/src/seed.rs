//! The seed that makes jitter repeatable, in tests. Without the feature `testing` there is none, and
//! chance is asked each time.

/// A repeatable sample of `low..=high`, if there is a seed.
#[cfg(not(any(test, feature = "testing")))]
#[inline]
pub(crate) fn sample(_low: u64, _high: u64) -> Option<u64> {
    None
}

#[cfg(feature = "testing")]
pub(crate) use tested::{Entered, Generator, afresh, current, enter};
#[cfg(any(test, feature = "testing"))]
pub(crate) use tested::{sample, seed};

#[cfg(any(test, feature = "testing"))]
#[cfg_attr(
    not(feature = "testing"),
    allow(dead_code, reason = "the unit tests only seed and sample")
)]
mod tested {
    use std::cell::RefCell;
    use std::sync::{Arc, Mutex, PoisonError};

    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    /// A generator that several tasks may share; none before it is seeded.
    pub(crate) type Generator = Arc<Mutex<Option<Seeded>>>;

    /// A generator, and the seed that it began with.
    #[derive(Debug)]
    pub(crate) struct Seeded {
        seed: u64,
        generator: Xoshiro256PlusPlus,
    }

    impl Seeded {
        fn by(seed: u64) -> Self {
            let generator = Xoshiro256PlusPlus::seed_from_u64(seed);
            Self { seed, generator }
        }
    }

    thread_local! {
        static CURRENT: RefCell<Option<Generator>> = const { RefCell::new(None) };
    }

    /// A repeatable sample of `low..=high`, if there is a seed.
    pub(crate) fn sample(low: u64, high: u64) -> Option<u64> {
        // A thread that ends has none.
        let current = CURRENT.try_with(|current| current.borrow().clone());
        let generator = current.ok().flatten()?;
        let mut generator = generator.lock().unwrap_or_else(PoisonError::into_inner);
        let Seeded { generator, .. } = generator.as_mut()?;
        Some(generator.random_range(low..=high))
    }

    /// Seeds the generator in force.
    pub(crate) fn seed(seed: u64) {
        let current = current();
        let mut generator = current.lock().unwrap_or_else(PoisonError::into_inner);
        *generator = Some(Seeded::by(seed));
    }

    /// The generator in force.
    pub(crate) fn current() -> Generator {
        CURRENT.with_borrow_mut(|current| Arc::clone(current.get_or_insert_default()))
    }

    /// One that begins as the one in force began, and leaves that one alone.
    pub(crate) fn afresh() -> Generator {
        let current = current();
        let generator = current.lock().unwrap_or_else(PoisonError::into_inner);
        let seed = generator.as_ref().map(|seeded| seeded.seed);
        Arc::new(Mutex::new(seed.map(Seeded::by)))
    }

    /// Puts a generator in force, for the length of one poll.
    pub(crate) fn enter(generator: Generator) -> Entered {
        Entered {
            outer: CURRENT.replace(Some(generator)),
        }
    }

    /// A generator that is in force while this lives.
    pub(crate) struct Entered {
        outer: Option<Generator>,
    }

    impl Drop for Entered {
        fn drop(&mut self) {
            CURRENT.set(self.outer.take());
        }
    }
}
