//! The test kit: blocks with instances of their own, what happened in them, and stacks to look at.

mod support;

use std::{
    future::{poll_fn, ready},
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock, Mutex},
    task::Poll,
};

use futures::{
    FutureExt,
    future::{join, join_all},
    poll,
};
use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Hedge, Jitter, RateLimiter, Retry, RetryBudget,
    bulkhead, circuit_breaker,
    event::Event,
    health::{self, Status},
    hedge, rate_limit, registry, retry, shared,
    testing::{self, Recorder},
};
use support::*;
use tokio::{
    sync::oneshot,
    task::yield_now,
    time::{sleep, timeout},
};

#[circuit_breaker(name = "testing-named", consecutive_failures = 1)]
async fn named(outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    outcome
}

static STATIC: CircuitBreaker = CircuitBreaker::new("testing-static").consecutive_failures(1);

#[circuit_breaker(STATIC)]
async fn by_static(outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    outcome
}

#[shared]
static MARKED: LazyLock<CircuitBreaker> =
    LazyLock::new(|| CircuitBreaker::new("testing-marked").consecutive_failures(1));

fn breaker(name: &str) -> &'static CircuitBreaker {
    registry::circuit_breaker(name).expect("it is spoken of in this file")
}

const DOWN: Result<u32, Fault> = Err(Fault::Failed(1));

#[retry(max = 3, delay = "1s")]
#[circuit_breaker(name = "quotes", consecutive_failures = 2)]
async fn quote() -> Result<u32, Fault> {
    DOWN
}

#[tokio::test(start_paused = true)]
async fn two_failures_in_a_row_open_the_circuit() {
    let (outcome, events) = testing::record(testing::isolated(quote())).await;
    assert_eq!(outcome, Err(Fault::CircuitOpen));
    assert_eq!(
        events.to_string(),
        "retry 1 of 3 in 1s, after an error\n\
         quotes: closed → open, as 2 calls in a row failed\n\
         retry 2 of 3 in 2s, after an error\n\
         rejected: quotes is open: 2 calls in a row failed; next probe in 28s"
    );
}

#[tokio::test]
async fn a_name_stands_for_the_block_s_own_instance() {
    for _ in 0..2 {
        testing::isolated(async {
            assert_eq!(named(Ok(1)).await, Ok(1));
            assert_eq!(named(DOWN).await, DOWN);
            assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
            assert_eq!(breaker("testing-named").state(), CircuitState::Open);
        })
        .await;
        assert_eq!(breaker("testing-named").state(), CircuitState::Closed);
        let snapshot = breaker("testing-named").snapshot();
        assert_eq!((snapshot.failures, snapshot.rejected), (0, 0));
    }
}

#[tokio::test]
async fn a_static_that_an_attribute_names_is_the_block_s_own_in_every_use_of_it() {
    testing::isolated(async {
        assert_eq!(by_static(DOWN).await, DOWN);
        assert_eq!(STATIC.state(), CircuitState::Open);
        assert_eq!(STATIC.snapshot().state, CircuitState::Open);
        assert_eq!(
            rejection(STATIC.call(done()).await).name(),
            "testing-static"
        );
        STATIC.reset();
        assert_eq!(by_static(Ok(1)).await, Ok(1));
        STATIC.force_open();
    })
    .await;
    assert_eq!(STATIC.state(), CircuitState::Closed);
    assert_eq!(by_static(Ok(1)).await, Ok(1));
}

#[tokio::test]
async fn a_static_that_is_marked_as_shared_is_the_block_s_own() {
    // The call is made outside, and runs inside.
    let call = MARKED.call(ready(DOWN));
    testing::isolated(async {
        assert!(call.await.is_err());
        assert_eq!(MARKED.state(), CircuitState::Open);
    })
    .await;
    assert_eq!(MARKED.state(), CircuitState::Closed);
}

