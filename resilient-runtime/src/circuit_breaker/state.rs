//! The state machine of a breaker: `enter(now)`, `exit(permit, verdict)`. Pure: it knows no clock, no
//! lock and no events; a caller gives it the time and says what came of it.

use std::time::Duration;

use tokio::time::Instant;

use super::probes::{Lease, Probes};
use super::settings::Settings;
use super::window::{Current, Position, Record, Span, Tally, Window};
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

/// How long a call took, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Took {
    /// It ended before the line of slow calls, or nobody watched it.
    Quick,
    /// It had passed the line when it ended, and nobody had seen that before.
    Slow,
    /// It is recorded as slow already, at this place.
    Recorded(Position),
}

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

/// What holds for all calls of a generation that lets none through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Notice {
    /// From then on one is. `None` of a breaker that an operator holds open.
    pub(super) until: Option<Instant>,
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
    /// When it came into this state; not known of one that never changed.
    since: Option<Instant>,
    /// Successes, as long as it has met nothing else and its window knows no time. No more than the
    /// window holds.
    successes: u32,
    /// So a healthy breaker is small, and owns no memory.
    more: Option<Box<More>>,
}

/// What is known of a breaker that has met more than successes, or has a window of time.
#[derive(Debug)]
struct More {
    window: Window,
    /// Failures since the last success, however many.
    run: u32,
    /// Why it opened, as long as it has not closed again.
    reason: Option<Reason>,
    /// When the break is over.
    until: Option<Instant>,
    /// How often it has opened again since it was closed.
    reopened: u32,
    probes: Probes,
}

impl Machine {
    /// So many successes are recorded one by one. A window that is larger does not fill up at once, and
    /// may own memory before.
    const FEW: u32 = 128;

    pub(super) const fn new() -> Self {
        Self {
            state: CircuitState::Closed,
            generation: 0,
            since: None,
            successes: 0,
            more: None,
        }
    }

    /// From now on it is more than healthy.
    fn more(&mut self, settings: &Settings) -> &mut More {
        self.more.get_or_insert_with(|| {
            Box::new(More {
                window: Window::with_successes(self.successes, settings.span()),
                run: 0,
                reason: None,
                until: None,
                reopened: 0,
                probes: Probes::new(),
            })
        })
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
        if self.state == CircuitState::Closed
            && let Some(more) = &mut self.more
        {
            more.window.forget(settings.span(), || now);
        }
        self.recorded()
    }

    /// What is in the window, with what may be too old by now.
    fn recorded(&self) -> Tally {
        match &self.more {
            None => Tally::successes(self.successes),
            Some(more) => more.window.tally(),
        }
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        self.more.as_ref()?.reason
    }

    /// When the break is over, of an open one.
    fn until(&self) -> Option<Instant> {
        self.more.as_ref()?.until
    }

    /// When it came into this state; a breaker that never changed did so when it was first asked.
    pub(super) fn since(&mut self, now: Instant) -> Instant {
        *self.since.get_or_insert(now)
    }

    /// Whether the next call is a probe that ends a break.
    pub(super) fn probe_due(&self, now: Instant) -> bool {
        self.state == CircuitState::Open && self.until().is_none_or(|until| now >= until)
    }

    /// When the break is over and no probe is out; `None` where there is nothing to wait for.
    pub(super) fn quiet_from(&self) -> Option<Instant> {
        match self.state {
            CircuitState::Open => self.until(),
            CircuitState::HalfOpen => self.more.as_ref()?.probes.last_due(),
            CircuitState::Closed | CircuitState::ForcedOpen | CircuitState::ForcedClosed => None,
        }
    }

    /// Whether a success would change nothing at all.
    pub(super) fn is_settled(&self, settings: &Settings) -> bool {
        match (&self.more, settings.span()) {
            (None, Span::Calls(size)) => self.successes >= size,
            (None, Span::Time(_)) => false,
            (Some(more), span) => more.run == 0 && more.window.is_settled(span),
        }
    }

    /// Where a success goes of which nobody tells at once, and until when that is as good: while it cannot
    /// make a rate reach its threshold. It cannot where no rate is above zero. Where a verdict
    /// could be given, none was, and nothing is forgotten, it cannot either: one more success lowers
    /// the rates, or, in the place of the oldest record, does not raise them.
    pub(super) fn may_wait(&self, settings: &Settings) -> Option<Current> {
        if self.state != CircuitState::Closed {
            return None;
        }
        let Some(more) = &self.more else {
            return (self.successes >= Self::FEW).then_some(Current::OF_CALLS);
        };
        let tally = more.window.tally();
        let by_run_alone = settings.threshold().is_none() && settings.slow().is_none();
        let was_judged = tally.calls >= settings.minimum() || by_run_alone;
        let cannot_trip =
            tally.is_all_successes() || (was_judged && self.trips(settings).is_none());
        cannot_trip
            .then(|| more.window.current(settings.span()))
            .flatten()
    }

