//! Reading: the two numbers that an `Instant` is made of.
//!
//! It tells nobody what they are, but by `Hash`. To subtract one instant from another takes three calls into the standard
//! library, none of which is inlined: some fifty instructions, and a way through memory, for two subtractions; and every
//! call that is refused asks for one. What an instant hashes is promised nowhere. So it is checked once in each process
//! whether it is what it is taken for, and where it is not, the library is asked.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

/// How long it is from the zero of this platform's clock to an instant. `None` where an instant hashes anything else, or
/// is before that.
#[inline]
pub(crate) fn read(instant: Instant) -> Option<Duration> {
    let mut numbers = Numbers::default();
    instant.hash(&mut numbers);
    match numbers {
        Numbers {
            secs: Some(secs),
            nanos: Some(nanos @ ..NANOS_PER_SEC),
            others: false,
        } => Some(Duration::new(secs, nanos)),
        _ => None,
    }
}

/// The zero of this platform's clock, if what is read of instants is right: of this one, and of others after it.
pub(crate) fn zero(instant: Instant) -> Option<Instant> {
    let zero = instant.checked_sub(read(instant)?)?;
    // A second has an end, and a day has many.
    let is_right = [0, 1, 999_999_999, 1_000_000_000, 86_400_500_000_000]
        .map(Duration::from_nanos)
        .into_iter()
        .all(|later| {
            let later = instant.checked_add(later);
            later.is_some_and(|later| read(later) == later.checked_duration_since(zero))
        });
    is_right.then_some(zero)
}

const NANOS_PER_SEC: u32 = 1_000_000_000;

/// Hears what an instant hashes, and hashes nothing.
#[derive(Default)]
struct Numbers {
    secs: Option<u64>,
    nanos: Option<u32>,
    /// Whether there was anything else.
    others: bool,
}

impl Hasher for Numbers {
    #[inline]
    fn write_u64(&mut self, secs: u64) {
        self.others |= self.secs.replace(secs).is_some();
    }

    #[inline]
    fn write_i64(&mut self, secs: i64) {
        match u64::try_from(secs) {
            Ok(secs) => self.write_u64(secs),
            Err(_) => self.others = true,
        }
    }

    #[inline]
    fn write_u32(&mut self, nanos: u32) {
        self.others |= self.nanos.replace(nanos).is_some();
    }

    fn write(&mut self, _: &[u8]) {
        self.others = true;
    }

    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_where_this_is_tested() {
        assert!(zero(Instant::now()).is_some());
    }

    #[test]
    fn what_hashes_anything_else_is_not_read() {
        for hashed in [&[][..], &[1u8, 2, 3]] {
            let mut numbers = Numbers::default();
            1u64.hash(&mut numbers);
            2u32.hash(&mut numbers);
            hashed.hash(&mut numbers);
            assert!(numbers.others);
        }
        let mut numbers = Numbers::default();
        (-1i64).hash(&mut numbers);
        assert!(numbers.others);
    }

    #[test]
    fn what_is_read_differs_by_what_the_standard_library_says() {
        let now = Instant::now();
        let instants = [0, 1, 499_999_999, 999_999_999, 1_000_000_000, 7_777_777_777]
            .map(|nanos| now + Duration::from_nanos(nanos));
        for later in instants {
            for earlier in instants {
                let between = read(later).unwrap().checked_sub(read(earlier).unwrap());
                assert_eq!(between, later.checked_duration_since(earlier));
            }
        }
    }
}
