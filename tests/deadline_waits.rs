//! Rule 18: whatever the stack, no wait in it outlives the deadline in scope, and none starts that cannot fit.

mod support;

use std::{cell::RefCell, pin::Pin, rc::Rc, time::Duration};

use proptest::prelude::*;
use resilient_runtime::{
    Bulkhead, CircuitBreaker, Failure, RateLimiter, Retry, Timeout, body, deadline,
};
use support::{Fault, forever, ms, started};
use tokio::time::{Instant, sleep};

type Outcome = Result<u32, Failure<Fault>>;
type Call = Pin<Box<dyn Future<Output = Outcome>>>;
/// A stack that can be called again, as a retry does.
type Stack = Rc<dyn Fn() -> Call>;

#[derive(Debug, Clone)]
enum Layer {
    Retry {
        max: u32,
        delay: u64,
    },
    Timeout(u64),
    CircuitBreaker,
    /// With a place, or with none before somebody else gives it back, if ever.
    Bulkhead {
        max_wait: u64,
        free_after: Option<u64>,
    },
    /// So many calls in 100 ms, evenly.
    RateLimit {
        calls: u32,
        max_wait: u64,
    },
}

fn layer() -> impl Strategy<Value = Layer> {
    prop_oneof![
        (1..5_u32, 0..80_u64).prop_map(|(max, delay)| Layer::Retry { max, delay }),
        (1..200_u64).prop_map(Layer::Timeout),
        Just(Layer::CircuitBreaker),
        (1..200_u64, prop::option::of(0..100_u64)).prop_map(|(max_wait, free_after)| {
            Layer::Bulkhead {
                max_wait,
                free_after,
            }
        }),
        (1..10_u32, 1..200_u64).prop_map(|(calls, max_wait)| Layer::RateLimit { calls, max_wait }),
    ]
}

/// When something was begun that takes time, and how long it was to take.
type Log = Rc<RefCell<Vec<Instant>>>;

fn wrap(layer: &Layer, inner: Stack) -> Stack {
    match *layer {
        Layer::Retry { max, delay } => {
            let retry = Retry::new(max);
            let retry = match delay {
                0 => retry.no_delay(),
                millis => retry.constant(ms(millis)),
            };
            Rc::new(move || {
                let (retry, inner) = (retry.clone(), Rc::clone(&inner));
                Box::pin(async move { retry.run(|| inner()).await })
            })
        }
        Layer::Timeout(millis) => Rc::new(move || {
            let call = inner();
            Box::pin(async move { Timeout::new(ms(millis)).around(call).await })
        }),
        Layer::CircuitBreaker => {
            let breaker = Rc::new(CircuitBreaker::new("waits").consecutive_failures(3));
            Rc::new(move || {
                let (breaker, call) = (Rc::clone(&breaker), inner());
                Box::pin(async move { breaker.around(call).await })
            })
        }
        Layer::Bulkhead {
            max_wait,
            free_after,
        } => {
            let bulkhead = Rc::new(Bulkhead::new("waits", 1).max_wait(ms(max_wait)));
            let holder = Rc::clone(&bulkhead);
            tokio::task::spawn_local(async move {
                let place = started(holder.call(forever())).await;
                match free_after {
                    Some(millis) => sleep(ms(millis)).await,
                    None => std::future::pending().await,
                }
                drop(place);
            });
            Rc::new(move || {
                let (bulkhead, call) = (Rc::clone(&bulkhead), inner());
                Box::pin(async move { bulkhead.around(call).await })
            })
        }
        Layer::RateLimit { calls, max_wait } => {
            let limiter = RateLimiter::new("waits", calls, ms(100))
                .burst(1)
                .max_wait(ms(max_wait));
            let limiter = Rc::new(limiter);
            Rc::new(move || {
                let (limiter, call) = (Rc::clone(&limiter), inner());
                Box::pin(async move { limiter.around(call).await })
            })
        }
    }
}

/// A body that takes some time, but never more than is left.
fn callee(takes: u64, fails: bool, log: Log) -> Stack {
    Rc::new(move || {
        let log = Rc::clone(&log);
        Box::pin(body(async move {
            log.borrow_mut().push(Instant::now());
            let left = deadline::remaining().unwrap_or(Duration::MAX);
            sleep(ms(takes).min(left)).await;
            if fails { Err(Fault::Failed(0)) } else { Ok(1) }
        }))
    })
}

async fn waits_no_longer(
    layers: Vec<Layer>,
    takes: u64,
    fails: bool,
    scope: u64,
    by_timeout: bool,
) -> Result<(), TestCaseError> {
    let log = Log::default();
    let stack = layers
        .iter()
        .rev()
        .fold(callee(takes, fails, Rc::clone(&log)), |inner, layer| {
            wrap(layer, inner)
        });
    tokio::task::yield_now().await;
    let start = Instant::now();
    let until = start + ms(scope);
    if by_timeout {
        let _ = Timeout::new(ms(scope)).around(stack()).await;
    } else {
        let _ = deadline::scope(until, stack()).await;
    }
    // Timers of paused time go off at whole milliseconds, rounded up.
    prop_assert!(
        start.elapsed() <= ms(scope + 1),
        "it took {:?}",
        start.elapsed()
    );
    for begun in log.borrow().iter() {
        prop_assert!(
            *begun <= until,
            "a call began {:?} too late",
            *begun - until
        );
    }

    // With nothing but retries, which know how long they would wait: it ends with its last attempt.
    let retries_alone = layers
        .iter()
        .all(|layer| matches!(layer, Layer::Retry { .. }));
    if let (true, Some(last)) = (retries_alone, log.borrow().last()) {
        let end = last.elapsed();
        prop_assert!(
            end <= ms(takes + 1),
            "it waited for {end:?} and did nothing"
        );
    }
    Ok(())
}

fn on_a_paused_clock<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_18_no_wait_outlives_the_deadline_and_none_starts_that_cannot_fit(
        layers in prop::collection::vec(layer(), 0..5),
        takes in 0..60_u64,
        fails in any::<bool>(),
        scope in 1..150_u64,
        by_timeout in any::<bool>(),
    ) {
        on_a_paused_clock(waits_no_longer(layers, takes, fails, scope, by_timeout))?;
    }
}