    /// Whether there are too few records for a rate, where one is looked at.
    pub(super) fn is_unjudged(&self, settings: &Settings) -> bool {
        let by_rate = settings.threshold().is_some() || settings.slow().is_some();
        by_rate && self.recorded().calls < settings.minimum()
    }

    /// So many successes, of which nobody has told at once.
    pub(super) fn have_succeeded(&mut self, settings: &Settings, successes: u32, slot: Position) {
        match (&mut self.more, settings.span()) {
            (None, Span::Calls(size)) => {
                self.successes = self.successes.saturating_add(successes).min(size);
            }
            // A time window has slots from its first record on.
            (None, Span::Time(_)) => {}
            (Some(more), span) => {
                more.window.push_successes(successes, slot, span);
                more.run = 0;
            }
        }
    }

    /// Whether calls under way may turn out to be slow, and count.
    pub(super) fn listens(&self) -> bool {
        matches!(self.state, CircuitState::Closed | CircuitState::HalfOpen)
    }

    /// Until when every call is refused whatever comes, and why. It does not change in a generation.
    pub(super) fn notice(&self) -> Option<Notice> {
        let until = match self.state {
            CircuitState::Open => Some(self.until()?),
            CircuitState::ForcedOpen => None,
            CircuitState::Closed | CircuitState::HalfOpen | CircuitState::ForcedClosed => {
                return None;
            }
        };
        let reason = self.reason().unwrap_or(Reason::Forced);
        Some(Notice { until, reason })
    }

    /// May a call go through now?
    pub(super) fn enter(
        &mut self,
        settings: &Settings,
        now: Instant,
    ) -> (Result<Leave, Refusal>, Option<Transition>) {
        let transition = self
            .probe_due(now)
            .then(|| self.change(CircuitState::HalfOpen, now));
        let leave = match self.state {
            CircuitState::Closed | CircuitState::ForcedClosed => Ok(Leave {
                generation: self.generation,
                probe: None,
            }),
            CircuitState::HalfOpen => self.lease(settings, now),
            CircuitState::Open | CircuitState::ForcedOpen => Err(()),
        };
        let leave = leave.map_err(|()| Refusal {
            retry_after: self.retry_after(now),
            reason: self.refusal(settings),
        });
        (leave, transition)
    }

    fn lease(&mut self, settings: &Settings, now: Instant) -> Result<Leave, ()> {
        let probes = &mut self.more(settings).probes;
        let lease = probes.lease(now, settings.first_break()).ok_or(())?;
        Ok(Leave {
            generation: self.generation,
            probe: Some(lease),
        })
    }

    /// When it makes sense to come back.
    pub(super) fn retry_after(&self, now: Instant) -> Option<Duration> {
        let due = match self.state {
            CircuitState::Open => self.until()?,
            CircuitState::HalfOpen => self.more.as_ref()?.probes.next_free(now)?,
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
            _ => self.reason().unwrap_or(Reason::Forced),
        }
    }

    /// A call under way has passed the line of slow ones, then. Where it is recorded now: its end completes
    /// that. A probe has failed; not now but when it passed the line: a breaker that is asked rarely
    /// must not wait for two breaks.
    pub(super) fn passed(
        &mut self,
        settings: &Settings,
        line: Duration,
        then: Instant,
        now: Instant,
    ) -> Result<Position, Transition> {
        if self.state == CircuitState::HalfOpen {
            return Err(self.reopen(settings, Reason::ProbeSlow { line }, then));
        }
        let record = Record {
            failed: false,
            slow: true,
        };
        Ok(self.push(settings, record, || now))
    }

    /// Opens, if the records say so: asked after every one of them, a success too.
    pub(super) fn judge(
        &mut self,
        settings: &Settings,
        now: impl FnOnce() -> Instant,
    ) -> Option<Transition> {
        let reason = self.trips(settings)?;
        Some(self.open(settings, reason, now()))
    }

    /// A call has ended.
    pub(super) fn exit(
        &mut self,
        settings: &Settings,
        leave: Leave,
        took: Took,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        if leave.generation != self.generation {
            return None;
        }
        match self.state {
            CircuitState::Closed => self.finished(settings, took, verdict, clock),
            CircuitState::HalfOpen => {
                let probe = leave.probe?;
                // A probe that took too long has failed, whatever its answer.
                if (verdict, took) == (Verdict::Success, Took::Slow)
                    && let Some(slow) = settings.slow()
                {
                    let reason = Reason::ProbeSlow { line: slow.line };
                    return Some(self.reopen(settings, reason, clock()));
                }
                self.probed(settings, probe, verdict, clock)
            }
            // Nobody was let in, or nothing is recorded.
            CircuitState::Open | CircuitState::ForcedOpen | CircuitState::ForcedClosed => None,
        }
    }

