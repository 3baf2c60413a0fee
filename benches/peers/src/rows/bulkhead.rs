//! A bulkhead with room for a hundred calls, and one with room for one, which is taken.

use std::{
    fmt::Debug,
    future::pending,
    sync::{Arc, Once},
};

use ninelives::prelude::BulkheadLayer as NineLivesLayer;
use resilient_runtime::bulkhead;
use tokio::sync::Semaphore;
use tower::{Service, ServiceBuilder, ServiceExt, limit::ConcurrencyLimit, service_fn};
use tower_resilience_bulkhead::BulkheadLayer;

use super::{
    bare,
    floor::{self, Guard as _},
    held,
};
use crate::{
    body::{self, Fault},
    each,
    row::{OURS, Row, Work},
};

static ROOM: Work = Work::over(&bare::READY, "bulkhead with room")
    .target_of("tokio, try_acquire", 0.75)
    .on_two_threads();
static FULL: Work = Work::over(&bare::READY, "bulkhead full, rejecting")
    .target_of("tower, load-shed", 0.15)
    .ends(0, 0);

#[bulkhead(name = "room", max_concurrent = 100)]
async fn room(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[bulkhead(name = "full", max_concurrent = 1)]
async fn full(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

#[bulkhead(name = "full")]
async fn never_ends() -> Result<u64, Fault> {
    pending().await
}

/// The argument for which a call of a peer never ends.
const FOREVER: u64 = u64::MAX;

/// Ends at once, but for one that takes the only place.
async fn ends_mostly(n: u64) -> Result<u64, Fault> {
    if n == FOREVER {
        return pending().await;
    }
    body::answer(n)
}

pub fn rows() -> Vec<Row> {
    let mut rows = with_room();
    rows.extend(without_room());
    rows
}

fn with_room() -> Vec<Row> {
    let places = Arc::new(Semaphore::new(100));
    let queue = Arc::clone(&places);
    let tower = ConcurrencyLimit::new(service_fn(bare::ready), 100);
    let tower_resilience = ServiceBuilder::new()
        .layer(
            BulkheadLayer::builder()
                .max_concurrent_calls(100)
                .build()
                .unwrap(),
        )
        .service(service_fn(bare::ready));
    let ninelives = ServiceBuilder::new()
        .layer(NineLivesLayer::new(100).unwrap())
        .service(service_fn(bare::ready));
    let resilient = resilient::Bulkhead::new(100);
    vec![
        ROOM.row(OURS, |count| each!(count, n => room(n).await)),
        ROOM.row(floor::WHO, |count| {
            static BULKHEAD: floor::Bulkhead = floor::Bulkhead::new(100, 0);
            each!(count, n => BULKHEAD.around(bare::ready(n)).await)
        }),
        ROOM.row("tokio, try_acquire", move |count| {
            let places = Arc::clone(&places);
            each!(count, n => match places.try_acquire() {
                Ok(_place) => bare::ready(n).await,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        ROOM.row("tokio, acquire", move |count| {
            let places = Arc::clone(&queue);
            each!(count, n => match places.acquire().await {
                Ok(_place) => bare::ready(n).await,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        ROOM.row("tower", move |count| {
            let mut service = tower.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        ROOM.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        ROOM.row("ninelives", move |count| {
            let mut service = ninelives.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        ROOM.row("resilient", move |count| {
            let policy = resilient.clone();
            each!(count, n => policy.run(|| bare::ready(n)).await)
        }),
    ]
}

/// `resilient` is not here: its bulkhead runs the call when it is full as well.
fn without_room() -> Vec<Row> {
    // Of ours there is one in the process, however often the rows are made.
    static TAKEN: Once = Once::new();
    TAKEN.call_once(|| held(never_ends()));
    let places = Arc::new(Semaphore::new(1));
    std::mem::forget(places.try_acquire());
    let tower = ServiceBuilder::new()
        .load_shed()
        .concurrency_limit(1)
        .service(service_fn(ends_mostly));
    let tower_resilience = ServiceBuilder::new()
        .layer(
            BulkheadLayer::builder()
                .max_concurrent_calls(1)
                .reject_when_full()
                .build()
                .unwrap(),
        )
        .service(service_fn(ends_mostly));
    let ninelives = ServiceBuilder::new()
        .layer(NineLivesLayer::new(1).unwrap())
        .service(service_fn(ends_mostly));
    fill(&tower);
    fill(&tower_resilience);
    fill(&ninelives);
    vec![
        FULL.row(OURS, |count| each!(count, n => full(n).await)),
        FULL.row(floor::WHO, |count| {
            static BULKHEAD: floor::Bulkhead = floor::Bulkhead::new(1, 1);
            each!(count, n => BULKHEAD.around(bare::ready(n)).await)
        }),
        FULL.row("tokio, try_acquire", move |count| {
            let places = Arc::clone(&places);
            each!(count, n => match places.try_acquire() {
                Ok(_place) => bare::ready(n).await,
                Err(_) => Err(Fault::REJECTED),
            })
        }),
        FULL.row("tower, load-shed", move |count| {
            let mut service = tower.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        FULL.row("tower-resilience", move |count| {
            let mut service = tower_resilience.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
        FULL.row("ninelives", move |count| {
            let mut service = ninelives.clone();
            each!(count, n => service.ready().await.unwrap().call(n).await)
        }),
    ]
}

/// Takes the only place of a service, for good.
fn fill<S>(service: &S)
where
    S: Service<u64, Error: Debug> + Clone + 'static,
{
    let mut service = service.clone();
    held(async move { service.ready().await.unwrap().call(FOREVER).await });
}
