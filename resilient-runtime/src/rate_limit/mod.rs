//! Rate limit: at most so many calls in so long.

mod around;
mod called;
mod describe;
mod gcra;
mod in_line;
mod keyed;
mod line;
#[cfg(test)]
mod loom;
#[cfg(test)]
mod model;
#[cfg(test)]
mod oracle;
#[cfg(feature = "config")]
mod overridden;
mod queue;
mod rate;
mod settings;

/// What the line synchronizes by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
    pub(super) use std::sync::{Mutex, MutexGuard};
}

use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

pub use around::Around;
use gcra::Gcra;
use line::{Line, Pace, Turn};
use queue::Queue;
use rate::Rate;
use settings::Settings;
use sync::{AtomicU64, Mutex, Ordering};

use crate::body::{Body, body};
use crate::class::Class;
use crate::deadline::saturating_add;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::in_force::InForce;
use crate::isolation;
use crate::keyed::Keys;
use crate::meter::Meter;
use crate::moment::Moment;
use crate::name::{self, Name};
use crate::outcome::Outcome;
use crate::refuse::refuse;
use crate::rule;
use crate::within;

/// The word of its attribute.
pub(crate) const POLICY: &str = "rate_limit";

/// Lets so many calls pass in so long, so that we keep to what the callee allows, or to what is fair.
///
/// It follows the generic cell rate algorithm (ITU-T I.371): calls that come evenly at the rate all
/// pass, and up to [`burst`](Self::burst) of them may come at once, after any pause however long. Over
/// `k` periods at most `k × calls + burst` calls pass, and with enough of them waiting no fewer than
/// `k × calls`: there are no windows, and so nothing doubles where two of them meet.
///
/// * Without [`max_wait`](Self::max_wait) nobody waits: a call that is too early is rejected at once, and
///   told in `retry_after` exactly when it would pass.
/// * With it a call waits for its turn, first come, first served. One whose turn would come later than
///   that, or not before the deadline in scope, is rejected at once and not after it has waited.
/// * A rejected call has used nothing up. A call that is dropped while it waits gives its turn back, and
///   those behind it move up. A call that has passed is counted, however it ends.
/// * A call whose turn has come starts when its task is polled: where a task comes late, two calls may
///   start closer to each other than their turns were.
///
/// A call that passes at once reads the clock, writes one word, and allocates nothing; one that has to
/// wait allocates its timer.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Failure, RateLimiter};
///
/// static API: RateLimiter = RateLimiter::new("api", 100, Duration::from_secs(1)).burst(2);
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let call = || API.call(async { Ok::<_, &str>(()) });
/// assert!(call().await.is_ok());
/// assert!(call().await.is_ok());
///
/// let Err(Failure::Rejected(rejected)) = call().await else { panic!("the burst is used up") };
/// let retry_after = rejected.retry_after().unwrap();
/// assert_eq!(retry_after, Duration::from_millis(10));
///
/// tokio::time::sleep(retry_after).await;
/// assert!(call().await.is_ok());
/// # }
/// ```
#[derive(Debug)]
pub struct RateLimiter {
    name: Name,
    settings: InForce<Settings>,
    would_reject: AtomicU64,
    /// The start of its clock: its first use.
    start: OnceLock<Moment>,
    line: Line,
    /// Those of its keys, once it is asked for one.
    keys: OnceLock<Arc<Keys<Self>>>,
    /// One function's own: its name is for people, not for the registry.
    private: bool,
    meter: Meter,
    declared: &'static Location<'static>,
}

