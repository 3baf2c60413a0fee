//! Overrides: what each key changes, what stays, what wins, and what is told.

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::config::{self, Applied, Errors, Sources};
use resilient_runtime::event::{self, Event};
use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Hedge, RateLimiter, Rejected, RetryBudget, bulkhead,
    circuit_breaker, hedge, rate_limit, registry, retry, shared, testing, timeout,
};
use tokio::time::{Instant, sleep};

type R<T = u32> = io::Result<T>;

/// Overrides are the process's: one test at a time, and each begins with none.
struct Alone(#[allow(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

fn alone() -> Alone {
    static ONE: Mutex<()> = Mutex::new(());
    let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    config::clear();
    Alone(one)
}

impl Drop for Alone {
    fn drop(&mut self) {
        config::clear();
    }
}

fn file(toml: &str) -> Result<Applied, Errors> {
    Sources::new().text("file.toml", toml).variables([]).apply()
}

fn good(toml: &str) -> Applied {
    file(toml).unwrap_or_else(|errors| panic!("{errors}"))
}

fn refused(toml: &str) -> String {
    file(toml).expect_err("it is refused").to_string()
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    let pair = |(name, value): &(&str, &str)| (name.into(), value.into());
    pairs.iter().map(pair).collect()
}

fn down<T>() -> R<T> {
    Err(io::Error::other("down"))
}

// ---- retry ------------------------------------------------------------------------------------------

#[retry(max = 3, backoff = "none")]
async fn plain_retry(calls: &mut u32) -> R {
    *calls += 1;
    down()
}

async fn calls_of_a_retry() -> u32 {
    let mut calls = 0;
    assert!(plain_retry(&mut calls).await.is_err());
    calls
}

#[tokio::test(start_paused = true)]
async fn a_retry_makes_as_many_calls_as_the_file_says_and_then_as_the_attribute_does() {
    let _alone = alone();
    assert_eq!(calls_of_a_retry().await, 4);
    good("[function.plain_retry.retry]\nmax = 1");
    assert_eq!(calls_of_a_retry().await, 2);
    good("[function.plain_retry.retry]\nenabled = false");
    assert_eq!(calls_of_a_retry().await, 1);
    good("[function.plain_retry.retry]\nenabled = true");
    assert_eq!(calls_of_a_retry().await, 4);
    good("");
    assert_eq!(calls_of_a_retry().await, 4);
}

#[retry(max = 2, delay = "100ms")]
async fn delayed_retry() -> R {
    down()
}

/// How long its delays take together.
async fn delays() -> u128 {
    let start = Instant::now();
    assert!(delayed_retry().await.is_err());
    start.elapsed().as_millis()
}

#[tokio::test(start_paused = true)]
async fn every_number_and_word_of_a_backoff_can_be_overridden() {
    let _alone = alone();
    assert_eq!(delays().await, 300);
    for (keys, expected) in [
        ("delay = \"10ms\"", 30),
        ("factor = 3.0", 400),
        ("factor = 3", 400),
        ("max_delay = \"150ms\"", 250),
        ("backoff = \"linear\"", 300),
        ("backoff = \"constant\"", 200),
        ("backoff = \"none\"", 0),
        ("backoff = \"fibonacci\"", 200),
        ("max_duration = \"250ms\"", 100),
        ("max = 3", 700),
        ("on = [\"timeout\"]", 0),
        ("on = [\"error\", \"circuit_open\"]", 300),
    ] {
        good(&format!("[function.delayed_retry.retry]\n{keys}"));
        assert_eq!(delays().await, expected, "{keys}");
    }
    testing::seed_jitter(7);
    for jitter in ["\"full\"", "\"equal\"", "\"25%\"", "0.25", "true"] {
        good(&format!(
            "[function.delayed_retry.retry]\njitter = {jitter}"
        ));
        assert!(delays().await <= 375, "{jitter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_under_way_goes_on_by_what_held_when_it_came() {
    let _alone = alone();
    let call = tokio::spawn(delayed_retry());
    sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    good("[function.delayed_retry.retry]\nenabled = false");
    assert!(call.await.unwrap().is_err());
    assert_eq!(start.elapsed().as_millis(), 250);
}

// ---- timeout ----------------------------------------------------------------------------------------

#[timeout("2s")]
#[retry(max = 1, backoff = "none", on(timeout))]
#[timeout("500ms")]
async fn two_timeouts() -> R {
    pending().await
}

async fn takes() -> u128 {
    let start = Instant::now();
    assert!(two_timeouts().await.is_err());
    start.elapsed().as_millis()
}

#[tokio::test(start_paused = true)]
async fn each_of_two_timeouts_is_overridden_by_its_number_or_its_place() {
    let _alone = alone();
    assert_eq!(takes().await, 1000);
    for (keys, expected) in [
        ("timeout.2 = \"100ms\"", 200),
        ("timeout.1.after = \"700ms\"", 700),
        ("timeout = [\"700ms\", { after = \"100ms\" }]", 200),
        ("timeout = [\"700ms\"]", 700),
        ("timeout.2.enabled = false", 2000),
        ("timeout.1 = { after = \"600ms\", enabled = false }", 1000),
    ] {
        good(&format!("[function.two_timeouts]\n{keys}"));
        assert_eq!(takes().await, expected, "{keys}");
    }
    let said = refused("[function.two_timeouts]\ntimeout = \"1s\"");
    assert!(
        said.contains("has 2 of `timeout`, and nothing says which is meant"),
        "{said}"
    );
    let said = refused("[function.two_timeouts]\ntimeout.3 = \"1s\"");
    assert!(
        said.contains("has 2 of `timeout`, and this is number 3"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_switched_off_opens_no_deadline() {
    #[timeout("1s")]
    async fn left() -> R<Option<Duration>> {
        Ok(resilient_runtime::deadline::remaining())
    }

    let _alone = alone();

    assert_eq!(left().await.unwrap(), Some(Duration::from_secs(1)));
    good(
        "[function.\"a_timeout_that_is_switched_off_opens_no_deadline::left\".timeout]\nenabled = false",
    );
    assert_eq!(left().await.unwrap(), None);
}

// ---- circuit breaker --------------------------------------------------------------------------------

#[circuit_breaker(name = "pay", window = 10, min_calls = 4)]
async fn pay(ok: bool) -> R {
    if ok { Ok(1) } else { down() }
}

fn breaker(name: &str) -> &'static CircuitBreaker {
    registry::circuit_breaker(name).expect("it is declared")
}

#[tokio::test(start_paused = true)]
async fn a_breaker_keeps_state_records_and_generation_through_a_change() {
    let _alone = alone();
    let it = breaker("pay");
    it.reset();
    for ok in [true, true, false] {
        let _ = pay(ok).await;
    }
    let before = it.snapshot();
    good("[circuit_breaker.pay]\nfailure_rate = \"90%\"\nhalf_open_calls = 1");
    let after = it.snapshot();
    assert_eq!(
        (after.calls, after.failures),
        (before.calls, before.failures)
    );
    assert_eq!(after.generation, before.generation);
    for _ in 0..3 {
        let _ = pay(false).await;
    }
    assert_eq!(it.state(), CircuitState::Closed, "4 of 6 are not 90 %");
    good(
        "[circuit_breaker.pay]\nfailure_rate = \"30%\"\nbreak_duration = \"5s\"\nhalf_open_calls = 1",
    );
    assert_eq!(it.snapshot().calls, 6);
    assert!(pay(true).await.is_ok());
    assert_eq!(
        it.state(),
        CircuitState::Open,
        "the next record is looked at by the new rate"
    );
    assert_eq!(it.snapshot().retry_after, Some(Duration::from_secs(5)));
    // A break that has begun ends when it was to end.
    good("[circuit_breaker.pay]\nbreak_duration = \"60s\"\nhalf_open_calls = 1");
    assert_eq!(it.snapshot().retry_after, Some(Duration::from_secs(5)));
    sleep(Duration::from_secs(5)).await;
    assert!(pay(true).await.is_ok());
    assert_eq!(it.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_20_a_lower_rate_is_held_against_the_records_when_the_next_one_is_among_them() {
    let _alone = alone();
    let it = breaker("pay");
    it.reset();
    for ok in [false, true, true, true] {
        let _ = pay(ok).await;
    }
    good("[circuit_breaker.pay]\nfailure_rate = \"25%\"");
    assert_eq!(it.state(), CircuitState::Closed, "nothing is recorded");
    let _ = pay(true).await;
    assert_eq!(it.state(), CircuitState::Closed, "1 of 5 has failed");
    let _ = pay(false).await;
    assert_eq!(it.state(), CircuitState::Open, "2 of 6 have failed");
    it.reset();
}

#[tokio::test(start_paused = true)]
async fn a_count_window_keeps_the_last_records_that_fit_and_another_kind_begins_empty() {
    let _alone = alone();
    let it = breaker("pay");
    it.reset();
    good("[circuit_breaker.pay]\nfailure_rate = 1.0");
    for ok in [false, false, false, true, true, false] {
        let _ = pay(ok).await;
    }
    let look = || {
        let it = it.snapshot();
        (it.calls, it.failures)
    };
    assert_eq!(look(), (6, 4));
    good("[circuit_breaker.pay]\nfailure_rate = 1.0\nwindow = 4");
    assert_eq!(look(), (4, 2));
    good("[circuit_breaker.pay]\nfailure_rate = 1.0\nwindow = 100");
    assert_eq!(look(), (4, 2));
    let _ = pay(false).await;
    assert_eq!(look(), (5, 3));
    good("[circuit_breaker.pay]\nfailure_rate = 1.0\nwindow = \"60s\"");
    assert_eq!(look(), (0, 0));
    assert_eq!(it.state(), CircuitState::Closed);
    let _ = pay(true).await;
    let _ = pay(false).await;
    assert_eq!(look(), (2, 1));
    sleep(Duration::from_secs(20)).await;
    good("[circuit_breaker.pay]\nfailure_rate = 1.0\nwindow = \"10s\"");
    assert_eq!(look(), (0, 0), "they are older than that");
    good("");
    assert_eq!(look(), (0, 0));
    for _ in 0..12 {
        let _ = pay(true).await;
    }
    assert_eq!(look(), (10, 0));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_switched_off_lets_all_through_and_comes_back_as_it_was() {
    let _alone = alone();
    let it = breaker("pay");
    it.reset();
    for _ in 0..4 {
        let _ = pay(false).await;
    }
    assert_eq!(it.state(), CircuitState::Open);
    good("[circuit_breaker.pay]\nenabled = false");
    assert_eq!(pay(true).await.unwrap(), 1);
    assert!(!matches!(
        pay(false).await.unwrap_err().get_ref(),
        Some(error) if error.is::<Rejected>()
    ));
    good("");
    assert_eq!(it.state(), CircuitState::Open);
    let rejected = pay(true).await.unwrap_err();
    assert!(rejected.get_ref().unwrap().is::<Rejected>());
    it.reset();
}

#[tokio::test(start_paused = true)]
async fn fewer_probes_close_a_half_open_breaker_that_has_had_them() {
    let _alone = alone();
    let it = breaker("pay");
    it.reset();
    for _ in 0..4 {
        let _ = pay(false).await;
    }
    sleep(Duration::from_secs(30)).await;
    assert!(pay(true).await.is_ok());
    assert!(pay(true).await.is_ok());
    assert_eq!(it.state(), CircuitState::HalfOpen);
    let mut events = event::subscribe();
    good("[circuit_breaker.pay]\nhalf_open_calls = 2");
    assert_eq!(
        it.state(),
        CircuitState::Closed,
        "no probe need come to say so"
    );
    let told = std::iter::from_fn(|| events.try_recv()).any(|event| {
        matches!(
            event,
            Event::CircuitTransition {
                to: CircuitState::Closed,
                ..
            }
        )
    });
    assert!(told);
}

#[circuit_breaker(name = "hosts", consecutive_failures = 3, key = host)]
async fn of_host(host: &str) -> R {
    let _ = host;
    down()
}

#[tokio::test(start_paused = true)]
async fn an_override_reaches_every_key_old_and_new() {
    let _alone = alone();
    let it = breaker("hosts");
    it.reset();
    let _ = of_host("old").await;
    good("[circuit_breaker.hosts]\nconsecutive_failures = 2");
    let _ = of_host("old").await;
    assert_eq!(it.of("old").state(), CircuitState::Open);
    let _ = of_host("new").await;
    let _ = of_host("new").await;
    assert_eq!(it.of("new").state(), CircuitState::Open);
    good("");
    let _ = of_host("newer").await;
    let _ = of_host("newer").await;
    assert_eq!(it.of("newer").state(), CircuitState::Closed);
    it.reset();
}

#[tokio::test(start_paused = true)]
async fn an_isolated_block_sees_the_overrides_of_what_its_instances_stand_for() {
    let _alone = alone();
    testing::isolated(async {
        for _ in 0..2 {
            let _ = pay(false).await;
        }
        // One that exists already, and hears of it.
        good("[circuit_breaker.pay]\nmin_calls = 3");
        let _ = pay(false).await;
        assert_eq!(breaker("pay").state(), CircuitState::Open);
    })
    .await;
    // And one that does not yet.
    testing::isolated(async {
        for _ in 0..3 {
            let _ = pay(false).await;
        }
        assert_eq!(breaker("pay").state(), CircuitState::Open);
    })
    .await;
    assert_eq!(breaker("pay").state(), CircuitState::Closed);
}

// ---- bulkhead ---------------------------------------------------------------------------------------

#[bulkhead(name = "db", max_concurrent = 2, max_wait = "10s")]
async fn query(takes: Duration) -> R {
    sleep(takes).await;
    Ok(1)
}

fn db() -> &'static Bulkhead {
    registry::bulkhead("db").expect("it is declared")
}

#[tokio::test(start_paused = true)]
async fn a_higher_limit_calls_those_who_wait_and_a_lower_one_admits_nobody_until_enough_have_left()
{
    let _alone = alone();
    let second = Duration::from_secs(1);
    let calls: Vec<_> = (1..=5).map(|i| tokio::spawn(query(second * i))).collect();
    sleep(Duration::from_millis(10)).await;
    assert_eq!((db().in_flight(), db().waiting()), (2, 3));
    good("[bulkhead.db]\nmax_concurrent = 4");
    tokio::task::yield_now().await;
    assert_eq!((db().limit(), db().in_flight(), db().waiting()), (4, 4, 1));
    good("[bulkhead.db]\nmax_concurrent = 1");
    assert_eq!((db().in_flight(), db().waiting()), (4, 1));
    // The first three leave, and nobody comes in their place.
    sleep(3 * second + Duration::from_millis(100)).await;
    assert_eq!((db().in_flight(), db().waiting()), (1, 1));
    sleep(second).await;
    assert_eq!((db().in_flight(), db().waiting()), (1, 0));
    for call in calls {
        assert!(call.await.unwrap().is_ok());
    }
    assert_eq!((db().in_flight(), db().limit()), (0, 1));
    good("");
    assert_eq!(db().limit(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_that_is_switched_off_lets_all_through_and_loses_no_place() {
    let _alone = alone();
    let second = Duration::from_secs(1);
    let calls: Vec<_> = (0..3).map(|_| tokio::spawn(query(second))).collect();
    sleep(Duration::from_millis(10)).await;
    good("[bulkhead.db]\nenabled = false");
    let more: Vec<_> = (0..10).map(|_| tokio::spawn(query(second))).collect();
    sleep(Duration::from_millis(10)).await;
    assert_eq!((db().in_flight(), db().waiting()), (13, 0));
    good("");
    assert_eq!((db().in_flight(), db().limit()), (13, 2));
    for call in calls.into_iter().chain(more) {
        assert!(call.await.unwrap().is_ok());
    }
    assert_eq!(db().in_flight(), 0);
}

#[bulkhead(max_concurrent = 1)]
async fn private_bulkhead(takes: Duration) -> R {
    sleep(takes).await;
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn waits_queues_and_shadows_of_a_private_bulkhead_are_overridden_by_its_function() {
    let _alone = alone();
    let second = Duration::from_secs(1);
    let both = async || {
        let (one, other) = tokio::join!(private_bulkhead(second), private_bulkhead(second));
        (one.is_ok(), other.is_ok())
    };
    assert_eq!(both().await, (true, false));
    for (keys, expected) in [
        ("max_wait = \"2s\"", (true, true)),
        ("max_wait = \"500ms\"", (true, false)),
        ("max_wait = \"2s\"\nmax_queue = 1", (true, true)),
        ("shadow = true", (true, true)),
        ("max_concurrent = 2", (true, true)),
        ("max_keys = 7", (true, false)),
    ] {
        good(&format!("[function.private_bulkhead.bulkhead]\n{keys}"));
        assert_eq!(both().await, expected, "{keys}");
    }
}

#[bulkhead(name = "elastic", adaptive, min = 2, max = 50, initial = 10)]
async fn elastic() -> R {
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn an_adaptive_limit_stays_within_its_new_bounds() {
    let _alone = alone();
    let it = registry::bulkhead("elastic").unwrap();
    assert!(elastic().await.is_ok());
    assert_eq!(it.limit(), 10);
    good("[bulkhead.elastic]\ninitial = 30");
    assert_eq!(it.limit(), 30, "it has not moved since it began");
    good("[bulkhead.elastic]\nmax = 8\ninitial = 8");
    assert_eq!(it.limit(), 8);
    good("[bulkhead.elastic]\nenabled = false");
    assert!(it.limit() > 1_000_000);
    assert!(elastic().await.is_ok());
    good("");
    assert_eq!(it.limit(), 10);
    let said = refused("[bulkhead.elastic]\nmax_concurrent = 3");
    assert!(said.contains("`max_concurrent` is a fixed limit"), "{said}");
    let said = refused("[bulkhead.db]\nmin = 3");
    assert!(said.contains("`min` is of an adaptive limit"), "{said}");
}

// ---- rate limit -------------------------------------------------------------------------------------

#[rate_limit("1/m", name = "api", burst = 10)]
async fn api() -> R {
    Ok(1)
}

async fn passes(calls: usize) -> usize {
    let mut passed = 0;
    for _ in 0..calls {
        passed += usize::from(api().await.is_ok());
    }
    passed
}

fn limiter() -> &'static RateLimiter {
    registry::rate_limiter("api").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_changes_never_lets_more_than_its_burst_pass_at_once() {
    let _alone = alone();
    testing::isolated(async {
        assert_eq!(passes(4).await, 4);
        // Four of ten are used up, whatever the rate.
        good("[rate_limit.api]\nrate = \"100/s\"\nburst = 10");
        assert_eq!(limiter().available(), 6);
        assert_eq!(passes(20).await, 6);
        sleep(Duration::from_millis(50)).await;
        assert_eq!(passes(20).await, 5);
        good("[rate_limit.api]\nrate = \"100/s\"\nburst = 20");
        assert_eq!(passes(30).await, 10);
        good("");
        assert_eq!(passes(20).await, 0);
        sleep(Duration::from_secs(600)).await;
        assert_eq!(passes(20).await, 10);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_that_is_switched_off_uses_nothing_up() {
    let _alone = alone();
    testing::isolated(async {
        assert_eq!(passes(3).await, 3);
        good("[rate_limit.api]\nenabled = false");
        assert_eq!(passes(100).await, 100);
        good("");
        assert_eq!(passes(20).await, 7);
    })
    .await;
}

#[rate_limit("1/s", burst = 1, max_wait = "1m")]
async fn waits_for_its_turn() -> R<Instant> {
    Ok(Instant::now())
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_rate_wait_by_the_new_one() {
    let _alone = alone();
    let start = Instant::now();
    let calls: Vec<_> = (0..5).map(|_| tokio::spawn(waits_for_its_turn())).collect();
    sleep(Duration::from_millis(500)).await;
    good("[function.waits_for_its_turn]\nrate_limit = \"10/s\"");
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let took = start.elapsed().as_millis();
    assert!((700..1000).contains(&took), "{took}");
    good("[function.waits_for_its_turn.rate_limit]\nenabled = false");
    let start = Instant::now();
    for _ in 0..50 {
        waits_for_its_turn().await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

// ---- hedge and budget -------------------------------------------------------------------------------

#[hedge(after = "100ms")]
async fn slow() -> R {
    sleep(Duration::from_secs(1)).await;
    Ok(1)
}

/// After how long copies were started, in milliseconds from the one before.
async fn copies() -> Vec<u128> {
    let mut events = event::subscribe();
    slow().await.unwrap();
    let events = std::iter::from_fn(|| events.try_recv());
    let copies = events.filter_map(|event| match event {
        Event::HedgeStarted { after, .. } => Some(after.as_millis()),
        _ => None,
    });
    copies.collect()
}

struct Copies<const N: u32>;

impl<const N: u32> Copies<N> {
    #[hedge(after = "100ms", max = const { N })]
    async fn of_a_type() -> R {
        sleep(Duration::from_secs(1)).await;
        Ok(N)
    }
}

/// Every type has its own: a file can't speak of one of them, and is told so where it tries.
#[tokio::test(start_paused = true)]
async fn how_often_a_hedge_over_generics_copies_is_not_for_a_file_to_say() {
    let _alone = alone();
    let mut events = event::subscribe();
    let mut copies = async || {
        assert_eq!(Copies::<2>::of_a_type().await.unwrap(), 2);
        let started = |event: &Event| matches!(event, Event::HedgeStarted { .. });
        std::iter::from_fn(|| events.try_recv())
            .filter(started)
            .count()
    };
    assert_eq!(copies().await, 2);
    let refused = refused("[function.of_a_type.hedge]\nafter = \"50ms\"\nmax = 1");
    assert!(refused.contains("file.toml:3"), "{refused}");
    assert!(
        refused.contains("`max` depends on `Self` or on generics"),
        "{refused}"
    );
    assert_eq!(copies().await, 2);
    good("[function.of_a_type.hedge]\nafter = \"600ms\"");
    assert_eq!(copies().await, 1, "the second would come too late");
    good("[function.of_a_type.hedge]\nenabled = false");
    assert_eq!(copies().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_copies_when_and_as_often_as_the_file_says() {
    let _alone = alone();
    assert_eq!(copies().await, [100]);
    for (keys, expected) in [
        ("after = \"30ms\"", &[30][..]),
        ("max = 3", &[100, 100, 100]),
        ("enabled = false", &[]),
        ("after = \"p95\"\ninitial = \"70ms\"", &[70]),
    ] {
        good(&format!("[function.slow.hedge]\n{keys}"));
        assert_eq!(copies().await, expected, "{keys}");
    }
    let said = refused("[function.slow.hedge]\nafter = \"p95\"");
    assert!(said.contains("a percentile is measured"), "{said}");
    let said = refused("[function.slow.hedge]\ninitial = \"10ms\"");
    assert!(
        said.contains("`initial` holds until a percentile"),
        "{said}"
    );
}

#[shared]
static BUDGET: RetryBudget = RetryBudget::new("extra").ratio(0.5).min_per_second(0);

#[retry(max = 1, backoff = "none", budget = BUDGET)]
async fn budgeted(calls: &mut u32) -> R {
    *calls += 1;
    down()
}

#[tokio::test(start_paused = true)]
async fn a_budget_keeps_its_balance_and_goes_by_its_new_ratio() {
    let _alone = alone();
    testing::isolated(async {
        let mut calls = 0;
        for _ in 0..4 {
            let _ = budgeted(&mut calls).await;
        }
        assert_eq!(calls, 6);
        let one = async |calls: &mut u32| drop(budgeted(calls).await);
        good("[retry_budget.extra]\nratio = \"100%\"");
        one(&mut calls).await;
        assert_eq!(calls, 8);
        good("[retry_budget.extra]\nratio = \"1%\"\nmin_per_second = 2");
        for _ in 0..3 {
            one(&mut calls).await;
        }
        assert_eq!(calls, 13);
        good("[retry_budget.extra]\nenabled = false");
        for _ in 0..10 {
            one(&mut calls).await;
        }
        assert_eq!(calls, 33);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_budget_whose_minimum_is_lowered_has_the_new_one_back_after_a_second() {
    let _alone = alone();
    testing::isolated(async {
        let mut calls = 0;
        let retries = async |calls: &mut u32, of: u32| {
            let before = *calls;
            for _ in 0..of {
                let _ = budgeted(calls).await;
            }
            *calls - before - of
        };
        good("[retry_budget.extra]\nratio = \"1%\"\nmin_per_second = 1000");
        assert!(retries(&mut calls, 2_000).await >= 1_000);
        good("[retry_budget.extra]\nratio = \"1%\"\nmin_per_second = 10");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(retries(&mut calls, 50).await, 10);
    })
    .await;
}

#[circuit_breaker(name = "gates readiness", consecutive_failures = 1)]
async fn gates_readiness() -> R {
    down()
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_switched_off_takes_no_readiness_away() {
    use resilient_runtime::health;

    let _alone = alone();
    testing::isolated(async {
        health::critical("gates readiness");
        let _ = gates_readiness().await;
        assert_eq!(health::ready().http_status(), 503);
        good("[circuit_breaker.\"gates readiness\"]\nenabled = false");
        assert_eq!(health::ready().http_status(), 200);
        good("");
        assert_eq!(health::ready().http_status(), 503);
    })
    .await;
}

// ---- all of them ------------------------------------------------------------------------------------

#[circuit_breaker(name = "every", slow_call = "5s", break_backoff = 2.0)]
#[bulkhead(name = "every", max_concurrent = 5, max_wait = "1s")]
#[bulkhead(name = "every adaptive", adaptive)]
#[rate_limit("5/s", name = "every")]
#[retry(max = 2)]
#[hedge(after = "p95", initial = "1s")]
#[timeout("20s")]
async fn every() -> R {
    Ok(1)
}

/// Each key of each policy, with a value that is not the one in force.
const EVERY: &[(&str, &str, &str)] = &[
    ("circuit_breaker.every", "failure_rate", "\"40%\""),
    ("circuit_breaker.every", "window", "70"),
    ("circuit_breaker.every", "min_calls", "30"),
    ("circuit_breaker.every", "consecutive_failures", "7"),
    ("circuit_breaker.every", "slow_call", "\"4s\""),
    ("circuit_breaker.every", "slow_call_rate", "\"70%\""),
    ("circuit_breaker.every", "break_duration", "\"20s\""),
    ("circuit_breaker.every", "break_backoff", "3.0"),
    ("circuit_breaker.every", "max_break_duration", "\"40s\""),
    ("circuit_breaker.every", "half_open_calls", "2"),
    ("circuit_breaker.every", "shadow", "true"),
    ("circuit_breaker.every", "max_keys", "9"),
    ("circuit_breaker.every", "enabled", "false"),
    ("bulkhead.every", "max_concurrent", "6"),
    ("bulkhead.\"every adaptive\"", "min", "3"),
    ("bulkhead.\"every adaptive\"", "max", "60"),
    ("bulkhead.\"every adaptive\"", "initial", "30"),
    ("bulkhead.every", "max_wait", "\"2s\""),
    ("bulkhead.every", "max_queue", "40"),
    ("bulkhead.every", "shadow", "true"),
    ("bulkhead.every", "max_keys", "9"),
    ("bulkhead.every", "enabled", "false"),
    ("rate_limit.every", "rate", "\"6/s\""),
    ("rate_limit.every", "burst", "3"),
    ("rate_limit.every", "max_wait", "\"2s\""),
    ("rate_limit.every", "shadow", "true"),
    ("rate_limit.every", "max_keys", "9"),
    ("rate_limit.every", "enabled", "false"),
    ("retry_budget.extra", "ratio", "\"30%\""),
    ("retry_budget.extra", "min_per_second", "0"),
    ("retry_budget.extra", "enabled", "false"),
    ("function.every.retry", "max", "4"),
    ("function.every.retry", "backoff", "\"linear\""),
    ("function.every.retry", "delay", "\"200ms\""),
    ("function.every.retry", "factor", "3.0"),
    ("function.every.retry", "max_delay", "\"5s\""),
    ("function.every.retry", "jitter", "\"full\""),
    ("function.every.retry", "max_duration", "\"9s\""),
    ("function.every.retry", "on", "[\"error\"]"),
    ("function.every.retry", "enabled", "false"),
    ("function.every.hedge", "after", "\"p90\""),
    ("function.every.hedge", "initial", "\"2s\""),
    ("function.every.hedge", "max", "3"),
    ("function.every.hedge", "enabled", "false"),
    ("function.every.timeout", "after", "\"10s\""),
    ("function.every.timeout", "enabled", "false"),
];

#[tokio::test(start_paused = true)]
async fn every_key_of_every_policy_can_be_overridden_is_described_and_given_back() {
    let _alone = alone();
    assert!(every().await.is_ok());
    let written = config::describe();
    for (table, key, value) in EVERY {
        good(&format!("[{table}]\n{key} = {value}"));
        let described = config::describe();
        let is_shown = |it: &&config::Setting| {
            it.source == "file.toml:2:1" || it.source.starts_with("file.toml:2:")
        };
        let shown: Vec<_> = described
            .settings()
            .filter(is_shown)
            .map(|it| (&*it.key, &*it.value))
            .collect();
        // A bound on keys is shown where there are keys.
        if *key != "max_keys" {
            assert_eq!(shown, [(*key, *value)], "{table} {key}");
            assert_ne!(described, written);
        }
        good("");
        assert_eq!(config::describe(), written, "{table} {key}");
    }
    // What a policy says its keys are is what stands above.
    for table in [
        "circuit_breaker.every",
        "bulkhead.every",
        "rate_limit.every",
        "retry_budget.extra",
        "function.every.retry",
        "function.every.hedge",
        "function.every.timeout",
    ] {
        let said = refused(&format!("[{table}]\nqqqqqqqqq = 1"));
        let (_, keys) = said.split_once("Its keys are ").expect("it says so");
        let kind = |table: &str| table.replace("\"every adaptive\"", "every");
        let mut known: Vec<_> = keys.split('`').skip(1).step_by(2).collect();
        let mut held: Vec<_> = EVERY
            .iter()
            .filter(|(other, ..)| kind(other) == table)
            .map(|(_, key, _)| *key)
            .collect();
        known.sort_unstable();
        held.sort_unstable();
        assert_eq!(known, held, "{table}");
    }
}

// ---- sources ----------------------------------------------------------------------------------------

#[tokio::test(start_paused = true)]
async fn a_variable_wins_over_the_file_and_the_file_over_the_attribute() {
    let _alone = alone();
    let file = "[function.plain_retry.retry]\nmax = 1\nenabled = true";
    let sources = |pairs: &[(&str, &str)]| {
        Sources::new()
            .text("file.toml", file)
            .variables(variables(pairs))
            .apply()
    };
    sources(&[]).unwrap();
    assert_eq!(calls_of_a_retry().await, 2);
    let max = [
        ("RESILIENT__FUNCTION__PLAIN_RETRY__RETRY__MAX", "5"),
        ("PATH", "/"),
    ];
    sources(&max).unwrap();
    assert_eq!(calls_of_a_retry().await, 6);
    let described = config::describe();
    let said: Vec<_> = described
        .settings()
        .filter(|it| it.table.contains("plain_retry") && ["max", "backoff"].contains(&&*it.key))
        .map(|it| format!("{} = {} by {}", it.key, it.value, it.source))
        .collect();
    assert_eq!(
        said,
        [
            "max = 5 by RESILIENT__FUNCTION__PLAIN_RETRY__RETRY__MAX",
            "backoff = \"none\" by attribute",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn variables_reach_names_and_paths_of_every_kind() {
    #[shared]
    static DOTS: CircuitBreaker = CircuitBreaker::new("payments-eu.v2: a b");

    let _alone = alone();
    Sources::new()
        .variables(variables(&[
            (
                "RESILIENT__CIRCUIT_BREAKER__PAYMENTS_EU_V2_A_B__FAILURE_RATE",
                "30%",
            ),
            ("RESILIENT__CIRCUIT_BREAKER__PAY__WINDOW", "60s"),
            ("RESILIENT__CIRCUIT_BREAKER__HOSTS__SHADOW", "true"),
            ("RESILIENT__FUNCTION__TWO_TIMEOUTS__TIMEOUT__1", "1s"),
            (
                "RESILIENT__FUNCTION__CONFIG_TWO_TIMEOUTS__TIMEOUT__2__AFTER",
                "10ms",
            ),
            (
                "RESILIENT__FUNCTION__DELAYED_RETRY__RETRY__ON",
                "error, circuit_open",
            ),
            ("RESILIENT__FUNCTION__WAITS_FOR_ITS_TURN__RATE_LIMIT", "5/s"),
            ("RESILIENT__RETRY_BUDGET__EXTRA__RATIO", "0.25"),
            ("resilient__ignored", "x"),
            ("RESILIENT_IGNORED", "x"),
        ]))
        .apply()
        .unwrap();
    let described = config::describe().to_string();
    for line in [
        "failure_rate = \"30%\"  # RESILIENT__CIRCUIT_BREAKER__PAYMENTS_EU_V2_A_B__FAILURE_RATE",
        "window = \"1m\"  # RESILIENT__CIRCUIT_BREAKER__PAY__WINDOW",
        "shadow = true  # RESILIENT__CIRCUIT_BREAKER__HOSTS__SHADOW",
        "after = \"1s\"  # RESILIENT__FUNCTION__TWO_TIMEOUTS__TIMEOUT__1",
        "after = \"10ms\"  # RESILIENT__FUNCTION__CONFIG_TWO_TIMEOUTS__TIMEOUT__2__AFTER",
        "on = [\"error\", \"circuit_open\"]  # RESILIENT__FUNCTION__DELAYED_RETRY__RETRY__ON",
        "rate = \"5/s\"  # RESILIENT__FUNCTION__WAITS_FOR_ITS_TURN__RATE_LIMIT",
        "ratio = \"25%\"  # RESILIENT__RETRY_BUDGET__EXTRA__RATIO",
    ] {
        assert!(described.contains(line), "{line}\n{described}");
    }
    let _ = DOTS.state();
}

#[test]
fn what_is_described_can_be_given_back_and_changes_nothing() {
    let _alone = alone();
    good(
        "[circuit_breaker.pay]\nfailure_rate = \"30%\"\n[function.two_timeouts]\ntimeout.1 = \"1s\"",
    );
    let before = config::describe();
    good(&before.to_string());
    let after = config::describe();
    let values = |it: &config::Description| -> Vec<_> {
        it.settings()
            .map(|it| (it.table.clone(), it.key.clone(), it.value.clone()))
            .collect()
    };
    assert_eq!(values(&before), values(&after));
}

#[test]
fn what_is_applied_and_withdrawn_is_told_once() {
    let _alone = alone();
    let mut events = event::subscribe();
    let mut told = || -> Vec<String> {
        std::iter::from_fn(|| events.try_recv())
            .filter(|event| matches!(event, Event::OverrideApplied { .. }))
            .map(|event| event.to_string())
            .collect()
    };
    let file = "[circuit_breaker.pay]\nfailure_rate = \"30%\"\nwindow = 20\n";
    let applied = good(file);
    let expected = [
        "circuit_breaker of pay: failure_rate = \"30%\", by file.toml:2:16",
        "circuit_breaker of pay: window = 20, by file.toml:3:10",
    ];
    assert_eq!(told(), expected);
    assert_eq!(applied.to_string(), expected.join("\n"));
    assert_eq!(good(file).to_string(), "nothing has changed");
    assert!(told().is_empty());
    good("[circuit_breaker.pay]\nwindow = 20\n");
    assert_eq!(
        told(),
        [
            "circuit_breaker of pay: failure_rate is as it is written again, file.toml:2:16 overrides it no more"
        ]
    );
}

#[test]
fn all_faults_are_told_at_once_and_nothing_changes() {
    let _alone = alone();
    good("[circuit_breaker.pay]\nfailure_rate = \"30%\"");
    let before = config::describe();
    let said = Sources::new()
        .text("file.toml", "[circuit_breaker.pay]\nfailure_rate = \"40%\"\nwindow = 0\n[bulkhead.dbx]\n[function.pay.retry]\n")
        .variables(variables(&[("RESILIENT__BULKHEAD__DB__MAX_WAIT", "5")]))
        .apply()
        .unwrap_err();
    let places: Vec<_> = said
        .iter()
        .map(|fault| fault.source().to_string())
        .collect();
    assert_eq!(
        places,
        [
            "file.toml:3:10",
            "file.toml:4:11",
            "file.toml:5:15",
            "RESILIENT__BULKHEAD__DB__MAX_WAIT"
        ],
        "{said}"
    );
    assert_eq!(config::describe(), before);
}

// ---- across a stack ---------------------------------------------------------------------------------

#[timeout("1s")]
#[retry(max = 2, delay = "100ms")]
#[timeout("200ms")]
/// Its stack is what is looked at.
pub async fn stacked() -> R {
    Ok(1)
}

#[hedge(after = "50ms")]
#[timeout("200ms")]
/// Its stack is what is looked at.
pub async fn hedged() -> R {
    Ok(1)
}

#[test]
fn the_rules_across_a_stack_hold_for_what_is_in_force() {
    let _alone = alone();
    for (file, at, said) in [
        (
            "[function.stacked]\ntimeout.1 = \"150ms\"",
            "2:13",
            "this timeout of 200ms can never fire: the one above it ends everything after 150ms",
        ),
        (
            "[function.stacked]\ntimeout.2 = \"1s\"",
            "2:13",
            "this timeout of 1s can never fire",
        ),
        (
            "[function.stacked]\ntimeout = [\"250ms\", \"50ms\"]\n[function.stacked.retry]\nmax = 5",
            "2:12",
            "attempt 3 can never start: 100ms + 200ms > 250ms",
        ),
        (
            "[function.stacked.retry]\ndelay = \"600ms\"\nmax = 5",
            "2:9",
            "attempt 3 can never start: 600ms + 1s 200ms > 1s",
        ),
        (
            "[function.hedged.hedge]\nafter = \"200ms\"",
            "2:9",
            "no call ever takes so long: the timeout beneath the hedge ends it after 200ms",
        ),
        (
            "[function.hedged]\ntimeout = \"40ms\"",
            "2:11",
            "no call ever takes so long",
        ),
    ] {
        let found = refused(file);
        assert!(found.contains(&format!("file.toml:{at}: ")), "{found}");
        assert!(found.contains(said), "{found}");
        assert!(found.contains("This is in the stack of"), "{found}");
    }
    // Each alone would be wrong, and together they are not.
    good(
        "[function.stacked]\ntimeout = [\"300ms\", \"50ms\"]\n[function.stacked.retry]\ndelay = \"10ms\"",
    );
    // What is switched off is in nobody's way.
    good("[function.hedged.hedge]\nafter = \"300ms\"\nenabled = false");
    good("[function.stacked]\ntimeout.2 = \"5s\"\ntimeout.1.enabled = false");
}

#[test]
fn what_others_share_or_nobody_knows_is_refused_with_the_way_out() {
    static HANDED: Hedge = Hedge::new(Duration::from_millis(5));

    #[hedge(HANDED)]
    async fn one() -> R {
        Ok(1)
    }
    #[hedge(HANDED)]
    async fn other() -> R {
        Ok(1)
    }
    #[timeout(limit)]
    async fn at_run_time(limit: Duration) -> R {
        Ok(1)
    }

    let _alone = alone();
    for (file, expected) in [
        (
            "[function.pay.circuit_breaker]\nwindow = 5",
            "Write `[circuit_breaker.\"pay\"]`",
        ),
        (
            "[function.\"the_way_out::one\".hedge]\nmax = 2",
            "no annotated function",
        ),
        (
            "[function.\"what_others_share_or_nobody_knows_is_refused_with_the_way_out::one\".hedge]\nmax = 2",
            "is one `static` of 2 functions",
        ),
        (
            "[function.at_run_time]\ntimeout = \"1s\"",
            "is made when the function is called",
        ),
        ("[function.nobody.retry]\nmax = 2", "no annotated function"),
        (
            "[function.plain_retri.retry]\nmax = 2",
            "Did you mean `plain_retry`?",
        ),
        (
            "[function.one.hedge]\nmax = 2",
            "is one `static` of 2 functions",
        ),
        (
            "[function.stacked.hedge]\nmax = 2",
            "has no `hedge` in its stack",
        ),
        ("[circuit_breaker.pai]\nwindow = 5", "Did you mean `pay`?"),
        (
            "[bulkhead.pay]\nmax_wait = \"1s\"",
            "There is a `circuit_breaker` of that name",
        ),
    ] {
        let found = refused(file);
        assert!(found.contains(expected), "{found}");
    }
    let _ = (one, other, at_run_time);
}

#[tokio::test(start_paused = true)]
async fn overrides_that_nobody_declares_a_limit_for_give_it_one() {
    #[bulkhead(name = "nowhere")]
    async fn refers() -> R {
        sleep(Duration::from_secs(1)).await;
        Ok(1)
    }

    let _alone = alone();
    good("[bulkhead.nowhere]\nmax_concurrent = 1");
    let (one, other) = tokio::join!(refers(), refers());
    assert!(one.is_ok() && other.is_err());
}

/// A subscriber may do what it wants, this as well: nothing is locked while it is told.
#[test]
fn who_is_told_of_a_change_may_ask_for_another() {
    use tracing::subscriber::with_default;
    use tracing::{Event as Told, Metadata, Subscriber, span};

    struct Again(Arc<Mutex<u32>>);
    impl Subscriber for Again {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, _: &Told<'_>) {
            let mut asked = self.0.lock().unwrap();
            *asked += 1;
            let first = *asked == 1;
            drop(asked);
            if first {
                good("[circuit_breaker.pay]\nwindow = 30");
                let _ = config::describe();
            }
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    let _alone = alone();
    let asked = Arc::new(Mutex::new(0));
    with_default(Again(Arc::clone(&asked)), || {
        good("[circuit_breaker.pay]\nwindow = 20");
    });
    assert_eq!(
        *asked.lock().unwrap(),
        1,
        "`tracing` tells nobody of what happens while he is told"
    );
    assert!(
        config::describe()
            .to_string()
            .contains("window = 30  # file.toml")
    );
}
