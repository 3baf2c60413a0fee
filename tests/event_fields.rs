//! What `tracing` is told of events: the fields of the documented table, at its levels, in the span of the caller.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join;
use resilient_runtime::{
    Bulkhead, Function, Name, Rejected, RetryBudget, bulkhead, circuit_breaker,
    config::{self, Sources},
    event::{self, Event},
    fallback, hedge, rate_limit, registry, retry,
    testing::{self, Events},
    timeout,
};
use tokio::time::sleep;
use tracing::{
    Instrument, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Registry,
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

#[derive(Debug, Clone, PartialEq)]
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

async fn takes(time: Duration) -> Result<u32, Fault> {
    sleep(time).await;
    Ok(7)
}

/// One event, as a subscriber sees it.
#[derive(Debug, Clone)]
struct Told {
    level: Level,
    fields: BTreeMap<&'static str, String>,
    /// The innermost span that it is in.
    span: Option<&'static str>,
}

#[derive(Debug, Clone, Default)]
struct Capture(Arc<Mutex<Vec<Told>>>);

impl Capture {
    /// Subscribes this thread.
    fn start() -> (Self, DefaultGuard) {
        Self::start_at(LevelFilter::TRACE)
    }

    /// The same behind a filter.
    fn start_at(filter: LevelFilter) -> (Self, DefaultGuard) {
        let capture = Self::default();
        let subscriber = Registry::default().with(capture.clone()).with(filter);
        (capture, tracing::subscriber::set_default(subscriber))
    }

    fn take(&self) -> Vec<Told> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "resilient" {
            return;
        }
        let mut told = Told {
            level: *event.metadata().level(),
            fields: BTreeMap::new(),
            span: context.event_span(event).map(|span| span.name()),
        };
        event.record(&mut told);
        self.0.lock().unwrap().push(told);
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

impl Told {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// The fields but those that every event has.
    fn own(&self) -> BTreeMap<&'static str, &str> {
        let own = |name: &&str| !["message", "policy", "name", "function"].contains(name);
        let fields = self.fields.iter().filter(|(name, _)| own(name));
        fields
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}

/// What a block tells `tracing`, and what the test kit records of it.
async fn told<F: Future>(block: F) -> (Vec<Told>, Events) {
    let (capture, _guard) = Capture::start();
    let (_, events) = testing::record(testing::isolated(block)).await;
    (capture.take(), events)
}

/// The rows of the table in the documentation: level and own fields, by the name of the event.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/resilient-runtime/src/event.rs"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("//! | [`"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [_, event, _, level, fields, _] = cells[..] else {
            panic!("{row}")
        };
        let name = event[2..].split('`').next().unwrap();
        let fields = fields
            .split(", ")
            .map(|field| field.trim_matches('`').to_owned());
        let fields = fields.filter(|field| !field.is_empty()).collect();
        (name.to_owned(), (level.to_owned(), fields))
    })
    .collect()
}

