//! Bulkhead: at most so many calls at once.

mod around;
mod describe;
mod in_line;
#[cfg(test)]
mod loom;
mod queue;

/// What the queue synchronizes by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
    pub(super) use std::sync::{Mutex, MutexGuard};
}

use std::future::Future;
use std::panic::Location;
use std::time::Duration;

pub use around::Around;
use queue::{Line, Queue};
use sync::{AtomicU64, Mutex, Ordering};

use crate::body::{Body, body};
use crate::class::Class;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::isolation;
use crate::name::{self, Name};
use crate::outcome::Outcome;
use crate::refuse::refuse;
use crate::rule;

/// Lets at most so many calls through at once, so that one slow dependency cannot take all the
/// connections, tasks and memory there are.
///
/// First come, first served: a place that is given back goes to who has waited longest, never to a
/// newcomer. Without `max_wait` nobody waits: what finds no place is rejected at once. It is because a
/// queue in front of something slow makes every caller slow.
///
/// A call that finds a place allocates nothing; one that has to wait for it allocates its timer.
///
/// ```
/// use resilient_runtime::Bulkhead;
///
/// static DB: Bulkhead = Bulkhead::new("db", 1);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let outcome = DB
///     .call(async {
///         assert_eq!(DB.in_flight(), 1);
///         let second = DB.call(async { Ok::<_, &str>(()) }).await;
///         assert_eq!(second.unwrap_err().to_string(), "db is full: 1 call is in flight");
///         Ok::<_, &str>(())
///     })
///     .await;
/// assert!(outcome.is_ok());
/// assert_eq!(DB.in_flight(), 0);
/// # }
/// ```
#[derive(Debug)]
pub struct Bulkhead {
    name: Name,
    limit: u32,
    max_wait: Option<Duration>,
    max_queue: usize,
    shadow: bool,
    would_reject: AtomicU64,
    queue: Queue,
    /// One function's own: its name is for people, not for the registry.
    private: bool,
    declared: &'static Location<'static>,
}

impl Bulkhead {
    /// A bulkhead of this name, 1 to 128 printable characters, that lets `max_concurrent` calls
    /// through at once, at least 1. By name it is shared by the whole process.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, max_concurrent: usize) -> Self {
        name::check(name);
        refuse(rule::max_concurrent(max_concurrent));
        Self::with_limit(name, max_concurrent)
    }

    /// What stands for a bulkhead that is declared elsewhere. If it is not, it admits all.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn referred(name: &'static str) -> Self {
        name::check(name);
        Self::with_limit(name, usize::MAX)
    }

    /// What an attribute without a `name` declares: it belongs to one function, and is called after it.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn private(function: &'static str, max_concurrent: usize) -> Self {
        refuse(rule::max_concurrent(max_concurrent));
        let mut bulkhead = Self::with_limit(function, max_concurrent);
        bulkhead.private = true;
        bulkhead
    }

    #[track_caller]
    const fn with_limit(name: &'static str, limit: usize) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is the smaller of the two"
        )]
        let limit = if limit > u32::MAX as usize {
            u32::MAX
        } else {
            limit as u32
        };
        Self {
            name: Name::from_static(name),
            limit,
            max_wait: None,
            max_queue: usize::MAX,
            shadow: false,
            would_reject: AtomicU64::new(0),
            queue: Queue::of(AtomicU64::new(0), Mutex::new(Line::new())),
            private: false,
            declared: Location::caller(),
        }
    }

    /// Gives it another name, made at run time.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// How long a call may wait for a place: more than zero. By default it does not wait.
    #[must_use]
    #[track_caller]
    pub const fn max_wait(mut self, max_wait: Duration) -> Self {
        refuse(rule::max_wait(max_wait));
        self.max_wait = Some(max_wait);
        self
    }

    /// How many calls may wait at once: at least 1. By default as many as come, as time bounds them.
    #[must_use]
    #[track_caller]
    pub const fn max_queue(mut self, max_queue: usize) -> Self {
        refuse(rule::max_queue(max_queue));
        self.max_queue = max_queue;
        self
    }

    /// Never rejects, and lets nobody wait: what finds no place goes through all the same, and is
    /// counted and told. To try a limit on real traffic before it counts.
    #[must_use]
    pub const fn shadow(mut self) -> Self {
        self.shadow = true;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many calls are in it.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        isolation::here(self).queue.in_flight()
    }

    /// How many calls wait for a place.
    #[must_use]
    pub fn waiting(&self) -> usize {
        isolation::here(self).queue.waiting()
    }

    /// How many calls it would have rejected, or made wait, were it no `shadow`.
    #[must_use]
    pub fn would_have_rejected(&self) -> u64 {
        isolation::here(self).would_reject.load(Ordering::Relaxed)
    }

    /// How many calls it lets through at once.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit as usize
    }

    pub(crate) const fn is_private(&self) -> bool {
        self.private
    }

    pub(crate) const fn declared(&self) -> &'static Location<'static> {
        self.declared
    }

    /// Another one with the same settings, which nobody has called yet.
    #[cfg(feature = "testing")]
    pub(crate) fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            would_reject: AtomicU64::new(0),
            queue: Queue::of(AtomicU64::new(0), Mutex::new(Line::new())),
            ..*self
        }
    }

    /// Whether another declares the same.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let settings = |it: &Self| (it.limit, it.max_wait, it.max_queue, it.shadow);
        settings(self) == settings(other)
    }

    /// Runs a future of `Result<T, E>` under this bulkhead alone.
    pub fn call<F, T, E>(
        &self,
        future: F,
    ) -> Around<'_, Body<F, impl Fn(&E) -> Class + Copy + Send + Sync>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.around(body(future))
    }

    /// Puts this bulkhead around the rest of a stack.
    #[inline]
    pub fn around<F, T, E>(&self, inner: F) -> Around<'_, F>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        Around::new(self, inner)
    }

    /// What finds no place in a `shadow` takes one beyond the limit.
    #[cold]
    fn overfill(&self) {
        self.queue.take_beyond();
        self.would_reject.fetch_add(1, Ordering::Relaxed);
        event::emit(|| Event::WouldReject {
            rejected: self.rejection(Duration::ZERO),
        });
    }

    fn rejection(&self, waited: Duration) -> Rejected {
        Rejected::BulkheadFull {
            name: self.name.clone(),
            limit: self.limit(),
            waited,
        }
    }

    #[cold]
    fn full(&self, waited: Duration) -> Rejected {
        let rejected = self.rejection(waited);
        event::emit(|| Event::Rejected {
            rejected: rejected.clone(),
        });
        rejected
    }
}
