//! The notice board of a breaker: until when calls are refused, and why, for whoever does not take the lock.
//!
//! A notice is several words, so that it may change while it is read. The word of the gate says which it is: it
//! says that there is none before the board changes, and names the new one after that. Who finds the same
//! word after reading as before has read one notice, and the one of that word.

use std::time::Duration;

use super::state::Notice;
use super::sync::{AtomicU64, Ordering};
use crate::circuit::Reason;
use crate::moment::age;

/// Each is written before the gate's word names the notice, and read after that.
#[derive(Debug)]
pub(super) struct Board {
    /// As seconds of its `age` above and nanoseconds below.
    until: AtomicU64,
    /// Which reason it is, and the nanoseconds of a line of slow calls above that.
    kind: AtomicU64,
    /// Failures or slow calls above, and of how many below.
    counts: AtomicU64,
    threshold: AtomicU64,
    line: AtomicU64,
}

const NANO_BITS: u32 = 30;
const NANOS: u64 = (1 << NANO_BITS) - 1;
/// Longer than any age.
const NEVER: u64 = u64::MAX;

const KIND_BITS: u32 = 8;
const KIND: u64 = (1 << KIND_BITS) - 1;

const FORCED: u64 = 0;
const FAILURE_RATE: u64 = 1;
const SLOW_RATE: u64 = 2;
const CONSECUTIVE_FAILURES: u64 = 3;
const PROBE_FAILED: u64 = 4;
const PROBE_SLOW: u64 = 5;
const PROBING: u64 = 6;

impl Board {
    pub(super) fn new() -> Self {
        Self {
            until: AtomicU64::new(NEVER),
            kind: AtomicU64::new(FORCED),
            counts: AtomicU64::new(0),
            threshold: AtomicU64::new(0),
            line: AtomicU64::new(0),
        }
    }

    /// Whether there is room for it: for 544 years, and not for what is before all ages. Under the lock of the
    /// gate, while its word names no notice.
    pub(super) fn put_up(&self, notice: Notice) -> bool {
        let until = match notice.until.map(age) {
            None => NEVER,
            Some(Some(age)) if age.as_secs() < 1 << (u64::BITS - NANO_BITS) => {
                age.as_secs() << NANO_BITS | u64::from(age.subsec_nanos())
            }
            Some(_) => return false,
        };
        let (kind, [part, of], threshold, line) = match notice.reason {
            Reason::FailureRate {
                failures,
                calls,
                threshold,
            } => (FAILURE_RATE, [failures, calls], threshold, Duration::ZERO),
            Reason::SlowRate {
                slow,
                calls,
                line,
                threshold,
            } => (SLOW_RATE, [slow, calls], threshold, line),
            Reason::ConsecutiveFailures { failures } => {
                (CONSECUTIVE_FAILURES, [0, failures], 0.0, Duration::ZERO)
            }
            Reason::ProbeFailed => (PROBE_FAILED, [0; 2], 0.0, Duration::ZERO),
            Reason::ProbeSlow { line } => (PROBE_SLOW, [0; 2], 0.0, line),
            Reason::Probing { probes } => (PROBING, [0, probes], 0.0, Duration::ZERO),
            Reason::Forced => (FORCED, [0; 2], 0.0, Duration::ZERO),
        };
        // Released each, so that whoever sees one of them sees the word of before, or a later one.
        let nanos = u64::from(line.subsec_nanos());
        self.kind
            .store(nanos << KIND_BITS | kind, Ordering::Release);
        self.counts
            .store(u64::from(part) << 32 | u64::from(of), Ordering::Release);
        self.threshold.store(threshold.to_bits(), Ordering::Release);
        self.line.store(line.as_secs(), Ordering::Release);
        self.until.store(until, Ordering::Release);
        true
    }

    /// The age until which calls are refused, if that ends.
    #[inline]
    pub(super) fn until(&self) -> Option<Duration> {
        match self.until.load(Ordering::Acquire) {
            NEVER => None,
            until => Some(Duration::new(until >> NANO_BITS, nanos(until))),
        }
    }

    /// Why they are, if it is what breakers mostly open for. The fewer reasons there are to choose from, the less is
    /// kept for them meanwhile.
    #[inline]
    pub(super) fn common_reason(&self) -> Option<Reason> {
        let counts = self.counts.load(Ordering::Acquire);
        match self.kind.load(Ordering::Acquire) {
            FAILURE_RATE => Some(Reason::FailureRate {
                failures: upper(counts),
                calls: lower(counts),
                threshold: self.threshold(),
            }),
            CONSECUTIVE_FAILURES => Some(Reason::ConsecutiveFailures {
                failures: lower(counts),
            }),
            PROBE_FAILED => Some(Reason::ProbeFailed),
            _ => None,
        }
    }

    /// Why they are.
    pub(super) fn reason(&self) -> Reason {
        if let Some(reason) = self.common_reason() {
            return reason;
        }
        let kind = self.kind.load(Ordering::Acquire);
        let counts = self.counts.load(Ordering::Acquire);
        let line = || {
            let secs = Duration::from_secs(self.line.load(Ordering::Acquire));
            secs.saturating_add(Duration::from_nanos(kind >> KIND_BITS))
        };
        match kind & KIND {
            SLOW_RATE => Reason::SlowRate {
                slow: upper(counts),
                calls: lower(counts),
                line: line(),
                threshold: self.threshold(),
            },
            PROBE_SLOW => Reason::ProbeSlow { line: line() },
            PROBING => Reason::Probing {
                probes: lower(counts),
            },
            _ => Reason::Forced,
        }
    }

    fn threshold(&self) -> f64 {
        f64::from_bits(self.threshold.load(Ordering::Acquire))
    }
}

fn nanos(until: u64) -> u32 {
    (until & NANOS) as u32
}

fn upper(counts: u64) -> u32 {
    (counts >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "it is the lower half")]
fn lower(counts: u64) -> u32 {
    counts as u32
}
