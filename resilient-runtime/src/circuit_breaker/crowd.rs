//! Many calls under way at once, against a plain list of them.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::in_flight::{InFlight, Watched};
use super::slot::Ended;
use super::window::Position;
use crate::moment::{Length, Moment};

const LINE: i64 = 50;

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(i64),
    /// So many begin.
    Begin(usize),
    /// So many of those that have been under way for longest end.
    EndFirst(usize),
    End(usize),
    Look,
    /// Those that are under way belong to an earlier generation from now on.
    Change,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (0..30_i64).prop_map(Step::Wait),
        10 => (1..4_usize).prop_map(Step::Begin),
        2 => (10..300_usize).prop_map(Step::Begin),
        4 => (1..200_usize).prop_map(Step::EndFirst),
        20 => any::<usize>().prop_map(Step::End),
        10 => Just(Step::Look),
        1 => Just(Step::Change),
    ]
}

struct Call {
    number: Watched,
    since: i64,
    generation: u64,
    recorded: Option<Position>,
}

fn begin(in_flight: &InFlight, generation: u64, since: i64) -> Watched {
    loop {
        if let Some(number) = in_flight.add(generation, Moment::of_nanos(since)) {
            return number;
        }
        assert!(in_flight.make_room());
    }
}

fn ends(in_flight: &InFlight, call: &Call) -> Result<(), TestCaseError> {
    let ended = in_flight.end(call.number);
    match call.recorded {
        None => prop_assert_eq!(ended, Some(Ended::Unrecorded(call.since))),
        Some(position) => {
            prop_assert_eq!(ended, Some(Ended::Recorded));
            prop_assert_eq!(in_flight.position(call.number), Some(position));
            in_flight.free(call.number);
        }
    }
    Ok(())
}

fn same(steps: &[Step]) -> Result<(), TestCaseError> {
    let in_flight = InFlight::new();
    let line = Length::of(Duration::from_nanos(LINE.unsigned_abs()));
    let (mut now, mut generation, mut recorded) = (0, 0, 0);
    let mut calls: Vec<Call> = Vec::new();
    for step in steps {
        match *step {
            Step::Wait(nanos) => now += nanos,
            Step::Begin(count) => {
                for _ in 0..count {
                    let number = begin(&in_flight, generation, now);
                    let is_new = calls.iter().all(|call| call.number != number);
                    prop_assert!(is_new, "{number} is taken");
                    calls.push(Call {
                        number,
                        since: now,
                        generation,
                        recorded: None,
                    });
                }
            }
            Step::EndFirst(count) => {
                for call in calls.drain(..count.min(calls.len())) {
                    ends(&in_flight, &call)?;
                }
            }
            Step::End(pick) if !calls.is_empty() => {
                let call = calls.remove(pick % calls.len());
                ends(&in_flight, &call)?;
            }
            Step::End(_) => {}
            Step::Look => {
                let mut expected: BTreeMap<_, _> = calls
                    .iter_mut()
                    .filter(|call| {
                        call.generation == generation
                            && call.recorded.is_none()
                            && now - call.since >= LINE
                    })
                    .map(|call| ((call.since, call.number), call))
                    .collect();
                let at = Moment::of_nanos(now);
                prop_assert!(expected.is_empty() || in_flight.may_pass(line, at));
                let mut passing = in_flight.look(generation, line, at);
                while let Some((passed, number)) = passing.next() {
                    let Some(((since, first), call)) = expected.pop_first() else {
                        return Err(TestCaseError::fail(format!("{number} has not passed")));
                    };
                    prop_assert_eq!(
                        (passed, number),
                        (Moment::of_nanos(since).after(line), first)
                    );
                    passing.recorded(number, Position(recorded));
                    call.recorded = Some(Position(recorded));
                    recorded += 1;
                }
                prop_assert!(expected.is_empty(), "some were not seen");
            }
            Step::Change => generation += 1,
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_25_each_of_many_calls_is_seen_once_and_the_oldest_first(steps in prop::collection::vec(step(), 1..150)) {
        same(&steps)?;
    }
}
