//! Every interleaving of callers at a breaker's gate, within the bounds of loom.

use std::cell::Cell;
use std::time::Duration;

use ::loom::sync::Arc;
use ::loom::sync::atomic::{AtomicBool, Ordering};
use ::loom::thread;
use tokio::time::Instant;

use super::{settings, state, window};
use crate::circuit::{CircuitState, Reason};
use crate::moment::Moment;

#[path = "board.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod board;
#[path = "count.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod count;
/// The same sources as the breaker's, over loom's atomics and locks.
#[path = "gate.rs"]
#[allow(dead_code, reason = "the tests use a part of it")]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod gate;
#[path = "in_flight.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod in_flight;
#[path = "slot.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod slot;
#[path = "stripes.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod stripes;

#[cfg(feature = "config")]
mod changed;
mod promise;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicI64, AtomicU64, Ordering};
    pub(super) use ::loom::sync::{Mutex, MutexGuard};

    /// One for each thread.
    pub(super) const STRIPES: usize = 2;
    pub(super) const FIRST_SLOTS: u32 = 2;

    ::loom::thread_local! {
        static LANE: std::cell::Cell<u32> = std::cell::Cell::new(0);
    }

    pub(super) fn lane() -> u32 {
        LANE.with(std::cell::Cell::get)
    }

    pub(super) fn set_lane(lane: u32) {
        LANE.with(|own| own.set(lane));
    }

    pub(super) fn last_place() -> u32 {
        FIRST_SLOTS + lane()
    }

    pub(super) fn set_last_place(_place: u32) {}
}

use gate::Gate;
use settings::{Current, Settings};
use state::{Leave, Machine, Refusal, Verdict};

const BREAK: Duration = Duration::from_secs(1);

struct Breaker<S = Settings> {
    gate: Gate,
    settings: S,
}

impl Breaker {
    fn new(settings: Settings) -> Arc<Self> {
        Self::of(settings.break_duration(BREAK))
    }
}

impl<S: Current> Breaker<S> {
    fn of(settings: S) -> Arc<Self> {
        let gate = Gate::of(sync::AtomicU64::new(0), sync::Mutex::new(Machine::new()));
        Arc::new(Self { gate, settings })
    }

    fn enter(&self, now: Instant) -> Option<Leave> {
        self.ask(now).ok()
    }

    fn ask(&self, now: Instant) -> Result<Leave, Refusal> {
        let admitted = self.gate.admit();
        admitted.map_or_else(|| self.gate.enter(&self.settings, || now).leave, Ok)
    }

    fn force(&self, state: CircuitState, now: Instant) {
        self.gate.with(&self.settings, |machine, settings| {
            machine.force(settings, state, now)
        });
    }

    fn auto(&self, now: Instant) {
        self.gate
            .with(&self.settings, |machine, _| machine.auto(now));
    }

    fn reset(&self, now: Instant) {
        self.gate
            .with(&self.settings, |machine, _| machine.reset(now));
    }

    /// A call that is let in, or not, and is no more heard of.
    fn look(&self, now: Instant) {
        let _ = self.enter(now);
    }

    fn exit(&self, leave: Leave, verdict: Verdict) {
        self.exit_watched(leave, None, verdict, Instant::now());
    }

    fn exit_watched(
        &self,
        leave: Leave,
        watched: Option<in_flight::Watched>,
        verdict: Verdict,
        now: Instant,
    ) {
        if !self.gate.is_done_with(leave, watched, verdict, || now) {
            self.gate
                .exit(&self.settings, leave, watched, verdict, || now);
        }
    }

    fn watch(&self, leave: Leave, now: Instant) -> Option<in_flight::Watched> {
        self.gate.watch(&self.settings, leave, || Moment::at(now))
    }

    fn tally(&self, now: Instant) -> window::Tally {
        self.gate.with(&self.settings, |machine, settings| {
            machine.tally(settings, now)
        })
    }

    fn call(&self, verdict: Verdict) {
        if let Some(leave) = self.enter(Instant::now()) {
            self.exit(leave, verdict);
        }
    }

    fn state(&self) -> CircuitState {
        self.gate.peek(Machine::state)
    }
}

/// Settings that count how often they are asked for: not at all by a call that takes no lock.
struct Asked {
    settings: Settings,
    times: Cell<u32>,
}

impl Asked {
    fn of(settings: Settings) -> Self {
        let times = Cell::new(0);
        Self { settings, times }
    }
}

