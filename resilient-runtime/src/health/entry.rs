//! The checks that reports tell of, each with what is known of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::record::Record;
use super::report::{Component, Kind, Probe};
use crate::name::Name;

static ENTRIES: Mutex<Vec<Arc<Entry>>> = Mutex::new(Vec::new());

fn entries() -> MutexGuard<'static, Vec<Arc<Entry>>> {
    ENTRIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a check was told when it was made.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) name: Name,
    pub(super) probe: Probe,
    pub(super) critical: bool,
    pub(super) every: Duration,
    pub(super) timeout: Duration,
}

/// A check that reports tell of.
#[derive(Debug)]
pub(super) struct Entry {
    about: About,
    record: Mutex<Record>,
}

impl Entry {
    pub(super) fn new(about: About, now: Instant) -> Self {
        let record = Record::new(now, about.probe == Probe::Startup);
        Self {
            about,
            record: Mutex::new(record),
        }
    }

    /// From now on reports tell of it.
    pub(super) fn add(self: &Arc<Self>) {
        entries().push(Arc::clone(self));
    }

    /// Reports forget it.
    pub(super) fn remove(self: &Arc<Self>) {
        entries().retain(|entry| !Arc::ptr_eq(entry, self));
    }

    pub(super) fn about(&self) -> &About {
        &self.about
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run has ended. Says whether there is any use in another one.
    pub(super) fn ended(&self, result: Result<(), String>, now: Instant) -> bool {
        self.record().ended(result, now)
    }

    fn component(&self, now: Instant) -> Component {
        let About {
            name,
            critical,
            every,
            timeout,
            ..
        } = &self.about;
        // Two results are at most a rest and a run apart; twice that is no accident.
        let keeps = every.saturating_add(*timeout).saturating_mul(2);
        let (status, detail, age) = self.record().look(now, keeps);
        Component {
            kind: Kind::Check,
            name: name.clone(),
            status,
            critical: *critical,
            detail,
            age: Some(age),
        }
    }
}

/// The checks of this probe, oldest first.
pub(super) fn components(probe: Probe, now: Instant) -> Vec<Component> {
    entries()
        .iter()
        .filter(|entry| entry.about.probe == probe)
        .map(|entry| entry.component(now))
        .collect()
}

/// A check that is being run. Dropped with its task, it says that nobody runs it any more.
pub(super) struct Running(Arc<Entry>);

impl Running {
    pub(super) fn new(entry: &Arc<Entry>) -> Self {
        Self(Arc::clone(entry))
    }

    pub(super) fn entry(&self) -> &Entry {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.record().stopped(Instant::now());
    }
}
