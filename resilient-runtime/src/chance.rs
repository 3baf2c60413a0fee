//! Chance: a generator for each thread, of which nothing is asked but that it is even and quick.
//!
//! Nobody gains by guessing a delay, so it need not be one for secrets, which would bring five more crates to compile. It
//! is seeded with what the standard library seeds its hash maps with: at random for each process, and differently for
//! each thread.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

thread_local! {
    static GENERATOR: Cell<Option<Xoshiro256PlusPlus>> = const { Cell::new(None) };
}

/// Evenly in `low..=high`.
pub(crate) fn sample(low: u64, high: u64) -> u64 {
    let mut generator = GENERATOR.take().unwrap_or_else(afresh);
    let sample = generator.random_range(low..=high);
    GENERATOR.set(Some(generator));
    sample
}

#[cold]
fn afresh() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(RandomState::new().hash_one(()))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn threads_do_not_sample_the_same() {
        let some = || (0..4).map(|_| sample(0, u64::MAX)).collect::<Vec<_>>();
        let other = thread::spawn(some).join().unwrap();
        assert_ne!(some(), other);
    }

    #[test]
    fn a_thread_goes_on_where_it_was() {
        assert_ne!(sample(0, u64::MAX), sample(0, u64::MAX));
    }
}
