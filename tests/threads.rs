//! Two real threads at one breaker and one bulkhead: every call counts, once.

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

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
        Bulkhead::new("threads-places", 3).max_wait(std::time::Duration::from_secs(3_600));
    static DONE: AtomicU64 = AtomicU64::new(0);

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
            }
        });
    });
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (0, 0));
    assert!(DONE.load(Ordering::SeqCst) >= 2 * 3 * (CALLS / 10));
}

#[test]
fn no_place_of_an_adaptive_bulkhead_is_lost_while_its_limit_moves() {
    static BULKHEAD: Bulkhead = Bulkhead::adaptive("threads-adaptive")
        .max(6)
        .initial(1)
        .max_wait(std::time::Duration::from_secs(3_600));

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
