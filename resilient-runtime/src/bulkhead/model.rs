//! The queue against a plain model: a number, and a list.

use std::collections::VecDeque;
use std::task::Waker;

use proptest::collection::vec;
use proptest::prelude::*;

use super::queue::{Entry, Line, Queue};
use super::sync::{AtomicU32, AtomicU64, Mutex};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Takes a place, or joins the line.
    Come,
    /// Gives a place back.
    Go,
    /// The waiter at this place in line, or one who has been called and does not know it yet, leaves.
    Leave(usize),
    /// Another limit.
    Limit(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Come),
        3 => Just(Step::Go),
        1 => (0_usize..8).prop_map(Step::Leave),
        2 => (1_u32..6).prop_map(Step::Limit),
    ]
}

#[derive(Debug, Default)]
struct Model {
    limit: usize,
    in_flight: usize,
    line: VecDeque<u64>,
    /// Called, and not told so far.
    called: Vec<u64>,
}

impl Model {
    fn call(&mut self) {
        while self.in_flight < self.limit
            && let Some(ticket) = self.line.pop_front()
        {
            self.in_flight += 1;
            self.called.push(ticket);
        }
    }
}

const LONGEST: usize = 4;

proptest! {
    #[test]
    fn it_does_what_a_number_and_a_list_do(steps in vec(step(), 0..200)) {
        let queue = Queue::of(AtomicU64::new(0), AtomicU32::new(2), Mutex::new(Line::new()));
        let mut model = Model { limit: 2, ..Model::default() };
        for step in steps {
            match step {
                Step::Come if model.line.is_empty() && model.in_flight < model.limit => {
                    prop_assert!(queue.try_take());
                    model.in_flight += 1;
                }
                Step::Come => {
                    prop_assert!(!queue.try_take(), "it would overtake");
                    match queue.join(LONGEST, Waker::noop().clone()) {
                        Entry::Waits(ticket) => model.line.push_back(ticket),
                        Entry::Full => prop_assert_eq!(model.line.len(), LONGEST),
                        Entry::Admitted => prop_assert!(false, "there is no room"),
                    }
                }
                Step::Go if model.in_flight > model.called.len() => {
                    queue.give_back();
                    model.in_flight -= 1;
                    model.call();
                }
                Step::Go => {}
                Step::Leave(at) if at < model.called.len() => {
                    prop_assert!(!queue.leave(model.called.remove(at)), "it has a place");
                    queue.give_back();
                    model.in_flight -= 1;
                    model.call();
                }
                Step::Leave(at) => {
                    if let Some(ticket) = model.line.remove(at) {
                        prop_assert!(queue.leave(ticket));
                    }
                }
                Step::Limit(limit) => {
                    queue.set_limit(limit);
                    queue.admit();
                    model.limit = usize::try_from(limit).unwrap();
                    model.call();
                }
            }
            prop_assert_eq!(queue.in_flight(), model.in_flight);
            prop_assert_eq!(queue.waiting(), model.line.len());
            for ticket in &model.line {
                prop_assert!(!queue.is_called(*ticket, Waker::noop().clone()));
            }
            for ticket in &model.called {
                prop_assert!(queue.is_called(*ticket, Waker::noop().clone()));
            }
        }
    }
}
