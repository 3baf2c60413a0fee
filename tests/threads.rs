//! Two real threads at one breaker and one bulkhead: every call counts, once.

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use resilient_runtime::{Bulkhead, CircuitBreaker, CircuitState};
use support::Fault;

const CALLS: u64 = 20_000;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// Runs the same on two threads at once.
fn on_two_threads(run: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        run(0);
        other.join().unwrap();
    });
}

#[test]
fn no_record_of_a_breaker_is_lost_or_counted_twice() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("threads-records")
        .window_calls(100_000)
        .failure_rate(0.9);

    on_two_threads(|thread| {
        runtime().block_on(async {
            for call in 0..CALLS {
                let fails = (call + thread) % 3 == 0;
                let _ = BREAKER
                    .call(async {
                        if call % 7 == 0 {
                            tokio::task::yield_now().await;
                        }
                        if fails { Err(Fault::Failed(1)) } else { Ok(()) }
                    })
                    .await;
            }
        });
    });
    let failures = (0..2)
        .flat_map(|thread| (0..CALLS).map(move |call| call + thread))
        .filter(|number| number % 3 == 0)
        .count();
    let snapshot = BREAKER.snapshot();
    assert_eq!(u64::from(snapshot.calls), 2 * CALLS);
    assert_eq!(snapshot.failures as usize, failures);
    assert_eq!(snapshot.state, CircuitState::Closed);
}

/// A window that holds failures all the time, and one of time: what threads hold back is all there in the end.
#[test]
fn no_success_that_is_held_back_is_lost_or_counted_twice() {
    static BREAKERS: [CircuitBreaker; 2] = [
        CircuitBreaker::new("threads-calls")
            .window_calls(1_000_000)
            .failure_rate(0.9),
        CircuitBreaker::new("threads-time")
            .window_time(Duration::from_secs(3_600))
            .failure_rate(0.9),
    ];

    for breaker in &BREAKERS {
        on_two_threads(|thread| {
            runtime().block_on(async {
                for call in 0..CALLS {
                    // One fails now and then, the other one looks.
                    let fails = thread == 0 && call % 50 == 0;
                    let outcome = if fails { Err(Fault::Failed(1)) } else { Ok(()) };
                    let _ = breaker.call(async { outcome }).await;
                    if thread == 1 && call % 100 == 0 {
                        assert!(u64::from(breaker.snapshot().calls) > call);
                    }
                }
            });
        });
        let snapshot = breaker.snapshot();
        assert_eq!(u64::from(snapshot.calls), 2 * CALLS);
        assert_eq!(u64::from(snapshot.failures), CALLS / 50);
    }
}

/// The breaker opens and closes all the time: each of its generations holds what began in it, and no more.
#[test]
fn rule_23_no_success_that_is_held_back_is_counted_in_a_later_generation() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("threads-generations")
        .window_calls(1_000_000)
        .failure_rate(0.9);
    static CALLED: AtomicU64 = AtomicU64::new(0);

    on_two_threads(|thread| {
        runtime().block_on(async {
            for call in 0..CALLS {
                if thread == 0 && call % 100 == 0 {
                    let before = CALLED.load(Ordering::SeqCst);
                    BREAKER.reset();
                    let recorded = BREAKER.snapshot().calls;
                    let since = CALLED.load(Ordering::SeqCst) - before;
                    // The other one may be between its record and its count.
                    assert!(u64::from(recorded) <= since + 1, "{recorded} of {since}");
                    // A failure, so that successes are held back.
                    let _ = BREAKER.call(async { Err::<(), _>(Fault::Failed(1)) }).await;
                    CALLED.fetch_add(1, Ordering::SeqCst);
                }
                assert!(BREAKER.call(async { Ok::<_, Fault>(()) }).await.is_ok());
                CALLED.fetch_add(1, Ordering::SeqCst);
            }
        });
    });
}

