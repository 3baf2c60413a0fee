//! Which events are made and told, by the level that a `tracing` subscriber listens at: nothing is made for
//! nobody.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::join;
use tokio::time::sleep;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Level, Metadata, Subscriber, span};

use crate::body::body;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::event::Event;
use crate::hedge::Hedge;
use crate::rate_limit::RateLimiter;
use crate::retry::Retry;
use crate::timeout::Timeout;

thread_local! {
    /// The events that this thread has made.
    static SAID: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// An event was made, for whoever listens.
pub(crate) fn said(event: &Event) {
    SAID.with_borrow_mut(|said| said.push(name(event)));
}

/// What it is called, as the table of the documentation has it; a transition with the state it is to.
fn name(event: &Event) -> String {
    let text = format!("{event:?}");
    let name = text.split([' ', '{']).next().unwrap_or_default();
    match event {
        Event::CircuitTransition { to, .. } => format!("{name} to {to}"),
        _ => name.to_owned(),
    }
}

/// What a subscriber was asked, and told, of events of ours: the level and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Heard {
    asked: BTreeMap<Level, usize>,
    told: BTreeMap<Level, usize>,
}

/// Listens at one level, or says so and does not.
struct Listener {
    hint: LevelFilter,
    listens: bool,
    heard: Arc<Mutex<Heard>>,
}

impl Listener {
    fn is_ours(metadata: &Metadata<'_>) -> bool {
        metadata.target() == "resilient"
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Listener {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        // It wants to be asked each time.
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if Self::is_ours(metadata) {
            *self.heard().asked.entry(*metadata.level()).or_default() += 1;
        }
        self.listens
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.hint)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        if Self::is_ours(event.metadata()) {
            let level = *event.metadata().level();
            *self.heard().told.entry(level).or_default() += 1;
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// The level that `tracing` knows is the process's: one test of it at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(hint: LevelFilter, listens: bool) -> (Arc<Mutex<Heard>>, DefaultGuard) {
    let heard = Arc::default();
    let listener = Listener {
        hint,
        listens,
        heard: Arc::clone(&heard),
    };
    let guard = tracing::subscriber::set_default(listener);
    assert_eq!(LevelFilter::current(), hint, "another test listens");
    (heard, guard)
}

/// What is made while one listens at this level, and what he is asked and told.
fn at(hint: LevelFilter, listens: bool) -> (Vec<String>, Heard) {
    let (heard, _guard) = listen(hint, listens);
    SAID.take();
    on_a_paused_clock(everything());
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (SAID.take(), heard)
}

fn on_a_paused_clock<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

/// The levels of the documented table, by the name of the event.
fn documented() -> BTreeMap<&'static str, &'static str> {
    let rows = include_str!("event.rs")
        .lines()
        .filter_map(|row| row.strip_prefix("//! | [`"));
    rows.map(|row| {
        let level = row.split('|').nth(2).unwrap().trim();
        (row.split('`').next().unwrap(), level)
    })
    .collect()
}

fn level(name: &str) -> Level {
    let documented = documented();
    match name.split_once(" to ") {
        None => documented[name].trim_matches('`').parse().unwrap(),
        Some((transition, to)) => {
            assert_eq!(documented[transition], "`WARN` where it opens, else `INFO`");
            if to.ends_with("open") && to != "half-open" {
                Level::WARN
            } else {
                Level::INFO
            }
        }
    }
}

fn by_level(names: &[String], most: LevelFilter) -> BTreeMap<Level, usize> {
    let mut levels = BTreeMap::new();
    for level in names.iter().map(|name| level(name)) {
        if level <= most {
            *levels.entry(level).or_default() += 1;
        }
    }
    levels
}

const SECOND: Duration = Duration::from_secs(1);

async fn takes(time: Duration) -> Result<u32, &'static str> {
    sleep(time).await;
    Ok(7)
}

fn fails() -> Ready<Result<u32, &'static str>> {
    ready(Err("down"))
}

static NONE: RetryBudget = RetryBudget::new("levels-none")
    .ratio(0.01)
    .min_per_second(0);

