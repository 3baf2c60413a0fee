//! The gate of a breaker: the machine behind a lock, and before it one atomic word that says what most
//! calls need to know. With a closed circuit a call reads it once on its way in and once on its way
//! out, and takes the lock only for what may change a verdict.
//!
//! Successes that cannot are held back in stripes. Whoever takes the lock gathers them first, so one after the
//! other the calls of a breaker do exactly what the machine says. At once, too, they do what it says in
//! some order of them: successes of one promise are all alike, so a gathering is right if it finds as
//! many as there were at some moment of it. It does, as they only become more: at least those that were
//! there when it began, at most those when it ended. In that moment is the record that it was made for.

use std::sync::{OnceLock, PoisonError};

use tokio::time::Instant;

use super::board::Board;
use super::in_flight::{InFlight, Watched};
use super::settings::{Current, Settings};
use super::slot::Ended;
use super::state::{Leave, Machine, Refusal, Took, Transition, Verdict};
use super::stripes::{Promise, Stripes};
use super::sync::{AtomicU64, Mutex, MutexGuard, Ordering};
use super::window::Position;
use crate::circuit::{CircuitState, Reason};
use crate::moment::{Length, Moment, age};

#[derive(Debug)]
pub(super) struct Gate {
    /// The generation, shifted by `BITS`, and what to do with calls.
    word: AtomicU64,
    machine: Mutex<Machine>,
    /// Made when it is first needed: when a window is one of time, is long, or holds failures, or when calls
    /// are refused.
    aside: OnceLock<Box<Aside>>,
}

/// What calls leave behind, and find, without taking the lock.
#[derive(Debug)]
struct Aside {
    stripes: Stripes,
    board: Board,
    /// Made when the first call suspends whose breaker watches for slow ones.
    in_flight: OnceLock<Box<InFlight>>,
}

const BITS: u32 = 4;
const DOES: u64 = 0b111;
/// Calls go through; every result is recorded.
const RECORDS: u64 = 0;
/// Calls go through; a success may be held back.
const HOLDS: u64 = 1;
/// Calls go through; the window is full of successes, so that another one changes nothing.
const SETTLED: u64 = 2;
/// Calls go through; nothing is recorded.
const SILENT: u64 = 3;
/// Calls must ask the machine.
const ASKS: u64 = 4;
/// Calls are refused, as the board says, until the moment that it says; then they must ask.
const REFUSES: u64 = 5;
/// And there have been calls that might turn out to be slow: before one goes through, somebody looks.
const WATCHES: u64 = 0b1000;

/// A way in.
#[derive(Debug)]
pub(super) struct Entered {
    pub(super) leave: Result<Leave, Refusal>,
    /// A change of state that others want to know of.
    pub(super) transition: Option<Transition>,
    /// What the clock said, if it was asked.
    pub(super) at: Option<Moment>,
}

impl Gate {
    /// Of these two, as new: `loom` has its own, which are no constants.
    pub(super) const fn of(word: AtomicU64, machine: Mutex<Machine>) -> Self {
        Self {
            word,
            machine,
            aside: OnceLock::new(),
        }
    }

    /// Leave to make a call, where nobody has to be asked.
    #[inline]
    pub(super) fn admit(&self) -> Option<Leave> {
        let word = self.word.load(Ordering::Acquire);
        (word & (WATCHES | DOES) < ASKS).then_some(leave(word))
    }

    /// May a call go through? Where `admit` does not say.
    #[inline]
    pub(super) fn enter(&self, settings: &impl Current, clock: impl Fn() -> Instant) -> Entered {
        let mut now = None;
        match self.refuse_as(|board| Some(board.reason()), &mut now, &clock) {
            Some(refusal) => Entered {
                leave: Err(refusal),
                transition: None,
                at: None,
            },
            None => self.enter_closely(settings, || now.unwrap_or_else(&clock)),
        }
    }

    /// What a call is told that is refused without the lock, for a common reason; and, if it is not as well, what
    /// the clock said, if it was asked.
    #[inline]
    pub(super) fn refuse(
        &self,
        now: &mut Option<Instant>,
        clock: impl Fn() -> Instant,
    ) -> Option<Refusal> {
        self.refuse_as(Board::common_reason, now, clock)
    }

