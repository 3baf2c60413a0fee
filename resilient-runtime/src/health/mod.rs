//! Health: reports for the liveness, readiness and startup probes of an orchestrator. Feature `health`.
//!
//! | probe | asks | is down while |
//! |---|---|---|
//! | [`live`] | whether to restart the process | a critical liveness check is. Never for a breaker or a bulkhead: a restart helps no dependency |
//! | [`ready`] | whether to send it requests | a *critical* circuit breaker is open, a *critical* bulkhead is full, or a critical check is down or has not run |
//! | [`startup`] | whether it has come up | a critical startup check has not succeeded once; one that has is never asked again |
//!
//! A report tells of everything in the [`registry`], called or not, and of your own [`Check`]s.
//! It is taken at once: there is nothing to await, no call waits for it, and no check is run for it.
//!
//! # No breaker gates readiness by itself
//!
//! A dependency that is down is down for all processes. If each of them said that it was not ready, there
//! would be none left for the requests that need no dependency, or have a fallback for it. So a circuit
//! breaker or a bulkhead is told of (the report is [degraded](Status::Degraded)), and gates nothing, unless
//! you declare it critical: by [`critical`] and [`critical_bulkhead`], or by its builder,
//! [`CircuitBreaker::critical`].
//!
//! A critical breaker is down while it is open or forced open. It is ready again **as soon as its break is
//! over**: only a call can close it, and a process that is not ready gets none. So it is when it is
//! half-open. While the dependency is still down, the first call opens it again, and readiness flickers,
//! once a break; `failureThreshold` of the probe and [`break_backoff`](crate::CircuitBreaker::break_backoff)
//! smooth that.
//!
//! Of one that has keys the report says how many of them are open or full, and which are the first three. They
//! make it degraded and gate nothing, critical or not: the calls of all other keys go through.
//!
//! # In a handler
//!
//! For axum (`cargo run --example health` has all three):
//!
//! ```
//! use axum::{Json, Router, http::StatusCode, routing::get};
//! use resilient_runtime::health::{self, Report};
//!
//! async fn readyz() -> (StatusCode, Json<Report>) {
//!     let report = health::ready();
//!     let status = StatusCode::from_u16(report.http_status()).expect("200 or 503");
//!     (status, Json(report))
//! }
//!
//! let router: Router = Router::new().route("/readyz", get(readyz));
//! ```
//!
//! For hyper, whose responses are those of the crate `http`:
//!
//! ```
//! # use axum::http;
//! use resilient_runtime::health;
//!
//! fn readyz() -> http::Result<http::Response<String>> {
//!     let report = health::ready();
//!     http::Response::builder()
//!         .status(report.http_status())
//!         .header("content-type", "application/json")
//!         .body(serde_json::to_string(&report).expect("a report is plain data"))
//! }
//! # assert_eq!(readyz().unwrap().status(), 200);
//! ```
//!
//! For tonic, whose health service has no body:
//!
//! ```
//! # #[derive(Debug, PartialEq)] enum ServingStatus { Serving, NotServing } // of tonic_health
//! use resilient_runtime::health;
//!
//! fn serving() -> ServingStatus {
//!     if health::ready().is_up() {
//!         ServingStatus::Serving
//!     } else {
//!         ServingStatus::NotServing
//!     }
//! }
//! # assert_eq!(serving(), ServingStatus::Serving);
//! ```
//!
//! # What is not in a report
//!
//! Bulkheads without a name belong to one function: give one a `name` to see it. Breakers of your own, one a
//! tenant for example, are not in the registry: a [`Check`] can look at them.

mod check;
mod critical;
mod entry;
mod instances;
mod record;
mod report;
mod run;

use tokio::time::Instant;

pub use check::{Check, CheckHandle};
pub use report::{Component, Kind, Probe, Report, Status};

use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::name::Name;
use crate::registry;

/// Whether the process works at all: what its [liveness checks](Check::of_liveness) say. With none it is
/// up, as it could answer.
///
/// ```
/// assert!(resilient_runtime::health::live().is_up());
/// ```
#[must_use]
pub fn live() -> Report {
    Report::of(Probe::Live, entry::components(Probe::Live, Instant::now()))
}

