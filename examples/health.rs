//! Liveness, readiness and startup over HTTP, with axum.
//!
//! Run it: `cargo run --example health`

use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use resilient_runtime::{
    Rejected, circuit_breaker,
    health::{self, Check, CheckHandle, Report},
    registry,
};
use tokio::{net::TcpListener, time::sleep};

/// What our shop depends on, as the story has it.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) payments_are_up: AtomicBool,
    pub(crate) prices_are_loaded: AtomicBool,
    pub(crate) worker_is_stuck: AtomicBool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    #[error("the payment service is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Without payments there is no shop: `main` declares this breaker critical.
#[circuit_breaker(
    name = "payments",
    consecutive_failures = 2,
    break_duration = "300ms",
    half_open_calls = 1
)]
async fn pay(world: &World) -> Result<&'static str, PaymentError> {
    let up = world.payments_are_up.load(Relaxed);
    up.then_some("paid").ok_or(PaymentError::Down)
}

/// Without reviews there is: an open breaker is told of, and gates nothing.
#[circuit_breaker(name = "reviews", consecutive_failures = 2)]
async fn reviews() -> Result<&'static str, PaymentError> {
    Err(PaymentError::Down)
}

/// What the shop says of itself, as long as these are kept.
pub(crate) fn watch(world: &Arc<World>) -> [CheckHandle; 2] {
    health::critical("payments");
    let prices = is(world, "they are not loaded yet", |world| {
        world.prices_are_loaded.load(Relaxed)
    });
    let worker = is(world, "it has not come by for a minute", |world| {
        !world.worker_is_stuck.load(Relaxed)
    });
    let often = Duration::from_millis(20);
    [
        Check::new("prices", prices)
            .of_startup()
            .every(often)
            .start(),
        Check::new("worker", worker)
            .of_liveness()
            .every(often)
            .start(),
    ]
}

/// A check of one of the facts of the world.
fn is(
    world: &Arc<World>,
    or_else: &'static str,
    fact: fn(&World) -> bool,
) -> impl FnMut() -> std::future::Ready<Result<(), &'static str>> + use<> {
    let world = Arc::clone(world);
    move || std::future::ready(fact(&world).then_some(()).ok_or(or_else))
}

/// The three endpoints, and two of the shop's own.
pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/livez", get(async || answer(health::live())))
        .route("/readyz", get(async || answer(health::ready())))
        .route("/startupz", get(async || answer(health::startup())))
        .route(
            "/pay",
            get(async |State(world): State<Arc<World>>| shown(pay(&world).await)),
        )
        .route("/reviews", get(async || shown(reviews().await)))
        .with_state(world)
}

/// A report as a response: its status and its JSON.
fn answer(report: Report) -> (StatusCode, Json<Report>) {
    let status = StatusCode::from_u16(report.http_status()).expect("200 or 503");
    (status, Json(report))
}

fn shown(outcome: Result<&'static str, PaymentError>) -> (StatusCode, String) {
    match outcome {
        Ok(said) => (StatusCode::OK, said.to_owned()),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
    }
}

pub(crate) async fn serve(router: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let world = Arc::new(World::default());
    world.payments_are_up.store(true, Relaxed);
    let _checks = watch(&world);
    let address = serve(router(Arc::clone(&world))).await?;
    let get = async |path: &str| {
        let response = reqwest::get(format!("http://{address}{path}")).await?;
        let (status, body) = (response.status().as_u16(), response.text().await?);
        println!("  GET {path:10} {status}  {body}");
        Ok::<_, reqwest::Error>(status)
    };

    println!("It comes up:");
    get("/startupz").await?;
    world.prices_are_loaded.store(true, Relaxed);
    while get("/startupz").await? != 200 {
        sleep(Duration::from_millis(20)).await;
    }
    get("/livez").await?;
    get("/readyz").await?;

    println!("Reviews are down, which is told and gates nothing:");
    get("/reviews").await?;
    get("/reviews").await?;
    get("/readyz").await?;

    println!("Payments are down, and the shop is not ready:");
    world.payments_are_up.store(false, Relaxed);
    get("/pay").await?;
    get("/pay").await?;
    get("/readyz").await?;

    println!("The break is over: ready, so that a call can come and close it:");
    let breaker = registry::circuit_breaker("payments").expect("`pay` declares it");
    sleep(breaker.snapshot().retry_after.unwrap_or_default()).await;
    get("/readyz").await?;
    world.payments_are_up.store(true, Relaxed);
    get("/pay").await?;
    get("/readyz").await?;
    Ok(())
}
