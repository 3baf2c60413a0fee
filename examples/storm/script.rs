//! The script: who asks, what of, and what happens to it. Every number of the simulation is here.

use std::{ops::Range, time::Duration};

/// How long an attempt may take: five times the 99th percentile of a service that is not loaded.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(1);
/// An answer that comes later is of no use: whoever asked has gone on to something else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// How many times a call is made again.
pub(crate) const RETRIES: u32 = 3;
/// The first delay between attempts; each one after it is twice as long.
pub(crate) const DELAY: Duration = Duration::from_millis(100);
/// What a retry budget adds to the load, as a share of the calls.
pub(crate) const RATIO: f64 = 0.2;
/// What it adds whatever the load, in each gateway. The default of 10 is for a process on its own; of five
/// gateways together it would be a seventh of all calls.
pub(crate) const MIN_PER_SECOND: u32 = 1;
/// The time over which a circuit breaker looks at calls: long enough for some hundred of them.
pub(crate) const WINDOW: Duration = Duration::from_secs(5);
/// How long a circuit stays open: as long as the service needs for a full queue.
pub(crate) const BREAK: Duration = Duration::from_secs(5);
/// How many calls a gateway may have under way: three times what it has on a good day.
pub(crate) const PLACES: usize = 12;

/// The median of the time that the service works on a request.
pub(crate) const MEDIAN: f64 = 0.050;
/// Its 99th percentile.
pub(crate) const P99: f64 = 0.200;

/// One run: how large it is, and by which seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    /// Each of them asks at random times, on average once in [`Self::PAUSE`].
    pub(crate) clients: u32,
    /// The processes through which they ask: each one has policies of its own.
    pub(crate) gateways: u32,
    /// How many requests the service works on at once.
    pub(crate) workers: usize,
    /// How many requests may wait for a worker; any more are refused.
    pub(crate) queue: usize,
    /// What all chance comes from.
    pub(crate) seed: u64,
}

impl Script {
    /// Seconds between two calls of one client: 10,000 of them make 350 calls a second.
    pub(crate) const PAUSE: f64 = 200.0 / 7.0;
    /// The seconds of a run.
    pub(crate) const ALL: Range<usize> = 0..150;
    /// When half of the workers are gone.
    pub(crate) const OUTAGE: Range<usize> = 30..60;
    /// The seconds before that, once the run has settled.
    pub(crate) const BEFORE: Range<usize> = 5..30;
    /// The seconds after it.
    pub(crate) const AFTER: Range<usize> = 60..150;
    /// How long it goes on beyond what is looked at, so that calls of the last seconds come to their end
    /// under the same load.
    pub(crate) const BEYOND: usize = 10;

    /// 10,000 clients, five gateways, and a service for five hundred requests a second. A full queue is four
    /// seconds of work.
    pub(crate) const fn whole(seed: u64) -> Self {
        Self {
            clients: 10_000,
            gateways: 5,
            workers: 30,
            queue: 2_000,
            seed,
        }
    }

    /// Calls a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.clients) / Self::PAUSE
    }

    /// Requests a second that the service is able to answer.
    pub(crate) fn capacity(&self) -> f64 {
        // The mean of a log-normal distribution.
        let mean = MEDIAN * (Self::sigma().powi(2) / 2.0).exp();
        u32::try_from(self.workers).map_or(f64::MAX, f64::from) / mean
    }

    /// How far the times of the service are spread: the standard deviation of their logarithms.
    pub(crate) fn sigma() -> f64 {
        // 99 % of a normal distribution are below this many standard deviations.
        const DEVIATIONS: f64 = 2.326_348;
        (P99 / MEDIAN).ln() / DEVIATIONS
    }
}
