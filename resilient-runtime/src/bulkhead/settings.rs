//! The numbers of a bulkhead.

use std::time::Duration;

use super::adaptive::Bounds;
use crate::keyed::MAX_KEYS;

/// What a bulkhead was told, by its builder or its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// How many calls may be in flight; of an adaptive one, nothing.
    pub(super) max_concurrent: u32,
    pub(super) adaptive: Option<Bounds>,
    pub(super) max_wait: Option<Duration>,
    pub(super) max_queue: usize,
    /// It never rejects.
    pub(super) shadow: bool,
    /// How many keys it has at most.
    pub(super) max_keys: u32,
}

impl Settings {
    /// What nothing declares has no limit.
    pub(super) const NONE: Self = Self::fixed(u32::MAX);

    pub(super) const fn fixed(max_concurrent: u32) -> Self {
        Self {
            max_concurrent,
            adaptive: None,
            max_wait: None,
            max_queue: usize::MAX,
            shadow: false,
            max_keys: MAX_KEYS,
        }
    }

    pub(super) const fn adaptive() -> Self {
        Self {
            adaptive: Some(Bounds::new()),
            ..Self::NONE
        }
    }

    /// The limit before the first call.
    pub(super) const fn first_limit(&self) -> u32 {
        match &self.adaptive {
            None => self.max_concurrent,
            Some(bounds) => bounds.initial(),
        }
    }
}
