//! The percentile that a hedge waits for, and the first calls that it is measured by.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

use super::Hedge;
use super::latencies::{BUCKETS, Latencies, Took, Window};
use super::sync::{AtomicU16, AtomicU32};

/// A percentile of the latencies of first calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Percentile {
    /// In thousandths: 950 is the 95th.
    per_mille: u16,
    initial: Duration,
}

impl Percentile {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a percentile is at most 99.9"
    )]
    pub(super) const fn new(percent: f64, initial: Duration) -> Self {
        Self {
            per_mille: (percent * 10.0 + 0.5) as u16,
            initial,
        }
    }

    pub(super) fn percent(&self) -> f64 {
        f64::from(self.per_mille) / 10.0
    }

    /// What holds until enough calls were measured.
    pub(super) fn initial(&self) -> Duration {
        self.initial
    }
}

/// How long first calls took.
#[derive(Debug)]
pub(super) struct Measured {
    /// Behind a pointer, as it is large, and most hedges have none.
    latencies: OnceLock<Box<Latencies>>,
}

impl Measured {
    pub(super) const fn new() -> Self {
        Self {
            latencies: OnceLock::new(),
        }
    }

    /// The percentile, once enough calls were measured.
    pub(super) fn known(&self) -> Option<Duration> {
        self.latencies.get()?.known()
    }

    fn record(&self, took: Took, percentile: &Percentile) {
        let latencies = self.latencies.get_or_init(|| {
            let buckets = || [const { AtomicU16::new(0) }; BUCKETS];
            let window = || Window {
                ended: buckets(),
                dropped: buckets(),
            };
            let (samples, known) = (AtomicU32::new(0), AtomicU32::new(0));
            Box::new(Latencies::of([window(), window()], samples, known))
        });
        latencies.record(took, percentile.per_mille);
    }
}

/// The first call, as long as its length is of interest.
#[derive(Debug)]
pub(super) struct FirstCall<'h> {
    hedge: Option<&'h Hedge>,
    suspended: Option<Instant>,
}

impl<'h> FirstCall<'h> {
    pub(super) fn of(hedge: &'h Hedge) -> Self {
        Self {
            hedge: hedge.percentile().map(|_| hedge),
            suspended: None,
        }
    }

    /// Its clock starts, unless it runs.
    pub(super) fn suspends(&mut self) {
        if self.hedge.is_some() && self.suspended.is_none() {
            self.suspended = Some(Instant::now());
        }
    }

    /// It has ended in an answer.
    pub(super) fn answered(&mut self) {
        self.ends(Took::Exactly);
    }

    /// It is dropped, or was given up: it would have taken longer.
    pub(super) fn dropped(&mut self) {
        // What has not begun took no time.
        if self.suspended.is_some() {
            self.ends(Took::AtLeast);
        }
    }

    fn ends(&mut self, how: fn(Duration) -> Took) {
        if let Some(hedge) = self.hedge.take()
            && let Some(percentile) = hedge.percentile()
        {
            let took = self.suspended.map(|suspended| suspended.elapsed());
            let took = how(took.unwrap_or_default());
            hedge.measured.record(took, percentile);
        }
    }

    /// It has ended in a way that says nothing of how long an answer takes.
    pub(super) fn says_nothing(&mut self) {
        self.hedge = None;
    }
}

impl Drop for FirstCall<'_> {
    fn drop(&mut self) {
        self.dropped();
    }
}
