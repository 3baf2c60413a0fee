//! A rate that changes while calls take their turns, in every order of the steps of both.

use super::line::Pace;
use super::sync::{AtomicU64, Ordering};
use super::*;

/// One call at a time, and another one so often: faster or slower.
const RATES: [(Gcra, Gcra); 2] = [(ONE, SLOW), (SLOW, ONE)];
const SLOW: Gcra = Gcra {
    step: 3 * STEP,
    tolerance: 0,
};

const NOW: u64 = 100;

/// A line whose rate changes as an override changes it.
struct Limiter {
    line: Line,
    is_changed: AtomicU64,
    from: Gcra,
    to: Gcra,
}

impl Pace for Limiter {
    fn gcra(&self) -> &Gcra {
        match self.is_changed.load(Ordering::Acquire) {
            0 => &self.from,
            _ => &self.to,
        }
    }
}

impl Limiter {
    fn new(arrival: u64, from: Gcra, to: Gcra) -> Arc<Self> {
        Arc::new(Self {
            line: Line::of(
                sync::AtomicU64::new(arrival),
                sync::Mutex::new(Queue::new()),
            ),
            is_changed: AtomicU64::new(0),
            from,
            to,
        })
    }

    fn change(&self, now: u64) {
        let woken = self.line.change(now, &self.from, || {
            self.is_changed.store(1, Ordering::Release);
            &self.to
        });
        woken.into_iter().for_each(Waker::wake);
    }

    fn arrive(&self, now: u64, waker: &Waker) -> Entry {
        match self.line.try_pass(self, now) {
            Turn::Passed => Entry::Passed,
            Turn::Later { .. } | Turn::InLine => {
                self.line.enter(self, now, u64::MAX, waker.clone())
            }
        }
    }

    fn ask(&self, now: u64, ticket: u64, waker: &Waker) -> Option<u64> {
        self.line.ask(self, now, ticket, waker.clone())
    }
}

/// In every order of the steps of these two.
fn at_once<T: Send + 'static>(
    limiter: &Arc<Limiter>,
    other: impl FnOnce(&Limiter) -> T + Send + 'static,
    this: impl FnOnce(&Limiter),
) -> T {
    let others = limiter.clone();
    let other = thread::spawn(move || other(&others));
    this(limiter);
    other.join().unwrap()
}

#[test]
fn a_call_that_passes_while_the_rate_changes_is_one_call_of_the_new_rate() {
    for (from, to) in RATES {
        // Of one that nobody has asked before, and of one whose last call is long ago.
        for arrival in [0, 1, NOW / 2, NOW] {
            ::loom::model(move || {
                let limiter = Limiter::new(arrival, from, to);
                let passed = at_once(
                    &limiter,
                    |limiter| limiter.line.try_pass(limiter, NOW),
                    |limiter| limiter.change(NOW),
                );
                match passed {
                    Turn::Passed => {}
                    // Whoever finds the line changing joins it.
                    _ => assert_eq!(limiter.arrive(NOW, &bell().1), Entry::Passed),
                }
                assert_eq!(limiter.line.arrival(&to), NOW + to.step, "from {arrival}");
            });
        }
    }
}

#[test]
fn of_two_who_come_while_the_rate_changes_one_passes_and_one_has_the_next_turn_of_the_new_rate() {
    for (from, to) in RATES {
        ::loom::model(move || {
            let limiter = Limiter::new(NOW, from, to);
            let (first_bell, first_waker) = bell();
            let (second_bell, second_waker) = bell();
            let waker = first_waker.clone();
            let mut second = Entry::Passed;
            let first = at_once(
                &limiter,
                move |limiter| limiter.arrive(NOW, &waker),
                |limiter| {
                    limiter.change(NOW);
                    second = limiter.arrive(NOW, &second_waker);
                },
            );
            let (waits, bell, waker) = match (first, second) {
                (Entry::Passed, waits) => (waits, second_bell, second_waker),
                (waits, Entry::Passed) => (waits, first_bell, first_waker),
                both => panic!("one of them passes: {both:?}"),
            };
            let Entry::Waits { ticket, slot } = waits else {
                panic!("it has all the time there is: {waits:?}");
            };
            let next = NOW + to.step;
            // Its timer is set for its turn, or it is told to set it anew.
            let told = bell.0.load(SeqCst);
            assert!(slot == next || told == 1, "{slot}, woken {told} times");
            assert_eq!(limiter.ask(next - 1, ticket, &waker), Some(next));
            assert_eq!(limiter.ask(next, ticket, &waker), None);
            assert_eq!(limiter.line.arrival(&to), next + to.step);
            assert_eq!(limiter.line.waiting(), 0);
        });
    }
}

#[test]
fn a_turn_that_is_given_back_while_the_rate_changes_is_not_given_twice() {
    for (from, to) in RATES {
        ::loom::model(move || {
            let limiter = Limiter::new(NOW, from, to);
            assert_eq!(limiter.line.try_pass(&*limiter, NOW), Turn::Passed);
            let first = ticket(limiter.arrive(NOW, &bell().1));
            let (bell, waker) = bell();
            let second = ticket(limiter.arrive(NOW, &waker));
            at_once(
                &limiter,
                move |limiter| limiter.line.leave(limiter, NOW, first),
                |limiter| limiter.change(NOW),
            );
            // It moved up, and by the new rate; and it was told so.
            assert!(bell.0.load(SeqCst) >= 1);
            let next = NOW + to.step;
            assert_eq!(limiter.ask(next - 1, second, &waker), Some(next));
            assert_eq!(limiter.ask(next, second, &waker), None);
            assert_eq!(limiter.line.arrival(&to), next + to.step);
        });
    }
}

#[test]
fn who_waits_while_the_rate_changes_hears_of_it_and_has_its_turn_by_the_new_one() {
    for (from, to) in RATES {
        ::loom::model(move || {
            let limiter = Limiter::new(NOW, from, to);
            assert_eq!(limiter.line.try_pass(&*limiter, NOW), Turn::Passed);
            let (bell, waker) = bell();
            let ticket = ticket(limiter.arrive(NOW, &waker));
            let asks = waker.clone();
            let asked = at_once(
                &limiter,
                move |limiter| limiter.ask(NOW, ticket, &asks),
                |limiter| limiter.change(NOW),
            );
            let (next, told) = (NOW + to.step, bell.0.load(SeqCst));
            assert!(
                asked == Some(next) || told == 1,
                "{asked:?}, woken {told} times"
            );
            assert_eq!(limiter.ask(next - 1, ticket, &waker), Some(next));
            assert_eq!(limiter.ask(next, ticket, &waker), None);
        });
    }
}
