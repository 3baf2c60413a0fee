//! Samples of what has a state: gauges, set when somebody asks.

use std::time::Duration;

use ::metrics::{Gauge, Label, with_recorder};
use tokio::time::{MissedTickBehavior, interval};

use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit::CircuitState;
use crate::circuit_breaker::{CircuitBreaker, CircuitSnapshot};
use crate::function::Function;
use crate::meter::{METADATA, key, names};
use crate::rate_limit::RateLimiter;
use crate::registry;

/// Sets all gauges to what is now: of every circuit breaker, bulkhead, rate limiter and retry budget that the
/// [`registry`] knows, called or not. Takes some microseconds for each, and no lock that a call in a closed
/// circuit would wait for.
///
/// It needs no [`enable`](super::enable). Without a recorder it does nothing.
///
/// ```
/// use resilient_runtime::metrics;
///
/// fn scrape(prometheus: &metrics_exporter_prometheus::PrometheusHandle) -> String {
///     metrics::sample();
///     prometheus.render()
/// }
/// ```
pub fn sample() {
    for breaker in registry::circuit_breakers() {
        circuit_breaker(breaker);
    }
    for bulkhead in registry::bulkheads() {
        sample_bulkhead(bulkhead, None);
    }
    for limiter in registry::rate_limiters() {
        rate_limiter(limiter, None);
    }
    for budget in registry::retry_budgets() {
        retry_budget(budget);
    }
    registry::private_instances(
        &mut |bulkhead, function| sample_bulkhead(bulkhead, Some(function)),
        &mut |limiter, function| rate_limiter(limiter, Some(function)),
    );
}

/// [`sample`]s now and then again each time so long has passed: more than zero, or it panics. It never ends:
/// spawn it, where the exporter has a listener of its own, with about the interval of the scrapes.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::metrics;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let sampling = tokio::spawn(metrics::sample_every(Duration::from_secs(10)));
/// # sampling.abort();
/// # }
/// ```
pub async fn sample_every(period: Duration) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        sample();
    }
}

fn set(name: &'static str, labels: Vec<Label>, value: f64) {
    let gauge: Gauge =
        with_recorder(|recorder| recorder.register_gauge(&key(name, labels), &METADATA));
    gauge.set(value);
}

fn circuit_breaker(breaker: &CircuitBreaker) {
    const STATES: [CircuitState; 5] = [
        CircuitState::Closed,
        CircuitState::Open,
        CircuitState::HalfOpen,
        CircuitState::ForcedOpen,
        CircuitState::ForcedClosed,
    ];
    // One that has keys is called by none of itself.
    let mut snapshots: Vec<_> = breaker.keys().iter().map(|key| key.snapshot()).collect();
    if snapshots.is_empty() {
        snapshots.push(breaker.snapshot());
    }
    let name = || Label::new("name", breaker.name().to_owned());
    for state in STATES {
        let are_in_it = snapshots.iter().filter(|it| it.state == state).count();
        let labels = vec![name(), Label::from_static_parts("state", state.as_str())];
        set(names::STATE, labels, whole(are_in_it));
    }
    let highest = |ratio: fn(&CircuitSnapshot) -> Option<f64>| {
        let ratios = snapshots.iter().filter_map(ratio);
        ratios.reduce(f64::max).unwrap_or(f64::NAN)
    };
    let failures = highest(|snapshot| snapshot.failure_rate);
    set(names::FAILURE_RATIO, vec![name()], failures);
    let slow = highest(|snapshot| snapshot.slow_rate);
    set(names::SLOW_RATIO, vec![name()], slow);
}

fn sample_bulkhead(bulkhead: &Bulkhead, of: Option<&'static Function>) {
    let labels = || labels(bulkhead.name(), of);
    let keys = bulkhead.keys();
    let all = |count: fn(&Bulkhead) -> usize| {
        let of_keys: usize = keys.iter().map(|key| count(key)).sum();
        whole(count(bulkhead) + of_keys)
    };
    set(names::IN_FLIGHT, labels(), all(Bulkhead::in_flight));
    set(names::BULKHEAD_WAITING, labels(), all(Bulkhead::waiting));
    set(names::LIMIT, labels(), whole(bulkhead.limit()));
}

fn rate_limiter(limiter: &RateLimiter, of: Option<&'static Function>) {
    let labels = || labels(limiter.name(), of);
    let of_keys: usize = limiter.keys().iter().map(|key| key.waiting()).sum();
    set(
        names::LIMITER_WAITING,
        labels(),
        whole(limiter.waiting() + of_keys),
    );
    set(names::AVAILABLE, labels(), limiter.available().into());
}

fn retry_budget(budget: &RetryBudget) {
    let name = Label::new("name", budget.name().to_owned());
    set(names::BALANCE, vec![name], budget.balance());
}

fn labels(name: &str, of: Option<&'static Function>) -> Vec<Label> {
    vec![
        Label::from_static_parts("function", of.map_or("", Function::path)),
        Label::new("name", name.to_owned()),
    ]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count of over a quadrillion is as good as any"
)]
fn whole(count: usize) -> f64 {
    count as f64
}
