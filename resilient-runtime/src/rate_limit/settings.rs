//! The numbers of a rate limiter.

use std::time::Duration;

use super::gcra::Gcra;
use super::rate::Rate;
use crate::keyed::MAX_KEYS;

/// What a limiter was told, by its builder or its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(super) rate: Rate,
    /// By default as many as pass in one period.
    pub(super) burst: Option<u32>,
    /// What the two come to.
    pub(super) gcra: Gcra,
    pub(super) max_wait: Option<Duration>,
    /// It never rejects.
    pub(super) shadow: bool,
    /// How many keys it has at most.
    pub(super) max_keys: u32,
}

impl Settings {
    /// What nothing declares admits all.
    pub(super) const NONE: Self = Self {
        gcra: Gcra::ALL,
        ..Self::new(1, Duration::from_secs(1))
    };

    pub(super) const fn new(calls: u32, period: Duration) -> Self {
        let rate = Rate::new(calls, period);
        Self {
            rate,
            burst: None,
            gcra: Gcra::new(&rate, calls),
            max_wait: None,
            shadow: false,
            max_keys: MAX_KEYS,
        }
    }

    pub(super) const fn burst(mut self, calls: u32) -> Self {
        self.burst = Some(calls);
        self.gcra = Gcra::new(&self.rate, calls);
        self
    }
}
