//! A rate limit that lets everything pass: a call each nanosecond.

use std::{num::NonZeroU32, sync::Arc};

use governor::{Quota, RateLimiter, clock::MonotonicClock};
use resilient_runtime::rate_limit;
use tower::{Service, ServiceBuilder, ServiceExt, limit::RateLimit, limit::rate::Rate, service_fn};
use tower_resilience_ratelimiter::RateLimiterLayer;

use super::{
    SECOND, bare,
    floor::{self, Guard as _},
};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

const RATE: u32 = 1_000_000_000;

/// The target is governor's time on the clock of the standard library: it is the same clock that is paid for.
static PASSES: Work =
    Work::over(&bare::READY, "rate limit, passing").target_of("governor, std clock", 0.95);

#[rate_limit("1000000000/s", name = "passes")]
async fn passes(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

pub fn rows() -> Vec<Row> {
    let quota = Quota::per_second(NonZeroU32::new(RATE).unwrap());
    let std_clock = Arc::new(RateLimiter::direct_with_clock(quota, MonotonicClock));
    let quanta = Arc::new(RateLimiter::direct(quota));
    let least = Arc::new(floor::RateLimit::new());
    let tower_resilience = ServiceBuilder::new()
        .layer(
            RateLimiterLayer::builder()
                .limit_for_period(RATE as usize)
                .refresh_period(SECOND)
                .build()
                .unwrap(),
        )
        .service(service_fn(bare::ready));
    let resilient = resilient::RateLimiter::default()
        .with_max_tokens(RATE as usize)
        .with_refill_rate(SECOND / RATE);
    vec![
        PASSES.row(OURS, |count| each!(count, n => passes(n).await)),
        PASSES.row(floor::WHO, move |count| {
            let limit = Arc::clone(&least);
            each!(count, n => limit.around(bare::ready(n)).await)
        }),
        PASSES.row("governor, std clock", move |count| {
            let limiter = Arc::clone(&std_clock);
            each!(count, n => match limiter.check() {
                Ok(()) => bare::ready(n).await,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        PASSES.row("governor, quanta", move |count| {
            let limiter = Arc::clone(&quanta);
            each!(count, n => match limiter.check() {
                Ok(()) => bare::ready(n).await,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        PASSES.row("tower", |count| {
            // It counts within one service, which nobody else can use: there is nothing shared to clone.
            let rate = Rate::new(u64::from(RATE), SECOND);
            let mut service = RateLimit::new(service_fn(bare::ready), rate);
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        PASSES.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        PASSES.row("resilient", move |count| {
            let limiter = resilient.clone();
            each!(count, n => limiter.run(|| bare::ready(n)).await)
        }),
    ]
}
