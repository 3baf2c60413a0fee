//! Rule 12: how many retries a budget allows, and what becomes of what is not spent.

mod support;

use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::event::{self, Event};
use resilient_runtime::{
    Failure, Retry, RetryBudget, RetryEvent, body, circuit_breaker, deadline, registry, retry,
    shared, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed, Permanent, Throttled},
    HOUR, dropped_after_every_poll, ends, fails, ms, ok, started,
};
use tokio::time::{Instant, advance};

/// A client whose retries are taken from a budget of its own, without delays.
struct Client {
    budget: RetryBudget,
    callee: Callee,
}

impl Client {
    fn new(budget: RetryBudget, callee: Callee) -> Self {
        Self { budget, callee }
    }

    #[retry(max = 3, backoff = "none", budget = self.budget)]
    async fn call(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    /// How many retries so many calls make in all.
    async fn retries(&self, calls: usize) -> usize {
        let before = self.callee.calls();
        for _ in 0..calls {
            assert!(self.call().await.is_err());
        }
        self.callee.calls() - before - calls
    }
}

fn budget(ratio: f64, min_per_second: u32) -> RetryBudget {
    RetryBudget::new("budget")
        .ratio(ratio)
        .min_per_second(min_per_second)
}

fn failing(ratio: f64, min_per_second: u32) -> Client {
    Client::new(budget(ratio, min_per_second), Callee::failing())
}

// ------------------------------------------------------------------------------------- how many

#[tokio::test(start_paused = true)]
async fn rule_12_each_first_call_deposits_the_ratio_and_a_retry_withdraws_one() {
    let client = failing(0.5, 0);
    for retries in [0, 1, 0, 1, 0, 1] {
        assert_eq!(client.retries(1).await, retries);
    }
    assert_eq!(failing(0.2, 0).retries(100).await, 20);
    assert_eq!(failing(0.1, 0).retries(100).await, 10);
    assert_eq!(failing(1.0, 0).retries(100).await, 100);
    assert_eq!(failing(1.0 / 3.0, 0).retries(300).await, 99, "never more");
}

#[tokio::test(start_paused = true)]
async fn rule_12_one_second_of_the_minimum_is_there_to_begin_with_and_again_every_second() {
    let client = failing(1e-6, 10);
    assert_eq!(client.retries(100).await, 10);
    for (wait, retries) in [
        (100, 1),
        (99, 0),
        (1, 1),
        (1_000, 10),
        (60_000, 10),
        (HOUR, 10),
    ] {
        advance(ms(wait)).await;
        assert_eq!(client.retries(100).await, retries, "after {wait} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_12_the_defaults_are_a_fifth_and_ten_a_second() {
    let client = Client::new(RetryBudget::new("budget"), Callee::failing());
    assert_eq!(client.retries(1_000).await, 200 + 10);
}

#[tokio::test(start_paused = true)]
async fn rule_12_it_is_never_below_zero() {
    let client = failing(0.25, 1);
    assert_eq!(client.retries(1_000).await, 250 + 1);
    // Nothing is owed for the 2749 that were refused.
    assert_eq!(client.retries(4).await, 1);
    advance(ms(1_000)).await;
    assert_eq!(client.retries(4).await, 2);
}

#[tokio::test(start_paused = true)]
async fn rule_12_deposits_expire_after_ten_seconds() {
    let client = failing(1.0, 0);
    let succeed = async |calls| {
        for _ in 0..calls {
            let call = async || Client::new(budget(1.0, 0), Callee::always(ok(1))).call().await;
            assert_eq!(call().await, Ok(1));
            client.deposit().await;
        }
    };
    succeed(4).await;
    assert_eq!(client.budget.balance(), 4.0);
    advance(ms(4_000)).await;
    succeed(3).await;
    advance(ms(5_999)).await;
    assert_eq!(client.budget.balance(), 7.0);
    advance(ms(1)).await;
    assert_eq!(client.budget.balance(), 3.0);
    advance(ms(3_999)).await;
    assert_eq!(client.budget.balance(), 3.0);
    advance(ms(1)).await;
    assert_eq!(client.budget.balance(), 0.0);
}

impl Client {
    /// A call that succeeds.
    async fn deposit(&self) {
        #[retry(budget = budget)]
        async fn succeeds(budget: &RetryBudget) -> Result<(), Fault> {
            let _ = budget;
            Ok(())
        }
        assert!(succeeds(&self.budget).await.is_ok());
    }
}

/// What the rule promises, in calls: over the seconds since the outage began.
fn bound(calls: usize, seconds: usize, ten_seconds_before: usize) -> usize {
    calls / 5 + 10 * seconds + ten_seconds_before / 5 + 10
}

#[tokio::test(start_paused = true)]
async fn rule_12_ten_thousand_callers_keep_the_bound_through_an_outage_after_an_hour_of_health() {
    const CALLERS: usize = 10_000;
    let healthy = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let (first, extra) = (Counter::default(), Counter::default());
    let budget = RetryBudget::new("outage");

    // One call of each, a hundred calls every tenth of a second: each tries three more times within a second.
    #[retry(max = 3, delay = "100ms", budget = budget)]
    async fn call(
        budget: &RetryBudget,
        healthy: &std::sync::atomic::AtomicBool,
        made: &mut u32,
    ) -> Result<(), Fault> {
        let _ = budget;
        *made += 1;
        // One in a hundred fails on a good day, and its retry succeeds.
        if healthy.load(std::sync::atomic::Ordering::Relaxed) {
            Ok(())
        } else {
            Err(Failed(*made))
        }
    }

    let caller = async |number: usize| {
        // Spread over ten seconds.
        tokio::time::sleep(ms(u64::try_from(number % 100).unwrap() * 100)).await;
        let mut made = 0;
        let outcome = call(&budget, &healthy, &mut made).await;
        first.add(1);
        extra.add(usize::try_from(made).unwrap() - 1);
        outcome
    };

    // An hour: 360 times ten seconds.
    for _ in 0..6 {
        for _ in 0..2 {
            for outcome in futures::future::join_all((0..CALLERS).map(&caller)).await {
                assert!(outcome.is_ok());
            }
        }
        advance(Duration::from_secs(580)).await;
    }
    assert_eq!(extra.take(), 0);
    for outcome in futures::future::join_all((0..CALLERS).map(&caller)).await {
        assert!(outcome.is_ok());
    }
    first.take();

    healthy.store(false, std::sync::atomic::Ordering::Relaxed);
    let started = Instant::now();
    for _ in 0..6 {
        for outcome in futures::future::join_all((0..CALLERS).map(&caller)).await {
            assert!(outcome.is_err());
        }
        let seconds = usize::try_from(started.elapsed().as_secs()).unwrap() + 1;
        let (calls, extra) = (first.get(), extra.get());
        assert!(
            extra <= bound(calls, seconds, CALLERS),
            "{extra} extra calls for {calls} in {seconds} s"
        );
        assert!(extra >= calls / 5, "the bound is there to be used: {extra}");
    }
}

#[derive(Default)]
struct Counter(std::cell::Cell<usize>);

impl Counter {
    fn add(&self, count: usize) {
        self.0.set(self.0.get() + count);
    }
    fn get(&self) -> usize {
        self.0.get()
    }
    fn take(&self) -> usize {
        self.0.take()
    }
}
