//! A timeout of a second that never fires.

use std::sync::Arc;

use layered::{Execute, Service as _, Stack as _};
use resilient_runtime::timeout;
use seatbelt::{ResilienceContext, timeout::Timeout as SeatbeltTimeout};
use tick::Clock;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_resilience_timelimiter::TimeLimiterLayer;

use super::{Body, SECOND, bare, floor};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

static READY: Work = Work::over(&bare::READY, "timeout")
    .target_of("tokio", 0.10)
    .on_two_threads();
static SUSPENDS: Work = Work::over(&bare::SUSPENDS, "timeout, body suspends once")
    .target_of("tokio", 1.0)
    .on_two_threads();

#[timeout("1s")]
async fn ready(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[timeout("1s")]
async fn suspends(n: u64) -> Result<u64, Fault> {
    body::suspend().await;
    body::answer(n)
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![READY.row(OURS, |count| each!(count, n => ready(n).await))];
    rows.push(floor(&READY, bare::ready));
    rows.extend(peers(&READY, bare::ready));
    rows.push(SUSPENDS.row(OURS, |count| each!(count, n => suspends(n).await)));
    rows.push(floor(&SUSPENDS, bare::suspends));
    rows.extend(peers(&SUSPENDS, bare::suspends));
    rows
}

fn floor<B, F>(work: &'static Work, body: B) -> Row
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + 'static,
{
    work.row(
        floor::WHO,
        move |count| each!(count, n => floor::timeout(SECOND, body(n)).await),
    )
}

/// Everybody else around the same body.
fn peers<B, F>(work: &'static Work, body: B) -> Vec<Row>
where
    B: Body<F>,
    F: Future<Output = Result<u64, Fault>> + Send + 'static,
{
    let seatbelt = Arc::new(
        (
            SeatbeltTimeout::layer("timeout", &ResilienceContext::new(Clock::new_tokio()))
                .timeout_error(|_| Fault::REJECTED)
                .timeout(SECOND),
            Execute::new(body),
        )
            .into_service(),
    );
    let tower = tower::timeout::Timeout::new(service_fn(body), SECOND);
    let tower_resilience = ServiceBuilder::new()
        .layer(TimeLimiterLayer::builder().timeout_duration(SECOND).build())
        .service(service_fn(body));
    let ninelives = ServiceBuilder::new()
        .layer(ninelives::prelude::TimeoutLayer::new(SECOND).unwrap())
        .service(service_fn(body));
    let resilient = resilient::TimeoutPolicy::default().with_timeout(SECOND);
    vec![
        work.row("tokio", move |count| {
            each!(count, n => match tokio::time::timeout(SECOND, body(n)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        work.row("seatbelt", move |count| {
            let service = Arc::clone(&seatbelt);
            each!(count, n => service.execute(n).await)
        }),
        work.row("tower", move |count| {
            let mut service = tower.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
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
            each!(count, n => policy.run::<_, _, _, Fault>(|| body(n)).await)
        }),
    ]
}