#[tokio::test]
async fn what_a_test_makes_by_itself_stays_what_it_is() {
    static UNKNOWN: CircuitBreaker = CircuitBreaker::new("testing-unknown").consecutive_failures(1);
    let own = Arc::new(CircuitBreaker::new("testing-named").consecutive_failures(1));
    testing::isolated(async {
        assert!(own.call(ready(DOWN)).await.is_err());
        assert!(UNKNOWN.call(ready(DOWN)).await.is_err());
    })
    .await;
    assert_eq!(own.state(), CircuitState::Open);
    assert_eq!(UNKNOWN.state(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_of_one_function_is_the_block_s_own() {
    #[bulkhead(max_concurrent = 1)]
    async fn private() -> Result<u32, Fault> {
        sleep(ms(10)).await;
        Ok(1)
    }

    let twice = || testing::isolated(join(private(), private()));
    let full = (Ok(1), Err(Fault::BulkheadFull));
    assert_eq!(join(twice(), twice()).await, (full, full));
    let outside = started(private()).await;
    assert_eq!(testing::isolated(private()).await, Ok(1));
    assert_eq!(private().await, Err(Fault::BulkheadFull));
    assert_eq!(outside.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_by_name_is_the_block_s_own() {
    static DB: Bulkhead = Bulkhead::new("testing-db", 2).max_wait(ms(20));

    #[bulkhead(DB)]
    async fn query() -> Result<u32, Fault> {
        sleep(ms(10)).await;
        Ok(1)
    }

    let outside = started(query()).await;
    testing::isolated(async {
        let inside = [
            started(query()).await,
            started(query()).await,
            started(query()).await,
        ];
        assert_eq!((DB.in_flight(), DB.waiting()), (2, 1));
        let found = registry::bulkhead("testing-db").unwrap();
        assert_eq!(
            (found.in_flight(), found.waiting(), found.limit()),
            (2, 1, 2)
        );
        drop(inside);
        assert_eq!((DB.in_flight(), DB.waiting()), (0, 0));
    })
    .await;
    assert_eq!((DB.in_flight(), DB.waiting()), (1, 0));
    drop(outside);
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_an_adaptive_bulkhead_moves_in_the_block_alone() {
    static ADAPTIVE: Bulkhead = Bulkhead::adaptive("testing-adaptive").initial(4);

    #[bulkhead(ADAPTIVE)]
    async fn query() -> Result<u32, Fault> {
        sleep(ms(10)).await;
        Ok(1)
    }

    let grown = async || {
        for _ in 0..50 {
            join_all((0..4).map(|_| query())).await;
        }
        ADAPTIVE.limit()
    };
    let limit = testing::isolated(grown()).await;
    assert!(limit > 4, "{limit}");
    assert_eq!(testing::isolated(grown()).await, limit, "it begins anew");
    assert_eq!(ADAPTIVE.limit(), 4);
    testing::isolated(async { assert_eq!(ADAPTIVE.limit(), 4) }).await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_the_block_s_own_by_a_static_by_name_and_of_one_function() {
    static API: RateLimiter = RateLimiter::new("testing-api", 1, ms(HOUR));

    #[rate_limit(API)]
    async fn by_static() -> Result<u32, Fault> {
        Ok(1)
    }
    #[rate_limit(name = "testing-api")]
    async fn by_name() -> Result<u32, Fault> {
        Ok(1)
    }
    #[rate_limit("1/h")]
    async fn private() -> Result<u32, Fault> {
        Ok(1)
    }

    // The call is made outside, and runs inside.
    let call = API.call(done());
    testing::isolated(async {
        assert!(call.await.is_ok());
        assert_eq!(API.available(), 0);
    })
    .await;
    assert_eq!(by_name().await, Ok(1));
    assert_eq!(private().await, Ok(1));
    for _ in 0..2 {
        testing::isolated(async {
            assert_eq!(API.available(), 1);
            assert_eq!(by_static().await, Ok(1));
            assert_eq!(by_name().await, Err(Fault::RateLimited));
            assert_eq!(
                registry::rate_limiter("testing-api").unwrap().available(),
                0
            );
            assert_eq!(private().await, Ok(1));
            assert_eq!(private().await, Err(Fault::RateLimited));
        })
        .await;
    }
    assert_eq!(by_static().await, Err(Fault::RateLimited));
    assert_eq!(private().await, Err(Fault::RateLimited));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_rate_limit_and_what_a_shadow_counts_are_the_block_s_own() {
    #[shared]
    static SLOW: RateLimiter = RateLimiter::new("testing-slow", 1, ms(10)).max_wait(ms(HOUR));
    #[shared]
    static SHADOW: RateLimiter = RateLimiter::new("testing-shadow", 1, ms(HOUR)).shadow();

    assert!(SLOW.call(done()).await.is_ok());
    let outside = started(SLOW.call(done())).await;
    testing::isolated(async {
        assert!(SLOW.call(done()).await.is_ok());
        let inside = [
            started(SLOW.call(done())).await,
            started(SLOW.call(done())).await,
        ];
        assert_eq!(SLOW.waiting(), 2);
        drop(inside);
        assert_eq!(SLOW.waiting(), 0);

        assert!(
            join(SHADOW.call(done()), SHADOW.call(done()))
                .await
                .1
                .is_ok()
        );
        assert_eq!(SHADOW.would_have_rejected(), 1);
    })
    .await;
    assert_eq!(SLOW.waiting(), 1);
    assert_eq!(SHADOW.would_have_rejected(), 0);
    drop(outside);
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_the_block_s_own_by_a_static_and_by_name() {
    static RETRIES: RetryBudget = RetryBudget::new("testing-retries")
        .ratio(0.000_001)
        .min_per_second(1);
    static POLICY: Retry = Retry::new(3).no_delay().budget(&RETRIES);

    #[retry(max = 3, backoff = "none", budget = RETRIES)]
    async fn by_static() -> Result<u32, Fault> {
        DOWN
    }
    #[retry(max = 3, backoff = "none", budget = "testing-retries")]
    async fn by_name() -> Result<u32, Fault> {
        DOWN
    }
    #[retry(POLICY)]
    async fn by_policy() -> Result<u32, Fault> {
        DOWN
    }
    #[hedge(after = "1ms", budget = "testing-retries")]
    async fn hedged() -> Result<u32, Fault> {
        sleep(ms(2)).await;
        Ok(1)
    }

    let full = RETRIES.balance();
    for _ in 0..2 {
        for block in [by_static().boxed(), by_name().boxed(), by_policy().boxed()] {
            let block = testing::isolated(async {
                assert_eq!(block.await, DOWN);
                assert!(RETRIES.balance() < 1.0);
                assert_eq!(by_name().await, DOWN);
            });
            let ((), events) = testing::record(block).await;
            assert!(
                matches!(
                    events[..],
                    [
                        Event::RetryScheduled { .. },
                        Event::BudgetEmpty { .. },
                        Event::BudgetEmpty { .. }
                    ]
                ),
                "{events}"
            );
        }
        testing::isolated(async {
            assert_eq!(hedged().await, Ok(1));
            assert!(registry::retry_budget("testing-retries").unwrap().balance() < 1.0);
        })
        .await;
    }
    assert!(
        (RETRIES.balance() - full).abs() < 1e-9,
        "nothing has touched it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_hedge_s_own_budget_and_what_it_has_measured_are_the_block_s_own() {
    static HEDGE: Hedge = Hedge::at_percentile(95.0, ms(50));

    #[hedge(HEDGE)]
    async fn measured(millis: u64) -> Result<u32, Fault> {
        sleep(ms(millis)).await;
        Ok(1)
    }
    #[hedge(after = "1ms")]
    async fn copied() -> Result<u32, Fault> {
        sleep(ms(2)).await;
        Ok(1)
    }

    for _ in 0..2 {
        testing::isolated(async {
            assert_eq!(HEDGE.after(), Some(ms(50)));
            for _ in 0..100 {
                assert_eq!(measured(10).await, Ok(1));
            }
            assert!(HEDGE.after() < Some(ms(11)));
        })
        .await;
        assert_eq!(HEDGE.after(), Some(ms(50)));

        // 10 a second, and one for these 15 calls.
        let calls = join_all((0..15).map(|_| copied()));
        let (_, events) = testing::record(testing::isolated(calls)).await;
        let copies = events.count(|event| matches!(event, Event::HedgeStarted { .. }));
        assert_eq!(copies, 11, "{events}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_a_policy_are_the_block_s_own() {
    static HOSTS: CircuitBreaker = CircuitBreaker::new("testing-hosts").consecutive_failures(1);
    #[shared]
    static TENANTS: Bulkhead = Bulkhead::new("testing-tenants", 1).max_keys(1);
    static CLIENTS: RateLimiter = RateLimiter::new("testing-clients", 1, ms(HOUR));

    #[circuit_breaker(HOSTS, key = host)]
    #[bulkhead(name = "testing-tenants", key = host)]
    #[rate_limit(CLIENTS, key = host)]
    async fn ask(host: &str, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        outcome
    }

    assert_eq!(ask("a", Ok(1)).await, Ok(1));
    for _ in 0..2 {
        testing::isolated(async {
            assert!(HOSTS.get("a").is_none() && TENANTS.keys().is_empty());
            assert_eq!(ask("a", DOWN).await, DOWN);
            assert_eq!(HOSTS.of("a").state(), CircuitState::Open);
            assert_eq!(HOSTS.get("a").unwrap().state(), CircuitState::Open);
            assert_eq!(HOSTS.state(), CircuitState::Closed);
            assert_eq!(ask("a", Ok(1)).await, Err(Fault::CircuitOpen));
            assert_eq!(CLIENTS.of("a").available(), 0);
            assert_eq!(CLIENTS.available(), 1);

            // The settings of the template are those of its keys.
            assert_eq!(ask("b", Ok(1)).await, Ok(1));
            assert_eq!(ask("b", Ok(1)).await, Err(Fault::RateLimited));
            let tenants: Vec<_> = TENANTS
                .keys()
                .iter()
                .map(|it| it.key().to_owned())
                .collect();
            assert_eq!(tenants, ["b"]);

            {
                let _open = testing::force_open(&HOSTS);
                assert_eq!(ask("new", Ok(1)).await, Err(Fault::CircuitOpen));
                assert_eq!(HOSTS.of("b").state(), CircuitState::ForcedOpen);
            }
            assert_eq!(HOSTS.of("b").state(), CircuitState::Closed);
            HOSTS.force_open();
        })
        .await;
        assert_eq!(HOSTS.of("a").state(), CircuitState::Closed);
        assert_eq!(HOSTS.keys().len(), 1);
        assert_eq!(TENANTS.keys().len(), 1);
        assert_eq!(CLIENTS.of("a").available(), 0, "of the call outside");
    }
    assert_eq!(HOSTS.state(), CircuitState::Closed);
}

#[tokio::test]
async fn the_key_s_instance_is_of_the_block_where_it_was_asked_for() {
    #[shared]
    static HOSTS: CircuitBreaker = CircuitBreaker::new("testing-key").consecutive_failures(1);

    let host = testing::isolated(async { HOSTS.of("a") }).await;
    assert!(host.call(ready(DOWN)).await.is_err());
    assert_eq!(host.state(), CircuitState::Open);
    assert!(HOSTS.get("a").is_none());
}

#[tokio::test]
async fn a_report_of_health_is_of_the_block_s_own_instances() {
    #[shared]
    static VITAL: CircuitBreaker = CircuitBreaker::new("testing-vital")
        .consecutive_failures(1)
        .critical();

    let status = || {
        let report = health::ready();
        let mut components = report.components.iter();
        let vital = components.find(|it| it.name == "testing-vital").unwrap();
        assert!(vital.critical);
        vital.status
    };
    testing::isolated(async {
        assert_eq!(status(), Status::Up);
        assert!(VITAL.call(ready(DOWN)).await.is_err());
        assert_eq!(status(), Status::Down);
        let open = registry::circuit_breakers().find(|it| it.name() == "testing-vital");
        assert_eq!(open.unwrap().state(), CircuitState::Open);
    })
    .await;
    assert_eq!(status(), Status::Up);
}

#[tokio::test]
async fn retries_beneath_retries_are_told_of_in_every_block() {
    #[retry(max = 1, backoff = "none")]
    async fn outer() -> Result<u32, Fault> {
        inner().await
    }
    #[retry(max = 1, backoff = "none")]
    async fn inner() -> Result<u32, Fault> {
        Ok(1)
    }

    for _ in 0..2 {
        let twice = async { (outer().await, outer().await) };
        let (_, events) = testing::record(testing::isolated(twice)).await;
        assert!(
            matches!(events[..], [Event::RetryAmplified { .. }]),
            "{events}"
        );
    }
}

#[tokio::test]
async fn the_settings_in_force_are_those_of_the_declaration() {
    #[circuit_breaker(name = "testing-named")]
    async fn refers(outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        outcome
    }

    testing::isolated(async {
        // One failure is enough where the settings are.
        assert_eq!(refers(DOWN).await, DOWN);
        assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
    })
    .await;
}

#[tokio::test]
async fn blocks_that_run_at_once_do_not_meet() {
    let open = testing::isolated(async {
        assert_eq!(named(DOWN).await, DOWN);
        yield_now().await;
        assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
    });
    let closed = testing::isolated(async {
        for _ in 0..3 {
            assert_eq!(named(Ok(1)).await, Ok(1));
            yield_now().await;
        }
    });
    join(open, closed).await;
}

#[test]
fn tests_on_many_threads_do_not_meet() {
    let test = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        for _ in 0..50 {
            runtime.block_on(testing::isolated(async {
                assert_eq!(named(Ok(1)).await, Ok(1));
                assert_eq!(named(DOWN).await, DOWN);
                assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
            }));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(test);
        }
    });
    assert_eq!(breaker("testing-named").state(), CircuitState::Closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_is_the_same_on_whichever_thread_it_goes_on() {
    let blocks = (0..20).map(|_| {
        tokio::spawn(testing::isolated(async {
            assert_eq!(named(DOWN).await, DOWN);
            for _ in 0..50 {
                yield_now().await;
                assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
            }
        }))
    });
    for block in blocks.collect::<Vec<_>>() {
        block.await.unwrap();
    }
    assert_eq!(named(Ok(1)).await, Ok(1));
}

#[tokio::test]
async fn of_nested_blocks_the_inner_one_wins() {
    testing::isolated(async {
        assert_eq!(named(DOWN).await, DOWN);
        testing::isolated(async { assert_eq!(named(Ok(1)).await, Ok(1)) }).await;
        assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
    })
    .await;
}

#[tokio::test]
async fn a_reference_from_the_registry_means_the_block_s_own_for_ever() {
    let kept = testing::isolated(async {
        breaker("testing-named").force_open();
        breaker("testing-named")
    })
    .await;
    assert_eq!(kept.state(), CircuitState::ForcedOpen);
    assert_eq!(breaker("testing-named").state(), CircuitState::Closed);
    testing::isolated(async { assert_eq!(kept.state(), CircuitState::ForcedOpen) }).await;
}

#[tokio::test]
async fn a_spawned_task_is_outside_unless_it_is_carried() {
    testing::isolated(async {
        assert_eq!(named(DOWN).await, DOWN);
        assert_eq!(tokio::spawn(named(Ok(1))).await.unwrap(), Ok(1));
        let carried = testing::carry(named(Ok(1)));
        assert_eq!(
            tokio::spawn(carried).await.unwrap(),
            Err(Fault::CircuitOpen)
        );
    })
    .await;
}

#[tokio::test]
async fn to_carry_what_is_not_there_changes_nothing() {
    assert_eq!(testing::carry(named(Ok(1))).await, Ok(1));
    let carried = testing::carry(named(Ok(1)));
    testing::isolated(async {
        assert_eq!(named(DOWN).await, DOWN);
        assert_eq!(carried.await, Err(Fault::CircuitOpen));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_outlives_its_block_gives_back_what_it_has() {
    #[bulkhead(name = "testing-outlives", max_concurrent = 1)]
    async fn waits(until: oneshot::Receiver<()>) -> Result<u32, Fault> {
        until.await.map(|()| 1).map_err(|_| Fault::Failed(1))
    }

    let (over, until) = oneshot::channel();
    let (task, bulkhead) = testing::isolated(async {
        let task = tokio::spawn(testing::carry(waits(until)));
        yield_now().await;
        (task, registry::bulkhead("testing-outlives").unwrap())
    })
    .await;
    assert_eq!(bulkhead.in_flight(), 1);
    over.send(()).unwrap();
    assert_eq!(task.await.unwrap(), Ok(1));
    assert_eq!(bulkhead.in_flight(), 0);
}

/// Looks at a breaker when it is dropped.
struct Looks<'a>(&'a Mutex<Vec<CircuitState>>);

impl Drop for Looks<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(STATIC.state());
    }
}

#[tokio::test]
async fn what_a_block_drops_is_dropped_in_the_block() {
    let seen = Mutex::default();
    testing::isolated(async {
        STATIC.force_open();
        let _looks = Looks(&seen);
    })
    .await;
    // Kept to the end of the future, not of its statements.
    let looks = Looks(&seen);
    testing::isolated(poll_fn(move |_| {
        let _ = &looks;
        STATIC.force_open();
        Poll::Ready(())
    }))
    .await;
    let mut dropped = Box::pin(testing::isolated(async {
        let _looks = Looks(&seen);
        STATIC.force_open();
        std::future::pending::<()>().await;
    }));
    assert!(poll!(dropped.as_mut()).is_pending());
    drop(dropped);
    assert_eq!(*seen.lock().unwrap(), [CircuitState::ForcedOpen; 3]);
    assert_eq!(STATIC.state(), CircuitState::Closed);
}

#[tokio::test]
async fn what_a_future_drops_at_its_end_is_recorded() {
    let breaker = Arc::new(CircuitBreaker::new("testing-dropped"));
    breaker.force_open();
    let resets = Resets(Arc::clone(&breaker));
    let ((), events) = testing::record(poll_fn(move |_| {
        let _ = &resets;
        Poll::Ready(())
    }))
    .await;
    assert_eq!(events.to_string(), "testing-dropped: forced open → closed");
}

/// Resets a breaker when it is dropped.
struct Resets(Arc<CircuitBreaker>);

impl Drop for Resets {
    fn drop(&mut self) {
        self.0.reset();
    }
}

#[tokio::test]
async fn a_block_that_panics_is_left() {
    let block = testing::isolated(testing::record(async {
        STATIC.force_open();
        panic!("on purpose");
    }));
    assert!(AssertUnwindSafe(block).catch_unwind().await.is_err());
    assert_eq!(STATIC.state(), CircuitState::Closed);
    assert_eq!(by_static(Ok(1)).await, Ok(1));
}

#[tokio::test]
async fn mistakes_with_names_are_told_in_every_block() {
    #[bulkhead(name = "testing-undeclared")]
    async fn undeclared() -> Result<u32, Fault> {
        Ok(1)
    }
    #[circuit_breaker(name = "testing-conflict", min_calls = 5)]
    async fn one() -> Result<u32, Fault> {
        Ok(1)
    }
    #[circuit_breaker(name = "testing-conflict", min_calls = 6)]
    async fn other() -> Result<u32, Fault> {
        Ok(1)
    }

    for _ in 0..2 {
        let calls = async {
            for _ in 0..2 {
                assert_eq!(undeclared().await, Ok(1));
                assert_eq!(one().await, Ok(1));
                assert_eq!(other().await, Ok(1));
            }
        };
        let ((), events) = testing::record(testing::isolated(calls)).await;
        assert!(
            matches!(
                events[..],
                [Event::Undeclared { .. }, Event::Conflict { .. }]
            ),
            "{events}"
        );
    }
}

#[retry(max = 2, delay = "1s")]
async fn retried(outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    outcome
}

const TWO_RETRIES: &str = "retry 1 of 2 in 1s, after an error\nretry 2 of 2 in 2s, after an error";

#[tokio::test(start_paused = true)]
async fn a_record_is_of_its_block_alone_and_in_order() {
    let one = testing::record(retried(DOWN));
    let other = testing::record(testing::isolated(async {
        assert_eq!(named(DOWN).await, DOWN);
        sleep(ms(1500)).await;
        assert_eq!(named(DOWN).await, Err(Fault::CircuitOpen));
        breaker("testing-named").reset();
    }));
    let (one, ((), other)) = join(one, other).await;
    assert_eq!((one.0, &*one.1.to_string()), (DOWN, TWO_RETRIES));
    assert_eq!(
        other.to_string(),
        "testing-named: closed → open, as the last call failed\n\
         rejected: testing-named is open: the last call failed; next probe in 28.5s\n\
         testing-named: open → closed"
    );
    assert_eq!(other.len(), 3);
    assert_eq!(
        other.count(|event| matches!(event, Event::Rejected { .. })),
        1
    );
}

#[tokio::test]
async fn a_record_is_complete_and_subscribers_are_told_as_well() {
    static AT_ONCE: Retry = Retry::new(100).no_delay();

    let mut told = resilient_runtime::event::subscribe();
    let ((), events) = testing::record(async {
        CircuitBreaker::new("testing-told").force_open();
    })
    .await;
    assert_eq!(events.len(), 1);
    // Other tests of this process are heard here too.
    while told.recv().await != events[0] {}
    drop(told);

    let ((), events) = testing::record(async {
        for _ in 0..30 {
            let down = || resilient_runtime::body(ready(DOWN));
            assert!(AT_ONCE.run(down).await.is_err());
        }
    })
    .await;
    // More than any subscription holds.
    assert_eq!(events.len(), 3000);
    let (_, events) = testing::record(retried(Ok(1))).await;
    assert!(events.is_empty());
}

#[tokio::test(start_paused = true)]
async fn nested_records_both_have_what_happens_in_the_inner_one() {
    let ((_, inner), outer) = testing::record(async {
        let inner = testing::record(retried(DOWN)).await;
        assert_eq!(retried(DOWN).await, DOWN);
        inner
    })
    .await;
    assert_eq!((inner.len(), outer.len()), (2, 4));
    assert_eq!(inner[..], outer[..2]);
}

#[tokio::test(start_paused = true)]
async fn a_recorder_keeps_what_a_dropped_block_did() {
    let recorder = Recorder::new();
    assert!(
        timeout(ms(1500), recorder.run(retried(DOWN)))
            .await
            .is_err()
    );
    assert_eq!(recorder.take().to_string(), TWO_RETRIES);
    assert!(recorder.take().is_empty());
    assert_eq!(retried(DOWN).await, DOWN);
    assert!(recorder.take().is_empty(), "nobody recorded that");
    // Once, however often it records.
    assert_eq!(recorder.run(recorder.run(retried(DOWN))).await, DOWN);
    assert_eq!(recorder.take().to_string(), TWO_RETRIES);
}

#[tokio::test(start_paused = true)]
async fn a_record_goes_along_with_what_is_carried() {
    let ((), events) = testing::record(async {
        tokio::spawn(retried(DOWN)).await.unwrap().unwrap_err();
        let carried = testing::carry(retried(DOWN));
        tokio::spawn(carried).await.unwrap().unwrap_err();
    })
    .await;
    assert_eq!(events.to_string(), TWO_RETRIES);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_was_forced_open_is_again_what_it_was() {
    let breaker = CircuitBreaker::new("testing-forced").consecutive_failures(1);
    let forced = async |before: CircuitState, after: CircuitState| {
        assert_eq!(breaker.state(), before);
        {
            let _open = testing::force_open(&breaker);
            assert_eq!(breaker.state(), CircuitState::ForcedOpen);
            assert!(breaker.call(done()).await.is_err());
        }
        assert_eq!(breaker.state(), after);
    };
    record(&breaker, "s").await;
    forced(CircuitState::Closed, CircuitState::Closed).await;
    breaker.force_closed();
    forced(CircuitState::ForcedClosed, CircuitState::ForcedClosed).await;
    breaker.force_open();
    forced(CircuitState::ForcedOpen, CircuitState::ForcedOpen).await;
    breaker.reset();

    record(&breaker, "f").await;
    {
        let _open = testing::force_open(&breaker);
    }
    let snapshot = breaker.snapshot();
    assert!(snapshot.probe_due, "{snapshot:?}");
    assert!(breaker.call(done()).await.is_ok());
    assert_eq!(breaker.state(), CircuitState::HalfOpen);
}

#[tokio::test]
async fn in_a_block_the_block_s_own_breaker_is_forced_open() {
    #[shared]
    static ALONE: CircuitBreaker = CircuitBreaker::new("testing-alone");

    testing::isolated(async {
        let open = testing::force_open(&STATIC);
        let by_name = testing::force_open_by_name("testing-named");
        assert_eq!(by_static(Ok(1)).await, Err(Fault::CircuitOpen));
        assert_eq!(named(Ok(1)).await, Err(Fault::CircuitOpen));
        assert_eq!(tokio::spawn(by_static(Ok(1))).await.unwrap(), Ok(1));
        assert_eq!(tokio::spawn(named(Ok(1))).await.unwrap(), Ok(1));
        drop((open, by_name));
        assert_eq!(by_static(Ok(1)).await, Ok(1));
        assert_eq!(named(Ok(1)).await, Ok(1));
    })
    .await;
    // It is known what was forced open, wherever it is given back.
    let open = testing::isolated(async { testing::force_open(&ALONE) }).await;
    ALONE.force_open();
    drop(open);
    assert_eq!(ALONE.state(), CircuitState::ForcedOpen);
}

#[test]
#[should_panic = "no circuit breaker in this binary is called `testing-names`; did you mean `testing-named`?"]
fn a_name_that_there_is_not_is_an_error_with_a_hint() {
    let _open = testing::force_open_by_name("testing-names");
}

/// The delays of two retries with full jitter.
async fn delays() -> String {
    static RETRY: Retry = Retry::new(2).constant(ms(10_000)).jitter(Jitter::Full);
    let down = || {
        resilient_runtime::body(async {
            yield_now().await;
            DOWN
        })
    };
    testing::record(RETRY.run(down)).await.1.to_string()
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_makes_the_same_delays() {
    let seeded = async |seed| {
        testing::seed_jitter(seed);
        delays().await
    };
    let seven = seeded(7).await;
    assert_eq!(seeded(7).await, seven);
    assert_ne!(delays().await, seven, "it goes on");
    assert_ne!(seeded(8).await, seven);
}

#[tokio::test(start_paused = true)]
async fn the_seed_of_a_block_is_its_own() {
    testing::seed_jitter(7);
    let (first, second) = (delays().await, delays().await);
    assert_ne!(first, second);

    testing::seed_jitter(7);
    let block = || testing::isolated(async { (delays().await, delays().await) });
    let expected = (first.clone(), second.clone());
    // From the seed that stood before it, however blocks interleave.
    assert_eq!(
        join(block(), block()).await,
        (expected.clone(), expected.clone())
    );
    let other = testing::isolated(async {
        testing::seed_jitter(8);
        delays().await
    });
    assert_ne!(other.await, first);
    // The thread's own has not moved.
    assert_eq!((delays().await, delays().await), expected);

    let seeded = testing::isolated(async {
        testing::seed_jitter(7);
        let carried = testing::carry(delays());
        let first = tokio::spawn(carried).await.unwrap();
        (first, delays().await)
    });
    assert_eq!(seeded.await, expected);
}
