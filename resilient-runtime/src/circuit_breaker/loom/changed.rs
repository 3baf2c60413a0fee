//! Settings that change while calls of a breaker end, in every order of the steps of both.

use super::sync::{AtomicU64, Ordering};
use super::*;
use crate::circuit_breaker::window::Tally;

/// Settings as overrides change them: a number says which of the two are in force.
struct Changing {
    is_changed: AtomicU64,
    before: Settings,
    after: Settings,
}

impl Current for Changing {
    fn current(&self) -> &Settings {
        match self.is_changed.load(Ordering::Acquire) {
            0 => &self.before,
            _ => &self.after,
        }
    }
}

impl Breaker<Changing> {
    /// As `overridden` does it: first the settings, then what is known is held against them.
    fn change(&self, now: Instant) {
        self.settings.is_changed.store(1, Ordering::Release);
        self.gate.with(&self.settings, |machine, settings| {
            machine.adapt(settings, now)
        });
    }

    /// How many probes are let in at this moment, all of which succeed.
    fn probes(&self, now: Instant) -> u32 {
        let mut probes = Vec::new();
        // More than any of these lets in.
        while probes.len() < 10
            && let Some(probe) = self.enter(now)
        {
            probes.push(probe);
        }
        for probe in &probes {
            self.exit_watched(*probe, None, Verdict::Success, now);
        }
        u32::try_from(probes.len()).unwrap()
    }
}

fn changing(before: Settings, after: Settings) -> Arc<Breaker<Changing>> {
    Breaker::of(Changing {
        is_changed: AtomicU64::new(0),
        before,
        after,
    })
}

/// One that is half-open and has all its probes out, for when the number of probes changes; when that is, and
/// the first of them.
fn probing(before: u32, after: u32) -> (Arc<Breaker<Changing>>, Instant, Leave) {
    let probes = |probes| {
        Settings::new()
            .consecutive_failures(1)
            .break_duration(BREAK)
            .half_open_calls(probes)
    };
    let breaker = changing(probes(before), probes(after));
    let start = Instant::now();
    let fails = breaker.enter(start).unwrap();
    breaker.exit_watched(fails, None, Verdict::Failure, start);
    let due = start + BREAK;
    let first = breaker.enter(due).unwrap();
    // The others hang.
    (1..before).for_each(|_| breaker.look(due));
    (breaker, due, first)
}

/// A probe ends while the number of probes changes; what state that leaves, and how many probes are let in a
/// break later.
fn race(before: u32, after: u32, verdict: Verdict) -> (CircuitState, u32) {
    let (breaker, due, probe) = probing(before, after);
    at_once(
        &breaker,
        move |breaker| breaker.exit_watched(probe, None, verdict, due),
        move |breaker| breaker.change(due),
    );
    let state = breaker.state();
    if state == CircuitState::Closed {
        return (state, 0);
    }
    let probes = breaker.probes(due + BREAK);
    let closes = breaker.state() == CircuitState::Closed;
    assert!(closes, "it sticks after {verdict:?}: {:?}", breaker.gate);
    (state, probes)
}

#[test]
fn rule_24_a_probe_that_succeeds_while_fewer_are_asked_for_closes_the_circuit() {
    ::loom::model(|| {
        let (state, _) = race(3, 1, Verdict::Success);
        assert_eq!(state, CircuitState::Closed, "one is enough");
    });
}

#[test]
fn rule_24_a_probe_that_succeeds_while_more_are_asked_for_leaves_room_for_the_others() {
    ::loom::model(|| {
        let (state, probes) = race(1, 3, Verdict::Success);
        // One was enough, or is one of three.
        assert!(
            matches!(
                (state, probes),
                (CircuitState::Closed, 0) | (CircuitState::HalfOpen, 2)
            ),
            "{state:?}, and {probes} more"
        );
    });
}

#[test]
fn rule_24_a_probe_that_fails_while_their_number_changes_leaves_as_many_places_as_it_is_then() {
    for (before, after) in [(3, 1), (1, 3)] {
        ::loom::model(move || {
            let ended = race(before, after, Verdict::Failure);
            assert_eq!(ended, (CircuitState::Open, after));
        });
    }
}

#[test]
fn rule_24_a_probe_that_is_dropped_while_their_number_changes_leaves_as_many_places_as_it_is_then()
{
    for (before, after) in [(3, 1), (1, 3)] {
        ::loom::model(move || {
            let ended = race(before, after, Verdict::Nothing);
            assert_eq!(ended, (CircuitState::HalfOpen, after));
        });
    }
}

#[test]
fn rule_24_a_break_that_ends_while_the_number_of_probes_changes_leaves_as_many_places_as_it_is_then()
 {
    for (before, after) in [(3, 1), (1, 3)] {
        ::loom::model(move || {
            let (breaker, due, probe) = probing(before, after);
            breaker.exit_watched(probe, None, Verdict::Failure, due);
            let due = due + BREAK;
            at_once(
                &breaker,
                move |breaker| breaker.look(due),
                move |breaker| breaker.change(due),
            );
            assert_eq!(breaker.state(), CircuitState::HalfOpen);
            assert_eq!(breaker.probes(due + BREAK), after);
            assert_eq!(breaker.state(), CircuitState::Closed);
        });
    }
}

/// Two records fill a window of two, which grows to ten while somebody records one more.
fn grows(records: impl Fn(&Breaker<Changing>, Leave, Instant) + Copy + Send + Sync + 'static) {
    ::loom::model(move || {
        let window = |calls| {
            Settings::new()
                .window_calls(calls)
                .min_calls(2)
                .failure_rate(1.0)
                .slow_call(BREAK, 1.0)
                .break_duration(BREAK)
        };
        let breaker = changing(window(2), window(10));
        let start = Instant::now();
        let leave = breaker.enter(start).unwrap();
        let watched = breaker.watch(leave, start);
        for verdict in [Verdict::Success, Verdict::Failure, Verdict::Success] {
            let leave = breaker.enter(start).unwrap();
            breaker.exit_watched(leave, None, verdict, start);
        }
        assert!(watched.is_some());
        assert_eq!(breaker.tally(start).calls, 2, "nothing is held back");
        let then = start + BREAK;
        at_once(
            &breaker,
            move |breaker| records(breaker, leave, then),
            move |breaker| {
                breaker.change(then);
                breaker.exit_watched(leave, None, Verdict::Success, then);
                breaker.tally(then);
            },
        );
        let Tally { calls, .. } = breaker.tally(then);
        // The first of two was forgotten for it, or not; what came since has all found room.
        assert!((3..=4).contains(&calls), "{calls}: {:?}", breaker.gate);
    });
}

#[test]
fn rule_20_a_failure_that_races_a_larger_window_takes_nothing_from_it() {
    grows(|breaker, leave, now| breaker.exit_watched(leave, None, Verdict::Failure, now));
}

#[test]
fn rule_25_a_look_that_races_a_larger_window_takes_nothing_from_it() {
    grows(|breaker, _, now| breaker.look(now));
}
