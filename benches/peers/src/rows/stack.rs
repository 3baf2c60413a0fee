//! Policies around policies: what a call to a service really has around it.

use std::sync::Arc;

use backon::{ExponentialBuilder, Retryable};
use layered::{Execute, Service as _, Stack as _};
use ninelives::prelude::{
    Backoff, BulkheadLayer as NineLivesBulkhead, CircuitBreakerConfig,
    CircuitBreakerLayer as NineLivesBreaker, RetryPolicy, TimeoutLayer as NineLivesTimeout,
};
use recloser::{AsyncRecloser, Error as RecloserError, Recloser};
use resilient::pipeline::Pipeline;
use resilient_runtime::{bulkhead, circuit_breaker, fallback, retry, timeout};
use seatbelt::{
    RecoveryInfo, ResilienceContext, breaker::Breaker, retry::Retry as SeatbeltRetry,
    timeout::Timeout as SeatbeltTimeout,
};
use tick::Clock;
use tokio::{sync::Semaphore, time};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_retry::RetryLayer;
use tower_resilience_timelimiter::TimeLimiterLayer;

use super::{
    Body, HOUR, SECOND, bare,
    floor::{self, Guard as _},
};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

static THREE: Work = Work::over(&bare::READY, "retry(breaker(timeout))").target(0.10);
static SUSPENDS: Work = Work::over(
    &bare::SUSPENDS,
    "retry(breaker(timeout)), body suspends once",
)
.target(0.70);
static FOUR: Work = Work::over(&bare::READY, "retry(breaker(bulkhead(timeout)))").target(0.20);
static README: Work = Work::over(&bare::READY, "the README's stack of six");

