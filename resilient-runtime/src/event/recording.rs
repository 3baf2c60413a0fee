//! Who records what the block that is polled now does. Feature `testing`.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use super::Event;
use super::heard::{Listener, Wants};

/// What has been recorded, in order.
#[derive(Debug, Default)]
pub(crate) struct Record {
    events: Mutex<Vec<Event>>,
    /// There while it wants to hear of every call.
    of_calls: Option<Listener>,
}

impl Record {
    /// One of every call too.
    pub(crate) fn of_calls() -> Self {
        Self {
            events: Mutex::default(),
            of_calls: Some(Listener::new(Wants::Calls)),
        }
    }

    /// Everything so far; it goes on empty.
    pub(crate) fn take(&self) -> Vec<Event> {
        mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, event: &Event) {
        if event.is_of_every_call() && self.of_calls.is_none() {
            return;
        }
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(event.clone());
    }
}

/// The records that are in force at once, as blocks nest.
pub(crate) type Records = Vec<Arc<Record>>;

thread_local! {
    static CURRENT: RefCell<Records> = const { RefCell::new(Vec::new()) };
}

/// Whether anybody records. Nobody does while a thread ends.
pub(super) fn is_on() -> bool {
    CURRENT
        .try_with(|current| !current.borrow().is_empty())
        .unwrap_or(false)
}

pub(super) fn add(event: &Event) {
    // Not within the cell: to clone an event could, one day, run user code.
    for record in current() {
        record.add(event);
    }
}

/// The records in force.
pub(crate) fn current() -> Records {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .unwrap_or_default()
}

/// Puts these records in force as well, for the length of one poll.
pub(crate) fn enter(records: &[Arc<Record>]) -> Entered {
    let outer = current();
    let mut all = outer.clone();
    for record in records {
        if !all.iter().any(|other| Arc::ptr_eq(other, record)) {
            all.push(Arc::clone(record));
        }
    }
    CURRENT.set(all);
    Entered { outer }
}

/// Records that are in force while this lives.
pub(crate) struct Entered {
    outer: Records,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(mem::take(&mut self.outer));
    }
}
