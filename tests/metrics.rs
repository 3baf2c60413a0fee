//! Metrics, as a real exporter serves them over HTTP: every row of the documented table, with the values that a
//! scripted run must leave.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::pending,
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::OnceLock,
    thread,
    time::Duration,
};

use futures::future::join;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use resilient_runtime::{
    Bulkhead, CircuitBreaker, RateLimiter, Rejected, RetryBudget, bulkhead, circuit_breaker,
    fallback, hedge, metrics, rate_limit, retry, timeout,
};
use tokio::time::sleep;

/// Starts the exporter, once, in a runtime of its own: its clock runs whatever the tests' clocks do.
fn exporter() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                PrometheusBuilder::new()
                    .with_http_listener(address)
                    .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &[0.1, 1.0, 10.0])
                    .unwrap()
                    .install()
                    .unwrap();
                pending::<()>().await;
            });
        });
        while get(address).is_none() {
            thread::yield_now();
        }
        metrics::enable().unwrap();
        address
    })
}

fn get(address: SocketAddr) -> Option<String> {
    let mut stream = match TcpStream::connect(address) {
        Ok(stream) => stream,
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => return None,
        Err(error) => panic!("{error}"),
    };
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    Some(body.to_owned())
}

/// The labels of a series, by their names.
type Labels = BTreeMap<String, String>;

/// What the exporter says.
#[derive(Debug, Default)]
struct Scraped {
    kinds: BTreeMap<String, String>,
    series: Vec<(String, Labels, f64)>,
}

fn scrape() -> Scraped {
    metrics::sample();
    let mut scraped = Scraped::default();
    for line in get(exporter()).unwrap().lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            scraped.kinds.insert(name.into(), kind.into());
        } else if let Some((series, value)) = line.rsplit_once(' ')
            && !line.starts_with('#')
        {
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels = labels.trim_end_matches('}').split("\",");
            let labels = labels.filter_map(|label| {
                let (name, value) = label.split_once("=\"")?;
                Some((name.to_owned(), value.trim_end_matches('"').to_owned()))
            });
            let value = value.parse().unwrap();
            scraped.series.push((name.into(), labels.collect(), value));
        }
    }
    scraped
}

impl Scraped {
    /// The value of the one series with these labels; of a function by the end of its path.
    #[track_caller]
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |all: &Labels| {
            labels.iter().all(|(label, value)| {
                all.get(*label).is_some_and(|other| match *label {
                    "function" if !value.is_empty() => other.ends_with(&format!("::{value}")),
                    _ => other == value,
                })
            })
        };
        let found: Vec<_> = self
            .series
            .iter()
            .filter(|(other, all, _)| other == name && has(all))
            .collect();
        let [(_, _, value)] = found[..] else {
            panic!("{name} {labels:?}: {found:?}")
        };
        *value
    }

    #[track_caller]
    fn is(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let is = self.value(name, labels);
        assert!(
            (is - value).abs() < 1e-9 || (is.is_nan() && value.is_nan()),
            "{name} {labels:?} is {is}, not {value}"
        );
    }
}

#[derive(Debug, PartialEq)]
enum Fault {
    Down,
    Rejected(Rejected),
}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

const SECOND: Duration = Duration::from_secs(1);

static EMPTY: RetryBudget = RetryBudget::new("metrics-empty")
    .ratio(0.01)
    .min_per_second(0);

/// A call that takes so long.
async fn takes(time: Duration) -> Result<u32, Fault> {
    sleep(time).await;
    Ok(7)
}

#[fallback(value = 0)]
#[retry(max = 2, delay = "1s", budget = "metrics-budget")]
#[circuit_breaker(
    name = "metrics-breaker",
    consecutive_failures = 2,
    slow_call = "5s",
    break_duration = "10s"
)]
#[timeout("30s")]
async fn flaky(outcome: Result<u32, Fault>) -> Result<u32, Fault> {
    match &outcome {
        Ok(value) => Ok(*value),
        Err(_) => Err(Fault::Down),
    }
}

#[bulkhead(name = "metrics-bulkhead", max_concurrent = 1, max_wait = "4s")]
async fn narrow(time: Duration) -> Result<u32, Fault> {
    takes(time).await
}