impl Current for Asked {
    fn current(&self) -> &Settings {
        self.times.set(self.times.get() + 1);
        &self.settings
    }
}

/// Runs the two at once, in every order of their steps.
fn at_once<S: Current + Send + Sync + 'static>(
    breaker: &Arc<Breaker<S>>,
    other: impl FnOnce(&Breaker<S>) + Send + 'static,
    this: impl FnOnce(&Breaker<S>),
) {
    let others = breaker.clone();
    let other = thread::spawn(move || {
        sync::set_lane(1);
        other(&others);
    });
    this(breaker);
    other.join().unwrap();
}

#[test]
fn no_interleaving_opens_where_no_order_of_the_records_would() {
    ::loom::model(|| {
        // Two failures in a row, out of the last two, open it; here there is a success on either side.
        let breaker = Breaker::new(
            Settings::new()
                .window_calls(2)
                .min_calls(2)
                .failure_rate(1.0),
        );
        breaker.call(Verdict::Success);
        breaker.call(Verdict::Success);
        at_once(
            &breaker,
            |breaker| breaker.call(Verdict::Failure),
            |breaker| breaker.call(Verdict::Success),
        );
        assert_eq!(breaker.state(), CircuitState::Closed);
    });
}

#[test]
fn no_failure_is_lost_between_successes() {
    ::loom::model(|| {
        let breaker = Breaker::new(
            Settings::new()
                .window_calls(3)
                .min_calls(3)
                .failure_rate(0.5),
        );
        for _ in 0..3 {
            breaker.call(Verdict::Success);
        }
        // Of the last three at least two have failed, whichever comes last.
        at_once(
            &breaker,
            |breaker| breaker.call(Verdict::Failure),
            |breaker| breaker.call(Verdict::Failure),
        );
        assert_eq!(breaker.state(), CircuitState::Open);
    });
}

#[test]
fn permits_of_two_generations_race_a_transition_and_the_old_one_is_not_heard() {
    ::loom::model(|| {
        let settings = Settings::new().consecutive_failures(1).half_open_calls(1);
        let breaker = Breaker::new(settings);
        let now = Instant::now();
        let [trips, late, stale] = [(); 3].map(|()| breaker.enter(now).unwrap());
        at_once(
            &breaker,
            move |breaker| breaker.exit(trips, Verdict::Failure),
            move |breaker| breaker.exit(late, Verdict::Success),
        );
        assert_eq!(breaker.state(), CircuitState::Open);
        let probe = breaker.enter(now + 10 * BREAK).unwrap();
        at_once(
            &breaker,
            move |breaker| breaker.exit(stale, Verdict::Failure),
            move |breaker| breaker.exit(probe, Verdict::Success),
        );
        assert_eq!(breaker.state(), CircuitState::Closed);
    });
}

#[test]
fn one_of_two_gets_the_one_probe_place() {
    ::loom::model(|| {
        let settings = Settings::new().consecutive_failures(1).half_open_calls(1);
        let breaker = Breaker::new(settings);
        breaker.call(Verdict::Failure);
        let due = Instant::now() + 10 * BREAK;
        let others = breaker.clone();
        let other = thread::spawn(move || {
            sync::set_lane(1);
            others.enter(due).is_some()
        });
        let this = breaker.enter(due).is_some();
        assert!(this != other.join().unwrap(), "one of them, and one only");
        assert_eq!(breaker.gate.refused(), 1);
    });
}

/// One that a failure has opened, and when.
fn open() -> (Arc<Breaker>, Instant) {
    let settings = Settings::new().consecutive_failures(1).half_open_calls(1);
    let (breaker, now) = (Breaker::new(settings), Instant::now());
    let leave = breaker.enter(now).unwrap();
    breaker.exit_watched(leave, None, Verdict::Failure, now);
    (breaker, now)
}

const OPENED: Refusal = Refusal {
    retry_after: Some(BREAK),
    reason: Reason::ConsecutiveFailures { failures: 1 },
};
const FORCED: Refusal = Refusal {
    retry_after: None,
    reason: Reason::Forced,
};

/// What a call is told that comes while this happens.
fn told_while(breaker: &Arc<Breaker>, now: Instant, happens: impl FnOnce()) -> Option<Refusal> {
    let others = breaker.clone();
    let other = thread::spawn(move || {
        sync::set_lane(1);
        others.ask(now).err()
    });
    happens();
    let told = other.join().unwrap();
    assert!(breaker.gate.refused() >= u64::from(told.is_some()));
    told
}

