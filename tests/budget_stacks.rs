//! Rule 12 in a stack of several policies with one budget: a call is one first call, however many of them
//! see it.

mod support;

use std::time::Duration;

use resilient_runtime::{Hedge, Outcome, Retry, RetryBudget, body, hedge, retry};
use support::{Callee, Fault};

const fn budget() -> RetryBudget {
    RetryBudget::new("stack").ratio(0.5).min_per_second(0)
}

struct Client {
    budget: RetryBudget,
    other: RetryBudget,
    callee: Callee,
}

impl Client {
    fn failing() -> Self {
        Self {
            budget: budget(),
            other: RetryBudget::new("other").ratio(1.0).min_per_second(1_000),
            callee: Callee::failing(),
        }
    }

    #[retry(max = 3, backoff = "none", budget = self.budget)]
    #[hedge(after = "1ms", max = 3, budget = self.budget)]
    async fn retry_over_hedge(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[hedge(after = "1ms", max = 3, budget = self.budget)]
    #[retry(max = 3, backoff = "none", budget = self.budget)]
    async fn hedge_over_retry(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 3, backoff = "none", budget = self.budget)]
    #[retry(max = 3, backoff = "none", budget = self.budget)]
    async fn retry_over_retry(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 1, backoff = "none", budget = self.budget)]
    #[retry(max = 1, backoff = "none", budget = self.other)]
    #[hedge(after = "1ms", budget = self.budget)]
    async fn with_another_between(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 3, backoff = "none", budget = self.budget)]
    async fn alone(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 1, backoff = "none", budget = self.budget)]
    async fn over_a_function(&self) -> Result<u32, Fault> {
        self.alone().await
    }
}

/// How many calls more than these the callee sees, of a hundred.
macro_rules! extra_calls {
    ($client:ident, $call:expr) => {{
        for _ in 0..100 {
            assert!($call.await.is_err());
        }
        $client.callee.calls() - 100
    }};
}

#[tokio::test(start_paused = true)]
async fn rule_12_a_retry_and_a_hedge_of_one_stack_count_a_call_once() {
    let client = Client::failing();
    assert_eq!(extra_calls!(client, client.alone()), 50);
    let client = Client::failing();
    assert_eq!(extra_calls!(client, client.retry_over_hedge()), 50);
    let client = Client::failing();
    assert_eq!(extra_calls!(client, client.hedge_over_retry()), 50);
    let client = Client::failing();
    assert_eq!(extra_calls!(client, client.retry_over_retry()), 50);
}

#[tokio::test(start_paused = true)]
async fn rule_12_a_budget_between_two_of_another_changes_nothing() {
    let client = Client::failing();
    // The other one allows its retry of each call; what it does not allow are copies, which come before
    // the retries of the outermost, and take all fifty.
    let extra = extra_calls!(client, client.with_another_between());
    assert_eq!(extra, 100 + 50);
    assert!(client.budget.balance() < 1.0, "{}", client.budget.balance());
}

#[tokio::test(start_paused = true)]
async fn rule_12_a_function_that_is_called_is_a_call_of_its_own() {
    let client = Client::failing();
    // Each call counts here and there, and so does each retry from above: more than the fifty of one
    // stack, and at most what all that was counted allows.
    let extra = extra_calls!(client, client.over_a_function());
    assert!(extra > 50, "{extra}");
}

static SHARED: RetryBudget = budget();
static RETRY: Retry = Retry::new(3).no_delay().budget(&SHARED);
static HEDGE: Hedge = Hedge::new(Duration::from_millis(1)).max(3).budget(&SHARED);

#[retry(RETRY)]
#[hedge(HEDGE)]
async fn by_instances(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn rule_12_so_do_instances_that_bring_the_budget() {
    struct Client {
        callee: Callee,
    }
    let client = Client {
        callee: Callee::failing(),
    };
    assert_eq!(extra_calls!(client, by_instances(&client.callee)), 50);
}

#[tokio::test(start_paused = true)]
async fn rule_12_so_do_the_policies_of_a_stack_by_hand() {
    static BUDGET: RetryBudget = budget();
    static RETRY: Retry = Retry::new(3).no_delay().budget(&BUDGET);
    static HEDGE: Hedge = Hedge::new(Duration::from_millis(1)).max(3).budget(&BUDGET);

    async fn retry_over_hedge(callee: &Callee) -> Outcome<u32, Fault> {
        RETRY.run(|| HEDGE.run(|| body(callee.call()))).await
    }

    async fn hedge_over_retry(callee: &Callee) -> Outcome<u32, Fault> {
        HEDGE.run(|| RETRY.run(|| body(callee.call()))).await
    }

    struct Client {
        callee: Callee,
    }
    for over in [true, false] {
        let client = Client {
            callee: Callee::failing(),
        };
        let before = BUDGET.balance();
        assert!(before < 1.0);
        let extra = if over {
            extra_calls!(client, retry_over_hedge(&client.callee))
        } else {
            extra_calls!(client, hedge_over_retry(&client.callee))
        };
        assert_eq!(extra, 50);
    }
}