/// Whatever a policy does that is told at a level, but for mistakes with names, and overrides.
async fn everything() {
    let breaker = CircuitBreaker::new("levels")
        .consecutive_failures(1)
        .break_duration(SECOND)
        .half_open_calls(1)
        .slow_call(3 * SECOND, 1.0);
    let _ = breaker.call(fails()).await;
    let _ = breaker.call(fails()).await;
    sleep(SECOND).await;
    let _ = breaker.call(takes(SECOND)).await;
    let _ = breaker.call(takes(3 * SECOND)).await;
    breaker.force_open();
    breaker.force_closed();
    let shadow = CircuitBreaker::new("levels").shadow();
    shadow.force_open();
    let _ = shadow.call(fails()).await;

    let bulkhead = Bulkhead::new("levels", 1).max_wait(2 * SECOND);
    let _ = join!(bulkhead.call(takes(SECOND)), bulkhead.call(takes(SECOND)));
    let _ = join!(bulkhead.call(takes(5 * SECOND)), bulkhead.call(fails()));
    let shadow = Bulkhead::new("levels", 1).shadow();
    let _ = join!(shadow.call(takes(SECOND)), shadow.call(fails()));
    let adaptive = Bulkhead::adaptive("levels").initial(4);
    let call = || adaptive.call(takes(SECOND));
    let _ = join!(call(), call(), call());
    let keyed = Bulkhead::new("levels", 1).max_keys(1);
    let one = keyed.of(&1);
    let two = keyed.of(&2);
    let _ = join!(one.call(takes(SECOND)), two.call(fails()));

    let limiter = RateLimiter::new("levels", 1, SECOND).max_wait(SECOND);
    let call = || limiter.call(fails());
    let _ = join!(call(), call(), call());
    let shadow = RateLimiter::new("levels", 1, SECOND).shadow();
    let _ = join!(shadow.call(fails()), shadow.call(fails()));

    let _ = Retry::new(1).run(|| body(fails())).await;
    let _ = Retry::new(1).budget(&NONE).run(|| body(fails())).await;
    let hedge = Hedge::new(SECOND);
    let calls = std::cell::Cell::new(0);
    let _ = hedge
        .run(|| {
            calls.set(calls.get() + 1);
            body(takes(if calls.get() == 1 { 9 * SECOND } else { SECOND }))
        })
        .await;
    let _ = Timeout::new(SECOND).call(takes(2 * SECOND)).await;
}

#[test]
fn each_event_is_asked_for_and_told_at_its_level_and_made_for_nobody_else() {
    let _alone = alone();
    let (all, heard) = at(LevelFilter::TRACE, true);
    let names: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    let expected = [
        "BudgetEmpty",
        "BulkheadWaited",
        "CircuitTransition to closed",
        "CircuitTransition to forced closed",
        "CircuitTransition to forced open",
        "CircuitTransition to half-open",
        "CircuitTransition to open",
        "DeadlineExpired",
        "HedgeStarted",
        "HedgeWon",
        "KeyUnprotected",
        "LimitChanged",
        "RateLimitWaited",
        "Rejected",
        "RetryScheduled",
        "SlowCall",
        "WouldReject",
    ];
    assert_eq!(names, BTreeSet::from(expected));
    let of = |names: &[String], name| names.iter().filter(|other| *other == name).count();
    assert_eq!(
        [of(&all, "Rejected"), of(&all, "WouldReject")],
        [3, 3],
        "of a breaker, a bulkhead and a limiter each"
    );
    let levels = by_level(&all, LevelFilter::TRACE);
    assert_eq!(heard.told, levels);
    assert_eq!(heard.asked, levels);

    let loud: Vec<_> = all
        .iter()
        .filter(|name| level(name) < Level::DEBUG)
        .cloned()
        .collect();
    for (hint, expected) in [
        (LevelFilter::ERROR, &loud[..]),
        (LevelFilter::WARN, &loud),
        (LevelFilter::INFO, &loud),
        (LevelFilter::DEBUG, &all),
        (LevelFilter::TRACE, &all),
    ] {
        let (made, heard) = at(hint, true);
        assert_eq!(made, expected, "{hint}");
        assert_eq!(heard.told, by_level(&all, hint), "{hint}");
        assert_eq!(heard.asked, heard.told, "{hint}");
        // Who says that he listens, and does not, is asked as often, and told nothing.
        let (made, unheard) = at(hint, false);
        assert_eq!(made, expected, "{hint}");
        assert_eq!(unheard.asked, heard.asked, "{hint}");
        assert_eq!(unheard.told, BTreeMap::new(), "{hint}");
    }
}

#[test]
fn rule_14_two_retries_of_which_nobody_heard_are_told_of_when_somebody_listens() {
    async fn amplified() {
        static OUTER: Retry = Retry::new(1).no_delay();
        static INNER: Retry = Retry::new(1).no_delay();
        let inner = || async {
            let inner = INNER.run(|| body(fails())).await;
            inner.map_err(|_| "down")
        };
        let _ = OUTER.run(|| body(inner())).await;
    }

    let _alone = alone();
    let mut told = Vec::new();
    for hint in [LevelFilter::ERROR, LevelFilter::WARN, LevelFilter::WARN] {
        let (heard, _guard) = listen(hint, true);
        on_a_paused_clock(amplified());
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(heard.told.get(&Level::WARN).copied());
    }
    assert_eq!(told, [None, Some(1), None], "heard of once");
}

/// In a process of its own: in this one somebody has listened, or the models of loom do.
#[test]
#[cfg_attr(miri, ignore = "it starts a process")]
fn where_nobody_listens_nothing_is_made() {
    const CHILD: &str = "RESILIENT_TEST_ALONE";
    if std::env::var_os(CHILD).is_some() {
        assert_eq!(LevelFilter::current(), LevelFilter::OFF);
        on_a_paused_clock(everything());
        assert_eq!(SAID.take(), [""; 0]);
        return;
    }
    let name = "levels::where_nobody_listens_nothing_is_made";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