#[retry(max = 3)]
#[circuit_breaker(name = "three")]
#[timeout("1s")]
async fn three(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[retry(max = 3)]
#[circuit_breaker(name = "suspends")]
#[timeout("1s")]
async fn suspends(n: u64) -> Result<u64, Fault> {
    body::suspend().await;
    body::answer(n)
}

#[retry(max = 3)]
#[circuit_breaker(name = "four")]
#[bulkhead(name = "four", max_concurrent = 20)]
#[timeout("1s")]
async fn four(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[fallback(cached)]
#[timeout("2s")]
#[retry(max = 3, backoff = "exp", jitter)]
#[circuit_breaker(name = "readme")]
#[bulkhead(name = "readme", max_concurrent = 20)]
#[timeout("500ms")]
async fn readme(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[expect(clippy::unused_async, reason = "what would be in a cache is ready")]
async fn cached(n: u64) -> Result<u64, Fault> {
    Ok(n)
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![THREE.row(OURS, |count| each!(count, n => three(n).await))];
    rows.push(floor(&THREE, bare::ready));
    rows.extend(peers(&THREE, bare::ready));
    rows.push(SUSPENDS.row(OURS, |count| each!(count, n => suspends(n).await)));
    rows.push(floor(&SUSPENDS, bare::suspends));
    rows.extend(peers(&SUSPENDS, bare::suspends));
    rows.push(FOUR.row(OURS, |count| each!(count, n => four(n).await)));
    rows.push(floor_with_bulkhead());
    rows.extend(peers_with_bulkhead());
    rows.push(README.row(OURS, |count| each!(count, n => readme(n).await)));
    rows.push(floor_of_six());
    rows.extend(peers_of_six());
    rows
}

static BREAKER: floor::Breaker = floor::Breaker::new();
static BULKHEAD: floor::Bulkhead = floor::Bulkhead::new(20, 0);

fn floor<B, F>(work: &'static Work, body: B) -> Row
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + 'static,
{
    work.row(floor::WHO, move |count| {
        let attempt = move |n| BREAKER.around(floor::timeout(SECOND, body(n)));
        each!(count, n => floor::retry(4, || attempt(n)).await)
    })
}

fn floor_with_bulkhead() -> Row {
    let attempt = |n| BREAKER.around(BULKHEAD.around(floor::timeout(SECOND, bare::ready(n))));
    FOUR.row(
        floor::WHO,
        move |count| each!(count, n => floor::retry(4, || attempt(n)).await),
    )
}

fn floor_of_six() -> Row {
    let attempt = |n| BREAKER.around(BULKHEAD.around(floor::timeout(SECOND / 2, bare::ready(n))));
    README.row(floor::WHO, move |count| {
        each!(count, n => {
            let attempts = floor::retry(4, || attempt(n));
            match floor::timeout(2 * SECOND, attempts).await {
                Ok(answer) => Ok(answer),
                Err(_) => cached(n).await,
            }
        })
    })
}

/// Three crates at once, as a person would join them: backon, recloser, tokio.
#[derive(Clone)]
struct ByHand {
    breaker: AsyncRecloser,
    places: Arc<Semaphore>,
}

impl ByHand {
    fn new() -> Self {
        let breaker = Recloser::custom().error_rate(0.5).closed_len(100).build();
        Self {
            breaker: breaker.into(),
            places: Arc::new(Semaphore::new(20)),
        }
    }

    async fn attempt(&self, call: impl Future<Output = Result<u64, Fault>>) -> Result<u64, Fault> {
        self.breaker.call(in_time(call)).await.map_err(of_recloser)
    }

    async fn attempt_in_place(
        &self,
        call: impl Future<Output = Result<u64, Fault>>,
    ) -> Result<u64, Fault> {
        let call = async {
            let Ok(_place) = self.places.try_acquire() else {
                return Err(Fault::REJECTED);
            };
            in_time(call).await
        };
        self.breaker.call(call).await.map_err(of_recloser)
    }
}

async fn in_time(call: impl Future<Output = Result<u64, Fault>>) -> Result<u64, Fault> {
    time::timeout(SECOND, call)
        .await
        .unwrap_or(Err(Fault::REJECTED))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn of_recloser(error: RecloserError<Fault>) -> Fault {
    match error {
        RecloserError::Inner(fault) => fault,
        RecloserError::Rejected => Fault::REJECTED,
    }
}

const BY_HAND: &str = "backon + recloser + tokio";

/// Everybody who has a retry, a breaker and a timeout, around the same body.
fn peers<B, F>(work: &'static Work, body: B) -> Vec<Row>
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + Send + 'static,
{
    let by_hand = ByHand::new();
    let context = ResilienceContext::new(Clock::new_tokio());
    let recovery = |outcome: &Result<u64, Fault>| match outcome {
        Ok(_) => RecoveryInfo::never(),
        Err(_) => RecoveryInfo::retry(),
    };
    let seatbelt = Arc::new(
        (
            SeatbeltRetry::layer("retry", &context)
                .clone_input()
                .recovery_with(move |outcome, _| recovery(outcome)),
            Breaker::layer("breaker", &context)
                .recovery_with(move |outcome, _| recovery(outcome))
                .rejected_input_error(|_, _| Fault::REJECTED),
            SeatbeltTimeout::layer("timeout", &context)
                .timeout_error(|_| Fault::REJECTED)
                .timeout(SECOND),
            Execute::new(body),
        )
            .into_service(),
    );
    let tower_resilience = ServiceBuilder::new()
        .layer(RetryLayer::<u64, u64, _>::builder().max_attempts(4).build())
        .layer(
            CircuitBreakerLayer::builder()
                .sliding_window_size(100)
                .build()
                .unwrap(),
        )
        .layer(TimeLimiterLayer::builder().timeout_duration(SECOND).build())
        .service(service_fn(body));
    let ninelives = ServiceBuilder::new()
        .layer(
            RetryPolicy::builder()
                .max_attempts(4)
                .backoff(Backoff::exponential(SECOND))
                .build()
                .unwrap()
                .into_layer(),
        )
        .layer(NineLivesBreaker::new(CircuitBreakerConfig::new(20, HOUR, 3).unwrap()).unwrap())
        .layer(NineLivesTimeout::new(SECOND).unwrap())
        .service(service_fn(body));
    let resilient = Arc::new(
        Pipeline::new()
            .with_retry(resilient::RetryPolicy::default().with_max_retries(3))
            .with_circuit_breaker(resilient::BreakerPolicy::default())
            .with_timeout(resilient::TimeoutPolicy::default().with_timeout(SECOND)),
    );
    vec![
        work.row(BY_HAND, move |count| {
            let by_hand = by_hand.clone();
            each!(count, n => {
                let policy = ExponentialBuilder::default().with_max_times(3);
                (|| by_hand.attempt(body(n))).retry(policy).await
            })
        }),
        work.row("seatbelt", move |count| {
            let service = Arc::clone(&seatbelt);
            each!(count, n => service.execute(n).await)
        }),
        work.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        work.row("ninelives", move |count| {
            let mut service = ninelives.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        work.row("resilient", move |count| {
            let pipeline = Arc::clone(&resilient);
            each!(count, n => pipeline.run::<_, _, _, Fault>(|| body(n)).await)
        }),
    ]
}

/// seatbelt has no bulkhead, and that of `resilient` lets everything pass.
fn peers_with_bulkhead() -> Vec<Row> {
    let by_hand = ByHand::new();
    let tower_resilience = ServiceBuilder::new()
        .layer(RetryLayer::<u64, u64, _>::builder().max_attempts(4).build())
        .layer(
            CircuitBreakerLayer::builder()
                .sliding_window_size(100)
                .build()
                .unwrap(),
        )
        .layer(
            BulkheadLayer::builder()
                .max_concurrent_calls(20)
                .build()
                .unwrap(),
        )
        .layer(TimeLimiterLayer::builder().timeout_duration(SECOND).build())
        .service(service_fn(bare::ready));
    let ninelives = ServiceBuilder::new()
        .layer(
            RetryPolicy::builder()
                .max_attempts(4)
                .backoff(Backoff::exponential(SECOND))
                .build()
                .unwrap()
                .into_layer(),
        )
        .layer(NineLivesBreaker::new(CircuitBreakerConfig::new(20, HOUR, 3).unwrap()).unwrap())
        .layer(NineLivesBulkhead::new(20).unwrap())
        .layer(NineLivesTimeout::new(SECOND).unwrap())
        .service(service_fn(bare::ready));
    vec![
        FOUR.row(BY_HAND, move |count| {
            let by_hand = by_hand.clone();
            each!(count, n => {
                let policy = ExponentialBuilder::default().with_max_times(3);
                (|| by_hand.attempt_in_place(bare::ready(n))).retry(policy).await
            })
        }),
        FOUR.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        FOUR.row("ninelives", move |count| {
            let mut service = ninelives.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
    ]
}

fn peers_of_six() -> Vec<Row> {
    let by_hand = ByHand::new();
    let tower_resilience = ServiceBuilder::new()
        .layer(
            TimeLimiterLayer::builder()
                .timeout_duration(2 * SECOND)
                .build(),
        )
        .layer(RetryLayer::<u64, u64, _>::builder().max_attempts(4).build())
        .layer(
            CircuitBreakerLayer::builder()
                .sliding_window_size(100)
                .build()
                .unwrap(),
        )
        .layer(
            BulkheadLayer::builder()
                .max_concurrent_calls(20)
                .build()
                .unwrap(),
        )
        .layer(
            TimeLimiterLayer::builder()
                .timeout_duration(SECOND / 2)
                .build(),
        )
        .service(service_fn(bare::ready));
    vec![
        README.row(BY_HAND, move |count| {
            let by_hand = by_hand.clone();
            each!(count, n => {
                let policy = ExponentialBuilder::default().with_max_times(3).with_jitter();
                let attempts = (|| by_hand.attempt_in_place(bare::ready(n))).retry(policy);
                match time::timeout(2 * SECOND, attempts).await {
                    Ok(Ok(answer)) => Ok(answer),
                    _ => cached(n).await,
                }
            })
        }),
        README.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => match service.ready().await.unwrap().call(n).await {
                Ok(answer) => Ok(answer),
                Err(_) => cached(n).await,
            })
        }),
    ]
}
