//! Every interleaving of callers at a breaker's gate, within the bounds of loom.

use std::time::Duration;

use ::loom::sync::Arc;
use ::loom::thread;
use tokio::time::Instant;

use super::{settings, state};
use crate::circuit::CircuitState;

/// The same source as the breaker's, over loom's atomics and locks.
#[path = "gate.rs"]
#[allow(dead_code, reason = "the tests use a part of it")]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
mod gate;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicU64, Ordering};
    pub(super) use ::loom::sync::{Mutex, MutexGuard};
}

use gate::Gate;
use settings::Settings;
use state::{Leave, Machine, Verdict};

const BREAK: Duration = Duration::from_secs(1);

struct Breaker {
    gate: Gate,
    settings: Settings,
}

impl Breaker {
    fn new(settings: Settings) -> Arc<Self> {
        let gate = Gate::of(sync::AtomicU64::new(0), sync::Mutex::new(Machine::new()));
        Arc::new(Self {
            gate,
            settings: settings.break_duration(BREAK),
        })
    }

    fn enter(&self, now: Instant) -> Option<Leave> {
        self.gate.enter(&self.settings, || now).0.ok()
    }

    fn exit(&self, leave: Leave, verdict: Verdict) {
        self.gate
            .exit(&self.settings, leave, None, verdict, Instant::now);
    }

    fn call(&self, verdict: Verdict) {
        if let Some(leave) = self.enter(Instant::now()) {
            self.exit(leave, verdict);
        }
    }

    fn state(&self) -> CircuitState {
        self.gate.with(&self.settings, |machine| machine.state())
    }
}

/// Runs the two at once, in every order of their steps.
fn at_once(
    breaker: &Arc<Breaker>,
    other: impl FnOnce(&Breaker) + Send + 'static,
    this: impl FnOnce(&Breaker),
) {
    let others = breaker.clone();
    let other = thread::spawn(move || other(&others));
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
        let other = thread::spawn(move || others.enter(due).is_some());
        let this = breaker.enter(due).is_some();
        assert!(this != other.join().unwrap(), "one of them, and one only");
    });
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