    fn finished(
        &mut self,
        settings: &Settings,
        took: Took,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        let failed = match verdict {
            Verdict::Success => false,
            Verdict::Failure => true,
            // Ignored or dropped, one that is recorded as slow stays a slow call that did not fail.
            Verdict::Nothing => return None,
        };
        if let Took::Recorded(position) = took {
            let window = &mut self.more(settings).window;
            // It adds nothing that would be judged with what is too old by now.
            window.forget(settings.span(), &clock);
            if failed {
                window.fail(position, settings.span(), &clock);
            }
        } else {
            let slow = took == Took::Slow;
            self.push(settings, Record { failed, slow }, &clock);
        }
        if failed {
            let more = self.more(settings);
            more.run = more.run.saturating_add(1);
        } else if let Some(more) = &mut self.more {
            more.run = 0;
        }
        self.judge(settings, clock)
    }

    fn push(
        &mut self,
        settings: &Settings,
        record: Record,
        now: impl FnOnce() -> Instant,
    ) -> Position {
        match (settings.span(), record) {
            (Span::Calls(size), Record::SUCCESS) if self.more.is_none() => {
                self.successes = self.successes.saturating_add(1).min(size);
                Position(0)
            }
            (span, record) => self.more(settings).window.push(record, span, now),
        }
    }

    /// Why the records say to open, if they do. Successes alone never do.
    fn trips(&self, settings: &Settings) -> Option<Reason> {
        let more = self.more.as_ref()?;
        if let Some(run) = settings.run()
            && more.run >= run
        {
            return Some(Reason::ConsecutiveFailures { failures: more.run });
        }
        let tally = more.window.tally();
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
        let probes = &mut self.more(settings).probes;
        match verdict {
            Verdict::Nothing => {
                probes.give_back(lease);
                None
            }
            Verdict::Failure => Some(self.reopen(settings, Reason::ProbeFailed, clock())),
            Verdict::Success => (probes.succeed(lease) >= settings.half_open_calls)
                .then(|| self.change(CircuitState::Closed, clock())),
        }
    }

    /// Each time it opens again without having been closed the break grows.
    fn reopen(&mut self, settings: &Settings, reason: Reason, now: Instant) -> Transition {
        let more = self.more(settings);
        more.reopened = more.reopened.saturating_add(1);
        self.open(settings, reason, now)
    }

    fn open(&mut self, settings: &Settings, reason: Reason, now: Instant) -> Transition {
        let mut transition = self.change(CircuitState::Open, now);
        let more = self.more(settings);
        more.until = Some(saturating_add(now, settings.break_after(more.reopened)));
        more.reason = Some(reason);
        more.probes.make_room(settings.half_open_calls);
        transition.reason = more.reason;
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
            self.more(settings)
                .probes
                .make_room(settings.half_open_calls);
        }
        (self.state != state).then(|| {
            let mut transition = self.change(state, now);
            transition.reason = (state == CircuitState::ForcedOpen).then_some(Reason::Forced);
            if let Some(more) = &mut self.more {
                more.reason = transition.reason;
            }
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
                if let Some(more) = &mut self.more {
                    more.until = Some(now);
                    transition.reason = more.reason;
                }
                Some(transition)
            }
            CircuitState::Closed | CircuitState::Open | CircuitState::HalfOpen => None,
        }
    }

    /// Other settings are in force: what it knows is held against them, and nothing of it is lost that
    /// they have room for. A break that has begun ends when it was to end.
    #[cfg(feature = "config")]
    pub(super) fn adapt(&mut self, settings: &Settings, now: Instant) -> Option<Transition> {
        self.successes = match settings.span() {
            Span::Calls(size) => self.successes.min(size),
            Span::Time(_) => 0,
        };
        let more = self.more.as_mut()?;
        more.window.forget(settings.span(), || now);
        let has_probes = matches!(
            self.state,
            CircuitState::Open | CircuitState::HalfOpen | CircuitState::ForcedOpen
        );
        if has_probes {
            more.probes.make_room(settings.half_open_calls);
        }
        // Fewer successes may be enough now, and no probe need come that says so.
        let is_over = self.state == CircuitState::HalfOpen
            && more.probes.succeeded() >= settings.half_open_calls;
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
        let closes = matches!(to, CircuitState::Closed | CircuitState::ForcedClosed);
        if closes {
            self.successes = 0;
        }
        if let Some(more) = &mut self.more {
            more.until = None;
            more.probes.clear();
            if closes {
                more.window.clear();
                more.run = 0;
                more.reopened = 0;
                more.reason = None;
            }
        }
        transition
    }
}
