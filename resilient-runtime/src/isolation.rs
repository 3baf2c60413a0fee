//! Isolation: which instance stands in the place of another one, in the block that is polled now.
//!
//! Without the feature `testing` every instance stands for itself, and nothing is looked up.

/// The instance to use in the place of this one.
#[cfg(not(feature = "testing"))]
#[inline]
pub(crate) fn here<P>(instance: &P) -> &P {
    instance
}

/// What stands in the place of this one in the blocks of tests; what is said to it has to be said to
/// them.
#[cfg(all(feature = "config", not(feature = "testing")))]
pub(crate) fn copies<P>(_instance: &P) -> Vec<&'static P> {
    Vec::new()
}

#[cfg(all(feature = "config", feature = "testing"))]
pub(crate) use tested::copies;
#[cfg(feature = "testing")]
pub(crate) use tested::{Entered, Isolation, Originals, Stored, current, enter, here, key};

#[cfg(feature = "testing")]
mod tested {
    use std::any::{Any, TypeId};
    use std::cell::RefCell;
    use std::collections::{HashMap, HashSet};
    use std::fmt;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    /// An instance of any kind.
    pub(crate) type Stored = &'static (dyn Any + Send + Sync);

    /// An instance is known by where it is. Its type is part of that, as a struct begins where its first
    /// field does.
    type Key = (usize, TypeId);

    /// What an isolation replaces, and how each of it is made anew. All of it is `static`: no address is
    /// ever used twice.
    pub(crate) type Originals = HashMap<Key, Box<dyn Fn() -> Stored + Send + Sync>>;

    pub(crate) fn key<P: 'static>(instance: &P) -> Key {
        (std::ptr::from_ref(instance).addr(), TypeId::of::<P>())
    }

    /// The instances of one isolated block, made when they are first used.
    pub(crate) struct Isolation {
        originals: &'static Originals,
        copies: Mutex<HashMap<Key, Stored>>,
        /// What sites have found their names to stand for.
        resolved: Mutex<HashMap<Key, Stored>>,
        /// What it has told of, and tells of once.
        told: Mutex<HashSet<usize>>,
    }

    impl Isolation {
        pub(crate) fn new(originals: &'static Originals) -> Self {
            Self {
                originals,
                copies: Mutex::default(),
                resolved: Mutex::default(),
                told: Mutex::default(),
            }
        }

        fn copy_of<P: 'static>(&self, instance: &P) -> Option<&'static P> {
            let key = key(instance);
            let make = self.originals.get(&key)?;
            let copy = *lock(&self.copies)
                .entry(key)
                .or_insert_with(|| made(key, make));
            copy.downcast_ref()
        }

        /// Whether this has not been told of in this block, and now is.
        pub(crate) fn is_new(&self, told: usize) -> bool {
            lock(&self.told).insert(told)
        }

        /// What the site of `own` uses in this block; `resolve` finds it out, and says what is wrong
        /// with it, as at a site's first call in a process.
        pub(crate) fn resolved<P: Send + Sync + 'static>(
            &self,
            own: &P,
            resolve: impl FnOnce() -> Option<&'static P>,
        ) -> Option<&'static P> {
            let known = lock(&self.resolved).get(&key(own)).copied();
            // Not under the lock: to say something is to run user code.
            let stored = if let Some(stored) = known {
                stored
            } else {
                let found = resolve()?;
                *lock(&self.resolved).entry(key(own)).or_insert(found)
            };
            stored.downcast_ref()
        }
    }

    /// Copies are never freed, so that they can be kept by what they are copies of.
    #[cfg(feature = "config")]
    static COPIES: Mutex<Vec<(Key, Stored)>> = Mutex::new(Vec::new());

    /// Makes a copy. Under a lock: what is said to the original before it looks for copies is in it.
    #[cfg(feature = "config")]
    fn made(key: Key, make: &dyn Fn() -> Stored) -> Stored {
        let mut copies = lock(&COPIES);
        let copy = make();
        copies.push((key, copy));
        copy
    }

    #[cfg(not(feature = "config"))]
    fn made(_: Key, make: &dyn Fn() -> Stored) -> Stored {
        make()
    }

    /// What stands in the place of this one in all blocks.
    #[cfg(feature = "config")]
    pub(crate) fn copies<P: 'static>(instance: &P) -> Vec<&'static P> {
        let this = key(instance);
        let copies = lock(&COPIES);
        let of_this = copies.iter().filter(|(key, _)| *key == this);
        of_this
            .filter_map(|(_, copy)| copy.downcast_ref())
            .collect()
    }

    impl fmt::Debug for Isolation {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Isolation").finish_non_exhaustive()
        }
    }

    /// No user code runs under these locks, so that a poisoned one is as good as new.
    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    thread_local! {
        static CURRENT: RefCell<Option<Arc<Isolation>>> = const { RefCell::new(None) };
    }

    /// The instance to use in the place of this one.
    #[inline]
    pub(crate) fn here<P: 'static>(instance: &P) -> &P {
        match current() {
            Some(isolation) => isolation.copy_of(instance).unwrap_or(instance),
            None => instance,
        }
    }

    /// The isolation that is in force; none while a thread ends.
    pub(crate) fn current() -> Option<Arc<Isolation>> {
        CURRENT
            .try_with(|current| current.borrow().clone())
            .ok()
            .flatten()
    }

    /// Puts an isolation in force, for the length of one poll.
    pub(crate) fn enter(isolation: Arc<Isolation>) -> Entered {
        Entered {
            outer: CURRENT.replace(Some(isolation)),
        }
    }

    /// An isolation that is in force while this lives.
    pub(crate) struct Entered {
        outer: Option<Arc<Isolation>>,
    }

    impl Drop for Entered {
        fn drop(&mut self) {
            CURRENT.set(self.outer.take());
        }
    }
}