fn variant(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split([' ', '{']).next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_table_is_what_a_subscriber_is_told() {
    let (told, events) = told(everything()).await;
    let documented = documented();
    assert_eq!(told.len(), events.len());
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (told, event) in told.iter().zip(&events) {
        let name = variant(event);
        let (level, fields) = &documented[&name];
        let text = event.to_string();
        let opens = text.contains("→ open") || text.contains("→ forced open");
        let expected = match level.as_str() {
            "`WARN` where it opens, else `INFO`" if opens => Level::WARN,
            "`WARN` where it opens, else `INFO`" => Level::INFO,
            level => level.trim_matches('`').parse().unwrap(),
        };
        assert_eq!(told.level, expected, "{name}");
        assert_eq!(told.field("message"), Some(event.to_string().as_str()));
        assert_eq!(told.field("policy"), event.policy(), "{name}");
        let function = event.function().map(Function::path);
        assert_eq!(told.field("function"), function, "{name}");
        if name != "Conflict" {
            assert_eq!(told.field("name"), event.name().map(Name::as_str));
        }
        let own: BTreeSet<_> = told.own().into_keys().map(str::to_owned).collect();
        assert!(own.is_subset(fields), "{name} has {own:?}, of {fields:?}");
        seen.entry(name).or_default().extend(own);
    }
    for (name, (level, fields)) in documented {
        if level == "–" {
            assert!(!seen.contains_key(&name), "{name} is told");
        } else {
            assert_eq!(seen.get(&name), Some(&fields), "{name}");
        }
    }
}

/// A service that listens at `INFO` sees its breakers open and close; and each other level what is of it.
#[tokio::test(start_paused = true)]
async fn at_each_level_a_filter_lets_through_what_the_table_says() {
    let scenario = async || {
        failures().await;
        waits().await;
        overrides();
    };
    let told_at = async |filter| {
        let (capture, _guard) = Capture::start_at(filter);
        testing::isolated(scenario()).await;
        let told = capture.take().into_iter();
        told.map(|told| (told.level, told.fields["policy"].clone()))
            .collect::<Vec<_>>()
    };
    let all = told_at(LevelFilter::TRACE).await;
    let of = |level| all.iter().filter(|told| told.0 == level).count();
    assert!(of(Level::WARN) > 1 && of(Level::INFO) > 1 && of(Level::DEBUG) > 1);
    for filter in [
        LevelFilter::OFF,
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
    ] {
        let mut expected = all.clone();
        expected.retain(|(level, _)| *level <= filter);
        assert_eq!(told_at(filter).await, expected, "{filter}");
    }
}

/// One of every event that `tracing` is told of, with each of its fields.
async fn everything() {
    failures().await;
    waits().await;
    mistakes().await;
    overrides();
}

/// One that comes into force, and is no more.
fn overrides() {
    #[timeout("1s")]
    async fn overridden() -> std::io::Result<()> {
        Ok(())
    }

    // What is in force is the process's: one test at a time puts something there and takes it away.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let file = "[function.\"overrides::overridden\"]\ntimeout = \"2s\"";
    let sources = Sources::new().text("file", file).variables([]);
    assert_eq!(sources.apply().expect("it is good").changes().count(), 1);
    config::clear();
    drop(overridden());
}

async fn failures() {
    static NONE: RetryBudget = RetryBudget::new("fields-none")
        .ratio(0.01)
        .min_per_second(0);

    #[fallback(value = 0)]
    #[retry(max = 1, delay = "1s")]
    #[circuit_breaker(name = "fields-rate", min_calls = 2, break_duration = "10s")]
    #[timeout("5s")]
    async fn fails(hangs: bool) -> Result<u32, Fault> {
        if hangs {
            takes(60 * SECOND).await
        } else {
            Err(Fault::Down)
        }
    }

    #[circuit_breaker(name = "fields-run", consecutive_failures = 1, break_duration = "1s")]
    async fn in_a_row(fails: bool) -> Result<u32, Fault> {
        if fails { Err(Fault::Down) } else { Ok(7) }
    }

    #[circuit_breaker(
        name = "fields-slow",
        min_calls = 1,
        slow_call = "1s",
        slow_call_rate = "50%"
    )]
    async fn slow() -> Result<u32, Fault> {
        takes(2 * SECOND).await
    }

    #[retry(max = 1, backoff = "none", budget = NONE)]
    async fn outer() -> Result<u32, Fault> {
        inner().await
    }

    #[retry(max = 1, backoff = "none", budget = NONE)]
    async fn inner() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    #[hedge(after = "1s")]
    async fn hedged(calls: &Cell<u32>) -> Result<u32, Fault> {
        calls.set(calls.get() + 1);
        takes(if calls.get() == 1 {
            60 * SECOND
        } else {
            SECOND
        })
        .await
    }

    let _ = fails(false).await;
    let _ = fails(true).await;
    sleep(10 * SECOND).await;
    let _ = fails(true).await;
    for failed in [true, false, true] {
        let _ = in_a_row(failed).await;
    }
    sleep(2 * SECOND).await;
    for _ in 0..3 {
        let _ = in_a_row(false).await;
    }
    let _ = slow().await;
    let _ = outer().await;
    let _ = hedged(&Cell::new(0)).await;
}

async fn waits() {
    #[bulkhead(name = "fields-narrow", max_concurrent = 1, max_wait = "2s")]
    async fn narrow(time: Duration) -> Result<u32, Fault> {
        takes(time).await
    }

    #[bulkhead(name = "fields-shadow", max_concurrent = 1, shadow)]
    #[rate_limit("1/s", name = "fields-shadow", shadow)]
    #[circuit_breaker(name = "fields-shadow", shadow)]
    async fn shadowed() -> Result<u32, Fault> {
        takes(SECOND).await
    }

    #[rate_limit("1/s", name = "fields-limit", max_wait = "1s")]
    async fn limited() -> Result<u32, Fault> {
        Ok(7)
    }

    #[bulkhead(name = "fields-adaptive", adaptive, initial = 4)]
    async fn adaptive() -> Result<u32, Fault> {
        takes(SECOND).await
    }

    #[bulkhead(name = "fields-keys", max_concurrent = 1, key = key, max_keys = 1)]
    async fn keyed(key: u32) -> Result<u32, Fault> {
        takes(SECOND).await.map(|_| key)
    }

    let _ = join(narrow(SECOND), narrow(SECOND)).await;
    let _ = join(narrow(5 * SECOND), narrow(SECOND)).await;
    let shadow = registry::circuit_breaker("fields-shadow").unwrap();
    shadow.force_open();
    let _ = join(shadowed(), shadowed()).await;
    let _ = join(join(limited(), limited()), limited()).await;
    let _ = join(join(adaptive(), adaptive()), adaptive()).await;
    let _ = join(keyed(1), keyed(2)).await;
}

