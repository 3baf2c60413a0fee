//! Metrics: counts, durations and gauges over the [`metrics`](https://docs.rs/metrics) facade, for Prometheus,
//! OpenTelemetry and whatever else has an exporter for it. Feature `metrics`.
//!
//! First install a recorder, then call [`enable`]; [`sample`] looks at what has a state, whenever a value is
//! wanted:
//!
//! ```
//! use metrics_exporter_prometheus::PrometheusBuilder;
//! use resilient_runtime::{metrics, timeout};
//!
//! #[timeout("1s")]
//! async fn stock() -> Result<u32, std::io::Error> {
//!     Ok(7)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
//! metrics::enable().unwrap();
//!
//! stock().await.unwrap();
//!
//! // In the handler of `/metrics`:
//! metrics::sample();
//! let text = prometheus.render();
//! assert!(text.contains("resilient_calls_total{"));
//! assert!(text.contains("outcome=\"success\""));
//! # }
//! ```
//!
//! # The table
//!
//! | metric | kind | labels | what it is |
//! |---|---|---|---|
//! | `resilient_calls_total` | counter | `function`, `outcome` | calls of annotated functions that have ended, before a fallback on top of the stack |
//! | `resilient_call_duration_seconds` | histogram | `function`, `outcome` | how long calls of annotated functions took, with all their attempts and waits |
//! | `resilient_attempts_total` | counter | `function`, `kind` | first calls, retries that were scheduled, and hedged copies that were started |
//! | `resilient_policy_calls_total` | counter | `function`, `name`, `policy`, `outcome` | calls that a circuit breaker, bulkhead or rate limiter admitted or rejected |
//! | `resilient_wait_duration_seconds` | histogram | `function`, `name`, `policy` | how long calls waited for a place in a bulkhead or a turn at a rate limiter, and got it |
//! | `resilient_timeouts_total` | counter | `function` | attempts and calls that a timeout cut off |
//! | `resilient_hedges_won_total` | counter | `function` | hedged calls that a copy answered first |
//! | `resilient_fallbacks_total` | counter | `function`, `cause` | failures that a fallback took the place of |
//! | `resilient_retry_budget_empty_total` | counter | `function`, `name` | retries and hedged copies that were not made, for want of budget |
//! | `resilient_circuit_slow_calls_total` | counter | `function`, `name` | calls that took as long as a circuit breaker calls slow |
//! | `resilient_circuit_transitions_total` | counter | `name`, `from`, `to` | changes of state of a circuit breaker |
//! | `resilient_keys_unprotected_total` | counter | `name`, `policy` | calls that ran unprotected, as there was no room for their key |
//! | `resilient_circuit_state` | gauge | `name`, `state` | how many circuit breakers of this name are in this state: one, or one for each key |
//! | `resilient_circuit_failure_ratio` | gauge | `name` | share of failures in the window, 0 to 1; the highest of all keys; NaN before `min_calls` |
//! | `resilient_circuit_slow_ratio` | gauge | `name` | share of slow calls in the window, 0 to 1; the highest of all keys; NaN before `min_calls` |
//! | `resilient_bulkhead_in_flight` | gauge | `function`, `name` | calls in a bulkhead, of all its keys together |
//! | `resilient_bulkhead_waiting` | gauge | `function`, `name` | calls that wait for a place in a bulkhead, of all its keys together |
//! | `resilient_bulkhead_limit` | gauge | `function`, `name` | how many calls a bulkhead lets through at once; of one with keys, for each |
//! | `resilient_rate_limit_waiting` | gauge | `function`, `name` | calls that wait for their turn at a rate limiter, of all its keys together |
//! | `resilient_rate_limit_available` | gauge | `function`, `name` | how many calls would pass a rate limiter at once, now; of one with keys, of a new key |
//! | `resilient_retry_budget_balance` | gauge | `name` | how many extra calls a retry budget would allow now |
//!
//! | label | its values |
//! |---|---|
//! | `function` | the path of an annotated function; empty for what is done by hand, outside of any. Of a gauge: the function that the instance belongs to, as it has no name; empty for one that has |
//! | `name` | the name of an instance, **without its key**; of one that belongs to a function, that function's |
//! | `policy` | `circuit_breaker`, `bulkhead`, `rate_limit` |
//! | `outcome` of a call | `success`, `error`, `timeout`, `circuit_open`, `bulkhead_full`, `rate_limited`, `dropped`, `panicked`: see [`Ended`](crate::event::Ended) |
//! | `outcome` at a policy | `admitted`, `rejected`, and in `shadow` `would_reject` |
//! | `kind` | `first`, `retry`, `hedge` |
//! | `cause` | `error`, `timeout`, `circuit_open`, `bulkhead_full`, `rate_limited`: see [`Cause`](crate::Cause) |
//! | `from`, `to`, `state` | `closed`, `open`, `half_open`, `forced_open`, `forced_closed` |
//!
//! The names follow Prometheus: base units, `_total` for counters, ratios from 0 to 1. A series appears when there
//! is something to count. How many there may be is bounded by the functions and names in the source: no `key`
//! is ever a label, so a flood of keys adds none. A name that is made at run time is a label as well: make few
//! of them, and use a `key` for the rest.
//!
//! # Counted or sampled
//!
//! What happens is counted when it happens. What *is* (a state, a rate, calls in flight) changes with each
//! call, and to tell of every change would cost every call: [`sample`] looks at it instead. Call it before each
//! scrape, or spawn [`sample_every`] where the exporter has a listener of its own. It looks at all that the
//! [`registry`] knows; a `static` that no attribute names is known where it is marked
//! [`#[shared]`](macro@crate::shared).
//!
//! # What it costs
//!
//! Without the feature, nothing. With it and before [`enable`]: one relaxed load a call and policy, which looks for
//! subscribers to events as well. Enabled: two reads of the clock a call, and for each count a handle that was
//! looked up once and is kept where it is used; no allocation. The first use of each handle asks the recorder
//! for it, and that may allocate. So a recorder that stands in for one block, as
//! `metrics::with_local_recorder` has it, must not be in force when a handle is first used: it would stay.

