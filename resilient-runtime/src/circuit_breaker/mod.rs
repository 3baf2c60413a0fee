//! Circuit breaker: stops calling what keeps failing, and finds out by probes when it works again.
//!
//! `state` and `window` are pure; `gate` puts a lock around them, and a word before it; this file gives
//! them a clock and a voice.

mod around;
mod board;
mod count;
#[cfg(test)]
mod crowd;
mod describe;
mod gate;
mod in_flight;
mod keyed;
mod lane;
#[cfg(test)]
mod loom;
#[cfg(test)]
mod model;
#[cfg(test)]
mod notices;
#[cfg(feature = "config")]
mod overridden;
mod permit;
mod probes;
mod settings;
mod slot;
mod snapshot;
mod state;
mod stripes;
mod window;

/// What calls synchronize by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
    pub(super) use std::sync::{Mutex, MutexGuard};

    pub(super) use super::lane::{lane, last_place, set_last_place};

    /// As many threads as write at once on most machines; more of them share.
    pub(super) const STRIPES: usize = 8;
    /// Calls that may be under way before more room is made. A power of two.
    pub(super) const FIRST_SLOTS: u32 = 16;
}

use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

pub use around::Around;
use gate::{Entered, Gate};
use in_flight::Watched;
use permit::{Going, Permit};
use settings::Settings;
pub use snapshot::CircuitSnapshot;
use state::{Leave, Machine, Refusal, Transition, Verdict};
use sync::{AtomicU64, Mutex};

use crate::body::{Body, body};
use crate::circuit::CircuitState;
use crate::class::Class;
use crate::error::Rejected;
use crate::event::{self, Event};
use crate::in_force::InForce;
use crate::isolation;
use crate::keyed::Keys;
use crate::meter::Meter;
use crate::moment::Moment;
use crate::name::{self, Name};
use crate::outcome::Outcome;
use crate::within;

/// The word of its attribute.
pub(crate) const POLICY: &str = "circuit_breaker";

/// Stops calling what keeps failing.
///
/// *Closed*, calls go through and are recorded in a window of the last N. At `failure_rate` (or after
/// a run of `consecutive_failures`) it *opens*: calls are rejected at once, for `break_duration`. Then
/// it is *half-open*: `half_open_calls` probes go through; if all succeed it closes, and the first
/// failure opens it again. The states and their names are Michael Nygard's (*Release It!*, 2007).
///
/// What counts as a failure is said by the error's [`Class`]. Rejections of policies beneath count as
/// nothing, and so do calls that the caller drops: no lost probe can stick the breaker.
///
/// | setting | default | because |
/// |---|---|---|
/// | `failure_rate` | 0.5 | half of the calls failing is an outage, not noise |
/// | `window_calls` | 100 | one call is one percent |
/// | `min_calls` | 20, or the window when that is smaller | fewer say little |
/// | `consecutive_failures` | off | a rate tells more; a run is for callees that are called rarely |
/// | `break_duration` | 30 s | time for a restart or a failover |
/// | `half_open_calls` | 3 | one success may be luck |
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{CircuitBreaker, CircuitState};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
///     .failure_rate(0.5)
///     .window_calls(4)
///     .break_duration(Duration::from_secs(10));
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// for _ in 0..4 {
///     let _ = PAYMENTS.call(async { Err::<(), _>("down") }).await;
/// }
/// assert_eq!(PAYMENTS.state(), CircuitState::Open);
/// let rejected = PAYMENTS.call(async { Ok::<_, &str>(()) }).await.unwrap_err();
/// assert!(rejected.to_string().starts_with("payments is open: 4 of the last 4 calls failed (100% ≥ 50%)"));
/// # }
/// ```
#[derive(Debug)]
pub struct CircuitBreaker {
    name: Name,
    settings: InForce<Settings>,
    gate: Gate,
    /// Those of its keys, once it is asked for one.
    keys: OnceLock<Arc<Keys<Self>>>,
    /// It gates readiness.
    #[cfg(feature = "health")]
    critical: bool,
    meter: Meter,
    declared: &'static Location<'static>,
}

