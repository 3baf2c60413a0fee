//! Every interleaving of callers at the queue, within the bounds of loom.

use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize as StdAtomicUsize, Ordering::SeqCst};
use std::task::{Wake, Waker};

use ::loom::sync::Arc;
use ::loom::thread;

/// The same source as the bulkhead's, over loom's atomics and locks.
#[path = "queue.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
#[allow(dead_code, reason = "the tests use a part of it")]
mod queue;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(super) use ::loom::sync::{Mutex, MutexGuard};
}

use queue::{Entry, Line, Queue};

const LIMIT: u32 = 1;

fn queue() -> Arc<Queue> {
    queue_of(LIMIT)
}

fn queue_of(limit: u32) -> Arc<Queue> {
    Arc::new(Queue::of(
        sync::AtomicU64::new(0),
        sync::AtomicU32::new(limit),
        sync::Mutex::new(Line::new()),
    ))
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(StdAtomicUsize);

impl Wake for Bell {
    fn wake(self: StdArc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn bell() -> (StdArc<Bell>, Waker) {
    let bell = StdArc::new(Bell::default());
    (bell.clone(), bell.into())
}

/// Takes a place or joins the line.
fn arrive(queue: &Queue, waker: &Waker) -> Entry {
    if queue.try_take() {
        Entry::Admitted
    } else {
        queue.join(usize::MAX, waker.clone())
    }
}

#[test]
fn a_place_that_is_given_back_reaches_who_waits_or_who_comes() {
    ::loom::model(|| {
        let queue = queue();
        assert!(queue.try_take());
        let leaver = {
            let queue = queue.clone();
            thread::spawn(move || queue.give_back())
        };
        let (bell, waker) = bell();
        let entry = arrive(&queue, &waker);
        leaver.join().unwrap();
        match entry {
            Entry::Admitted => {}
            Entry::Waits(ticket) => {
                assert!(
                    queue.is_called(ticket, waker),
                    "nobody is left who could call it"
                );
                assert_eq!(bell.0.load(SeqCst), 1);
            }
            Entry::Full => unreachable!("the line has no end"),
        }
        assert_eq!((queue.in_flight(), queue.waiting()), (1, 0));
        queue.give_back();
        assert_eq!(queue.in_flight(), 0);
    });
}

#[test]
fn a_place_that_is_given_back_is_not_lost_on_a_waiter_who_leaves() {
    ::loom::model(|| {
        let queue = queue();
        assert!(queue.try_take());
        let (_, waker) = bell();
        let Entry::Waits(ticket) = queue.join(usize::MAX, waker) else {
            unreachable!("it is full")
        };
        let leaver = {
            let queue = queue.clone();
            thread::spawn(move || queue.give_back())
        };
        if !queue.leave(ticket) {
            // It had been called: the place is its own, and it passes it on.
            queue.give_back();
        }
        leaver.join().unwrap();
        assert_eq!((queue.in_flight(), queue.waiting()), (0, 0));
    });
}

#[test]
fn a_newcomer_never_overtakes_who_waits() {
    ::loom::model(|| {
        let queue = queue();
        assert!(queue.try_take());
        let (_, waker) = bell();
        let Entry::Waits(ticket) = queue.join(usize::MAX, waker.clone()) else {
            unreachable!("it is full")
        };
        let newcomer = {
            let queue = queue.clone();
            thread::spawn(move || queue.try_take())
        };
        queue.give_back();
        assert!(
            !newcomer.join().unwrap(),
            "the place was for the one who waits"
        );
        assert!(queue.is_called(ticket, waker));
        assert_eq!((queue.in_flight(), queue.waiting()), (1, 0));
    });
}

#[test]
fn two_who_come_at_once_get_one_place_and_one_turn() {
    ::loom::model(|| {
        let queue = queue();
        let other = {
            let queue = queue.clone();
            thread::spawn(move || {
                let (_, waker) = bell();
                match arrive(&queue, &waker) {
                    Entry::Admitted => queue.give_back(),
                    Entry::Waits(ticket) => {
                        if !queue.leave(ticket) {
                            queue.give_back();
                        }
                    }
                    Entry::Full => unreachable!("the line has no end"),
                }
            })
        };
        if queue.try_take() {
            assert!(queue.in_flight() <= 1);
            queue.give_back();
        }
        other.join().unwrap();
        assert_eq!((queue.in_flight(), queue.waiting()), (0, 0));
    });
}

#[test]
fn who_joins_while_the_limit_grows_is_called() {
    ::loom::model(|| {
        let queue = queue();
        assert!(queue.try_take());
        let grower = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.set_limit(2);
                queue.admit();
            })
        };
        let (bell, waker) = bell();
        let entry = arrive(&queue, &waker);
        grower.join().unwrap();
        match entry {
            Entry::Admitted => {}
            Entry::Waits(ticket) => {
                assert!(
                    queue.is_called(ticket, waker),
                    "there is room, and nobody leaves"
                );
                assert_eq!(bell.0.load(SeqCst), 1);
            }
            Entry::Full => unreachable!("the line has no end"),
        }
        assert_eq!((queue.in_flight(), queue.waiting()), (2, 0));
    });
}

#[test]
fn a_place_beyond_a_lower_limit_is_not_handed_over_and_the_last_one_is() {
    ::loom::model(|| {
        let queue = queue_of(2);
        assert!(queue.try_take() && queue.try_take());
        let (_, waker) = bell();
        let Entry::Waits(ticket) = queue.join(usize::MAX, waker.clone()) else {
            unreachable!("it is full")
        };
        queue.set_limit(1);
        let leaver = {
            let queue = queue.clone();
            thread::spawn(move || queue.give_back())
        };
        queue.give_back();
        if queue.is_called(ticket, waker.clone()) {
            assert_eq!(queue.in_flight(), 1, "it was called to a place too many");
        }
        leaver.join().unwrap();
        assert!(
            queue.is_called(ticket, waker),
            "nobody is left who could call it"
        );
        assert_eq!((queue.in_flight(), queue.waiting()), (1, 0));
    });
}

#[test]
fn a_limit_that_shrinks_and_grows_beside_a_leaver_loses_no_waiter_and_adds_no_place() {
    ::loom::model(|| {
        let queue = queue_of(2);
        assert!(queue.try_take() && queue.try_take());
        let (_, waker) = bell();
        let Entry::Waits(ticket) = queue.join(usize::MAX, waker.clone()) else {
            unreachable!("it is full")
        };
        let leaver = {
            let queue = queue.clone();
            thread::spawn(move || queue.give_back())
        };
        queue.set_limit(1);
        queue.set_limit(2);
        queue.admit();
        assert!(queue.in_flight() <= 2);
        leaver.join().unwrap();
        assert!(
            queue.is_called(ticket, waker),
            "there is room, and nobody calls"
        );
        assert_eq!((queue.in_flight(), queue.waiting()), (2, 0));
    });
}