#[bulkhead(max_concurrent = 3)]
#[rate_limit("2/s")]
async fn private(time: Duration) -> Result<u32, Fault> {
    takes(time).await
}

#[hedge(after = "1s", budget = "metrics-hedges")]
async fn hedged(calls: &std::cell::Cell<u32>) -> Result<u32, Fault> {
    calls.set(calls.get() + 1);
    takes(if calls.get() == 1 {
        60 * SECOND
    } else {
        SECOND
    })
    .await
}

#[retry(max = 1, delay = "1s", budget = EMPTY)]
async fn unpaid() -> Result<u32, Fault> {
    Err(Fault::Down)
}

#[timeout("2s")]
async fn hangs() -> Result<u32, Fault> {
    pending().await
}

#[rate_limit("1/s", name = "metrics-limit", max_wait = "3s")]
async fn limited() -> Result<u32, Fault> {
    Ok(7)
}

#[circuit_breaker(name = "metrics-slow", slow_call = "1s", slow_call_rate = "100%")]
async fn slow(time: Duration) -> Result<u32, Fault> {
    takes(time).await
}

#[bulkhead(name = "metrics-shadow", max_concurrent = 1, shadow)]
async fn shadowed(time: Duration) -> Result<u32, Fault> {
    takes(time).await
}

#[bulkhead(name = "metrics-keys", max_concurrent = 1, key = key, max_keys = 1)]
async fn keyed(key: u32) -> Result<u32, Fault> {
    takes(SECOND).await?;
    Ok(key)
}

/// Everything that the table tells of happens once at least.
#[tokio::test(start_paused = true)]
async fn every_row_of_the_table_is_served_with_its_labels() {
    exporter();
    script().await;
    let scraped = scrape();

    let documented = documented();
    assert!(documented.len() > 15);
    for (name, (kind, labels)) in &documented {
        assert_eq!(scraped.kinds.get(name), Some(kind), "{name}");
        let mut found = 0;
        for (series, all, _) in &scraped.series {
            let of = ["", "_bucket", "_sum", "_count"];
            if of.iter().any(|suffix| *series == format!("{name}{suffix}")) {
                found += 1;
                let all: BTreeSet<_> = all.keys().filter(|label| *label != "le").cloned().collect();
                assert_eq!(all, *labels, "{name}");
            }
        }
        assert!(found > 0, "no series of {name}");
    }
    for name in scraped
        .kinds
        .keys()
        .filter(|name| name.starts_with("resilient"))
    {
        assert!(documented.contains_key(name), "{name} is not in the table");
    }
}

/// The table of the documentation: kind and labels, by name.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/resilient-runtime/src/metrics.rs"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .filter(|line| line.starts_with("//! | `resilient_"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_start_matches("//! | ").split(" | ").collect();
        let words = |cell: &str| {
            cell.split(", ")
                .map(|word| word.trim_matches('`').to_owned())
                .collect()
        };
        let name = cells[0].trim_matches('`').to_owned();
        (name, (cells[1].to_owned(), words(cells[2])))
    })
    .collect()
}

async fn script() {
    // Two failures open the circuit, the third attempt is rejected; and the next call at once.
    assert_eq!(flaky(Err(Fault::Down)).await, Ok(0));
    assert_eq!(flaky(Ok(7)).await, Ok(0));
    // One takes the place, one waits for it.
    let _ = join(narrow(3 * SECOND), narrow(SECOND)).await;
    let _ = private(SECOND).await;
    let _ = hedged(&std::cell::Cell::new(0)).await;
    let _ = hangs().await;
    let _ = join(limited(), limited()).await;
    let _ = slow(2 * SECOND).await;
    let _ = join(shadowed(SECOND), shadowed(SECOND)).await;
    let _ = join(keyed(1), keyed(2)).await;
    let _ = unpaid().await;
}

