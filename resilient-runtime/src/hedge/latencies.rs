//! How long calls took: a histogram of a fixed size, without locks, of which one percentile is kept at
//! hand.
//!
//! Its buckets are log-linear, as in Gil Tene's `HdrHistogram`: each doubling is cut into 16 of one width.
//! A percentile is the upper edge of its bucket: never less than what was measured, and at most 6.25 %
//! (or 64 µs, which no timer sees) more. So a service that is very regular is not hedged for nothing.
//!
//! Of a call that was dropped it is known only that it would have taken longer. Such samples are counted
//! apart, and the percentile is that of the product-limit estimator (Edward Kaplan and Paul Meier,
//! *Nonparametric Estimation from Incomplete Observations*, 1958). Were they taken for whole ones, a
//! percentile that is too low could not rise: the copies that it starts cut short what is above it.
//!
//! Samples go into two windows by turns, and the older one is emptied when its turn comes: what is
//! measured is the last 1024 to 2048 samples, and a service that has changed is soon known anew.

use std::time::Duration;

use super::sync::{AtomicU16, AtomicU32, Ordering};

/// What is counted in: 64 µs, as a power of two. A timer counts in milliseconds.
const UNIT: u32 = 6;
/// A doubling is cut into so many buckets, as a power of two.
const BITS: u32 = 4;
const STEPS: u32 = 1 << BITS;
/// The longest sample in units, as a power of two: 18 minutes.
const LONGEST: u32 = 24;
pub(super) const BUCKETS: usize = ((LONGEST - BITS + 1) * STEPS) as usize;
/// A window holds so many samples: one in a thousand is in it.
pub(super) const WINDOW: u32 = 1024;
/// Fewer say little of a percentile.
const ENOUGH: u32 = 100;
/// How often the percentile is looked for: a walk over all buckets.
pub(super) const EVERY: u32 = 50;

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Took {
    /// A call that ended after so long.
    Exactly(Duration),
    /// A call that had not ended after so long.
    AtLeast(Duration),
}

/// The samples of one window.
#[derive(Debug)]
pub(super) struct Window<const B: usize = BUCKETS> {
    /// Calls that ended.
    pub(super) ended: [AtomicU16; B],
    /// Calls that were dropped.
    pub(super) dropped: [AtomicU16; B],
}

impl<const B: usize> Window<B> {
    fn clear(&self) {
        for bucket in self.ended.iter().chain(&self.dropped) {
            bucket.store(0, Ordering::Relaxed);
        }
    }
}

/// Samples, and a percentile of them.
#[derive(Debug)]
pub(super) struct Latencies<const B: usize = BUCKETS, const W: u32 = WINDOW, const E: u32 = ENOUGH>
{
    windows: [Window<B>; 2],
    /// How many samples there ever were.
    samples: AtomicU32,
    /// The percentile in microseconds; 0 as long as there are not enough samples.
    known: AtomicU32,
}

impl<const B: usize, const W: u32, const E: u32> Latencies<B, W, E> {
    /// Of these, all zero: `loom` has its own, which are no constants.
    pub(super) const fn of(windows: [Window<B>; 2], samples: AtomicU32, known: AtomicU32) -> Self {
        Self {
            windows,
            samples,
            known,
        }
    }

    /// The percentile, once there are enough samples.
    pub(super) fn known(&self) -> Option<Duration> {
        match self.known.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(micros.into())),
        }
    }

    /// One more sample. The percentile that is kept is in thousandths: 950 is the 95th.
    ///
    /// Everything is relaxed, as a sample more or less does not matter: one that comes while its window
    /// is emptied may be lost.
    pub(super) fn record(&self, took: Took, per_mille: u16) {
        let before = self.samples.fetch_add(1, Ordering::Relaxed);
        let window = &self.windows[(before / W % 2) as usize];
        if before.is_multiple_of(W) {
            window.clear();
        }
        let (buckets, took) = match took {
            Took::Exactly(took) => (&window.ended, took),
            Took::AtLeast(took) => (&window.dropped, took),
        };
        buckets[bucket(took).min(B - 1)].fetch_add(1, Ordering::Relaxed);
        let samples = before.wrapping_add(1);
        if samples >= E
            && samples.is_multiple_of(EVERY.min(E))
            && let Some(edge) = self.percentile(per_mille)
        {
            self.known.store(edge, Ordering::Relaxed);
        }
    }

    /// The upper edge of the bucket that holds it, in microseconds. None where the samples are lost, as
    /// a window was emptied meanwhile.
    pub(super) fn percentile(&self, per_mille: u16) -> Option<u32> {
        let [one, other] = &self.windows;
        let count = |one: &AtomicU16, other: &AtomicU16| {
            u32::from(one.load(Ordering::Relaxed)) + u32::from(other.load(Ordering::Relaxed))
        };
        let counts: [(u32, u32); B] = std::array::from_fn(|i| {
            let ended = count(&one.ended[i], &other.ended[i]);
            (ended, count(&one.dropped[i], &other.dropped[i]))
        });
        let mut left: u32 = counts.iter().map(|(ended, dropped)| ended + dropped).sum();
        let (mut longer, share) = (1.0, 1.0 - f64::from(per_mille) / 1000.0);
        for (bucket, (ended, dropped)) in counts.iter().enumerate() {
            if left == 0 {
                break;
            }
            // Of those that took at least so long, the share that took longer.
            longer *= 1.0 - f64::from(*ended) / f64::from(left);
            left -= ended + dropped;
            if longer <= share + 1e-9 {
                return Some(upper_edge(bucket));
            }
        }
        // More were dropped than that: it is longer than any that was seen.
        let longest = counts.iter().rposition(|counts| *counts != (0, 0))?;
        Some(upper_edge((longest + 1).min(B - 1)))
    }
}

/// The bucket of a sample.
pub(super) fn bucket(took: Duration) -> usize {
    let units = (took.as_micros() >> UNIT).min((1 << LONGEST) - 1);
    let units = u32::try_from(units).unwrap_or(u32::MAX);
    if units < STEPS {
        return units as usize;
    }
    let octave = units.ilog2() - BITS;
    (octave * STEPS + (units >> octave)) as usize
}

/// The first microsecond after a bucket.
#[expect(
    clippy::cast_possible_truncation,
    reason = "there are a few hundred buckets"
)]
pub(super) const fn upper_edge(bucket: usize) -> u32 {
    let bucket = bucket as u32;
    if bucket < STEPS {
        return (bucket + 1) << UNIT;
    }
    let (octave, step) = (bucket / STEPS - 1, bucket % STEPS);
    (STEPS + step + 1) << octave << UNIT
}