    #[inline]
    fn refuse_as(
        &self,
        reason: impl Fn(&Board) -> Option<Reason>,
        now: &mut Option<Instant>,
        clock: impl Fn() -> Instant,
    ) -> Option<Refusal> {
        let word = self.word.load(Ordering::Acquire);
        if word & DOES != REFUSES {
            return None;
        }
        let Aside { stripes, board, .. } = &**self.aside.get()?;
        let mut retry_after = None;
        if let Some(until) = board.until() {
            let left = until.checked_sub(age(*now.insert(clock()))?)?;
            if left.is_zero() {
                return None;
            }
            retry_after = Some(left);
        }
        let reason = reason(board)?;
        // Another notice may have been put up meanwhile.
        if self.word.load(Ordering::Relaxed) != word {
            return None;
        }
        stripes.refuse();
        Some(Refusal {
            retry_after,
            reason,
        })
    }

    #[inline(never)]
    fn enter_closely(&self, settings: &impl Current, clock: impl Fn() -> Instant) -> Entered {
        let word = self.word.load(Ordering::Acquire);
        let admitted = |at| Entered {
            leave: Ok(leave(word)),
            transition: None,
            at,
        };
        match word & DOES {
            ASKS | REFUSES => return self.ask(settings, clock()),
            SILENT => return admitted(None),
            _ => {}
        }
        let watched = self.in_flight().zip(settings.current().slow());
        let Some((oldest, slow)) =
            watched.and_then(|(in_flight, slow)| Some((in_flight.oldest()?, slow)))
        else {
            return admitted(None);
        };
        let now = clock();
        let at = Moment::at(now);
        if at >= oldest.after(Length::of(slow.line)) {
            self.ask(settings, now)
        } else {
            admitted(Some(at))
        }
    }

    fn ask(&self, settings: &impl Current, now: Instant) -> Entered {
        let mut machine = self.lock();
        let settings = settings.current();
        self.gather(&mut machine, settings);
        let slowed = self.look(&mut machine, settings, now);
        let (leave, transition) = machine.enter(settings, now);
        self.publish(&mut machine, settings);
        if leave.is_err() {
            self.aside().stripes.refuse();
        }
        Entered {
            leave,
            transition: transition.or(slowed),
            at: Some(Moment::at(now)),
        }
    }

    /// Records the calls under way that have passed the line of slow ones, each once.
    fn look(&self, machine: &mut Machine, settings: &Settings, now: Instant) -> Option<Transition> {
        let slow = settings.slow()?;
        let in_flight = self.in_flight().filter(|_| machine.listens())?;
        let (line, at) = (Length::of(slow.line), Moment::at(now));
        if !in_flight.may_pass(line, at) {
            return None;
        }
        let mut passing = in_flight.look(machine.generation(), line, at);
        let mut slowed = false;
        while let Some((passed, call)) = passing.next() {
            let passed = passed.instant().unwrap_or(now);
            match machine.passed(settings, slow.line, passed, now) {
                Ok(position) => passing.recorded(call, position),
                Err(transition) => return Some(transition),
            }
            slowed = true;
        }
        slowed.then(|| machine.judge(settings, || now)).flatten()
    }