/// Whether to send it requests. See [the module](self) for what gates it.
///
/// ```standalone_crate
/// use resilient_runtime::{CircuitBreaker, health, shared};
///
/// #[shared]
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").critical();
///
/// assert_eq!(health::ready().http_status(), 200);
/// PAYMENTS.force_open();
/// let report = health::ready();
/// assert_eq!(report.http_status(), 503);
/// assert_eq!(report.components[0].detail, "forced open by an operator");
/// PAYMENTS.auto(); // the next call is a probe: it has to come
/// assert_eq!(health::ready().http_status(), 200);
/// ```
#[must_use]
pub fn ready() -> Report {
    let now = Instant::now();
    let mut components = circuit_breakers(now);
    components.extend(bulkheads());
    components.extend(entry::components(Probe::Ready, now));
    Report::of(Probe::Ready, components)
}

/// Whether it has come up: whether each of its [startup checks](Check::of_startup) has succeeded once.
/// From then on it is up, as long as no other one is started. With none it is up at once: start yours before
/// you answer probes.
///
/// ```
/// assert!(resilient_runtime::health::startup().is_up());
/// ```
#[must_use]
pub fn startup() -> Report {
    Report::of(
        Probe::Startup,
        entry::components(Probe::Startup, Instant::now()),
    )
}

/// Declares the circuit breaker of this name critical: while it is open, this process is not [`ready`].
///
/// It is for what nothing works without. A name that no circuit breaker in the binary has takes readiness
/// down with it, and the report says which name was meant: you see it when you deploy.
///
/// ```standalone_crate
/// use resilient_runtime::{CircuitBreaker, health, shared};
///
/// #[shared]
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
///
/// health::critical("payments");
/// assert!(health::ready().is_up());
///
/// health::critical("paymets");
/// let report = health::ready();
/// assert!(!report.is_up());
/// assert_eq!(
///     report.components[1].detail,
///     "no circuit breaker of this name is in the binary; did you mean `payments`?"
/// );
/// ```
pub fn critical(circuit_breaker: impl Into<Name>) {
    critical::declare(Kind::CircuitBreaker, circuit_breaker.into());
}

/// Declares the bulkhead of this name critical: while it is full, this process is not [`ready`].
///
/// It sheds load to other processes, as long as they have room: a burst that fills the bulkheads of all of
/// them leaves none that is ready. An unknown name is told as [`critical`] tells it.
///
/// ```standalone_crate
/// use resilient_runtime::{Bulkhead, health, shared};
///
/// #[shared]
/// static DB: Bulkhead = Bulkhead::new("db", 1);
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// health::critical_bulkhead("db");
/// let call = DB.call(async {
///     let report = health::ready();
///     assert_eq!(report.components[0].detail, "1 of 1 in flight");
///     assert_eq!(report.http_status(), 503);
///     Ok::<_, &str>(())
/// });
/// assert!(call.await.is_ok());
/// assert_eq!(health::ready().http_status(), 200);
/// # }
/// ```
pub fn critical_bulkhead(bulkhead: impl Into<Name>) {
    critical::declare(Kind::Bulkhead, bulkhead.into());
}

fn circuit_breakers(now: Instant) -> Vec<Component> {
    all(
        Kind::CircuitBreaker,
        &registry::circuit_breakers().collect::<Vec<_>>(),
        CircuitBreaker::name,
        |breaker, critical| {
            instances::circuit_breaker(breaker, critical || breaker.is_critical(), now)
        },
    )
}

fn bulkheads() -> Vec<Component> {
    all(
        Kind::Bulkhead,
        &registry::bulkheads().collect::<Vec<_>>(),
        Bulkhead::name,
        |bulkhead, critical| instances::bulkhead(bulkhead, critical || bulkhead.is_critical()),
    )
}

/// The instances of one kind as components, then the names that are critical and stand for none.
fn all<P>(
    kind: Kind,
    instances: &[&P],
    name: fn(&P) -> &str,
    component: impl Fn(&P, bool) -> Component,
) -> Vec<Component> {
    let declared = critical::names(kind);
    let names = || instances.iter().map(|instance| name(instance));
    let known = instances.iter().map(|instance| {
        let critical = declared.iter().any(|declared| declared == name(instance));
        component(instance, critical)
    });
    let missing = declared
        .iter()
        .filter(|declared| names().all(|name| **declared != name))
        .map(|missing| critical::missing(kind, missing.clone(), names()));
    known.chain(missing).collect()
}
