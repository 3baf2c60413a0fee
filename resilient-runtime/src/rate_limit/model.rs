//! The reference model of the queue, plain and slow: the history of everything that passed, replayed
//! from its beginning whenever a number is needed. What a waiter gives back is what the history
//! without it comes to.

use std::task::Waker;

use proptest::prelude::*;

use super::gcra::Gcra;
use super::queue::{Entry, Queue};

const STEP: u64 = 10;

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(u64),
    /// With so much patience.
    Enter(u64),
    Ask(usize),
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..3 * STEP).prop_map(Step::Wait),
        1 => (0..20 * STEP).prop_map(Step::Wait),
        14 => (0..8 * STEP).prop_map(Step::Enter),
        5 => any::<usize>().prop_map(Step::Ask),
        5 => any::<usize>().prop_map(Step::Leave),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Past {
    /// A call passed: by the algorithm at the one moment, in truth at the other, as nobody passes
    /// before what lets it pass has happened.
    Passed {
        ticket: Option<u64>,
        at: u64,
        start: u64,
    },
    /// Somebody left: who came from then on found what there was then.
    Left(u64),
}

struct Model {
    gcra: Gcra,
    past: Vec<Past>,
    line: Vec<u64>,
    called: Vec<u64>,
    /// Up to when all were called whose slot had come.
    settled: u64,
}

impl Model {
    fn arrival(&self) -> u64 {
        self.past.iter().fold(0, |arrival, past| match past {
            Past::Passed { at, .. } => arrival.max(*at) + STEP,
            Past::Left(at) => arrival.max(*at),
        })
    }

    fn slot(&self, before: usize) -> u64 {
        self.gcra.slot(self.arrival() + before as u64 * STEP)
    }

    fn settle(&mut self, now: u64) {
        while !self.line.is_empty() && self.slot(0) <= now {
            let (ticket, at) = (self.line.remove(0), self.slot(0));
            let start = at.max(self.settled);
            self.called.push(ticket);
            self.past.push(Past::Passed {
                ticket: Some(ticket),
                at,
                start,
            });
        }
        self.settled = now;
    }

    fn enter(&mut self, now: u64, latest: u64, ticket: u64) -> Entry {
        self.settle(now);
        let slot = self.slot(self.line.len());
        if slot <= now {
            self.past.push(Past::Passed {
                ticket: None,
                at: now,
                start: now,
            });
            return Entry::Passed;
        }
        if slot > latest {
            return Entry::Refused { slot };
        }
        self.line.push(ticket);
        Entry::Waits { ticket, slot }
    }

    fn ask(&mut self, now: u64, ticket: u64) -> Option<u64> {
        self.settle(now);
        let waits = self.line.iter().position(|other| *other == ticket);
        if waits.is_none() {
            self.called.retain(|other| *other != ticket);
        }
        waits.map(|before| self.slot(before))
    }

    fn leave(&mut self, now: u64, ticket: u64) {
        self.settle(now);
        if self.called.contains(&ticket) {
            self.called.retain(|other| *other != ticket);
            self.past
                .retain(|past| !matches!(past, Past::Passed { ticket: Some(other), .. } if *other == ticket));
            self.past.push(Past::Left(now));
        }
        self.line.retain(|other| *other != ticket);
        self.settle(now);
    }

    /// Any calls that started in so long are no more than the burst and what the rate allows for it.
    fn conforms(&self) -> bool {
        let mut starts: Vec<u64> = self
            .past
            .iter()
            .filter_map(|past| match past {
                Past::Passed { start, .. } => Some(*start),
                Past::Left(_) => None,
            })
            .collect();
        starts.sort_unstable();
        let late = |first: usize, last: usize| (last - first) as u64 * STEP;
        (0..starts.len()).all(|last| {
            (0..last).all(|first| {
                late(first, last) <= starts[last] - starts[first] + self.gcra.tolerance
            })
        })
    }
}

