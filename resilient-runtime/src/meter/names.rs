//! The names and labels of all metrics, and what is said of each: the table in the documentation of `metrics`,
//! which a test holds to this one.

use ::metrics::Unit;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) help: &'static str,
}

macro_rules! metrics {
    ($($constant:ident: $kind:ident $unit:ident $name:literal, $help:literal;)*) => {
        $(pub(crate) const $constant: &str = $name;)*

        pub(crate) const ALL: &[Metric] = &[$(Metric {
            name: $name,
            kind: Kind::$kind,
            unit: Unit::$unit,
            help: $help,
        }),*];
    };
}

metrics! {
    CALLS: Counter Count "resilient_calls_total",
        "Calls of annotated functions that have ended, before a fallback on top of the stack.";
    DURATION: Histogram Seconds "resilient_call_duration_seconds",
        "How long calls of annotated functions took, with all their attempts and waits.";
    ATTEMPTS: Counter Count "resilient_attempts_total",
        "First calls, retries that were scheduled, and hedged copies that were started.";
    POLICY_CALLS: Counter Count "resilient_policy_calls_total",
        "Calls that a circuit breaker, bulkhead or rate limiter admitted or rejected.";
    WAIT: Histogram Seconds "resilient_wait_duration_seconds",
        "How long calls waited for a place in a bulkhead or a turn at a rate limiter, and got it.";
    TIMEOUTS: Counter Count "resilient_timeouts_total",
        "Attempts and calls that a timeout cut off.";
    HEDGES_WON: Counter Count "resilient_hedges_won_total",
        "Hedged calls that a copy answered first.";
    FALLBACKS: Counter Count "resilient_fallbacks_total",
        "Failures that a fallback took the place of.";
    BUDGET_EMPTY: Counter Count "resilient_retry_budget_empty_total",
        "Retries and hedged copies that were not made, for want of budget.";
    SLOW_CALLS: Counter Count "resilient_circuit_slow_calls_total",
        "Calls that took as long as a circuit breaker calls slow.";
    TRANSITIONS: Counter Count "resilient_circuit_transitions_total",
        "Changes of state of a circuit breaker.";
    UNPROTECTED: Counter Count "resilient_keys_unprotected_total",
        "Calls that ran unprotected, as there was no room for their key.";
    STATE: Gauge Count "resilient_circuit_state",
        "How many circuit breakers of this name are in this state: one, or one for each key.";
    FAILURE_RATIO: Gauge Count "resilient_circuit_failure_ratio",
        "Share of failures in the window, 0 to 1; the highest of all keys; NaN before min_calls.";
    SLOW_RATIO: Gauge Count "resilient_circuit_slow_ratio",
        "Share of slow calls in the window, 0 to 1; the highest of all keys; NaN before min_calls.";
    IN_FLIGHT: Gauge Count "resilient_bulkhead_in_flight",
        "Calls in a bulkhead, of all its keys together.";
    BULKHEAD_WAITING: Gauge Count "resilient_bulkhead_waiting",
        "Calls that wait for a place in a bulkhead, of all its keys together.";
    LIMIT: Gauge Count "resilient_bulkhead_limit",
        "How many calls a bulkhead lets through at once; of one with keys, for each.";
    LIMITER_WAITING: Gauge Count "resilient_rate_limit_waiting",
        "Calls that wait for their turn at a rate limiter, of all its keys together.";
    AVAILABLE: Gauge Count "resilient_rate_limit_available",
        "How many calls would pass a rate limiter at once, now; of one with keys, of a new key.";
    BALANCE: Gauge Count "resilient_retry_budget_balance",
        "How many extra calls a retry budget would allow now.";
}
