//! What is written down of a run, second by second.

use std::{
    ops::Range,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use super::script::{PATIENCE, Script};

/// A second of a run. What is said of calls is said of those that began in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Second {
    pub(crate) calls: u64,
    /// Calls that got their answer within [`PATIENCE`].
    pub(crate) good: u64,
    /// Requests that reached the service.
    pub(crate) arrivals: u64,
    /// What the workers were busy for, of requests that ended in this second, in milliseconds.
    pub(crate) work: u64,
    /// The part of it that was for clients who had gone.
    pub(crate) in_vain: u64,
    /// How long each call took to its end, be that an answer or an error, in milliseconds.
    pub(crate) waits: Vec<u32>,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record(Vec<Second>);

impl Record {
    /// The sum of something over some seconds.
    pub(crate) fn sum(&self, range: Range<usize>, what: fn(&Second) -> u64) -> f64 {
        let sum: u64 = self.0[range].iter().map(what).sum();
        #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
        let sum = sum as f64;
        sum
    }

    /// How much of it there was in a second, on average.
    pub(crate) fn rate(&self, range: Range<usize>, what: fn(&Second) -> u64) -> f64 {
        self.sum(range.clone(), what) / self.sum(range, |_| 1)
    }

    /// The share of calls that were good.
    pub(crate) fn good(&self, range: Range<usize>) -> f64 {
        self.sum(range.clone(), |second| second.good) / self.sum(range, |second| second.calls)
    }

    /// The share of the service's work that was for nobody.
    pub(crate) fn in_vain(&self, range: Range<usize>) -> f64 {
        self.sum(range.clone(), |second| second.in_vain) / self.sum(range, |second| second.work)
    }

    /// Requests to the service for each call.
    pub(crate) fn load(&self, range: Range<usize>) -> f64 {
        self.sum(range.clone(), |second| second.arrivals) / self.sum(range, |second| second.calls)
    }

    /// Quantiles of how long calls took to their end, in seconds.
    pub(crate) fn waits<const N: usize>(
        &self,
        range: Range<usize>,
        quantiles: [f64; N],
    ) -> [f64; N] {
        let seconds = self.0[range].iter();
        let mut waits: Vec<u32> = seconds.flat_map(|second| &second.waits).copied().collect();
        waits.sort_unstable();
        quantiles.map(|quantile| {
            #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
            let rank = waits.len() as f64 * quantile;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is a place in a list"
            )]
            let place = (rank.ceil() as usize).saturating_sub(1);
            let wait = waits.get(place).copied();
            f64::from(wait.unwrap_or_default()) / 1000.0
        })
    }

    /// How many seconds after the capacity came back calls were good again: from there to the end of the
    /// run, nine of ten were in any five seconds.
    pub(crate) fn recovery(&self) -> Option<usize> {
        const SPAN: usize = 5;
        const ENOUGH: f64 = 0.9;
        let spans = Script::AFTER.start..=Script::AFTER.end - SPAN;
        let last_bad = spans
            .rev()
            .find(|&start| self.good(start..start + SPAN) < ENOUGH);
        match last_bad {
            None => Some(0),
            Some(start) if start + SPAN == Script::AFTER.end => None,
            Some(start) => Some(start + 1 - Script::AFTER.start),
        }
    }

    /// The same in words.
    pub(crate) fn back(&self) -> String {
        match self.recovery() {
            Some(0) => "at once".to_owned(),
            Some(seconds) => format!("after {seconds} s"),
            None => format!("not within {} s", Script::AFTER.len()),
        }
    }
}

/// Who writes it, while the run goes on.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    start: Instant,
    seconds: Arc<Mutex<Vec<Second>>>,
}

impl Log {
    /// It starts now.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            seconds: Arc::new(Mutex::new(vec![Second::default(); Script::ALL.end])),
        }
    }

    pub(crate) fn arrived(&self) {
        self.write(Instant::now(), |second| second.arrivals += 1);
    }

    pub(crate) fn worked(&self, takes: Duration, in_vain: bool) {
        let millis = u64::from(millis(takes));
        self.write(Instant::now(), |second| {
            second.work += millis;
            second.in_vain += if in_vain { millis } else { 0 };
        });
    }

    pub(crate) fn called(&self, began: Instant) {
        self.write(began, |second| second.calls += 1);
    }

    pub(crate) fn ended(&self, began: Instant, answered: bool) {
        let wait = began.elapsed();
        self.write(began, |second| {
            second.waits.push(millis(wait));
            second.good += u64::from(answered && wait <= PATIENCE);
        });
    }

    /// What happens after the last second is not written down.
    fn write(&self, when: Instant, what: impl FnOnce(&mut Second)) {
        let second = usize::try_from((when - self.start).as_secs()).unwrap_or(usize::MAX);
        if let Some(second) = self.seconds.lock().unwrap().get_mut(second) {
            what(second);
        }
    }

    pub(crate) fn record(&self) -> Record {
        Record(self.seconds.lock().unwrap().clone())
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
