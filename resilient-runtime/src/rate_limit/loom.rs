//! Every interleaving of callers at the line, within the bounds of loom.

use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize as StdAtomicUsize, Ordering::SeqCst};
use std::task::{Wake, Waker};

use ::loom::sync::Arc;
use ::loom::thread;

use super::{gcra, queue};

/// The same source as the limiter's, over loom's atomics and locks.
#[path = "line.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
#[allow(dead_code, reason = "the tests use a part of it")]
mod line;

#[cfg(feature = "config")]
mod changed;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicU64, Ordering};
    pub(super) use ::loom::sync::{Mutex, MutexGuard};
}

use gcra::Gcra;
use line::{Line, Turn};
use queue::{Entry, Queue};

const STEP: u64 = 10;
/// One call at a time: whatever is lost or spent twice shows at once.
const ONE: Gcra = Gcra {
    step: STEP,
    tolerance: 0,
};

fn line() -> Arc<Line> {
    Arc::new(Line::of(
        sync::AtomicU64::new(0),
        sync::Mutex::new(Queue::new()),
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

/// Passes or joins the line, as a call does.
fn arrive(line: &Line, now: u64, waker: &Waker) -> Entry {
    match line.try_pass(&ONE, now) {
        Turn::Passed => Entry::Passed,
        Turn::Later { .. } | Turn::InLine => line.enter(&ONE, now, u64::MAX, waker.clone()),
    }
}

fn ticket(entry: Entry) -> u64 {
    match entry {
        Entry::Waits { ticket, .. } => ticket,
        other => panic!("it waits: {other:?}"),
    }
}

#[test]
fn of_two_who_come_at_once_one_passes_and_one_has_the_next_turn() {
    ::loom::model(|| {
        let line = line();
        let other = {
            let line = line.clone();
            thread::spawn(move || arrive(&line, 0, &bell().1))
        };
        let own = arrive(&line, 0, &bell().1);
        let other = other.join().unwrap();
        let waits = Entry::Waits {
            ticket: 0,
            slot: STEP,
        };
        assert!(
            (own == Entry::Passed && other == waits) || (other == Entry::Passed && own == waits),
            "{own:?}, {other:?}"
        );
        assert_eq!(line.ask(&ONE, STEP, 0, bell().1), None);
        assert_eq!(line.try_pass(&ONE, STEP), Turn::Later { slot: 2 * STEP });
    });
}

#[test]
fn a_turn_that_is_given_back_is_neither_lost_nor_given_twice() {
    ::loom::model(|| {
        let line = line();
        assert_eq!(line.try_pass(&ONE, 0), Turn::Passed);
        let first = ticket(arrive(&line, 0, &bell().1));
        let leaver = {
            let line = line.clone();
            thread::spawn(move || line.leave(&ONE, STEP, first))
        };
        // It comes when the first one's turn has come, and passes if that one has left by then.
        let (bell, waker) = bell();
        let entry = arrive(&line, STEP, &waker);
        leaver.join().unwrap();
        match entry {
            Entry::Passed => {}
            Entry::Waits { ticket, .. } => {
                assert_eq!(bell.0.load(SeqCst), 1, "nobody is left who could wake it");
                assert_eq!(line.ask(&ONE, STEP, ticket, waker), None);
            }
            Entry::Refused { .. } => unreachable!("it has all the time there is"),
        }
        assert_eq!(line.try_pass(&ONE, STEP), Turn::Later { slot: 2 * STEP });
        assert_eq!(line.waiting(), 0);
    });
}

#[test]
fn who_waits_behind_one_who_leaves_moves_up_and_hears_of_it() {
    ::loom::model(|| {
        let line = line();
        assert_eq!(line.try_pass(&ONE, 0), Turn::Passed);
        let first = ticket(arrive(&line, 0, &bell().1));
        let (bell, waker) = bell();
        let second = ticket(arrive(&line, 0, &waker));
        let leaver = {
            let line = line.clone();
            thread::spawn(move || line.leave(&ONE, 1, first))
        };
        let asked = line.ask(&ONE, 1, second, waker.clone());
        leaver.join().unwrap();
        let told = bell.0.load(SeqCst);
        assert!(
            asked == Some(STEP) || (asked == Some(2 * STEP) && told == 1),
            "{asked:?}, woken {told} times"
        );
        assert_eq!(line.ask(&ONE, STEP, second, waker), None);
    });
}

#[test]
fn a_newcomer_never_overtakes_who_waits() {
    ::loom::model(|| {
        let line = line();
        assert_eq!(line.try_pass(&ONE, 0), Turn::Passed);
        let first = ticket(arrive(&line, 0, &bell().1));
        let newcomer = {
            let line = line.clone();
            thread::spawn(move || {
                matches!(line.try_pass(&ONE, STEP), Turn::Passed)
                    || line.enter(&ONE, STEP, STEP, bell().1) == Entry::Passed
            })
        };
        assert_eq!(
            line.ask(&ONE, STEP, first, bell().1),
            None,
            "its turn has come"
        );
        assert!(!newcomer.join().unwrap(), "the turn was the waiter's");
    });
}
