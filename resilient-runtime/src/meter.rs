//! Meters: what an instance, or a function, counts by. Without the feature `metrics` they are nothing.
//!
//! A handle of the `metrics` facade is looked up under a lock, by a name and labels that are hashed. So each is
//! looked up once and kept where it is used: those of a function in the function, those of an instance in the
//! instance, for each function that calls it.

#[cfg(feature = "metrics")]
mod handles;
#[cfg(feature = "metrics")]
pub(crate) mod names;

#[cfg(feature = "metrics")]
pub(crate) use handles::{Attempt, Did, METADATA, OfFunction, count, key, of};

use std::fmt;

/// What an instance counts by.
pub(crate) struct Meter {
    #[cfg(feature = "metrics")]
    of_instance: handles::OfInstance,
}

impl Meter {
    pub(crate) const fn new() -> Self {
        Self {
            #[cfg(feature = "metrics")]
            of_instance: handles::OfInstance::new(),
        }
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn of_instance(&self) -> &handles::OfInstance {
        &self.of_instance
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meter")
    }
}