#[test]
fn rule_26_what_a_refused_call_is_told_is_true_of_one_moment_while_it_is_forced_open() {
    ::loom::model(|| {
        let (breaker, now) = open();
        let told = told_while(&breaker, now, || {
            breaker.force(CircuitState::ForcedOpen, now);
        });
        assert!(told == Some(OPENED) || told == Some(FORCED), "{told:?}");
        assert_eq!(breaker.ask(now), Err(FORCED));
    });
}

#[test]
fn rule_26_a_call_that_races_a_reset_is_refused_or_let_in_and_the_next_one_is_let_in() {
    ::loom::model(|| {
        let (breaker, now) = open();
        let told = told_while(&breaker, now, || breaker.reset(now));
        assert!(told.is_none_or(|told| told == OPENED), "{told:?}");
        assert!(breaker.ask(now).is_ok());
    });
}

#[test]
fn rule_22_a_call_that_comes_while_it_opens_is_let_in_or_told_all_of_it() {
    ::loom::model(|| {
        let settings = Settings::new().consecutive_failures(1);
        let (breaker, now) = (Breaker::new(settings), Instant::now());
        let leave = breaker.enter(now).unwrap();
        let told = told_while(&breaker, now, || {
            breaker.exit_watched(leave, None, Verdict::Failure, now);
        });
        assert!(told.is_none_or(|told| told == OPENED), "{told:?}");
        assert_eq!(breaker.ask(now), Err(OPENED));
    });
}

#[test]
fn rule_22_a_call_that_races_the_end_of_one_break_and_the_next_is_told_of_one_of_them() {
    // Without a bound it takes a minute.
    let mut model = ::loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (breaker, now) = open();
        let due = now + BREAK;
        // It comes when the break is over, or in the one after that.
        let mut refused = 0;
        let told = told_while(&breaker, due, || match breaker.ask(due) {
            Ok(probe) => breaker.exit_watched(probe, None, Verdict::Failure, due),
            Err(_) => refused = 1,
        });
        let again = Refusal {
            reason: Reason::ProbeFailed,
            ..OPENED
        };
        let probing = Refusal {
            reason: Reason::Probing { probes: 1 },
            ..OPENED
        };
        assert!(
            told.is_none_or(|told| told == again || told == probing),
            "{told:?}"
        );
        refused += u64::from(told.is_some());
        assert_eq!(breaker.gate.refused(), refused);
    });
}

#[test]
fn rule_26_a_call_that_races_auto_is_refused_or_is_the_probe() {
    ::loom::model(|| {
        let (breaker, now) = open();
        breaker.force(CircuitState::ForcedOpen, now);
        let told = told_while(&breaker, now, || breaker.auto(now));
        assert!(told.is_none_or(|told| told == FORCED), "{told:?}");
        let is_probe = told.is_none();
        assert_eq!(breaker.ask(now).is_err(), is_probe, "there is one place");
    });
}

#[test]
fn rule_27_no_refusal_is_lost_in_the_count_whether_or_not_threads_share_a_place_in_it() {
    for lanes in [[0, 1], [2, 4]] {
        ::loom::model(move || {
            let (breaker, now) = open();
            let others = breaker.clone();
            let other = thread::spawn(move || {
                sync::set_lane(lanes[1]);
                assert_eq!(others.ask(now), Err(OPENED));
            });
            sync::set_lane(lanes[0]);
            assert_eq!(breaker.ask(now), Err(OPENED));
            other.join().unwrap();
            assert_eq!(breaker.gate.refused(), 2);
        });
    }
}

#[test]
fn a_dropped_probe_that_races_a_success_gives_its_place_back() {
    ::loom::model(|| {
        let settings = Settings::new().consecutive_failures(1).half_open_calls(2);
        let breaker = Breaker::new(settings);
        breaker.call(Verdict::Failure);
        let due = Instant::now() + 10 * BREAK;
        let [dropped, succeeds] = [(); 2].map(|()| breaker.enter(due).unwrap());
        assert!(breaker.enter(due).is_none(), "both places are taken");
        at_once(
            &breaker,
            move |breaker| breaker.exit(dropped, Verdict::Nothing),
            move |breaker| breaker.exit(succeeds, Verdict::Success),
        );
        let second = breaker.enter(due).expect("a place was given back");
        assert!(breaker.enter(due).is_none(), "a success keeps its own");
        breaker.exit(second, Verdict::Success);
        assert_eq!(breaker.state(), CircuitState::Closed);
    });
}