#[tokio::test(start_paused = true)]
async fn calls_attempts_and_durations_are_counted_by_function() {
    #[fallback(value = 0)]
    #[retry(max = 2, delay = "1s")]
    async fn counted(fails: bool) -> Result<u32, Fault> {
        sleep(SECOND / 2).await;
        if fails { Err(Fault::Down) } else { Ok(7) }
    }

    exporter();
    assert_eq!(counted(false).await, Ok(7));
    assert_eq!(counted(true).await, Ok(0));
    assert!(
        tokio::time::timeout(SECOND / 4, counted(false))
            .await
            .is_err()
    );
    let scraped = scrape();

    let of = |outcome| [("function", "counted"), ("outcome", outcome)];
    scraped.is("resilient_calls_total", &of("success"), 1.0);
    scraped.is("resilient_calls_total", &of("error"), 1.0);
    scraped.is("resilient_calls_total", &of("dropped"), 1.0);
    let kind = |kind| [("function", "counted"), ("kind", kind)];
    scraped.is("resilient_attempts_total", &kind("first"), 3.0);
    scraped.is("resilient_attempts_total", &kind("retry"), 2.0);
    scraped.is(
        "resilient_fallbacks_total",
        &[("function", "counted"), ("cause", "error")],
        1.0,
    );
    let sum = scraped.value("resilient_call_duration_seconds_sum", &of("success"));
    assert!((sum - 0.5).abs() < 1e-9, "{sum}");
    // Three attempts of half a second, and delays of one and two.
    let sum = scraped.value("resilient_call_duration_seconds_sum", &of("error"));
    assert!((sum - 4.5).abs() < 1e-9, "{sum}");
    for (le, count) in [("0.1", 0.0), ("1", 1.0), ("+Inf", 1.0)] {
        let labels = [("function", "counted"), ("outcome", "success"), ("le", le)];
        scraped.is("resilient_call_duration_seconds_bucket", &labels, count);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_policy_did_is_counted_by_instance_and_function() {
    static DOOR: Bulkhead = Bulkhead::new("metrics-door", 1).max_wait(Duration::from_secs(2));

    #[bulkhead(DOOR)]
    async fn enters(time: Duration) -> Result<u32, Fault> {
        takes(time).await
    }

    exporter();
    let by_hand = DOOR.call(takes(SECOND));
    let (by_hand, entered) = join(by_hand, enters(3 * SECOND)).await;
    assert!(by_hand.is_ok() && entered.is_ok());
    let (_, rejected) = join(enters(3 * SECOND), enters(SECOND)).await;
    assert!(rejected.is_err());
    let scraped = scrape();

    let of = |function, outcome| {
        [
            ("function", function),
            ("policy", "bulkhead"),
            ("name", "metrics-door"),
            ("outcome", outcome),
        ]
    };
    scraped.is("resilient_policy_calls_total", &of("", "admitted"), 1.0);
    scraped.is(
        "resilient_policy_calls_total",
        &of("enters", "admitted"),
        2.0,
    );
    scraped.is(
        "resilient_policy_calls_total",
        &of("enters", "rejected"),
        1.0,
    );
    let waited = [
        ("function", "enters"),
        ("policy", "bulkhead"),
        ("name", "metrics-door"),
    ];
    scraped.is("resilient_wait_duration_seconds_count", &waited, 1.0);
    scraped.is("resilient_wait_duration_seconds_sum", &waited, 1.0);
    scraped.is(
        "resilient_calls_total",
        &[("function", "enters"), ("outcome", "bulkhead_full")],
        1.0,
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_a_state_is_sampled() {
    #[circuit_breaker(
        name = "metrics-state",
        window = 4,
        min_calls = 2,
        break_duration = "10s"
    )]
    #[bulkhead(name = "metrics-flight", max_concurrent = 2, max_wait = "100s")]
    async fn stateful(fails: bool) -> Result<u32, Fault> {
        sleep(SECOND).await;
        if fails { Err(Fault::Down) } else { Ok(7) }
    }

    exporter();
    let state = |scraped: &Scraped, state, count| {
        scraped.is(
            "resilient_circuit_state",
            &[("name", "metrics-state"), ("state", state)],
            count,
        );
    };
    let breaker = [("name", "metrics-state")];
    let scraped = scrape();
    state(&scraped, "closed", 1.0);
    state(&scraped, "open", 0.0);
    scraped.is("resilient_circuit_failure_ratio", &breaker, f64::NAN);

    let flight = [("name", "metrics-flight")];
    let calls = join(join(stateful(false), stateful(false)), stateful(true));
    let (_, scraped) = join(calls, async {
        sleep(SECOND / 2).await;
        scrape()
    })
    .await;
    scraped.is("resilient_bulkhead_in_flight", &flight, 2.0);
    scraped.is("resilient_bulkhead_waiting", &flight, 1.0);
    scraped.is("resilient_bulkhead_limit", &flight, 2.0);

    let scraped = scrape();
    scraped.is("resilient_bulkhead_in_flight", &flight, 0.0);
    scraped.is("resilient_circuit_failure_ratio", &breaker, 1.0 / 3.0);
    assert!(stateful(true).await.is_err());
    let scraped = scrape();
    state(&scraped, "closed", 0.0);
    state(&scraped, "open", 1.0);
    scraped.is(
        "resilient_circuit_transitions_total",
        &[
            ("name", "metrics-state"),
            ("from", "closed"),
            ("to", "open"),
        ],
        1.0,
    );
}

/// Strangers choose keys, and must not choose how many series there are.
#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_adds_no_series() {
    static HOSTS: CircuitBreaker = CircuitBreaker::new("metrics-hosts").max_keys(64);
    static CALLERS: RateLimiter = RateLimiter::new("metrics-callers", 1, SECOND).max_keys(64);

    #[circuit_breaker(HOSTS, key = host)]
    #[rate_limit(CALLERS, key = host)]
    async fn asks(host: u32) -> Result<u32, Fault> {
        if host.is_multiple_of(2) {
            Ok(host)
        } else {
            Err(Fault::Down)
        }
    }

    exporter();
    let series = |scraped: &Scraped| -> BTreeSet<_> {
        let names = ["metrics-hosts", "metrics-callers"];
        let is_ours = |labels: &Labels| {
            labels
                .get("name")
                .is_some_and(|name| names.iter().any(|ours| name.contains(ours)))
                || labels
                    .get("function")
                    .is_some_and(|path| path.ends_with("::asks"))
        };
        let ours = scraped
            .series
            .iter()
            .filter(|(_, labels, _)| is_ours(labels));
        ours.map(|(name, labels, _)| (name.clone(), labels.clone()))
            .collect()
    };
    for host in 0..100 {
        let _ = asks(host).await;
    }
    let few = series(&scrape());
    for host in 100..5_000 {
        let _ = asks(host).await;
    }
    let scraped = scrape();
    assert_eq!(series(&scraped), few);
    assert!(!few.is_empty());
    scraped.is(
        "resilient_policy_calls_total",
        &[
            ("policy", "circuit_breaker"),
            ("name", "metrics-hosts"),
            ("outcome", "admitted"),
        ],
        5_000.0,
    );
    scraped.is(
        "resilient_circuit_state",
        &[("name", "metrics-hosts"), ("state", "closed")],
        64.0,
    );
}

#[tokio::test(start_paused = true)]
async fn a_private_instance_is_told_apart_by_its_function() {
    mod one {
        use super::*;
        #[bulkhead(max_concurrent = 3)]
        pub(super) async fn same() -> Result<u32, Fault> {
            takes(SECOND).await
        }
    }
    mod two {
        use super::*;
        #[bulkhead(max_concurrent = 5)]
        pub(super) async fn same() -> Result<u32, Fault> {
            takes(SECOND).await
        }
    }

    exporter();
    let _ = join(one::same(), two::same()).await;
    let scraped = scrape();
    for (function, limit) in [("one::same", 3.0), ("two::same", 5.0)] {
        // It is called after its function, as far as an attribute can tell.
        let name = format!("metrics::{function}");
        let of = [("function", function), ("name", name.as_str())];
        scraped.is("resilient_bulkhead_limit", &of, limit);
        let of = [
            ("function", function),
            ("name", &name),
            ("outcome", "admitted"),
        ];
        scraped.is("resilient_policy_calls_total", &of, 1.0);
    }
}
