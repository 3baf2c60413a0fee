//! Durations for people.

use std::fmt;
use std::time::Duration;

/// A duration in whole milliseconds, rounded up, so that "in 0ns" is never said of what is still to come.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_nanos().div_ceil(1_000_000);
        write!(
            f,
            "{:?}",
            Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
        )
    }
}