async fn mistakes() {
    #[bulkhead(name = "fields-nowhere")]
    async fn undeclared() -> Result<u32, Fault> {
        Ok(7)
    }

    #[bulkhead(name = "fields-twice", max_concurrent = 1)]
    async fn once() -> Result<u32, Fault> {
        Ok(7)
    }

    #[bulkhead(name = "fields-twice", max_concurrent = 2)]
    async fn again() -> Result<u32, Fault> {
        Ok(7)
    }

    let _ = undeclared().await;
    let _ = (once().await, again().await);
}

#[tokio::test(start_paused = true)]
async fn values_are_what_the_names_of_their_fields_say() {
    #[retry(max = 2, delay = "250ms")]
    #[circuit_breaker(
        name = "fields-values",
        window = 4,
        min_calls = 2,
        break_duration = "10s"
    )]
    async fn valued() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    let (told, _) = told(valued()).await;
    let own = |at: usize| -> Vec<_> { told[at].own().into_iter().collect() };
    assert_eq!(
        own(0),
        [
            ("attempt", "1"),
            ("cause", "error"),
            ("delay_ms", "250"),
            ("max_attempts", "2")
        ]
    );
    assert_eq!(
        own(1),
        [
            ("calls", "2"),
            ("failures", "2"),
            ("from", "closed"),
            ("reason", "failure_rate"),
            ("threshold", "0.5"),
            ("to", "open"),
        ]
    );
    assert_eq!(
        own(3),
        [("reason", "failure_rate"), ("retry_after_ms", "9500")]
    );
    assert_eq!(told[3].field("name"), Some("fields-values"));
    assert!(told[3].field("function").unwrap().ends_with("::valued"));
}

#[tokio::test(start_paused = true)]
async fn they_are_told_in_the_span_of_the_caller() {
    #[retry(max = 1, delay = "1s")]
    #[timeout("1s")]
    async fn traced() -> Result<u32, Fault> {
        takes(5 * SECOND).await
    }

    let (told, _) = told(async {
        let one = traced().instrument(tracing::info_span!("one"));
        let two = async {
            sleep(SECOND / 2).await;
            traced().instrument(tracing::info_span!("two")).await
        };
        join(one, two).await
    })
    .await;
    let spans: Vec<_> = told.iter().map(|told| told.span).collect();
    let (one, two) = (Some("one"), Some("two"));
    // A timeout and a retry each, and the timeout of the second attempt.
    assert_eq!(spans, [one, one, two, two, one, two]);
}

/// No event of a call is made for a subscriber of `tracing`: it is not told of it.
#[tokio::test(start_paused = true)]
async fn a_call_that_succeeds_tells_nothing() {
    #[retry]
    #[circuit_breaker(name = "fields-quiet")]
    #[bulkhead(name = "fields-quiet", max_concurrent = 1)]
    #[timeout("1s")]
    async fn quiet() -> Result<u32, Fault> {
        Ok(7)
    }

    let (told, events) = told(quiet()).await;
    assert!(told.is_empty() && events.is_empty(), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_beginning_nobody_heard_has_no_end_to_tell() {
    static DOOR: Bulkhead = Bulkhead::new("fields-door", 1);

    #[timeout("5s")]
    async fn unheard() -> Result<u32, Fault> {
        takes(2 * SECOND).await?;
        DOOR.call(takes(SECOND)).await.map_err(|_| Fault::Down)
    }

    let mut call = Box::pin(unheard());
    assert!(futures::poll!(&mut call).is_pending());
    let mut events = event::subscribe_all();
    call.await.unwrap();
    let mut ours = Vec::new();
    while let Some(event) = events.try_recv() {
        // Other tests of this binary go on meanwhile.
        let path = event.function().map_or("", Function::path);
        if path.ends_with("::unheard") {
            ours.push(event.to_string());
        }
    }
    assert_eq!(ours, ["fields-door: its bulkhead lets a call in"]);
}