impl CircuitBreaker {
    /// A breaker of this name, 1 to 128 printable characters. By name it is shared by the whole
    /// process: see [`registry`](crate::registry).
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str) -> Self {
        name::check(name);
        Self {
            name: Name::from_static(name),
            settings: InForce::of(Settings::new()),
            gate: Gate::of(AtomicU64::new(0), Mutex::new(Machine::new())),
            keys: OnceLock::new(),
            #[cfg(feature = "health")]
            critical: false,
            meter: Meter::new(),
            declared: Location::caller(),
        }
    }

    /// Gives it another name, made at run time: one breaker for each tenant, for example.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use resilient_runtime::CircuitBreaker;
    /// let tenant = 7;
    /// let breaker = Arc::new(CircuitBreaker::new("tenant").named(format!("tenant {tenant}")));
    /// assert_eq!(breaker.name(), "tenant 7");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    const fn with(mut self, settings: Settings) -> Self {
        *self.settings.written_mut() = settings;
        self
    }

    /// Opens at this share of failures in the window or above: over 0 and up to 1.
    #[must_use]
    #[track_caller]
    pub const fn failure_rate(self, rate: f64) -> Self {
        let settings = self.settings.written().failure_rate(rate);
        self.with(settings)
    }

    /// The window holds the last so many calls, 1 to 1,000,000.
    #[must_use]
    #[track_caller]
    pub const fn window_calls(self, calls: u32) -> Self {
        let settings = self.settings.written().window_calls(calls);
        self.with(settings)
    }

    /// The window holds the calls of the last so long: more than zero. A record is forgotten when it
    /// is exactly so old, or up to a 32nd of that earlier where calls come thick.
    #[must_use]
    #[track_caller]
    pub const fn window_time(self, length: Duration) -> Self {
        let settings = self.settings.written().window_time(length);
        self.with(settings)
    }

    /// Calls that take so long or longer are slow, and this share of slow ones opens the breaker: over 0
    /// and up to 1. A call still under way is recorded as slow by the next admission after it has
    /// passed the line, and a probe that passes it has failed. The clock of a call starts between its first
    /// poll and the suspension of its body that ends it: one that is ready at once is never slow.
    #[must_use]
    #[track_caller]
    pub const fn slow_call(self, line: Duration, rate: f64) -> Self {
        let settings = self.settings.written().slow_call(line, rate);
        self.with(settings)
    }

    /// Each time it opens again from half-open the break is so many times as long: at least 1, the
    /// default.
    #[must_use]
    #[track_caller]
    pub const fn break_backoff(self, factor: f64) -> Self {
        let settings = self.settings.written().break_backoff(factor);
        self.with(settings)
    }

    /// The longest break that `break_backoff` makes; by default 10 times the first.
    #[must_use]
    #[track_caller]
    pub const fn max_break_duration(self, duration: Duration) -> Self {
        let settings = self.settings.written().max_break_duration(duration);
        self.with(settings)
    }

    /// No failure rate is told before so many records: at least 1, at most the window.
    #[must_use]
    #[track_caller]
    pub const fn min_calls(self, calls: u32) -> Self {
        let settings = self.settings.written().min_calls(calls);
        self.with(settings)
    }

    /// Opens after so many failures in a row, whatever `min_calls` says; in place of the failure rate,
    /// unless that is set as well: then either opens it.
    #[must_use]
    #[track_caller]
    pub const fn consecutive_failures(self, failures: u32) -> Self {
        let settings = self.settings.written().consecutive_failures(failures);
        self.with(settings)
    }

    /// How long it stays open before it probes: more than zero.
    #[must_use]
    #[track_caller]
    pub const fn break_duration(self, duration: Duration) -> Self {
        let settings = self.settings.written().break_duration(duration);
        self.with(settings)
    }

    /// How many probes half-open lets through, and how many successes close it: 1 to 1,000.
    #[must_use]
    #[track_caller]
    pub const fn half_open_calls(self, calls: u32) -> Self {
        let settings = self.settings.written().half_open_calls(calls);
        self.with(settings)
    }

    /// Never rejects: what it would have rejected goes through, unheard, and is counted and told. To
    /// try settings on real traffic before they count.
    #[must_use]
    pub const fn shadow(self) -> Self {
        let settings = self.settings.written().shadow();
        self.with(settings)
    }

    /// At most so many keys have a breaker of their own at once, 1 to 1,000,000; by default 1,024. See
    /// [`of`](Self::of).
    #[must_use]
    #[track_caller]
    pub const fn max_keys(self, keys: u32) -> Self {
        let settings = self.settings.written().max_keys(keys);
        self.with(settings)
    }

    /// While it is open, this process is not [`ready`](crate::health::ready): what it does without the
    /// callee is not worth a request. Off by default. One whose break is over counts as ready, or no
    /// call would come that could close it. Feature `health`.
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

    /// What it goes by.
    #[inline]
    fn settings(&self) -> &Settings {
        self.settings.get()
    }

    pub(crate) const fn declared(&self) -> &'static Location<'static> {
        self.declared
    }

    /// Another one with the same settings, which nobody has called yet.
    pub(crate) fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            #[cfg(feature = "health")]
            critical: self.critical,
            declared: self.declared,
            settings: self.settings.anew(),
            ..Self::new("anew")
        }
    }

    /// Whether another declares the same.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.settings.written() == other.settings.written()
    }

    /// Runs a future of `Result<T, E>` under this breaker alone.
    pub fn call<F, T, E>(
        &self,
        future: F,
    ) -> Around<'_, Body<F, impl Fn(&E) -> Class + Copy + Send + Sync>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.around(body(future))
    }

    /// Puts this breaker around the rest of a stack.
    #[inline]
    pub fn around<F, T, E>(&self, inner: F) -> Around<'_, F>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        Around::new(self, inner)
    }

    /// What it does with calls. Looking moves nothing: a breaker whose break is over is open until
    /// the next call comes.
    #[must_use]
    pub fn state(&self) -> CircuitState {
        let it = isolation::here(self);
        it.gate.peek(Machine::state)
    }

    /// What it looks like now.
    #[must_use]
    pub fn snapshot(&self) -> CircuitSnapshot {
        let (it, now) = (isolation::here(self), Instant::now());
        it.gate.with(&it.settings, |machine, settings| {
            picture(machine, settings, it.gate.refused(), now)
        })
    }

    /// Rejects everything, the calls of all its keys as well, until [`auto`](Self::auto) or [`reset`](Self::reset),
    /// whatever time or results say. One in `shadow`, or switched off by `config`, rejects nothing all the same.
    pub fn force_open(&self) {
        self.operate(|machine, settings, now| {
            machine.force(settings, CircuitState::ForcedOpen, now)
        });
    }

    /// Lets everything through, the calls of all its keys as well, and records nothing, until
    /// [`auto`](Self::auto) or [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.operate(|machine, settings, now| {
            machine.force(settings, CircuitState::ForcedClosed, now)
        });
    }

    /// Back to deciding by itself: from forced-closed it is closed and empty, from forced-open the next
    /// call is a probe. The same holds for each of its keys.
    pub fn auto(&self) {
        self.operate(|machine, _, now| machine.auto(now));
    }

    /// Closed and empty, whatever it was; and so is each of its keys.
    pub fn reset(&self) {
        self.operate(|machine, _, now| machine.reset(now));
    }

    fn operate(&self, change: impl Fn(&mut Machine, &Settings, Instant) -> Option<Transition>) {
        let (it, now) = (isolation::here(self), Instant::now());
        let change = |machine: &mut Machine, settings: &Settings| change(machine, settings, now);
        let transition = it.gate.with(&it.settings, change);
        // Itself first: a key that is new since then is made as it is now.
        for key in it.keys() {
            key.gate.with(&key.settings, change);
        }
        it.tell(transition);
    }

    /// Lets a call through, where nobody has to be asked.
    #[inline]
    fn admit(&self) -> Option<Going<'_>> {
        let it = isolation::here(self);
        let leave = if it.settings.is_off() {
            Leave::UNHEARD
        } else {
            it.gate.admit()?
        };
        it.admitted();
        Some(Going::new(it, leave))
    }

    /// A call is let in.
    #[inline]
    fn admitted(&self) {
        event::emit_call(&self.meter, || Event::Admitted {
            policy: POLICY,
            name: self.name.clone(),
            function: within::current(),
        });
    }

    /// What a call is told that is turned away while nobody listens; and, if it is not as well, what the clock
    /// said, if it was asked.
    #[inline]
    fn turn_away(&self, now: &mut Option<Instant>) -> Option<Rejected> {
        let it = isolation::here(self);
        if it.settings().shadow || event::is_heard_in_detail() {
            return None;
        }
        let refusal = it.gate.refuse(now, Instant::now)?;
        Some(it.rejection(refusal))
    }

    /// May a call go through? Also tells what the clock said, if it was asked.
    fn ask(&self, now: Option<Instant>) -> Result<(Permit<'_>, Option<Moment>), Rejected> {
        let it = isolation::here(self);
        let clock = || now.unwrap_or_else(Instant::now);
        let Entered {
            leave,
            transition,
            at,
        } = it.gate.enter(&it.settings, clock);
        // First: whoever is told may unwind.
        let permit = leave.map(|leave| Permit::new(it, leave));
        it.tell(transition);
        match permit {
            Ok(permit) => {
                it.admitted();
                Ok((permit, at))
            }
            Err(refusal) => Ok((it.reject(refusal)?, at)),
        }
    }

    #[inline]
    fn rejection(&self, refusal: Refusal) -> Rejected {
        Rejected::CircuitOpen {
            name: self.name.clone(),
            retry_after: refusal.retry_after,
            reason: refusal.reason,
        }
    }

    fn reject(&self, refusal: Refusal) -> Result<Permit<'_>, Rejected> {
        let rejected = self.rejection(refusal);
        if self.settings().shadow {
            event::emit_of(&self.meter, || Event::WouldReject {
                rejected,
                function: within::current(),
            });
            return Ok(Permit::new(self, Leave::UNHEARD));
        }
        event::emit_of(&self.meter, || Event::Rejected {
            rejected: rejected.clone(),
            function: within::current(),
        });
        Err(rejected)
    }

    fn watches_slow_calls(&self) -> bool {
        self.settings().slow().is_some()
    }

    /// From here on a call may turn out to be slow. It was let in then, or not long ago.
    fn watch(&self, leave: Leave, entered: Option<Moment>) -> Option<Watched> {
        let since = || entered.unwrap_or_else(|| Moment::at(Instant::now()));
        self.gate.watch(&self.settings, leave, since)
    }

    /// A call that was watched ends: was it slow? Asked for whoever listens, and before it is recorded.
    #[cold]
    #[inline(never)]
    fn tell_if_slow(&self, watched: Watched) {
        let Some(line) = self.settings().slow().map(|slow| slow.line) else {
            return;
        };
        if event::is_heard_in_detail()
            && let Some(began) = self.gate.began(watched)
        {
            let took = Instant::now().saturating_duration_since(began);
            if took >= line {
                event::emit_of(&self.meter, || Event::SlowCall {
                    name: self.name.clone(),
                    took,
                    line,
                    function: within::current(),
                });
            }
        }
    }

    #[inline]
    fn exit(&self, leave: Leave, watched: Option<Watched>, verdict: Verdict) {
        if !self
            .gate
            .is_done_with(leave, watched, verdict, Instant::now)
        {
            self.hear(leave, watched, verdict);
        }
    }

    #[inline(never)]
    fn hear(&self, leave: Leave, watched: Option<Watched>, verdict: Verdict) {
        if let Some(watched) = watched {
            self.tell_if_slow(watched);
        }
        let transition = self
            .gate
            .exit(&self.settings, leave, watched, verdict, Instant::now);
        self.tell(transition);
    }

    /// Says what changed, after the lock is let go.
    #[inline]
    fn tell(&self, transition: Option<Transition>) {
        if let Some(Transition { from, to, reason }) = transition {
            event::emit_loudly(|| Event::CircuitTransition {
                name: self.name.clone(),
                from,
                to,
                reason,
                function: within::current(),
            });
        }
    }
}

/// What a breaker looks like by these settings.
fn picture(
    machine: &mut Machine,
    settings: &Settings,
    rejected: u64,
    now: Instant,
) -> CircuitSnapshot {
    let tally = machine.tally(settings, now);
    let enough = tally.calls >= settings.minimum();
    CircuitSnapshot {
        state: machine.state(),
        generation: machine.generation(),
        calls: tally.calls,
        failures: tally.failures,
        slow: tally.slow,
        rejected,
        failure_rate: tally.failure_rate().filter(|_| enough),
        slow_rate: tally
            .slow_rate()
            .filter(|_| enough && settings.slow().is_some()),
        probe_due: machine.probe_due(now),
        since: machine.since(now),
        retry_after: machine.retry_after(now),
        reason: machine.reason(),
    }
}
