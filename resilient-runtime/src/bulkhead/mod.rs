//! Bulkhead: at most so many calls at once.

mod adaptive;
mod around;
mod describe;
mod in_line;
mod keyed;
#[cfg(test)]
mod loom;
#[cfg(test)]
mod model;
#[cfg(feature = "config")]
mod overridden;
mod place;
mod queue;
mod settings;

/// What the queue synchronizes by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(super) use std::sync::{Mutex, MutexGuard};
}

use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use adaptive::{Adaptive, Bounds};
pub use around::Around;
use queue::{Line, Queue};
use settings::Settings;
use sync::{AtomicU32, AtomicU64, Mutex, Ordering};

use crate::body::{Body, body};
use crate::class::Class;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::in_force::InForce;
use crate::isolation;
use crate::keyed::Keys;
use crate::meter::Meter;
use crate::name::{self, Name};
use crate::outcome::Outcome;
use crate::refuse::refuse;
use crate::rule;
use crate::within;

/// The word of its attribute.
pub(crate) const POLICY: &str = "bulkhead";

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
    settings: InForce<Settings>,
    /// What moves the limit, which is the queue's. Without it the limit is fixed.
    adaptive: Option<Adaptive>,
    would_reject: AtomicU64,
    queue: Queue,
    /// Those of its keys, once it is asked for one.
    keys: OnceLock<Arc<Keys<Self>>>,
    /// One function's own: its name is for people, not for the registry.
    private: bool,
    /// It gates readiness.
    #[cfg(feature = "health")]
    critical: bool,
    meter: Meter,
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
        Self::with_settings(name, Settings::fixed(places(max_concurrent)))
    }

    /// What stands for a bulkhead that is declared elsewhere. If it is not, it admits all.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn referred(name: &'static str) -> Self {
        name::check(name);
        Self::with_settings(name, Settings::NONE)
    }

    /// What an attribute without a `name` declares: it belongs to one function, and is called after it.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn private(function: &'static str, max_concurrent: usize) -> Self {
        refuse(rule::max_concurrent(max_concurrent));
        let settings = Settings::fixed(places(max_concurrent));
        let mut bulkhead = Self::with_settings(function, settings);
        bulkhead.private = true;
        bulkhead
    }

    /// A bulkhead of this name whose limit follows the latency of the calls in it.
    ///
    /// It grows while calls are as fast as they are without load, and shrinks when they become slower or
    /// time out: where one more call at once only makes the others wait, there it stays. It suits a callee
    /// whose capacity nobody knows, or that changes.
    ///
    /// * It grows only while it is in use: with at least half as many calls in flight.
    /// * A slow call takes more than 1.5 times as long as usual, and more where latencies scatter. When an
    ///   eighth more of the calls than usual are slow the limit goes back to where they were not.
    /// * What is usual is learned from calls at low load. When the callee itself has become slower, fewer
    ///   calls at once do not make it faster: then that becomes usual, and the limit goes back to where it
    ///   was. To find that out it goes down to a sixteenth, for some calls.
    /// * A success counts, and so does an [`Answered`](Class::Answered) error. Any other error does only if
    ///   it took as long as a slow call; then it speaks for fewer, like a timeout of the same stack does.
    ///   What is rejected beneath, dropped by the caller or [`Ignored`](Class::Ignored) says nothing.
    /// * Latency is how long a call holds its place: what waits in a retry beneath is in it.
    /// * A callee that has been overloaded ever since the first call is taken to be as slow as that, until
    ///   it is less loaded for once.
    ///
    /// With [`shadow`](Self::shadow) it admits all; what is slow with more calls in flight than the limit
    /// allows says nothing against the limit then. With [`max_wait`](Self::max_wait) those who wait are let
    /// in when it grows. Every call reads the clock
    /// twice, and takes a lock for a moment when it begins and when it ends.
    ///
    /// | setting | range | default | because |
    /// |---|---|---|---|
    /// | [`min`](Self::min) | 1 or more, up to `max` | 1 | with none at all nobody would find out when it works again |
    /// | [`max`](Self::max) | `min` or more | 1000, or what is written for the others when that is more | more is a matter of memory |
    /// | [`initial`](Self::initial) | `min` to `max` | 20, or the nearest that these two allow | enough to begin with, too little to harm |
    ///
    /// ```
    /// use resilient_runtime::Bulkhead;
    ///
    /// static DB: Bulkhead = Bulkhead::adaptive("db").min(4).max(200).initial(10);
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// assert_eq!(DB.limit(), 10);
    /// assert!(DB.call(async { Ok::<_, &str>(()) }).await.is_ok());
    /// assert_eq!(DB.limit(), 10, "one call at a time does not use it");
    /// # }
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn adaptive(name: &'static str) -> Self {
        name::check(name);
        Self::with_settings(name, Settings::adaptive())
    }

    /// The same, of one function: see [`private`](Self::private).
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn adaptive_private(function: &'static str) -> Self {
        let mut bulkhead = Self::with_settings(function, Settings::adaptive());
        bulkhead.private = true;
        bulkhead
    }

    /// The least that an [adaptive](Self::adaptive) limit shrinks to: 1 or more. By default 1.
    #[must_use]
    #[track_caller]
    pub const fn min(mut self, min: usize) -> Self {
        self.adapt("min").set_min(places(min));
        self.begin_as_set()
    }

    /// The most that an [adaptive](Self::adaptive) limit grows to: 1 or more. By default 1000.
    #[must_use]
    #[track_caller]
    pub const fn max(mut self, max: usize) -> Self {
        self.adapt("max").set_max(places(max));
        self.begin_as_set()
    }

    /// What an [adaptive](Self::adaptive) limit is before the first call: between `min` and `max`. By
    /// default 20.
    #[must_use]
    #[track_caller]
    pub const fn initial(mut self, initial: usize) -> Self {
        self.adapt("initial").set_initial(places(initial));
        self.begin_as_set()
    }

    #[track_caller]
    const fn adapt(&mut self, key: &'static str) -> &mut Bounds {
        let Some(bounds) = &mut self.settings.written_mut().adaptive else {
            panic!("{}", rule::not_adaptive(key).as_str())
        };
        bounds
    }

    const fn begin_as_set(mut self) -> Self {
        self.queue.limit = AtomicU32::new(self.settings.written().first_limit());
        self
    }

    #[track_caller]
    const fn with_settings(name: &'static str, settings: Settings) -> Self {
        let adaptive = match settings.adaptive {
            Some(_) => Some(Adaptive::new()),
            None => None,
        };
        Self {
            name: Name::from_static(name),
            settings: InForce::of(settings),
            adaptive,
            would_reject: AtomicU64::new(0),
            queue: Queue::of(
                AtomicU64::new(0),
                AtomicU32::new(settings.first_limit()),
                Mutex::new(Line::new()),
            ),
            keys: OnceLock::new(),
            private: false,
            #[cfg(feature = "health")]
            critical: false,
            meter: Meter::new(),
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
        self.settings.written_mut().max_wait = Some(max_wait);
        self
    }

    /// How many calls may wait at once: at least 1. By default as many as come, as time bounds them.
    #[must_use]
    #[track_caller]
    pub const fn max_queue(mut self, max_queue: usize) -> Self {
        refuse(rule::max_queue(max_queue));
        self.settings.written_mut().max_queue = max_queue;
        self
    }

    /// Never rejects, and lets nobody wait: what finds no place goes through all the same, and is
    /// counted and told. To try a limit on real traffic before it counts.
    #[must_use]
    pub const fn shadow(mut self) -> Self {
        self.settings.written_mut().shadow = true;
        self
    }

    /// At most so many keys have a bulkhead of their own at once, 1 to 1,000,000; by default 1,024. See
    /// [`of`](Self::of).
    #[must_use]
    #[track_caller]
    pub const fn max_keys(mut self, keys: u32) -> Self {
        refuse(rule::max_keys(keys));
        self.settings.written_mut().max_keys = keys;
        self
    }

    /// While it is full, this process is not [`ready`](crate::health::ready). Off by default: a bulkhead
    /// that is full does its work, and a burst that fills all processes at once would leave none. Feature
    /// `health`.
    #[cfg(feature = "health")]
    #[must_use]
    pub const fn critical(mut self) -> Self {
        self.critical = true;
        self
    }

    #[cfg(feature = "health")]
    pub(crate) const fn is_critical(&self) -> bool {
        self.critical
    }

    #[cfg(feature = "health")]
    pub(crate) fn is_off(&self) -> bool {
        isolation::here(self).settings.is_off()
    }

    #[cfg(feature = "health")]
    pub(crate) fn is_shadow(&self) -> bool {
        self.settings().shadow
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

    /// How many calls it lets through at once; of an [adaptive](Self::adaptive) one, now.
    #[must_use]
    pub fn limit(&self) -> usize {
        isolation::here(self).queue.limit() as usize
    }

    /// What it goes by.
    #[inline]
    fn settings(&self) -> &Settings {
        self.settings.get()
    }

    pub(crate) const fn is_private(&self) -> bool {
        self.private
    }

    pub(crate) const fn declared(&self) -> &'static Location<'static> {
        self.declared
    }

    /// Between what an adaptive limit moves; not at all where it is switched off.
    fn bounds(&self) -> Option<Bounds> {
        match self.settings.look() {
            (_, true) => None,
            (settings, false) => settings.adaptive,
        }
    }

    /// Another one with the same settings, which nobody has called yet.
    pub(crate) fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            private: self.private,
            #[cfg(feature = "health")]
            critical: self.critical,
            declared: self.declared,
            settings: self.settings.anew(),
            ..Self::with_settings("anew", *self.settings())
        }
        .begun()
    }

    /// As nobody has called it yet: what is switched off has no limit.
    fn begun(self) -> Self {
        if self.settings.is_off() {
            self.queue.set_limit(u32::MAX);
        }
        self
    }

    /// Whether another declares the same.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.settings.written() == other.settings.written()
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

    /// A call has a place.
    #[inline]
    fn admitted(&self) {
        event::emit_call(&self.meter, || Event::Admitted {
            policy: POLICY,
            name: self.name.clone(),
            function: within::current(),
        });
    }

    /// What finds no place in a `shadow` takes one beyond the limit.
    #[cold]
    fn overfill(&self) {
        self.queue.take_beyond();
        self.would_reject.fetch_add(1, Ordering::Relaxed);
        event::emit_of(&self.meter, || Event::WouldReject {
            rejected: self.rejection(Duration::ZERO),
            function: within::current(),
        });
    }

    /// An adaptive limit has moved.
    #[cold]
    fn limit_changed(&self, from: u32, to: u32) {
        if to > from {
            self.queue.admit();
        }
        event::emit(|| Event::LimitChanged {
            name: self.name.clone(),
            from: from as usize,
            to: to as usize,
            function: within::current(),
        });
    }

    fn rejection(&self, waited: Duration) -> Rejected {
        Rejected::BulkheadFull {
            name: self.name.clone(),
            limit: self.queue.limit() as usize,
            waited,
        }
    }

    /// What finds no place is rejected, unless it may wait for one.
    #[inline(never)]
    fn turn_away(&self) -> Option<Rejected> {
        let settings = self.settings();
        let is_rejected = settings.max_wait.is_none() && !settings.shadow;
        is_rejected.then(|| self.full(Duration::ZERO))
    }

    #[cold]
    #[inline(never)]
    fn full(&self, waited: Duration) -> Rejected {
        event::emit_of(&self.meter, || Event::Rejected {
            rejected: self.rejection(waited),
            function: within::current(),
        });
        self.rejection(waited)
    }
}

/// A number of places, as the queue counts them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is the smaller of the two"
)]
const fn places(places: usize) -> u32 {
    if places > u32::MAX as usize {
        u32::MAX
    } else {
        places as u32
    }
}
