//! What a breaker looks like at one moment.

use std::time::Duration;

use tokio::time::Instant;

use crate::circuit::{CircuitState, Reason};

/// A breaker at one moment, for operators, health checks and tests. Taking one moves nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CircuitSnapshot {
    /// What it does with calls.
    pub state: CircuitState,
    /// Goes up with every change of state; results of earlier generations are not heard.
    pub generation: u64,
    /// Records in the window. While the breaker is open: the window that opened it.
    pub calls: u32,
    /// Failures among them.
    pub failures: u32,
    /// Slow calls among them.
    pub slow: u32,
    /// Calls that it has rejected, ever; of a `shadow`, those that it would have rejected.
    pub rejected: u64,
    /// `failures / calls`; `None` before `min_calls`.
    pub failure_rate: Option<f64>,
    /// `slow / calls`; `None` before `min_calls`, and where slow calls are not watched.
    pub slow_rate: Option<f64>,
    /// Whether the break is over, so that the next call goes through as a probe.
    pub probe_due: bool,
    /// When it came into this state.
    pub since: Instant,
    /// When it makes sense to call again; `None` while calls go through or an operator holds it open.
    pub retry_after: Option<Duration>,
    /// Why it rejects, if it does.
    pub reason: Option<Reason>,
}