/// A breaker that holds successes back: four records, of which one has failed.
fn dirty(settings: Settings) -> Arc<Breaker> {
    let breaker = Breaker::new(settings.min_calls(4));
    for verdict in [
        Verdict::Failure,
        Verdict::Success,
        Verdict::Success,
        Verdict::Success,
    ] {
        breaker.call(verdict);
    }
    breaker
}

#[test]
fn rule_20_what_threads_hold_back_is_gathered_before_a_verdict() {
    ::loom::model(|| {
        // 1 of 4 have failed, and the failure comes after a success of its own thread: it makes 2 of 6 at
        // most. Without the success that is held back it would be 2 of 5.
        let breaker = dirty(Settings::new().window_calls(100).failure_rate(0.38));
        at_once(
            &breaker,
            |breaker| {
                breaker.call(Verdict::Success);
                breaker.call(Verdict::Failure);
            },
            |breaker| {
                breaker.call(Verdict::Success);
                breaker.call(Verdict::Success);
            },
        );
        assert_eq!(breaker.state(), CircuitState::Closed);
        let tally = breaker.tally(Instant::now());
        assert_eq!((tally.calls, tally.failures), (8, 2));
    });
}

#[test]
fn no_success_and_no_failure_is_lost_while_stripes_are_gathered() {
    ::loom::model(|| {
        let breaker = dirty(Settings::new().window_calls(100).failure_rate(1.0));
        at_once(
            &breaker,
            |breaker| {
                breaker.call(Verdict::Success);
                breaker.call(Verdict::Failure);
            },
            |breaker| {
                breaker.call(Verdict::Success);
                breaker.call(Verdict::Failure);
            },
        );
        let tally = breaker.tally(Instant::now());
        assert_eq!((tally.calls, tally.failures), (8, 3));
    });
}

#[test]
fn a_success_between_two_failures_ends_their_run() {
    ::loom::model(|| {
        let settings = Settings::new().consecutive_failures(2).min_calls(1);
        let breaker = Breaker::new(settings);
        breaker.call(Verdict::Failure);
        breaker.call(Verdict::Success);
        at_once(
            &breaker,
            |breaker| {
                breaker.call(Verdict::Failure);
                breaker.call(Verdict::Success);
            },
            |breaker| breaker.call(Verdict::Success),
        );
        assert_eq!(breaker.state(), CircuitState::Closed);
        breaker.call(Verdict::Failure);
        assert_eq!(breaker.state(), CircuitState::Closed, "a run of one");
        breaker.call(Verdict::Failure);
        assert_eq!(breaker.state(), CircuitState::Open);
    });
}

#[test]
fn rule_23_a_success_that_races_a_reset_counts_in_its_own_generation_and_no_other() {
    ::loom::model(|| {
        let breaker = dirty(Settings::new().window_calls(100).failure_rate(1.0));
        let now = Instant::now();
        let others = breaker.clone();
        let other = thread::spawn(move || {
            sync::set_lane(1);
            let leave = others.enter(now).unwrap();
            others.exit(leave, Verdict::Success);
            leave.generation
        });
        breaker
            .gate
            .with(&breaker.settings, |machine, _| machine.reset(now));
        let generation = other.join().unwrap();
        let tally = breaker.tally(now);
        let expected = u32::from(generation == 1);
        assert_eq!((tally.calls, tally.failures), (expected, 0));
    });
}

#[test]
fn rule_21_a_success_that_races_the_next_slot_is_counted_once() {
    ::loom::model(|| {
        let length = 32 * BREAK;
        let breaker = Breaker::new(Settings::new().window_time(length).min_calls(1));
        let start = Instant::now();
        let (first, second) = (start, start + BREAK);
        for _ in 0..2 {
            let leave = breaker.enter(first).unwrap();
            breaker.exit_watched(leave, None, Verdict::Success, first);
        }
        // Time goes on as soon as the second slot is to begin. In loom's terms, so that every order is tried.
        let is_second = Arc::new(AtomicBool::new(false));
        let (others, has_begun) = (breaker.clone(), Arc::clone(&is_second));
        let other = thread::spawn(move || {
            sync::set_lane(1);
            let leave = others.enter(first).unwrap();
            let (asked, ended) = (Asked::of(others.settings), Cell::new(first));
            let clock = || {
                ended.set(if has_begun.load(Ordering::Relaxed) {
                    second
                } else {
                    first
                });
                ended.get()
            };
            let success = Verdict::Success;
            others.gate.exit(&asked, leave, None, success, clock);
            asked.times.get() == 0 && ended.get() == first
        });
        let leave = breaker.enter(second).unwrap();
        is_second.store(true, Ordering::Relaxed);
        breaker.exit_watched(leave, None, Verdict::Failure, second);
        let held_back_in_the_first = other.join().unwrap();
        let tally = breaker.tally(second);
        assert_eq!((tally.calls, tally.failures), (4, 1));
        // Recorded then or later, and forgotten at the latest with the second slot. Held back until the lock
        // was free, it is of its own slot all the same.
        let tally = breaker.tally(first + length);
        let most = if held_back_in_the_first { 1 } else { 2 };
        assert!((1..=most).contains(&tally.calls) && tally.failures == 1);
        assert_eq!(breaker.tally(second + length).calls, 0);
    });
}

