//! The three endpoints of the example, over real HTTP. Its clock is real, so no test here depends on how fast the
//! machine is.

#[path = "../examples/health.rs"]
#[allow(dead_code, reason = "its `main` prints what is checked here")]
mod example;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use example::{World, router, serve, watch};
use resilient_runtime::{CircuitState, registry};
use serde_json::Value;
use tokio::time::sleep;

struct Shop(SocketAddr);

impl Shop {
    /// The status of an answer, and its JSON.
    async fn get(&self, path: &str) -> (u16, Value) {
        let response = reqwest::get(format!("http://{}{path}", self.0)).await;
        let response = response.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/json");
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn call(&self, path: &str) -> u16 {
        let response = reqwest::get(format!("http://{}{path}", self.0)).await;
        response.unwrap().status().as_u16()
    }

    /// Asks until it gets this status.
    async fn until(&self, path: &str, status: u16) -> Value {
        loop {
            let (found, report) = self.get(path).await;
            if found == status {
                return report;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// What a report says of a component.
fn of<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut components = report["components"].as_array().unwrap().iter();
    components
        .find(|component| component["name"] == name)
        .unwrap()
}

#[tokio::test]
async fn the_three_endpoints_through_the_life_of_a_breaker() {
    let world = Arc::new(World::default());
    world.payments_are_up.store(true, Relaxed);
    let checks = watch(&world);
    let shop = Shop(serve(router(Arc::clone(&world))).await.unwrap());
    let breaker = registry::circuit_breaker("payments").unwrap();

    // Startup waits for its check, and is then up for good.
    let (status, report) = shop.get("/startupz").await;
    assert_eq!((status, &report["status"]), (503, &"down".into()));
    world.prices_are_loaded.store(true, Relaxed);
    let report = shop.until("/startupz", 200).await;
    assert_eq!(
        (&report["probe"], &report["status"]),
        (&"startup".into(), &"up".into())
    );
    world.prices_are_loaded.store(false, Relaxed);

    let (status, report) = shop.get("/readyz").await;
    assert_eq!((status, &report["status"]), (200, &"up".into()));
    assert_eq!(of(&report, "payments")["status"], "up");

    // A breaker that is not critical is told of, and gates nothing.
    for _ in 0..2 {
        assert_eq!(shop.call("/reviews").await, 502);
    }
    let (status, report) = shop.get("/readyz").await;
    assert_eq!((status, &report["status"]), (200, &"degraded".into()));
    assert_eq!(of(&report, "reviews")["status"], "down");

    // A critical one does, as long as its break lasts. On a machine so slow that the break is over before it
    // has answered, once more.
    world.payments_are_up.store(false, Relaxed);
    loop {
        while breaker.state() != CircuitState::Open || breaker.snapshot().probe_due {
            assert_eq!(shop.call("/pay").await, 502);
        }
        let (status, report) = shop.get("/readyz").await;
        let (alive, _) = shop.get("/livez").await;
        if breaker.snapshot().probe_due {
            continue;
        }
        assert_eq!((status, &report["status"]), (503, &"down".into()));
        let payments = of(&report, "payments");
        assert_eq!(payments["kind"], "circuit_breaker");
        assert_eq!(payments["status"], "down");
        assert_eq!(payments["critical"], true);
        let detail = payments["detail"].as_str().unwrap();
        assert!(detail.starts_with("open: "), "{detail}");
        assert_eq!(alive, 200, "a restart would help no dependency");
        break;
    }

    // The break is over: ready before any call has come, so that one comes and closes it.
    let report = shop.until("/readyz", 200).await;
    assert_eq!(breaker.state(), CircuitState::Open);
    assert_eq!(of(&report, "payments")["status"], "degraded");
    world.payments_are_up.store(true, Relaxed);
    assert_eq!(shop.call("/pay").await, 200);
    assert_eq!(breaker.state(), CircuitState::Closed);
    let (status, report) = shop.get("/readyz").await;
    assert_eq!(status, 200);
    assert_eq!(of(&report, "payments")["status"], "up");

    // An operator holds it open.
    breaker.force_open();
    assert_eq!(shop.get("/readyz").await.0, 503);
    breaker.auto();
    assert_eq!(shop.get("/readyz").await.0, 200);

    // Liveness is for what a restart cures.
    world.worker_is_stuck.store(true, Relaxed);
    let report = shop.until("/livez", 503).await;
    assert_eq!(
        of(&report, "worker")["detail"],
        "it has not come by for a minute"
    );
    world.worker_is_stuck.store(false, Relaxed);
    shop.until("/livez", 200).await;
    assert_eq!(
        shop.get("/startupz").await.0,
        200,
        "it stays up whatever its check would say"
    );

    drop(checks);
    let (_, report) = shop.get("/livez").await;
    assert_eq!(report["components"], Value::Array(Vec::new()));
}
