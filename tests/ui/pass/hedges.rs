//! Every form of a hedge.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::{sync::Arc, time::Duration};

use resilient_runtime::{
    Hedge, Rejected, RetryBudget, bulkhead, circuit_breaker, fallback, hedge, retry, timeout,
};

static HEDGE: Hedge = Hedge::at_percentile(99.9, AFTER).max(10).budget(&BUDGET);
static BUDGET: RetryBudget = RetryBudget::new("hedges");

const AFTER: Duration = Duration::from_millis(50);
const COPIES: u32 = 2;

#[hedge(after = "50ms")]
async fn by_delay(order: String) -> Result<usize, Rejected> {
    Ok(order.len())
}

#[hedge(after = AFTER, max = COPIES, when = |_| true, budget = "hedges-by-name")]
async fn by_constants() -> Result<(), Rejected> {
    Ok(())
}

#[hedge(after = "p50", initial = AFTER, max = 10, budget = BUDGET)]
async fn by_percentile() -> Result<(), Rejected> {
    Ok(())
}

#[hedge(after = "p99.9", initial = "1s")]
async fn by_fine_percentile() -> Result<(), Rejected> {
    Ok(())
}

#[hedge(after = wait, clone(order))]
async fn by_argument(wait: Duration, mut order: String) -> Result<String, Rejected> {
    order.push('.');
    Ok(order)
}

#[hedge(HEDGE, clone(r#type))]
async fn by_static(r#type: String) -> Result<String, Rejected> {
    Ok(r#type)
}

#[hedge(after = const { Duration::from_millis(N) })]
async fn by_generics<const N: u64>() -> Result<(), Rejected> {
    Ok(())
}

struct Client {
    hedge: Arc<Hedge>,
    budget: RetryBudget,
    wait: Duration,
}

impl Client {
    #[hedge(self.hedge, budget = self.budget)]
    async fn by_field(&self) -> Result<(), Rejected> {
        Ok(())
    }

    #[hedge(after = self.wait / 2)]
    async fn by_its_own_wait(self: Arc<Self>) -> Result<(), Rejected> {
        Ok(())
    }
}

/// Each attempt of the retry takes no longer, and the hedge waits for all of them.
#[hedge(after = "50ms")]
#[retry(max = 2)]
#[timeout("40ms")]
async fn over_a_retry() -> Result<(), Rejected> {
    Ok(())
}

/// To wait for a place takes longer than the timeout.
#[hedge(after = "50ms")]
#[bulkhead(max_concurrent = 3, max_wait = "1s")]
#[timeout("40ms")]
async fn over_a_queue() -> Result<(), Rejected> {
    Ok(())
}

/// The hedge hears of the timeout.
#[timeout("200ms")]
#[hedge(after = "50ms", budget = "hedges-by-name")]
#[hedge(after = "30ms", budget = "hedges-by-name")]
#[timeout("60ms")]
#[fallback(value = 3)]
#[circuit_breaker(name = "hedges")]
async fn over_a_fallback() -> Result<u32, Rejected> {
    Ok(1)
}

/// What stands before the tail runs once.
#[hedge(after = "50ms")]
fn before_the_tail(runs: &mut u32) -> impl Future<Output = Result<u32, Rejected>> + use<> {
    *runs += 1;
    let seen = *runs;
    async move { Ok(seen) }
}

fn main() {}
