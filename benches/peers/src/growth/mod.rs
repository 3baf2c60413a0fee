//! How cost grows: the same call with more and more of something around it.

mod depth;
mod keys;
mod queue;
mod window;

use crate::row::Calls;

/// A call whose cost may depend on how many there are of something.
pub struct Growth {
    pub name: &'static str,
    /// What there are so many of.
    pub of: &'static str,
    pub sizes: &'static [u64],
    /// Brings so many of it about, and then makes calls.
    make: fn(u64) -> MakeCalls,
}

/// A future of so many calls.
pub type MakeCalls = Box<dyn Fn(u64) -> Calls>;

impl Growth {
    #[must_use]
    pub fn calls(&self, size: u64) -> MakeCalls {
        (self.make)(size)
    }
}

const TO_A_MILLION: &[u64] = &[1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// All of them, in the order of the table. They want a runtime around them: who waits has a timer.
#[must_use]
pub fn all() -> Vec<Growth> {
    [
        window::GROWTH.as_slice(),
        &keys::GROWTH,
        &queue::GROWTH,
        &depth::GROWTH,
    ]
    .into_iter()
    .flatten()
    .map(|growth| Growth { ..*growth })
    .collect()
}

fn boxed<F, Fut>(calls: F) -> MakeCalls
where
    F: Fn(u64) -> Fut + 'static,
    Fut: Future<Output = u64> + 'static,
{
    Box::new(move |count| Box::pin(calls(count)))
}

/// Until the process ends, as a `static` would: nothing is counted of how it is freed.
fn forever<T>(policy: T) -> &'static T {
    Box::leak(Box::new(policy))
}
