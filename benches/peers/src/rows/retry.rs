//! Three attempts at most: of calls that succeed at once, and of calls that fail each time, without a delay.

use std::{
    future::{Ready, ready},
    sync::Arc,
    time::Duration,
};

use backon::{ConstantBuilder, ExponentialBuilder, Retryable};
use layered::{Execute, Service as _, Stack as _};
use ninelives::prelude::{Backoff, RetryPolicy};
use resilient_runtime::retry;
use seatbelt::{
    RecoveryInfo, ResilienceContext,
    retry::{Backoff as SeatbeltBackoff, Retry as SeatbeltRetry},
};
use tick::Clock;
use tokio_retry2::{Retry as TokioRetry, RetryError, strategy::FixedInterval};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_resilience_retry::RetryLayer;

use super::{Body, SECOND, bare, floor};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

static SUCCEEDS: Work = Work::over(&bare::READY, "retry that succeeds at once").target(1.0);
static FAILS: Work = Work::over(&bare::FAILS, "three failing attempts, no delay")
    .target(1.2)
    .ends(0, 300);

#[retry(max = 2, delay = "1s")]
async fn succeeds(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[retry(max = 2, backoff = "none")]
async fn fails(n: u64) -> Result<u64, Fault> {
    body::fail(n)
}

/// It retries on an error that is the value of the block, and not on one that leaves by `?`.
#[retrying::retry(stop = attempts(3), wait = fixed(1.0))]
async fn retrying_succeeds(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[retrying::retry(stop = attempts(3), wait = fixed(0))]
async fn retrying_fails(n: u64) -> Result<u64, Fault> {
    body::fail(n)
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        SUCCEEDS.row(OURS, |count| each!(count, n => succeeds(n).await)),
        SUCCEEDS.row(
            floor::WHO,
            |count| each!(count, n => floor::retry(3, || bare::ready(n)).await),
        ),
        SUCCEEDS.row("backon", |count| {
            each!(count, n => {
                let policy = ExponentialBuilder::default().with_max_times(2);
                (|| bare::ready(n)).retry(policy).await
            })
        }),
        SUCCEEDS.row(
            "retrying",
            |count| each!(count, n => retrying_succeeds(n).await),
        ),
    ];
    rows.extend(peers(&SUCCEEDS, bare::ready, SECOND));
    rows.extend([
        FAILS.row(OURS, |count| each!(count, n => fails(n).await)),
        FAILS.row(
            floor::WHO,
            |count| each!(count, n => floor::retry(3, || bare::fails(n)).await),
        ),
        FAILS.row("backon", |count| {
            each!(count, n => {
                let policy = ConstantBuilder::default()
                    .with_delay(Duration::ZERO)
                    .with_max_times(2);
                // Its own sleep takes a millisecond for no time at all, as tokio's timer does.
                (|| bare::fails(n)).retry(policy).sleep(|_| ready(())).await
            })
        }),
        FAILS.row(
            "retrying",
            |count| each!(count, n => retrying_fails(n).await),
        ),
    ]);
    rows.extend(peers(&FAILS, bare::fails, Duration::ZERO));
    rows
}

/// Everybody else around the same body.
fn peers<B, F>(work: &'static Work, body: B, delay: Duration) -> Vec<Row>
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + Send + 'static,
{
    let tower = ServiceBuilder::new()
        .retry(Again(2))
        .service(service_fn(body));
    let seatbelt = Arc::new(
        (
            SeatbeltRetry::layer("retry", &ResilienceContext::new(Clock::new_tokio()))
                .clone_input()
                .max_retry_attempts(2)
                .backoff(SeatbeltBackoff::Constant)
                .base_delay(delay)
                .use_jitter(false)
                .recovery_with(|outcome: &Result<u64, Fault>, _| match outcome {
                    Ok(_) => RecoveryInfo::never(),
                    Err(_) => RecoveryInfo::retry(),
                }),
            Execute::new(body),
        )
            .into_service(),
    );
    let tower_resilience = ServiceBuilder::new()
        .layer(
            RetryLayer::<u64, u64, Fault>::builder()
                .max_attempts(3)
                .fixed_backoff(delay)
                .build(),
        )
        .service(service_fn(body));
    let ninelives = ServiceBuilder::new()
        .layer(
            RetryPolicy::<Fault>::builder()
                .max_attempts(3)
                .backoff(Backoff::constant(delay))
                .build()
                .unwrap()
                .into_layer(),
        )
        .service(service_fn(body));
    let resilient = resilient::RetryPolicy::default()
        .with_max_retries(2)
        .with_min_delay(delay)
        .with_max_delay(delay);
    vec![
        work.row("tower", move |count| {
            // It clones its policy for each request, which has all its attempts then.
            let mut service = tower.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        work.row("tokio-retry2", move |count| {
            each!(count, n => {
                let delays = FixedInterval::new(delay).take(2);
                TokioRetry::spawn(delays, async || body(n).await.map_err(RetryError::transient)).await
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
            let policy = resilient.clone();
            each!(count, n => policy.run(|| body(n)).await)
        }),
    ]
}

/// tower has no policy that retries so many times: everybody writes this one.
#[derive(Clone)]
struct Again(u32);

impl tower::retry::Policy<u64, u64, Fault> for Again {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut u64, outcome: &mut Result<u64, Fault>) -> Option<Ready<()>> {
        if outcome.is_ok() || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &u64) -> Option<u64> {
        Some(*request)
    }
}
