//! The state machine of a breaker: `enter(now)`, `exit(permit, verdict)`. Pure: it knows no clock, no
//! lock and no events; a caller gives it the time and says what came of it.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

use super::in_flight::InFlight;
use super::probes::{Lease, Probes};
use super::settings::Settings;
use super::window::{Record, Tally, Window};
use crate::circuit::{CircuitState, Reason};
use crate::deadline::saturating_add;

/// How a call ended, as a breaker sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    /// Ignored, dropped or cut off by others: says nothing about the callee.
    Nothing,
}

/// A call that is watched for being slow, by the number it was given.
pub(super) type Watched = NonZeroU32;

/// Leave to make one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leave {
    /// The generation it was given in: what it says of any other is not heard.
    pub(super) generation: u64,
    /// The number of its lease, if it is a probe of a half-open breaker.
    pub(super) probe: Option<Lease>,
}

impl Leave {
    /// Of a call that would not have been let through: no generation is this one.
    pub(super) const UNHEARD: Self = Self {
        generation: u64::MAX,
        probe: None,
    };
}

/// A call that was not let through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Refusal {
    pub(super) retry_after: Option<Duration>,
    pub(super) reason: Reason,
}

/// A change of state that has just happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transition {
    pub(super) from: CircuitState,
    pub(super) to: CircuitState,
    pub(super) reason: Option<Reason>,
}

/// What a breaker knows. Every change of it is one method, and each says what transition it made.
#[derive(Debug)]
pub(super) struct Machine {
    state: CircuitState,
    generation: u64,
    window: Window,
    /// Failures since the last success, however many.
    run: u32,
    /// Calls of this generation that may turn out to be slow.
    in_flight: InFlight,
    /// Why it opened, as long as it has not closed again.
    reason: Option<Reason>,
    /// When it came into this state; not known of one that never changed.
    since: Option<Instant>,
    /// When the break is over.
    until: Option<Instant>,
    /// How often it has opened again since it was closed.
    reopened: u32,
    probes: Probes,
    rejected: u64,
}

impl Machine {
    pub(super) const fn new() -> Self {
        Self {
            state: CircuitState::Closed,
            generation: 0,
            window: Window::new(),
            run: 0,
            in_flight: InFlight::new(),
            reason: None,
            since: None,
            until: None,
            reopened: 0,
            probes: Probes::new(),
            rejected: 0,
        }
    }