/// Every call that suspends has passed the line by the next reading of the clock: some are seen by an admission,
/// on either thread, and some by their own end; each counts once.
#[test]
fn rule_25_each_slow_call_is_recorded_once_whoever_sees_it_first() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("threads-slow")
        .window_calls(1_000_000)
        .min_calls(1_000_000)
        .slow_call(Duration::from_nanos(1), 1.0);
    const AT_ONCE: u64 = 40;

    let fails = |number: u64| number.is_multiple_of(7);
    on_two_threads(|thread| {
        runtime().block_on(async {
            for round in 0..CALLS / AT_ONCE {
                let at_once = (0..AT_ONCE).map(|call| {
                    BREAKER.call(async move {
                        for _ in 0..(call + round) % 4 {
                            tokio::task::yield_now().await;
                        }
                        if fails(call + thread) {
                            Err(Fault::Failed(1))
                        } else {
                            Ok(())
                        }
                    })
                });
                futures::future::join_all(at_once).await;
            }
        });
    });
    let failures = (0..2)
        .flat_map(|thread| (0..AT_ONCE).map(move |call| call + thread))
        .filter(|number| fails(*number))
        .count();
    let snapshot = BREAKER.snapshot();
    assert_eq!(u64::from(snapshot.calls), 2 * CALLS);
    assert_eq!(
        u64::from(snapshot.failures),
        failures as u64 * (CALLS / AT_ONCE)
    );
    // One call in four does not suspend.
    assert!((1..=2 * CALLS * 3 / 4).contains(&u64::from(snapshot.slow)));
}

static INSIDE: AtomicU64 = AtomicU64::new(0);

/// One who is inside of the bulkhead, and leaves it also when dropped.
struct Inside;

impl Inside {
    fn enter() -> Self {
        let others = INSIDE.fetch_add(1, Ordering::SeqCst);
        assert!(others < 3, "too many at once");
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn no_place_of_a_bulkhead_is_lost_or_given_twice() {
    static BULKHEAD: Bulkhead =
        Bulkhead::new("threads-places", 3).max_wait(Duration::from_secs(3_600));
    static DONE: AtomicU64 = AtomicU64::new(0);
    static AWAITED: AtomicU64 = AtomicU64::new(0);

    on_two_threads(|_| {
        let call = async || {
            BULKHEAD
                .call(async {
                    let _inside = Inside::enter();
                    tokio::task::yield_now().await;
                    DONE.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, Fault>(())
                })
                .await
        };
        runtime().block_on(async {
            for round in 0..CALLS / 10 {
                // Some of those in line leave it before their turn.
                let outcomes = tokio::join!(call(), call(), call(), async {
                    let mut leaves = Box::pin(call());
                    let left = futures::poll!(&mut leaves).is_pending() && round % 2 == 0;
                    if left { None } else { Some(leaves.await) }
                });
                assert!(outcomes.0.is_ok() && outcomes.1.is_ok() && outcomes.2.is_ok());
                let awaited = 3 + u64::from(outcomes.3.is_some());
                AWAITED.fetch_add(awaited, Ordering::SeqCst);
            }
        });
    });
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (0, 0));
    // Who left while it waited did not run, and all the others did, once.
    assert_eq!(DONE.load(Ordering::SeqCst), AWAITED.load(Ordering::SeqCst));
}

/// Where nobody waits, each place is one exchange on one word.
#[test]
fn no_place_of_a_bulkhead_with_room_for_all_is_lost_or_given_twice() {
    static BULKHEAD: Bulkhead = Bulkhead::new("threads-free", 1_000);

    on_two_threads(|_| {
        runtime().block_on(async {
            for _ in 0..5 * CALLS {
                assert!(BULKHEAD.call(async { Ok::<_, Fault>(()) }).await.is_ok());
            }
        });
    });
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (0, 0));
}

#[test]
fn no_place_of_an_adaptive_bulkhead_is_lost_while_its_limit_moves() {
    static BULKHEAD: Bulkhead = Bulkhead::adaptive("threads-adaptive")
        .max(6)
        .initial(1)
        .max_wait(Duration::from_secs(3_600));

    on_two_threads(|thread| {
        let call = async |number: u64| {
            let outcome = BULKHEAD
                .call(async {
                    assert!(BULKHEAD.in_flight() <= 6, "too many at once");
                    for _ in 0..(number + thread) % 5 {
                        tokio::task::yield_now().await;
                    }
                    Ok::<_, Fault>(())
                })
                .await;
            assert!(outcome.is_ok());
        };
        runtime().block_on(async {
            for round in 0..CALLS / 10 {
                tokio::join!(call(round), call(round + 1), call(round + 2), async {
                    let mut leaves = Box::pin(call(round));
                    if futures::poll!(&mut leaves).is_pending() && round % 2 == 0 {
                        drop(leaves);
                    }
                });
            }
        });
    });
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (0, 0));
}
