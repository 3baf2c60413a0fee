//! A circuit breaker over a window of a hundred calls, where there is such a thing: closed, and open.

use std::{ptr, sync::Arc, time::Duration};

use failsafe::{Config, backoff, failure_policy, futures::CircuitBreaker as _};
use layered::{Execute, Service as _, Stack as _};
use ninelives::prelude::{CircuitBreakerConfig, CircuitBreakerLayer as NineLivesLayer};
use recloser::{AsyncRecloser, Recloser};
use resilient_runtime::circuit_breaker;
use seatbelt::{RecoveryInfo, ResilienceContext, breaker::Breaker};
use tick::Clock;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_resilience_circuitbreaker::CircuitBreakerLayer;

use super::{
    Body, HOUR, SECOND, bare,
    floor::{self, Guard as _},
    now,
};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

static CLOSED: Work = Work::over(&bare::READY, "closed breaker")
    .target(0.12)
    .on_two_threads();
static FAILS_AT_TIMES: Work =
    Work::over(&bare::FAILS_AT_TIMES, "closed breaker, 2 % fail").target(0.4);
static SLOW_CALLS: Work =
    Work::over(&bare::READY, "closed breaker, slow-call detection").target(0.2);
static OPEN: Work = Work::over(&bare::READY, "open breaker, rejecting")
    .target(0.65)
    .ends(0, 0);

/// More calls in a row than any of these breakers takes before it opens.
const ENOUGH: u64 = 1000;

const FAILSAFE_RATE: &str = "failsafe, a rate";

#[circuit_breaker(name = "closed")]
async fn closed(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[circuit_breaker(name = "fails-at-times")]
async fn fails_at_times(n: u64) -> Result<u64, Fault> {
    body::fail_at_times(n)
}

#[circuit_breaker(name = "slow-calls", slow_call = "1s")]
async fn slow_calls(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[circuit_breaker(name = "open", break_duration = "1h")]
async fn open(n: u64) -> Result<u64, Fault> {
    body::fail(n)
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![CLOSED.row(OURS, |count| each!(count, n => closed(n).await))];
    rows.push(floor_when_closed());
    rows.extend(peers(&CLOSED, bare::ready));
    rows.push(FAILS_AT_TIMES.row(OURS, |count| each!(count, n => fails_at_times(n).await)));
    rows.extend(peers(&FAILS_AT_TIMES, bare::fails_at_times));
    rows.push(SLOW_CALLS.row(OURS, |count| each!(count, n => slow_calls(n).await)));
    rows.push(tower_resilience_with_slow_calls());
    rows.push(OPEN.row(OURS, |count| each!(count, n => open(n).await)));
    rows.push(floor_when_open());
    rows.extend(
        peers(&OPEN, bare::fails)
            .into_iter()
            // Its average takes a quarter of an hour of failures before it opens.
            .filter(|row| row.who != FAILSAFE_RATE),
    );
    for row in rows.iter().filter(|row| ptr::eq(row.work, &raw const OPEN)) {
        now(row.calls(ENOUGH));
    }
    rows
}

fn floor_when_closed() -> Row {
    static BREAKER: floor::Breaker = floor::Breaker::new();
    CLOSED.row(
        floor::WHO,
        |count| each!(count, n => BREAKER.around(bare::ready(n)).await),
    )
}

fn floor_when_open() -> Row {
    let open = Arc::new(floor::Open::new());
    OPEN.row(floor::WHO, move |count| {
        let open = Arc::clone(&open);
        each!(count, n => open.around(bare::ready(n)).await)
    })
}

/// Everybody else around the same body.
fn peers<B, F>(work: &'static Work, body: B) -> Vec<Row>
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + Send + 'static,
{
    let recloser = AsyncRecloser::from(
        Recloser::custom()
            .error_rate(0.5)
            .closed_len(100)
            .open_wait(HOUR)
            .build(),
    );
    let run = Config::new()
        .failure_policy(failure_policy::consecutive_failures(
            20,
            backoff::constant(HOUR),
        ))
        .build();
    let rate = Config::new()
        .failure_policy(failure_policy::success_rate_over_time_window(
            0.5,
            20,
            Duration::from_secs(30),
            backoff::constant(HOUR),
        ))
        .build();
    let seatbelt = Arc::new(
        (
            Breaker::layer("breaker", &ResilienceContext::new(Clock::new_tokio()))
                .failure_threshold(0.5)
                .min_throughput(20)
                .break_duration(HOUR)
                .recovery_with(|outcome: &Result<u64, Fault>, _| match outcome {
                    Ok(_) => RecoveryInfo::never(),
                    Err(_) => RecoveryInfo::retry(),
                })
                .rejected_input_error(|_, _| Fault::REJECTED),
            Execute::new(body),
        )
            .into_service(),
    );
    let tower_resilience = ServiceBuilder::new()
        .layer(
            CircuitBreakerLayer::builder()
                .failure_rate_threshold(0.5)
                .sliding_window_size(100)
                .minimum_number_of_calls(20)
                .wait_duration_in_open(HOUR)
                .build()
                .unwrap(),
        )
        .service(service_fn(body));
    let ninelives = ServiceBuilder::new()
        .layer(NineLivesLayer::new(CircuitBreakerConfig::new(20, HOUR, 3).unwrap()).unwrap())
        .service(service_fn(body));
    let resilient = resilient::BreakerPolicy::default()
        .with_failure_threshold(20)
        .with_open_timeout(HOUR);
    vec![
        work.row("recloser", move |count| {
            let breaker = recloser.clone();
            each!(count, n => breaker.call(body(n)).await)
        }),
        work.row("failsafe, a run", move |count| {
            let breaker = run.clone();
            each!(count, n => breaker.call(body(n)).await)
        }),
        work.row(FAILSAFE_RATE, move |count| {
            let breaker = rate.clone();
            each!(count, n => breaker.call(body(n)).await)
        }),
        work.row("seatbelt", move |count| {
            let service = Arc::clone(&seatbelt);
            each!(count, n => service.execute(n).await)
        }),
        work.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => match service.ready().await {
                Ok(service) => service.call(n).await,
                Err(rejected) => Err(rejected),
            })
        }),
        work.row("ninelives", move |count| {
            let mut service = ninelives.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        work.row("resilient", move |count| {
            let policy = resilient.clone();
            each!(count, n => policy.run(|| body(n)).await)
        }),
    ]
}

fn tower_resilience_with_slow_calls() -> Row {
    let service = ServiceBuilder::new()
        .layer(
            CircuitBreakerLayer::builder()
                .sliding_window_size(100)
                .slow_call_duration_threshold(SECOND)
                .slow_call_rate_threshold(1.0)
                .build()
                .unwrap(),
        )
        .service(service_fn(bare::ready));
    SLOW_CALLS.row("tower-resilience", move |count| {
        let mut service = service.clone();
        each!(count, n => service.ready().await.unwrap().call(n).await)
    })
}