mod sample;

use ::metrics::{KeyName, SharedString, with_recorder};

pub use sample::{sample, sample_every};

use crate::event;
use crate::meter::names::{self, Kind, Metric};
#[cfg(doc)]
use crate::registry;

/// From now on what policies do is counted, by the recorder that is installed. It also describes all metrics to
/// it, with their units. Once is enough, and more does no harm.
///
/// # Errors
///
/// [`NoRecorder`] if none is installed yet: handles that are looked up too early would count nothing for ever.
/// Nothing is enabled then. A recorder is taken for none if it is a type of no size.
///
/// ```
/// # use metrics_exporter_prometheus::PrometheusBuilder;
/// use resilient_runtime::metrics;
///
/// let too_early = metrics::enable().unwrap_err();
/// assert!(too_early.to_string().starts_with("no metrics recorder is installed"));
///
/// let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
/// metrics::enable().unwrap();
/// # drop(prometheus);
/// ```
pub fn enable() -> Result<(), NoRecorder> {
    // The one that stands in for none has no size, and there is no other way to tell.
    if with_recorder(|recorder| size_of_val(recorder)) == 0 {
        return Err(NoRecorder);
    }
    describe();
    event::want_metrics();
    Ok(())
}

fn describe() {
    with_recorder(|recorder| {
        for &Metric {
            name,
            kind,
            unit,
            help,
        } in names::ALL
        {
            let (name, help) = (KeyName::from_const_str(name), SharedString::const_str(help));
            match kind {
                Kind::Counter => recorder.describe_counter(name, Some(unit), help),
                Kind::Gauge => recorder.describe_gauge(name, Some(unit), help),
                Kind::Histogram => recorder.describe_histogram(name, Some(unit), help),
            }
        }
    });
}

/// [`enable`] was called before a recorder was installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no metrics recorder is installed: install one first, as by `PrometheusBuilder::new().install()`, \
     and enable metrics after it"
)]
pub struct NoRecorder;

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the table above that name a metric: its name, kind and description.
    fn rows() -> Vec<[&'static str; 4]> {
        include_str!("metrics.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `resilient_"))
            .map(|row| {
                let mut cells = row.trim_end_matches(" |").split(" | ");
                std::array::from_fn(|_| cells.next().expect("four cells"))
            })
            .collect()
    }

    #[test]
    fn the_table_is_what_is_described() {
        let plain = |text: &str| text.trim_end_matches('.').replace('`', "").to_lowercase();
        let described: Vec<_> = names::ALL
            .iter()
            .map(|metric| {
                let kind = format!("{:?}", metric.kind).to_lowercase();
                (metric.name.to_owned(), kind, plain(metric.help))
            })
            .collect();
        let documented: Vec<_> = rows()
            .into_iter()
            .map(|[name, kind, _, what]| {
                let name = format!("resilient_{}", name.trim_end_matches('`'));
                (name, kind.to_owned(), plain(what))
            })
            .collect();
        assert_eq!(described, documented);
    }

    #[test]
    fn names_follow_the_customs_of_prometheus() {
        for Metric {
            name, kind, unit, ..
        } in names::ALL
        {
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            let is_time = *unit == ::metrics::Unit::Seconds;
            assert_eq!(name.ends_with("_seconds"), is_time, "{name}");
        }
    }
}