    pub(super) fn state(&self) -> CircuitState {
        self.state
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// What is in the window now.
    pub(super) fn tally(&mut self, settings: &Settings, now: Instant) -> Tally {
        // What made it open can be looked at until it closes.
        if self.state == CircuitState::Closed {
            self.window.forget(settings.span(), || now);
        }
        self.window.tally()
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Calls that were not let through, ever.
    pub(super) fn rejected(&self) -> u64 {
        self.rejected
    }

    /// When it came into this state; a breaker that never changed did so when it was first asked.
    pub(super) fn since(&mut self, now: Instant) -> Instant {
        *self.since.get_or_insert(now)
    }

    /// Whether the next call is a probe that ends a break.
    pub(super) fn probe_due(&self, now: Instant) -> bool {
        self.state == CircuitState::Open && self.until.is_none_or(|until| now >= until)
    }

    /// When the break is over and no probe is out; `None` where there is nothing to wait for.
    pub(super) fn quiet_from(&self) -> Option<Instant> {
        match self.state {
            CircuitState::Open => self.until,
            CircuitState::HalfOpen => self.probes.last_due(),
            CircuitState::Closed | CircuitState::ForcedOpen | CircuitState::ForcedClosed => None,
        }
    }

    /// Whether a success would change nothing at all.
    pub(super) fn is_settled(&self, settings: &Settings) -> bool {
        self.run == 0 && self.window.is_settled(settings.span())
    }

    /// Whether calls are under way that may turn out to be slow: then every admission looks.
    pub(super) fn is_watching(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// May a call go through now?
    pub(super) fn enter(
        &mut self,
        settings: &Settings,
        now: Instant,
    ) -> (Result<Leave, Refusal>, Option<Transition>) {
        let slowed = self.look(settings, now);
        let transition = if self.probe_due(now) {
            Some(self.change(CircuitState::HalfOpen, now))
        } else {
            slowed
        };
        let leave = match self.state {
            CircuitState::Closed | CircuitState::ForcedClosed => Ok(Leave {
                generation: self.generation,
                probe: None,
            }),
            CircuitState::HalfOpen => self.lease(settings, now),
            CircuitState::Open | CircuitState::ForcedOpen => Err(()),
        };
        let leave = leave.map_err(|()| {
            self.rejected = self.rejected.saturating_add(1);
            Refusal {
                retry_after: self.retry_after(now),
                reason: self.refusal(settings),
            }
        });
        (leave, transition)
    }

    fn lease(&mut self, settings: &Settings, now: Instant) -> Result<Leave, ()> {
        let lease = self.probes.lease(now, settings.first_break()).ok_or(())?;
        Ok(Leave {
            generation: self.generation,
            probe: Some(lease),
        })
    }

    /// When it makes sense to come back.
    pub(super) fn retry_after(&self, now: Instant) -> Option<Duration> {
        let due = match self.state {
            CircuitState::Open => self.until?,
            CircuitState::HalfOpen => self.probes.next_free(now)?,
            CircuitState::Closed | CircuitState::ForcedOpen | CircuitState::ForcedClosed => {
                return None;
            }
        };
        Some(due.saturating_duration_since(now))
    }

    fn refusal(&self, settings: &Settings) -> Reason {
        match self.state {
            CircuitState::HalfOpen => Reason::Probing {
                probes: settings.half_open_calls,
            },
            _ => self.reason.unwrap_or(Reason::Forced),
        }
    }

    /// A call has not ended at once: from now on it is watched for being slow.
    pub(super) fn watch(
        &mut self,
        settings: &Settings,
        leave: Leave,
        now: Instant,
    ) -> Option<Watched> {
        let heard = matches!(self.state, CircuitState::Closed | CircuitState::HalfOpen);
        let watches = heard && settings.slow().is_some() && leave.generation == self.generation;
        watches.then(|| self.in_flight.add(now))
    }

    /// Records the calls under way that have passed the line of slow ones, each once.
    fn look(&mut self, settings: &Settings, now: Instant) -> Option<Transition> {
        let line = settings.slow()?.line;
        let mut slowed = false;
        while let Some(call) = self.in_flight.next_passing(line, now) {
            if self.state == CircuitState::HalfOpen {
                // It failed when it passed the line: a breaker that is asked rarely must not wait for
                // two breaks.
                let passed = call.passes_at(line);
                return Some(self.reopen(settings, Reason::ProbeSlow { line }, passed));
            }
            let record = Record {
                failed: false,
                slow: true,
            };
            let position = self.window.push(record, settings.span(), || now);
            self.in_flight.passed(&call, position);
            slowed = true;
        }
        let reason = if slowed {
            self.trips(settings)?
        } else {
            return None;
        };
        Some(self.open(settings, reason, now))
    }

    /// A call has ended. `watched` is its number, if it did not end at once.
    pub(super) fn exit(
        &mut self,
        settings: &Settings,
        leave: Leave,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        if leave.generation != self.generation {
            return None;
        }
        match self.state {
            CircuitState::Closed => self.finished(settings, watched, verdict, clock),
            CircuitState::HalfOpen => {
                let verdict = self.by_time(settings, watched, verdict, &clock);
                self.probed(settings, leave.probe?, verdict, clock)
            }
            // Nobody was let in, or nothing is recorded.
            CircuitState::Open | CircuitState::ForcedOpen | CircuitState::ForcedClosed => None,
        }
    }

    fn finished(
        &mut self,
        settings: &Settings,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        let failed = verdict == Verdict::Failure;
        let call = watched.and_then(|number| self.in_flight.remove(number));
        if let Some(position) = call.as_ref().and_then(|call| call.position) {
            // It is recorded as slow already: its end completes the record. Ignored or dropped, it
            // stays a slow call that did not fail.
            if failed {
                self.window.fail(position, settings.span(), &clock);
            }
        } else if verdict != Verdict::Nothing {
            let slow = call
                .zip(settings.slow())
                .is_some_and(|(call, slow)| call.has_passed(slow.line, clock()));
            self.window
                .push(Record { failed, slow }, settings.span(), &clock);
        }
        match verdict {
            Verdict::Success => self.run = 0,
            Verdict::Failure => self.run = self.run.saturating_add(1),
            Verdict::Nothing => return None,
        }
        let reason = self.trips(settings)?;
        Some(self.open(settings, reason, clock()))
    }

    /// A probe that took too long has failed.
    fn by_time(
        &mut self,
        settings: &Settings,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: &impl Fn() -> Instant,
    ) -> Verdict {
        let call = watched.and_then(|number| self.in_flight.remove(number));
        let slow = call
            .zip(settings.slow())
            .is_some_and(|(call, slow)| call.has_passed(slow.line, clock()));
        if slow && verdict == Verdict::Success {
            Verdict::Failure
        } else {
            verdict
        }
    }

    /// Whether the window says to open: asked after every record, a success too.
    fn trips(&self, settings: &Settings) -> Option<Reason> {
        if let Some(run) = settings.run()
            && self.run >= run
        {
            return Some(Reason::ConsecutiveFailures { failures: self.run });
        }
        let tally = self.window.tally();
        if tally.calls < settings.minimum() {
            return None;
        }
        if let Some(threshold) = settings.threshold()
            && tally.failure_rate()? >= threshold
        {
            return Some(Reason::FailureRate {
                failures: tally.failures,
                calls: tally.calls,
                threshold,
            });
        }
        let slow = settings.slow()?;
        let reached = tally.slow_rate()? >= slow.rate;
        reached.then_some(Reason::SlowRate {
            slow: tally.slow,
            calls: tally.calls,
            line: slow.line,
            threshold: slow.rate,
        })
    }

    fn probed(
        &mut self,
        settings: &Settings,
        lease: Lease,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        match verdict {
            Verdict::Nothing => {
                self.probes.give_back(lease);
                None
            }
            Verdict::Failure => Some(self.reopen(settings, Reason::ProbeFailed, clock())),
            Verdict::Success => (self.probes.succeed(lease) >= settings.half_open_calls)
                .then(|| self.change(CircuitState::Closed, clock())),
        }
    }

    /// Each time it opens again without having been closed the break grows.
    fn reopen(&mut self, settings: &Settings, reason: Reason, now: Instant) -> Transition {
        self.reopened = self.reopened.saturating_add(1);
        self.open(settings, reason, now)
    }

    fn open(&mut self, settings: &Settings, reason: Reason, now: Instant) -> Transition {
        let mut transition = self.change(CircuitState::Open, now);
        self.until = Some(saturating_add(now, settings.break_after(self.reopened)));
        self.reason = Some(reason);
        self.probes.make_room(settings.half_open_calls);
        transition.reason = self.reason;
        transition
    }

    /// An operator's word.
    pub(super) fn force(
        &mut self,
        settings: &Settings,
        state: CircuitState,
        now: Instant,
    ) -> Option<Transition> {
        if state == CircuitState::ForcedOpen {
            self.probes.make_room(settings.half_open_calls);
        }
        (self.state != state).then(|| {
            let mut transition = self.change(state, now);
            self.reason = (state == CircuitState::ForcedOpen).then_some(Reason::Forced);
            transition.reason = self.reason;
            transition
        })
    }

    /// Back to closed and empty, whatever it was.
    pub(super) fn reset(&mut self, now: Instant) -> Option<Transition> {
        let transition = self.change(CircuitState::Closed, now);
        (transition.from != CircuitState::Closed).then_some(transition)
    }

    /// Back to deciding by itself. Nothing was learned while it was forced: closed starts empty, and
    /// what was held open sends a probe first.
    pub(super) fn auto(&mut self, now: Instant) -> Option<Transition> {
        match self.state {
            CircuitState::ForcedClosed => Some(self.change(CircuitState::Closed, now)),
            CircuitState::ForcedOpen => {
                let mut transition = self.change(CircuitState::Open, now);
                self.until = Some(now);
                transition.reason = self.reason;
                Some(transition)
            }
            CircuitState::Closed | CircuitState::Open | CircuitState::HalfOpen => None,
        }
    }

    /// Other settings are in force: what it knows is held against them, and nothing of it is lost that
    /// they have room for. A break that has begun ends when it was to end.
    #[cfg(feature = "config")]
    pub(super) fn adapt(&mut self, settings: &Settings, now: Instant) -> Option<Transition> {
        self.window.forget(settings.span(), || now);
        let has_probes = matches!(
            self.state,
            CircuitState::Open | CircuitState::HalfOpen | CircuitState::ForcedOpen
        );
        if has_probes {
            self.probes.make_room(settings.half_open_calls);
        }
        // Fewer successes may be enough now, and no probe need come that says so.
        let is_over = self.state == CircuitState::HalfOpen
            && self.probes.succeeded() >= settings.half_open_calls;
        is_over.then(|| self.change(CircuitState::Closed, now))
    }

    /// Every state begins in a generation of its own. What made a breaker open can be looked at until
    /// it closes; then the window begins empty, and the probes are not in it.
    fn change(&mut self, to: CircuitState, now: Instant) -> Transition {
        let transition = Transition {
            from: self.state,
            to,
            reason: None,
        };
        self.state = to;
        self.generation += 1;
        self.since = Some(now);
        self.until = None;
        self.in_flight.clear();
        self.probes.clear();
        if matches!(to, CircuitState::Closed | CircuitState::ForcedClosed) {
            self.window.clear();
            self.run = 0;
            self.reopened = 0;
            self.reason = None;
        }
        transition
    }
}
