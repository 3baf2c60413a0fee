//! Rule 12: how many retries a budget allows, who shares it, and what becomes of what is not spent.

mod support;

use std::{
    cell::Cell,
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures::{FutureExt, future::join_all, poll};
use resilient_runtime::{
    Retry, RetryBudget, RetryEvent, body, deadline,
    event::{self, Event},
    registry, retry, shared, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed, Permanent, Throttled, TimedOut},
    HOUR, ends, fails, hangs, ms, ok,
};
use tokio::time::{Instant, advance, sleep, sleep_until};

/// So little that no test has enough calls for one retry.
const NONE: f64 = 1e-6;

fn budget(ratio: f64, min_per_second: u32) -> RetryBudget {
    RetryBudget::new("budget")
        .ratio(ratio)
        .min_per_second(min_per_second)
}

/// A client whose retries are taken from a budget of its own, without delays.
struct Client {
    budget: RetryBudget,
    callee: Callee,
}

impl Client {
    fn failing(budget: RetryBudget) -> Self {
        let callee = Callee::failing();
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

/// Calls that succeed.
async fn deposit(budget: &RetryBudget, calls: usize) {
    #[retry(budget = *budget)]
    async fn succeeds(budget: &RetryBudget) -> Result<(), Fault> {
        Ok(())
    }
    for _ in 0..calls {
        assert_eq!(succeeds(budget).await, Ok(()));
    }
}

#[track_caller]
fn holds(budget: &RetryBudget, expected: f64) {
    let balance = budget.balance();
    assert!(
        (balance - expected).abs() < 1e-3,
        "{balance} in place of {expected}"
    );
}

// -------------------------------------------------------------------------------------- how many

#[tokio::test(start_paused = true)]
async fn rule_12_each_first_call_deposits_the_ratio_and_a_retry_withdraws_one() {
    let client = Client::failing(budget(0.5, 0));
    for retries in [0, 1, 0, 1, 0, 1] {
        assert_eq!(client.retries(1).await, retries);
    }
    for (ratio, calls, retries) in [
        (0.2, 100, 20),
        (0.1, 100, 10),
        (1.0, 100, 100),
        (0.29, 100, 29),
        (1.0 / 3.0, 300, 99),
    ] {
        let client = Client::failing(budget(ratio, 0));
        assert_eq!(client.retries(calls).await, retries, "{ratio}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_12_one_second_of_the_minimum_is_there_to_begin_with_and_again_every_second() {
    let client = Client::failing(budget(NONE, 10));
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
    let client = Client::failing(RetryBudget::new("budget"));
    assert_eq!(client.retries(1_000).await, 200 + 10);
}

#[tokio::test(start_paused = true)]
async fn rule_12_it_is_never_below_zero() {
    let client = Client::failing(budget(0.25, 1));
    assert_eq!(client.retries(1_000).await, 250 + 1);
    assert_eq!(client.retries(4).await, 1, "nothing is owed");
    advance(ms(1_000)).await;
    assert_eq!(client.retries(4).await, 2);
}

#[tokio::test(start_paused = true)]
async fn rule_12_deposits_expire_after_ten_seconds() {
    let budget = budget(1.0, 0);
    deposit(&budget, 4).await;
    holds(&budget, 4.0);
    advance(ms(4_000)).await;
    deposit(&budget, 3).await;
    for (wait, left) in [(5_999, 7.0), (1, 3.0), (3_999, 3.0), (1, 0.0)] {
        advance(ms(wait)).await;
        holds(&budget, left);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_12_a_healthy_day_saves_nothing_up_for_the_outage() {
    let client = Client::failing(budget(0.2, 10));
    for _ in 0..24 * 60 {
        deposit(&client.budget, 100).await;
        advance(ms(60_000)).await;
    }
    deposit(&client.budget, 100).await;
    assert_eq!(client.retries(1).await, 3);
    assert_eq!(client.retries(100).await, 20 + 20 + 10 - 3);
}

/// How it goes for many callers at once, in virtual time.
#[derive(Default)]
struct Town {
    is_down: Cell<bool>,
    first: Cell<usize>,
    /// Retries that were made.
    extra: Cell<usize>,
    /// Calls that had an error in the end.
    failed: Cell<usize>,
}

impl Town {
    const CALLERS: u32 = 10_000;

    /// On a good day every fiftieth call fails, and its retry succeeds.
    #[retry(max = 3, delay = "100ms", jitter, budget = *budget)]
    async fn call(&self, budget: &RetryBudget, made: &mut u32) -> Result<(), Fault> {
        *made += 1;
        let is_first = *made == 1;
        count(if is_first { &self.first } else { &self.extra });
        let is_unlucky = is_first && self.first.get().is_multiple_of(50);
        if is_unlucky || self.is_down.get() {
            Err(Failed(*made))
        } else {
            Ok(())
        }
    }

    /// Each caller calls once in every `period`, one after the other.
    async fn lives(&self, budget: &RetryBudget, period: Duration, periods: u32) {
        let caller = async |number: u32| {
            let mut next = Instant::now() + period * number / Self::CALLERS;
            for _ in 0..periods {
                sleep_until(next).await;
                next += period;
                if self.call(budget, &mut 0).await.is_err() {
                    count(&self.failed);
                }
            }
        };
        join_all((0..Self::CALLERS).map(caller)).await;
    }
}

fn count(cell: &Cell<usize>) {
    cell.set(cell.get() + 1);
}

#[tokio::test(start_paused = true)]
async fn rule_12_ten_thousand_callers_keep_the_bound_in_an_outage_after_an_hour_of_health() {
    let (town, budget) = (Town::default(), RetryBudget::new("outage"));

    town.lives(&budget, ms(HOUR / 6), 6).await;
    assert_eq!((town.first.get(), town.extra.get()), (60_000, 1_200));
    assert_eq!(town.failed.get(), 0, "no retry is refused");

    // A thousand calls a second from here on.
    town.lives(&budget, ms(10_000), 1).await;
    assert_eq!(town.failed.get(), 0, "no retry is refused");

    town.is_down.set(true);
    let (first, extra) = (town.first.get(), town.extra.get());
    let watch = async {
        for seconds in 1..=60 {
            sleep(ms(1_000)).await;
            let (calls, extra) = (town.first.get() - first, town.extra.get() - extra);
            let earned = calls / 5 + 10 * seconds;
            let saved = 10_000 / 5 + 10;
            assert!(
                extra <= earned + saved,
                "{extra} extra calls after {seconds} s"
            );
            assert!(extra >= earned * 9 / 10, "only {extra} after {seconds} s");
        }
    };
    futures::join!(town.lives(&budget, ms(10_000), 6), watch);
    assert_eq!(town.failed.get(), 60_000);

    town.is_down.set(false);
    town.lives(&budget, ms(10_000), 1).await;
    assert_eq!(town.failed.get(), 60_000, "it is as before");
}

// --------------------------------------------------------------------------------- what is asked

#[tokio::test(start_paused = true)]
async fn rule_4_with_an_empty_budget_the_last_outcome_is_returned_unchanged() {
    #[retry(max = 3, backoff = "none", when_ok = |value| *value == 503, budget = *budget)]
    async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 3, backoff = "none", budget = *budget)]
    #[timeout("10ms")]
    async fn limited(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    let empty = budget(NONE, 0);
    assert_eq!(call(&Callee::failing(), &empty).await, Err(Failed(1)));
    assert_eq!(call(&Callee::always(ok(503)), &empty).await, Ok(503));
    let callee = Callee::always(hangs());
    assert_eq!(limited(&callee, &empty).await, Err(TimedOut(10)));
    assert_eq!(callee.calls(), 1);

    let two = budget(NONE, 2);
    assert_eq!(call(&Callee::failing(), &two).await, Err(Failed(3)));
}

#[tokio::test(start_paused = true)]
async fn rule_12_it_is_asked_before_the_sleep_and_a_refused_retry_is_not_announced() {
    #[retry(delay = "100ms", on_retry = |_| panic!("there is no retry"), budget = *budget)]
    async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(call(&callee, &budget(NONE, 0)).await, Err(Failed(1)));
    assert_eq!((callee.calls(), callee.age()), (1, 0));
}

/// One test a line: so many withdrawals, with 50 ms left.
macro_rules! withdraws {
    ($($rule:ident: #[retry($($keys:tt)*)], $step:expr => $withdrawals:literal;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            #[retry($($keys)*, budget = *budget)]
            async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
                callee.call().await
            }

            let (budget, callee) = (budget(1.0, 0), Callee::always($step));
            deposit(&budget, 99).await;
            let call = deadline::scope(Instant::now() + ms(50), call(&callee, &budget));
            assert!(call.await.is_ok() == $step.is_ok());
            assert_eq!(callee.calls(), 1 + $withdrawals);
            holds(&budget, 100.0 - f64::from($withdrawals));
        }
    )*};
}

withdraws! {
    rule_12_a_success_takes_nothing: #[retry(delay = "10ms")], ok(1) => 0;
    rule_12_a_permanent_error_takes_nothing: #[retry(delay = "10ms")], ends(Err(Permanent)) => 0;
    rule_12_what_when_refuses_takes_nothing: #[retry(delay = "10ms", when = |_| false)], fails(1) => 0;
    rule_12_what_on_refuses_takes_nothing: #[retry(delay = "10ms", on(timeout))], fails(1) => 0;
    rule_12_each_retry_takes_one_and_the_last_attempt_nothing: #[retry(max = 2, delay = "1ms")], fails(1) => 2;
    rule_12_without_a_delay_it_is_asked_as_well: #[retry(max = 7, backoff = "none")], fails(1) => 7;
    rule_11_a_delay_past_the_deadline_takes_nothing: #[retry(delay = "50ms")], fails(1) => 0;
    rule_11_a_delay_past_max_duration_takes_nothing: #[retry(backoff = tens, max_duration = "9ms")], fails(1) => 0;
    rule_9_a_server_that_asks_for_too_much_takes_nothing:
        #[retry(delay = "10ms", max_delay = "20ms")], ends(Err(Throttled(21))) => 0;
    rule_12_a_value_that_is_retried_takes_one: #[retry(max = 1, delay = "1ms", when_ok = |_| true)], ok(1) => 1;
}

fn tens(_attempt: u32) -> Duration {
    ms(10)
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_says_so_in_an_event() {
    let mut events = event::subscribe();
    let empty = RetryBudget::new("budget-event").ratio(NONE);
    let client = Client::failing(empty.min_per_second(1));
    assert_eq!(client.retries(2).await, 1);
    let mut said = Vec::new();
    while let Some(event) = events.try_recv() {
        if matches!(&event, Event::BudgetEmpty { name, .. } if name == "budget-event") {
            said.push(event.to_string());
        }
    }
    let line = "the retry budget budget-event is empty";
    assert_eq!(said, [line, line], "once for each retry that is not made");
}

// ----------------------------------------------------------------------------- what is given back

/// A client whose calls and whose delays take 3 ms each.
struct Slow {
    budget: RetryBudget,
    callee: Callee,
}

impl Slow {
    fn new() -> Self {
        let steps = [fails(1), fails(2), ok(3)].map(|step| step.after(3));
        Self {
            budget: budget(1.0, 0),
            callee: Callee::new(steps),
        }
    }

    #[retry(max = 2, backoff = "constant", delay = "3ms", budget = self.budget)]
    async fn call(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_dropped_at_any_point_a_retry_keeps_withdrawn_only_what_it_has_called_for() {
    for polls in 0..=17_u32 {
        let slow = Slow::new();
        deposit(&slow.budget, 9).await;
        let mut call = Box::pin(slow.call());
        let mut done = false;
        for _ in 0..polls {
            done = poll!(&mut call).is_ready();
            advance(ms(1)).await;
        }
        assert_eq!(done, polls > 15);
        drop(call);
        // The first call deposits one; each of the others has cost one.
        let expected = [9.0, 10.0, 9.0, 8.0][slow.callee.calls()];
        holds(&slow.budget, expected);
        if done {
            return;
        }
    }
    panic!("a call that never ends");
}

#[tokio::test(start_paused = true)]
async fn rule_12_what_is_given_back_is_there_for_the_next_retry() {
    #[retry(max = 1, delay = "10ms", budget = *budget)]
    async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    let (budget, callee) = (budget(NONE, 1), Callee::failing());
    let mut sleeping = Box::pin(call(&callee, &budget));
    assert!(poll!(&mut sleeping).is_pending());
    assert_eq!(call(&callee, &budget).await, Err(Failed(2)), "it is taken");
    drop(sleeping);
    assert_eq!(call(&callee, &budget).await, Err(Failed(4)));
}

#[tokio::test(start_paused = true)]
async fn rule_12_what_is_given_back_lives_no_longer_than_it_would_have() {
    #[retry(max = 1, delay = "9s", budget = *budget)]
    async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    let (budget, callee) = (budget(1.0, 0), Callee::failing());
    deposit(&budget, 1).await;
    advance(ms(5_000)).await;
    let mut sleeping = Box::pin(call(&callee, &budget));
    assert!(poll!(&mut sleeping).is_pending());
    holds(&budget, 1.0);
    advance(ms(4_999)).await;
    drop(sleeping);
    holds(&budget, 2.0);
    advance(ms(1)).await;
    holds(&budget, 1.0);
    advance(ms(5_000)).await;
    holds(&budget, 0.0);
}

#[tokio::test(start_paused = true)]
async fn rule_7_a_hook_that_panics_gives_back() {
    #[retry(on_retry = |_: &RetryEvent<'_, Fault>| panic!("the hook"), budget = *budget)]
    async fn call(callee: &Callee, budget: &RetryBudget) -> Result<u32, Fault> {
        callee.call().await
    }

    let budget = budget(1.0, 0);
    let callee = Callee::failing();
    let unwound = AssertUnwindSafe(call(&callee, &budget))
        .catch_unwind()
        .await;
    assert!(unwound.is_err());
    holds(&budget, 1.0);
}

// ---------------------------------------------------------------------------------- who shares it

static STATIC: RetryBudget = RetryBudget::new("budget-static")
    .ratio(NONE)
    .min_per_second(2);

/// The retries of two calls of which every attempt fails.
macro_rules! two_retries_for_all {
    ($($budget:tt)*) => {{
        #[retry(max = 3, backoff = "none", budget = $($budget)*)]
        async fn one(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        #[retry(max = 9, delay = "1ms", budget = $($budget)*)]
        async fn other(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        let callee = Callee::failing();
        assert_eq!(one(&callee).await, Err(Failed(3)));
        assert_eq!(other(&callee).await, Err(Failed(4)));
    }};
}

#[tokio::test(start_paused = true)]
async fn rule_12_functions_share_a_static() {
    two_retries_for_all!(STATIC);
    assert!(std::ptr::eq(
        registry::retry_budget("budget-static").unwrap(),
        &raw const STATIC
    ));
}

#[shared]
static DECLARED: RetryBudget = RetryBudget::new("budget-declared")
    .ratio(NONE)
    .min_per_second(2);

#[tokio::test(start_paused = true)]
async fn rule_12_functions_share_a_name_with_the_settings_of_its_static() {
    two_retries_for_all!("budget-declared");
    assert!(std::ptr::eq(
        registry::retry_budget("budget-declared").unwrap(),
        &raw const DECLARED
    ));
}

#[tokio::test(start_paused = true)]
async fn rule_12_functions_share_a_static_made_at_its_first_use() {
    static LAZY: LazyLock<RetryBudget> =
        LazyLock::new(|| budget(NONE, 2).named(format!("budget-{}", "lazy")));
    two_retries_for_all!(LAZY);
    assert_eq!(LAZY.name(), "budget-lazy");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_nothing_declares_has_the_defaults() {
    #[retry(max = 3, backoff = "none", budget = "budget-undeclared")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    for _ in 0..100 {
        assert!(call(&callee).await.is_err());
    }
    assert_eq!(callee.calls(), 100 + 20 + 10);
    assert!(registry::retry_budget("budget-undeclared").is_some());
    assert!(registry::retry_budget("budget-unheard-of").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_instance_may_be_any_expression() {
    struct Tenant {
        own: Arc<RetryBudget>,
        all: [&'static RetryBudget; 1],
    }

    impl Tenant {
        fn budget(&self) -> &RetryBudget {
            &self.own
        }

        #[retry(max = 9, backoff = "none", budget = self.own)]
        async fn by_arc(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        #[retry(max = 9, backoff = "none", budget = self.budget())]
        async fn by_method(&mut self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        #[retry(max = 9, backoff = "none", budget = self.all[0])]
        async fn by_index(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    let mut tenant = Tenant {
        own: Arc::new(budget(NONE, 2)),
        all: [Box::leak(Box::new(budget(NONE, 3)))],
    };
    let callee = Callee::failing();
    assert_eq!(tenant.by_arc(&callee).await, Err(Failed(3)));
    assert_eq!(tenant.by_method(&callee).await, Err(Failed(4)));
    assert_eq!(tenant.by_index(&callee).await, Err(Failed(8)));
}

static OWN: RetryBudget = RetryBudget::new("budget-own").ratio(0.5).min_per_second(1);
static OTHER: RetryBudget = RetryBudget::new("budget-other")
    .ratio(NONE)
    .min_per_second(2);
static RETRY: Retry = Retry::new(9).no_delay().budget(&OWN);

#[retry(RETRY)]
async fn by_its_own(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[retry(RETRY, budget = OTHER)]
async fn by_another(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_a_retry_brings_its_budget_and_the_attribute_s_wins() {
    assert_eq!(by_another(&Callee::failing()).await, Err(Failed(3)));
    holds(&OWN, 1.0);
    assert_eq!(by_its_own(&Callee::failing()).await, Err(Failed(2)));
}

#[test]
fn the_registry_knows_a_budget_with_the_retry_that_names_it() {
    let of = |function: &str| {
        let mut sites = registry::sites().filter(|site| site.path().ends_with(function));
        let site = sites.next().unwrap();
        let stack: Vec<_> = site.stack().collect();
        assert_eq!(stack, ["retry"]);
        site.names().collect::<Vec<_>>()
    };
    assert_eq!(of("::by_its_own"), ["budget-own"]);
    assert_eq!(of("::by_another"), ["budget-other"]);
}

#[tokio::test(start_paused = true)]
async fn by_hand() {
    static BUDGET: RetryBudget = RetryBudget::new("budget-by-hand")
        .ratio(NONE)
        .min_per_second(1);
    static RETRY: Retry = Retry::new(9).no_delay().budget(&BUDGET);

    let callee = Callee::failing();
    let outcome = RETRY.run(|| body(callee.call())).await;
    assert_eq!(outcome.unwrap_err().into_error(), Failed(2));

    let own = budget(NONE, 2);
    let mut attempts = RETRY.attempts_within(&own);
    let mut retries = 0;
    while let std::ops::ControlFlow::Continue(pause) = attempts.settle(body(callee.call()).await) {
        pause.await;
        retries += 1;
    }
    assert_eq!(retries, 2);
}

#[test]
fn verify_tells_of_two_budgets_of_one_name_that_differ() {
    #[shared]
    static ONE: RetryBudget = RetryBudget::new("budget-twice");
    #[shared]
    static TWO: RetryBudget = RetryBudget::new("budget-twice").ratio(0.5);
    #[shared]
    static SAME: RetryBudget = RetryBudget::new("budget-twice").ratio(0.2);

    let conflicts = registry::verify().unwrap_err();
    let names: Vec<_> = conflicts.iter().map(registry::Conflict::name).collect();
    assert_eq!(names, ["budget-twice"]);
    let text = conflicts.to_string();
    assert!(
        text.starts_with(
            "retry_budget `budget-twice` is declared with different settings: tests/budget.rs:"
        ),
        "{text}"
    );
}