    /// Whether nothing more is to be done about a call that has ended like this. So it is with most.
    #[inline]
    pub(super) fn is_done_with(
        &self,
        leave: Leave,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> bool {
        self.is_deaf_to(watched, verdict)
            || watched.is_none()
                && verdict == Verdict::Success
                && self.hold_back(leave.generation, clock)
    }

    /// Whether it changes nothing.
    #[inline]
    fn is_deaf_to(&self, watched: Option<Watched>, verdict: Verdict) -> bool {
        let does = self.word.load(Ordering::Acquire) & DOES;
        watched.is_none() && (does == SETTLED && verdict != Verdict::Failure || does == SILENT)
    }

    /// A call has ended.
    #[inline(never)]
    pub(super) fn exit(
        &self,
        settings: &impl Current,
        leave: Leave,
        watched: Option<Watched>,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        match watched {
            None => self.exit_quick(settings, leave, verdict, clock),
            Some(call) => self.exit_watched(settings, leave, call, verdict, clock),
        }
    }

    #[inline]
    fn exit_quick(
        &self,
        settings: &impl Current,
        leave: Leave,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        let word = self.word.load(Ordering::Acquire);
        let nothing_to_say = match word & DOES {
            SILENT => true,
            SETTLED => verdict != Verdict::Failure,
            RECORDS | HOLDS => verdict == Verdict::Nothing,
            _ => false,
        };
        if nothing_to_say || word >> BITS != leave.generation {
            return None;
        }
        let may_wait = word & DOES == HOLDS && verdict == Verdict::Success;
        if may_wait && self.hold_back(leave.generation, &clock) {
            return None;
        }
        self.record(settings, leave, Took::Quick, verdict, clock)
    }

    /// Whether a success of this generation is held back: it may be, and there was room.
    #[inline(never)]
    fn hold_back(&self, generation: u64, clock: impl Fn() -> Instant) -> bool {
        let may_wait = || {
            let word = self.word.load(Ordering::Acquire);
            word & !WATCHES == generation << BITS | HOLDS
        };
        self.aside
            .get()
            .is_some_and(|aside| aside.stripes.add(may_wait, || Moment::at(clock()).nanos()))
    }

    #[inline(never)]
    fn exit_watched(
        &self,
        settings: &impl Current,
        leave: Leave,
        call: Watched,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        let in_flight = self.in_flight()?;
        match in_flight.end(call)? {
            Ended::Recorded => self.with(settings, |machine, settings| {
                let took = in_flight.position(call).map_or(Took::Quick, Took::Recorded);
                in_flight.free(call);
                machine.exit(settings, leave, took, verdict, clock)
            }),
            Ended::Unrecorded(_) if verdict == Verdict::Nothing => {
                self.exit_quick(settings, leave, verdict, clock)
            }
            Ended::Unrecorded(since) => {
                let now = clock();
                let is_slow = settings.current().slow().is_some_and(|slow| {
                    Moment::at(now) >= Moment::of_nanos(since).after(Length::of(slow.line))
                });
                if is_slow {
                    self.record(settings, leave, Took::Slow, verdict, || now)
                } else {
                    self.exit_quick(settings, leave, verdict, || now)
                }
            }
        }
    }

    #[inline(never)]
    fn record(
        &self,
        settings: &impl Current,
        leave: Leave,
        took: Took,
        verdict: Verdict,
        clock: impl Fn() -> Instant,
    ) -> Option<Transition> {
        self.with(settings, |machine, settings| {
            machine.exit(settings, leave, took, verdict, clock)
        })
    }

    /// From here on a call may turn out to be slow. It began when `since` says, which is asked only if
    /// anybody listens.
    #[inline(never)]
    pub(super) fn watch(
        &self,
        settings: &impl Current,
        leave: Leave,
        since: impl FnOnce() -> Moment,
    ) -> Option<Watched> {
        settings.current().slow()?;
        let word = self.word.load(Ordering::Acquire);
        if word & DOES == SILENT || word >> BITS != leave.generation {
            return None;
        }
        let in_flight = match self.in_flight() {
            Some(in_flight) => in_flight,
            None => self.with(settings, |_, _| {
                self.aside()
                    .in_flight
                    .get_or_init(|| Box::new(InFlight::new()))
            }),
        };
        let since = since();
        loop {
            if let Some(call) = in_flight.add(leave.generation, since) {
                return Some(call);
            }
            let _lock = self.lock();
            if !in_flight.make_room() {
                return None;
            }
        }
    }

    fn in_flight(&self) -> Option<&InFlight> {
        Some(self.aside.get()?.in_flight.get()?)
    }

    fn aside(&self) -> &Aside {
        self.aside.get_or_init(|| {
            Box::new(Aside {
                stripes: Stripes::new(),
                board: Board::new(),
                in_flight: OnceLock::new(),
            })
        })
    }

    /// How many calls were refused, ever.
    pub(super) fn refused(&self) -> u64 {
        let aside = self.aside.get();
        aside.map_or(0, |aside| aside.stripes.refused())
    }

    /// What does not depend on successes that are held back.
    pub(super) fn peek<R>(&self, peek: impl FnOnce(&Machine) -> R) -> R {
        peek(&self.lock())
    }

    /// When a call that is watched began.
    #[cold]
    pub(super) fn began(&self, watched: Watched) -> Option<Instant> {
        self.in_flight()?.began(watched)?.instant()
    }

    /// Looks at the machine, or changes it, by the settings that hold under the lock; and leaves the word as
    /// the machine now is.
    pub(super) fn with<R>(
        &self,
        settings: &impl Current,
        with: impl FnOnce(&mut Machine, &Settings) -> R,
    ) -> R {
        let mut machine = self.lock();
        let settings = settings.current();
        self.gather(&mut machine, settings);
        let result = with(&mut machine, settings);
        self.publish(&mut machine, settings);
        result
    }

    /// Nothing is held back any more, and the machine knows it.
    fn gather(&self, machine: &mut Machine, settings: &Settings) {
        let Some(aside) = self.aside.get() else {
            return;
        };
        // In any other state nothing is held back: whoever changed to it has renewed the promise.
        if machine.state() != CircuitState::Closed {
            return;
        }
        let Promise { slot, until, .. } = aside.stripes.promise();
        if until == Promise::NEVER {
            return;
        }
        let successes = if machine.is_unjudged(settings) {
            // One that came between this and the verdict could make the records enough for one, and nobody would
            // give it: so none may.
            let generation = machine.generation();
            self.say(generation, RECORDS);
            aside.stripes.renew(Promise::none(generation))
        } else {
            aside.stripes.gather()
        };
        if successes > 0 {
            machine.have_succeeded(settings, successes, Position(slot));
        }
    }

    /// Before the lock is let go: the next one to change it must be the next one to say so.
    fn publish(&self, machine: &mut Machine, settings: &Settings) {
        let generation = machine.generation();
        let current = machine.may_wait(settings);
        let aside = match current {
            Some(_) => Some(self.aside()),
            None => self.aside.get().map(|aside| &**aside),
        };
        if let Some(Aside { stripes, .. }) = aside {
            let promise = Promise {
                generation,
                slot: current.map_or(0, |current| current.slot.0),
                until: current.map_or(Promise::NEVER, |current| {
                    current.until.map_or(Promise::FOR_EVER, Moment::nanos)
                }),
            };
            let old = stripes.promise();
            if promise != old {
                self.say(generation, unheld(machine));
                let late = stripes.renew(promise);
                // Those of an earlier generation came too late.
                if late > 0 && old.generation == generation {
                    machine.have_succeeded(settings, late, Position(old.slot));
                }
            }
        }
        let does = match unheld(machine) {
            RECORDS if machine.is_settled(settings) => SETTLED,
            RECORDS if current.is_some() => HOLDS,
            ASKS => self.put_up(machine),
            does => does,
        };
        self.say(generation, does);
    }

    /// What calls are told from now on, if it is the same for all of them; and what they are to do.
    fn put_up(&self, machine: &Machine) -> u64 {
        let Some(notice) = machine.notice() else {
            return ASKS;
        };
        // While it may be read nothing is written: in one generation it is always the same.
        let generation = machine.generation();
        let word = self.word.load(Ordering::Relaxed);
        if word & !WATCHES == generation << BITS | REFUSES {
            return REFUSES;
        }
        self.say(generation, ASKS);
        if self.aside().board.put_up(notice) {
            REFUSES
        } else {
            ASKS
        }
    }

    fn say(&self, generation: u64, does: u64) {
        let watches = match self.in_flight() {
            Some(_) => WATCHES,
            None => 0,
        };
        self.word
            .store(generation << BITS | watches | does, Ordering::Release);
    }

    /// Nothing that runs under the lock can panic half-way, so that a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As the machine is, if nobody may hold anything back.
fn unheld(machine: &Machine) -> u64 {
    match machine.state() {
        CircuitState::Closed => RECORDS,
        CircuitState::ForcedClosed => SILENT,
        CircuitState::Open | CircuitState::HalfOpen | CircuitState::ForcedOpen => ASKS,
    }
}

#[inline]
fn leave(word: u64) -> Leave {
    Leave {
        generation: word >> BITS,
        probe: None,
    }
}
