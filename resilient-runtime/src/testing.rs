//! What tests want of the policies. Feature `testing`.

/// Makes the jitter of this thread repeatable: the same seed, the same delays.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Jitter, Retry, testing};
/// testing::seed_jitter(7);
/// ```
pub fn seed_jitter(seed: u64) {
    crate::jitter::seed(seed);
}