fn replay(burst: u64, steps: &[Step]) {
    let gcra = Gcra {
        step: STEP,
        tolerance: (burst - 1) * STEP,
    };
    let mut queue = Queue::new();
    let mut model = Model {
        gcra,
        past: Vec::new(),
        line: Vec::new(),
        called: Vec::new(),
        settled: 0,
    };
    let (mut now, mut tickets, mut waiting) = (0, 0, Vec::new());
    for step in steps {
        let mut wake = Vec::new();
        queue.call(&gcra, now, &mut wake);
        match *step {
            Step::Wait(time) => now += time,
            Step::Enter(patience) => {
                let latest = now + patience;
                let entry = queue.enter(&gcra, now, latest, &mut Some(Waker::noop().clone()));
                assert_eq!(entry, model.enter(now, latest, tickets), "enters at {now}");
                if let Entry::Waits { ticket, .. } = entry {
                    tickets += 1;
                    waiting.push(ticket);
                }
            }
            Step::Ask(which) if !waiting.is_empty() => {
                let which = which % waiting.len();
                let ticket = waiting[which];
                let asked = queue.ask(&gcra, ticket, &mut Some(Waker::noop().clone()));
                assert_eq!(asked, model.ask(now, ticket), "asks at {now}");
                if asked.is_none() {
                    waiting.remove(which);
                }
            }
            Step::Leave(which) if !waiting.is_empty() => {
                let ticket = waiting.remove(which % waiting.len());
                queue.leave(&gcra, now, ticket);
                model.leave(now, ticket);
            }
            Step::Ask(_) | Step::Leave(_) => {}
        }
        queue.call(&gcra, now, &mut wake);
        model.settle(now);
        assert_eq!(
            (queue.arrival.max(now), queue.waiting(), queue.is_busy()),
            (
                model.arrival().max(now),
                model.line.len(),
                !waiting.is_empty()
            ),
            "at {now}"
        );
        assert!(model.conforms(), "at {now}: {:?}", model.past);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_queue_does_what_the_model_does(
        burst in 1..6_u64,
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        replay(burst, &steps);
    }
}

#[test]
fn a_turn_that_has_come_is_given_back_in_time_and_not_saved_up() {
    let gcra = Gcra {
        step: STEP,
        tolerance: 0,
    };
    for (left_at, next) in [(10, 10), (15, 15), (20, 20), (1_000, 1_000)] {
        let mut queue = Queue::new();
        let waker = || Some(Waker::noop().clone());
        assert_eq!(queue.enter(&gcra, 0, 0, &mut waker()), Entry::Passed);
        let entry = queue.enter(&gcra, 0, 10, &mut waker());
        assert_eq!(
            entry,
            Entry::Waits {
                ticket: 0,
                slot: 10
            }
        );
        queue.call(&gcra, left_at, &mut Vec::new());
        queue.leave(&gcra, left_at, 0);
        assert!(!queue.is_busy());
        assert_eq!(queue.enter(&gcra, next, next, &mut waker()), Entry::Passed);
        let entry = queue.enter(&gcra, next, next, &mut waker());
        assert_eq!(entry, Entry::Refused { slot: next + 10 });
    }
}

#[test]
fn who_comes_first_is_woken_only_if_its_timer_is_late() {
    let gcra = Gcra {
        step: STEP,
        tolerance: 0,
    };
    let mut queue = Queue::new();
    let mut woken_by = |at, work: &mut dyn FnMut(&mut Queue)| {
        let mut wake = Vec::new();
        work(&mut queue);
        queue.call(&gcra, at, &mut wake);
        wake.len()
    };
    let joins = &mut |queue: &mut Queue| {
        queue.enter(&gcra, 0, u64::MAX, &mut Some(Waker::noop().clone()));
    };
    assert_eq!((0..5).map(|_| woken_by(0, joins)).sum::<usize>(), 0);
    let leaves = &mut |queue: &mut Queue| queue.leave(&gcra, 1, 0);
    assert_eq!(woken_by(1, leaves), 1, "the second is the first now");
    let asks = &mut |queue: &mut Queue| {
        let slot = queue.ask(&gcra, 2, &mut Some(Waker::noop().clone()));
        assert_eq!(slot, Some(2 * STEP));
    };
    assert_eq!(woken_by(2, asks), 0);
    assert_eq!(
        woken_by(STEP, &mut |_| ()),
        0,
        "called, and it had been woken before"
    );
    let mut comes = |queue: &mut Queue| {
        assert_eq!(queue.ask(&gcra, 1, &mut None), None);
    };
    assert_eq!(
        woken_by(STEP, &mut comes),
        0,
        "the third has set its timer since"
    );
    assert_eq!(
        woken_by(2 * STEP, &mut |_| ()),
        2,
        "it, and the fourth, which has not"
    );
}
