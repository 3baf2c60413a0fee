//! Who holds an entry, and whether who lets go of it has to say so.

use super::sync::{AtomicUsize, Ordering};

/// Both in one word, so that who leaves and who wants to be told cannot miss each other.
#[derive(Debug)]
pub(super) struct Users(AtomicUsize);

const REPORT: usize = 1;
const ONE: usize = 2;

impl Users {
    pub(super) fn none() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// One more, under the lock of the map, or beside another who is counted.
    #[inline]
    pub(super) fn join(&self) {
        self.0.fetch_add(ONE, Ordering::Relaxed);
    }

    /// One less, if they are counted: is it for this one to report?
    #[inline]
    pub(super) fn leave(&self, is_counted: bool) -> bool {
        if is_counted {
            // The last of those whom the report is for.
            self.0.fetch_sub(ONE, Ordering::AcqRel) == (ONE | REPORT)
        } else {
            // What it has changed was changed under a lock that who passes it over takes after this
            // is set: so it is seen there, or this is seen here.
            self.0.load(Ordering::Acquire) & REPORT != 0
        }
    }

    /// Whether who leaves from now on has to report. Said before it is asked how the entry stands.
    pub(super) fn report(&self, to: bool) {
        if to {
            self.0.fetch_or(REPORT, Ordering::AcqRel);
        } else {
            self.0.fetch_and(!REPORT, Ordering::AcqRel);
        }
    }

    pub(super) fn any(&self) -> bool {
        self.0.load(Ordering::Acquire) >= ONE
    }
}
