//! Who listens: two counts, so that whoever has something to say knows by one load whether to say it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Who wants to hear of every call. It is what calls that succeed look at, and all that they do.
static OF_CALLS: AtomicUsize = AtomicUsize::new(0);
/// Who wants to hear of what is out of the ordinary, them included.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

/// What somebody wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// What is out of the ordinary.
    Decisions,
    /// That, and every single call.
    Calls,
}

/// Whether anybody wants to hear of every call.
#[inline]
pub(crate) fn calls() -> bool {
    OF_CALLS.load(Ordering::Relaxed) > 0
}

/// Whether anybody wants to hear of what is out of the ordinary, `tracing` and recorders of tests aside.
#[inline]
pub(super) fn decisions() -> bool {
    LISTENERS.load(Ordering::Relaxed) > 0
}

/// Somebody who listens, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listener(Wants);

impl Listener {
    pub(crate) fn new(wants: Wants) -> Self {
        LISTENERS.fetch_add(1, Ordering::Relaxed);
        if wants == Wants::Calls {
            OF_CALLS.fetch_add(1, Ordering::Relaxed);
        }
        Self(wants)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::Relaxed);
        if self.0 == Wants::Calls {
            OF_CALLS.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
