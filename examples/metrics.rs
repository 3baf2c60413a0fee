//! `/metrics` for Prometheus, in a service that calls something flaky.
//!
//! Run it: `cargo run --example metrics`

use std::time::Duration;

use axum::{Router, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use resilient_runtime::{Rejected, bulkhead, circuit_breaker, fallback, metrics, retry};
use tokio::net::TcpListener;
use tokio::time::sleep;

#[derive(Debug, thiserror::Error)]
enum StockError {
    #[error("the warehouse is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[fallback(value = 0)]
#[retry(max = 2, delay = "1ms")]
#[circuit_breaker(name = "warehouse", consecutive_failures = 4)]
#[bulkhead(name = "warehouse", max_concurrent = 10)]
async fn stock(up: bool) -> Result<u32, StockError> {
    sleep(Duration::from_millis(2)).await;
    if up { Ok(7) } else { Err(StockError::Down) }
}

/// What is counted is there already; what has a state is looked at now.
fn scraped(prometheus: &PrometheusHandle) -> String {
    metrics::sample();
    prometheus.render()
}

#[tokio::main]
async fn main() {
    // First the recorder, then the metrics: a count that nobody keeps would be lost.
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &[0.001, 0.01, 0.1, 1.0])
        .expect("there are buckets")
        .install_recorder()
        .expect("there is no other recorder");
    metrics::enable().expect("a recorder is installed");

    let router = Router::new().route("/metrics", get(async move || scraped(&prometheus)));
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });

    for up in [true, true, false, false, false] {
        let _ = stock(up).await;
    }

    let url = format!("http://{address}/metrics");
    let text = reqwest::get(url).await.expect("it listens");
    let text = text.text().await.expect("it is text");
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("_bucket"))
    {
        println!("{line}");
    }
    let has = |series: &str| text.lines().any(|line| line == series);
    assert!(has(
        "resilient_calls_total{function=\"metrics::stock\",outcome=\"success\"} 2"
    ));
    assert!(has(
        "resilient_circuit_state{name=\"warehouse\",state=\"open\"} 1"
    ));
    assert!(has(
        "resilient_fallbacks_total{function=\"metrics::stock\",cause=\"circuit_open\"} 2"
    ));
}