impl RateLimiter {
    /// A limiter of this name, 1 to 128 printable characters, that lets `calls` pass in each `period`: at
    /// least 1 call, in up to 100 years. By name it is shared by the whole process.
    ///
    /// A `static` with a name, rate or burst that it can't have does not compile.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, calls: u32, period: Duration) -> Self {
        name::check(name);
        refuse(rule::rate(calls, period));
        Self::with_settings(name, Settings::new(calls, period))
    }

    /// What stands for a limiter that is declared elsewhere. If it is not, it admits all.
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
    pub const fn private(function: &'static str, calls: u32, period: Duration) -> Self {
        refuse(rule::rate(calls, period));
        let mut limiter = Self::with_settings(function, Settings::new(calls, period));
        limiter.private = true;
        limiter
    }

    #[track_caller]
    const fn with_settings(name: &'static str, settings: Settings) -> Self {
        Self {
            name: Name::from_static(name),
            settings: InForce::of(settings),
            would_reject: AtomicU64::new(0),
            start: OnceLock::new(),
            line: Line::of(AtomicU64::new(0), Mutex::new(Queue::new())),
            keys: OnceLock::new(),
            private: false,
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

    /// How many calls may pass at once: at least 1, and then calls are spaced evenly. By default as many
    /// as pass in one period, so that a pause of a period is made up for.
    #[must_use]
    #[track_caller]
    pub const fn burst(mut self, calls: u32) -> Self {
        refuse(rule::burst(calls));
        *self.settings.written_mut() = self.settings.written().burst(calls);
        self
    }

    /// How long a call may wait for its turn: more than zero. By default it does not wait: it is rejected
    /// at once, as a queue in front of a limit makes every caller slow.
    #[must_use]
    #[track_caller]
    pub const fn max_wait(mut self, max_wait: Duration) -> Self {
        refuse(rule::max_wait(max_wait));
        self.settings.written_mut().max_wait = Some(max_wait);
        self
    }

    /// Never rejects, and lets nobody wait: what is too early passes all the same, uses nothing up, and is
    /// counted and told. To try a limit on real traffic before it counts.
    #[must_use]
    pub const fn shadow(mut self) -> Self {
        self.settings.written_mut().shadow = true;
        self
    }

    /// At most so many keys have a limiter of their own at once, 1 to 1,000,000; by default 1,024. See
    /// [`of`](Self::of).
    #[must_use]
    #[track_caller]
    pub const fn max_keys(mut self, keys: u32) -> Self {
        refuse(rule::max_keys(keys));
        self.settings.written_mut().max_keys = keys;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many calls would pass at once, if they came now.
    #[must_use]
    pub fn available(&self) -> u32 {
        let it = isolation::here(self);
        let now = it.units(Instant::now());
        let gcra = it.gcra();
        let arrival = it.line.arrival(gcra);
        if gcra.slot(arrival) > now {
            return 0;
        }
        let early = now.saturating_add(gcra.tolerance) - arrival.max(now);
        // Without a step all pass.
        let calls = early.checked_div(gcra.step).unwrap_or(u64::MAX);
        u32::try_from(calls).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// How many calls wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        isolation::here(self).line.waiting()
    }

    /// How many calls it would have rejected, or made wait, were it no `shadow`.
    #[must_use]
    pub fn would_have_rejected(&self) -> u64 {
        isolation::here(self).would_reject.load(Ordering::Relaxed)
    }

    pub(crate) const fn is_private(&self) -> bool {
        self.private
    }

    pub(crate) const fn declared(&self) -> &'static Location<'static> {
        self.declared
    }

    /// What it goes by.
    #[inline]
    fn settings(&self) -> &Settings {
        self.settings.get()
    }

    /// Another one with the same settings, which nobody has called yet.
    pub(crate) fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            private: self.private,
            declared: self.declared,
            settings: self.settings.anew(),
            ..Self::with_settings("anew", *self.settings.written())
        }
    }

    /// Whether another declares the same.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.settings.written() == other.settings.written()
    }

    /// Runs a future of `Result<T, E>` under this limiter alone.
    pub fn call<F, T, E>(
        &self,
        future: F,
    ) -> Around<'_, Body<F, impl Fn(&E) -> Class + Copy + Send + Sync>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.around(body(future))
    }

    /// Puts this limiter around the rest of a stack.
    #[inline]
    pub fn around<F, T, E>(&self, inner: F) -> Around<'_, F>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        Around::new(self, inner)
    }

    /// The rate whose clock it reads.
    #[inline]
    fn clock(&self) -> &Rate {
        &self.settings.written().rate
    }

    /// Its clock's reading at this moment.
    #[inline]
    fn units(&self, at: Instant) -> u64 {
        let at = Moment::at(at);
        let start = *self.start.get_or_init(|| at);
        self.clock().units(at.since(start))
    }

    /// The first moment at which its clock reads so much.
    fn moment(&self, units: u64) -> Instant {
        let start = self.start.get().and_then(|start| start.instant());
        let start = start.unwrap_or_else(Instant::now);
        saturating_add(start, Duration::from_nanos(self.clock().nanos(units)))
    }

    /// A call has passed.
    #[inline]
    fn passed(&self) {
        event::emit_call(&self.meter, || Event::Admitted {
            policy: POLICY,
            name: self.name.clone(),
            function: within::current(),
        });
    }

    /// A call of `shadow` that would not have passed.
    #[cold]
    fn overlook(&self, slot: u64, now: Instant) {
        self.would_reject.fetch_add(1, Ordering::Relaxed);
        event::emit_of(&self.meter, || Event::WouldReject {
            rejected: self.rejection(slot, now),
            function: within::current(),
        });
    }

    fn rejection(&self, slot: u64, now: Instant) -> Rejected {
        Rejected::RateLimited {
            name: self.name.clone(),
            retry_after: self.moment(slot).saturating_duration_since(now),
        }
    }

    /// What is too early is rejected, unless it may wait.
    #[inline(never)]
    fn turn_away(&self, turn: &Turn, now: Instant) -> Option<Rejected> {
        let settings = self.settings();
        match *turn {
            Turn::Later { slot } if settings.max_wait.is_none() && !settings.shadow => {
                Some(self.refuse(slot, now))
            }
            _ => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, slot: u64, now: Instant) -> Rejected {
        event::emit_of(&self.meter, || Event::Rejected {
            rejected: self.rejection(slot, now),
            function: within::current(),
        });
        self.rejection(slot, now)
    }
}

impl Pace for RateLimiter {
    #[inline]
    fn gcra(&self) -> &Gcra {
        match self.settings.look() {
            (_, true) => &Gcra::ALL,
            (settings, false) => &settings.gcra,
        }
    }
}