#[test]
fn rule_21_a_success_of_the_next_slot_is_not_counted_in_the_one_before() {
    ::loom::model(|| {
        let length = 32 * BREAK;
        let breaker = Breaker::new(Settings::new().window_time(length).min_calls(1));
        let first = Instant::now();
        let second = first + BREAK;
        for _ in 0..2 {
            let leave = breaker.enter(first).unwrap();
            breaker.exit_watched(leave, None, Verdict::Success, first);
        }
        let ends = move |breaker: &Breaker| {
            let leave = breaker.enter(second).unwrap();
            breaker.exit_watched(leave, None, Verdict::Success, second);
        };
        at_once(&breaker, ends, ends);
        assert_eq!(breaker.tally(first + length).calls, 2);
    });
}

/// Watches for calls of a break and longer, and opens when all of the last two were slow.
fn watching() -> Arc<Breaker> {
    let breaker = Breaker::new(
        Settings::new()
            .window_calls(10)
            .min_calls(10)
            .slow_call(BREAK, 1.0),
    );
    // The first call that suspends makes room for the others.
    let now = Instant::now();
    let leave = breaker.enter(now).unwrap();
    let watched = breaker.watch(leave, now);
    breaker.exit_watched(leave, watched, Verdict::Nothing, now);
    breaker
}

#[test]
fn rule_25_a_call_that_suspends_while_another_looks_is_seen_by_the_next() {
    ::loom::model(|| {
        let breaker = watching();
        let start = Instant::now();
        let [early, late] = [(); 2].map(|()| breaker.enter(start).unwrap());
        let first = breaker.watch(early, start).unwrap();
        let then = start + BREAK;
        at_once(
            &breaker,
            move |breaker| {
                // Its clock was read long before it comes to be watched.
                breaker.watch(late, start).unwrap();
            },
            move |breaker| breaker.look(then),
        );
        breaker.look(then);
        assert_eq!(breaker.tally(then).slow, 2, "both, and each once");
        breaker.exit_watched(early, Some(first), Verdict::Failure, then);
        let tally = breaker.tally(then);
        assert_eq!((tally.calls, tally.failures, tally.slow), (2, 1, 2));
    });
}

#[test]
fn rule_25_a_call_that_ends_while_another_looks_is_recorded_once() {
    ::loom::model(|| {
        let breaker = watching();
        let start = Instant::now();
        let leave = breaker.enter(start).unwrap();
        let watched = breaker.watch(leave, start);
        let then = start + BREAK;
        at_once(
            &breaker,
            move |breaker| breaker.exit_watched(leave, watched, Verdict::Failure, then),
            move |breaker| breaker.look(then),
        );
        let tally = breaker.tally(then);
        assert_eq!((tally.calls, tally.failures, tally.slow), (1, 1, 1));
    });
}

#[test]
fn rule_25_a_slot_that_goes_to_another_call_while_somebody_looks_marks_nobody() {
    ::loom::model(|| {
        let breaker = watching();
        let start = Instant::now();
        let leave = breaker.enter(start).unwrap();
        let watched = breaker.watch(leave, start);
        let then = start + BREAK;
        at_once(
            &breaker,
            move |breaker| {
                sync::set_lane(0);
                breaker.exit_watched(leave, watched, Verdict::Nothing, start);
                let leave = breaker.enter(start).unwrap();
                breaker.watch(leave, then).unwrap();
            },
            move |breaker| breaker.look(then),
        );
        assert!(
            breaker.tally(then).slow <= 1,
            "the first one, if it was seen"
        );
        let slow = breaker.tally(then).slow;
        breaker.look(then + BREAK);
        assert_eq!(
            breaker.tally(then).slow,
            slow + 1,
            "the second one is seen in time"
        );
    });
}
