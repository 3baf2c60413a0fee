//! Health: what gates readiness and what is only told, checks that run by themselves, and the JSON of a report.

mod support;

use std::{
    fmt,
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, bulkhead, circuit_breaker, deadline,
    health::{self, Check, CheckHandle, Component, Kind, Probe, Report, Status},
    registry, shared,
};
use support::{Callee, Fault, done, forever, hangs, ms, ok, record, started};
use tokio::{
    runtime,
    sync::{Mutex, MutexGuard},
    time::{Instant, advance, sleep, sleep_until},
};

/// A report tells of the whole process, so these tests come one at a time, and each leaves all breakers closed.
struct Alone(#[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

async fn alone() -> Alone {
    static ONE: Mutex<()> = Mutex::const_new(());
    Alone(ONE.lock().await)
}

impl Drop for Alone {
    fn drop(&mut self) {
        registry::circuit_breakers().for_each(CircuitBreaker::reset);
    }
}

#[track_caller]
fn of<'a>(report: &'a Report, kind: Kind, name: &str) -> &'a Component {
    let mut components = report.components.iter();
    components
        .find(|component| component.kind == kind && component.name == name)
        .unwrap_or_else(|| panic!("no {name} in {report:?}"))
}

fn names(report: &Report) -> Vec<&str> {
    let components = report.components.iter();
    components
        .map(|component| component.name.as_str())
        .collect()
}

// -------------------------------------------------------------------------------------- breakers

#[shared]
static VITAL: CircuitBreaker = CircuitBreaker::new("health-vital")
    .consecutive_failures(1)
    .break_duration(ms(1_000))
    .half_open_calls(2)
    .critical();

#[shared]
static MINOR: CircuitBreaker = CircuitBreaker::new("health-minor")
    .consecutive_failures(1)
    .break_duration(ms(1_000));

/// What readiness says of the vital breaker: its status and why, and whether to send requests.
fn vital() -> (Status, String, bool) {
    let report = health::ready();
    let component = of(&report, Kind::CircuitBreaker, "health-vital");
    assert!(component.critical);
    (component.status, component.detail.clone(), report.is_up())
}

#[tokio::test(start_paused = true)]
async fn each_state_of_a_critical_breaker_is_told_and_only_open_ones_gate() {
    let _alone = alone().await;
    let says = |status, detail: &str, ready| (status, detail.to_owned(), ready);
    assert_eq!(vital(), says(Status::Up, "closed", true));

    record(&VITAL, "f").await;
    let open = "open: the last call failed; next probe in 1s";
    assert_eq!(vital(), says(Status::Down, open, false));
    advance(ms(999)).await;
    let open = "open: the last call failed; next probe in 1ms";
    assert_eq!(vital(), says(Status::Down, open, false));
    advance(ms(1)).await;
    let due = "open: the last call failed; its break is over, the next call is a probe";
    assert_eq!(vital(), says(Status::Degraded, due, true));

    let probes = [
        started(VITAL.call(forever())).await,
        started(VITAL.call(forever())).await,
    ];
    let half_open = "half-open: the last call failed; its probes decide";
    assert_eq!(vital(), says(Status::Degraded, half_open, true));
    drop(probes);
    record(&VITAL, "f").await;
    let open = "open: a probe failed; next probe in 1s";
    assert_eq!(vital(), says(Status::Down, open, false));
    advance(ms(1_000)).await;
    record(&VITAL, "ss").await;
    assert_eq!(vital(), says(Status::Up, "closed", true));

    VITAL.force_open();
    let forced = "forced open by an operator";
    assert_eq!(vital(), says(Status::Down, forced, false));
    VITAL.auto();
    let due = "open: forced by an operator; its break is over, the next call is a probe";
    assert_eq!(vital(), says(Status::Degraded, due, true));
    VITAL.force_closed();
    let forced = "forced closed by an operator: every call goes through, and none is recorded";
    assert_eq!(vital(), says(Status::Degraded, forced, true));
}

#[tokio::test(start_paused = true)]
async fn no_breaker_gates_readiness_unless_it_is_critical() {
    let _alone = alone().await;
    let minor = || {
        let report = health::ready();
        let component = of(&report, Kind::CircuitBreaker, "health-minor");
        assert!(!component.critical);
        (component.status, report.status, report.http_status())
    };
    assert_eq!(minor(), (Status::Up, Status::Up, 200));
    record(&MINOR, "f").await;
    assert_eq!(minor(), (Status::Down, Status::Degraded, 200));
    MINOR.force_open();
    assert_eq!(minor(), (Status::Down, Status::Degraded, 200));

    VITAL.force_open();
    assert_eq!(minor(), (Status::Down, Status::Down, 503));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_an_attribute_declares_is_critical_by_its_name() {
    #[circuit_breaker(name = "health-by-name", consecutive_failures = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let _alone = alone().await;
    let breaker = registry::circuit_breaker("health-by-name").unwrap();
    breaker.force_open();
    assert!(health::ready().is_up(), "nobody has said so");
    health::critical("health-by-name");
    health::critical("health-by-name".to_owned());
    let report = health::ready();
    assert!(!report.is_up());
    let same = names(&report);
    let same = same.iter().filter(|name| **name == "health-by-name");
    assert_eq!(same.count(), 1);
    breaker.reset();
    assert!(health::ready().is_up());
    assert_eq!(call(&Callee::always(ok(1))).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_shadow_gates_nothing() {
    #[shared]
    static SHADOW: CircuitBreaker = CircuitBreaker::new("health-shadow")
        .consecutive_failures(1)
        .shadow()
        .critical();
    #[shared]
    static FULL: Bulkhead = Bulkhead::new("health-shadow", 1).shadow().critical();

    let _alone = alone().await;
    record(&SHADOW, "f").await;
    let calls = [
        started(FULL.call(forever())).await,
        started(FULL.call(forever())).await,
    ];
    let report = health::ready();
    let breaker = of(&report, Kind::CircuitBreaker, "health-shadow");
    assert_eq!(breaker.status, Status::Degraded);
    assert_eq!(
        breaker.detail,
        "open: the last call failed; next probe in 30s; a shadow: it lets calls through all the same"
    );
    let bulkhead = of(&report, Kind::Bulkhead, "health-shadow");
    assert_eq!(bulkhead.status, Status::Degraded);
    assert_eq!(
        bulkhead.detail,
        "2 of 1 in flight; a shadow: it lets calls through all the same"
    );
    assert_eq!(report.status, Status::Degraded);
    drop(calls);
}

#[shared]
static HOSTS: CircuitBreaker = CircuitBreaker::new("health-hosts")
    .consecutive_failures(1)
    .break_duration(ms(1_000))
    .critical();

#[tokio::test(start_paused = true)]
async fn open_keys_are_told_and_gate_nothing_even_of_a_critical_breaker() {
    let _alone = alone().await;
    let hosts = || {
        let report = health::ready();
        let component = of(&report, Kind::CircuitBreaker, "health-hosts");
        (component.status, component.detail.clone(), report.is_up())
    };
    record(&HOSTS.of("ok.example"), "s").await;
    assert_eq!(hosts(), (Status::Up, "closed".to_owned(), true));
    record(&HOSTS.of("b.example"), "f").await;
    let one = "closed; 1 of 2 keys open: b.example".to_owned();
    assert_eq!(hosts(), (Status::Degraded, one, true));
    for host in ["d.example", "c.example", "a.example"] {
        record(&HOSTS.of(host), "f").await;
    }
    let many = "closed; 4 of 5 keys open: a.example, b.example, c.example, …".to_owned();
    assert_eq!(hosts(), (Status::Degraded, many, true));
    advance(ms(1_000)).await;
    assert_eq!(
        hosts(),
        (Status::Up, "closed".to_owned(), true),
        "all breaks are over"
    );
    HOSTS.force_open();
    let forced = "forced open by an operator".to_owned();
    assert_eq!(hosts(), (Status::Down, forced, false));
}

#[shared]
static TENANTS: Bulkhead = Bulkhead::new("health-tenants", 1).critical();

#[tokio::test(start_paused = true)]
async fn full_keys_are_told_and_gate_nothing_even_of_a_critical_bulkhead() {
    let _alone = alone().await;
    let tenant = TENANTS.of("a");
    let call = tenant.call(async {
        let report = health::ready();
        let component = of(&report, Kind::Bulkhead, "health-tenants");
        assert_eq!(component.status, Status::Degraded);
        assert_eq!(component.detail, "0 of 1 in flight; 1 of 1 keys full: a");
        assert!(report.is_up());
        Ok::<_, Fault>(())
    });
    call.await.unwrap();
    let report = health::ready();
    assert_eq!(
        of(&report, Kind::Bulkhead, "health-tenants").status,
        Status::Up
    );
}

#[tokio::test(start_paused = true)]
async fn its_age_is_that_of_its_state() {
    let _alone = alone().await;
    let age = || of(&health::ready(), Kind::CircuitBreaker, "health-vital").age;
    VITAL.reset();
    advance(ms(250)).await;
    assert_eq!(age(), Some(ms(250)));
    record(&VITAL, "f").await;
    assert_eq!(age(), Some(ms(0)));
    advance(ms(1_500)).await;
    assert_eq!(age(), Some(ms(1_500)));
}

/// Ten seconds of traffic that follows readiness, a call each tenth of a second. The callee is down for the first
/// three. Says in which state the vital breaker ends, and how many calls came.
async fn traffic(is_ready: impl Fn() -> bool) -> (CircuitState, usize) {
    let mut calls = 0;
    for tenth in 0..100 {
        if is_ready() {
            let up = tenth >= 30;
            let call = VITAL.call(async { up.then_some(()).ok_or(Fault::Failed(0)) });
            let _ = call.await;
            calls += 1;
        }
        advance(ms(100)).await;
    }
    (VITAL.state(), calls)
}

#[tokio::test(start_paused = true)]
async fn one_whose_break_is_over_counts_as_ready_or_no_call_would_ever_close_it() {
    let _alone = alone().await;
    let (state, calls) = traffic(|| VITAL.state() != CircuitState::Open).await;
    assert_eq!(
        (state, calls),
        (CircuitState::Open, 1),
        "the trap: open takes the traffic away that would close it"
    );

    VITAL.reset();
    let (state, calls) = traffic(|| health::ready().is_up()).await;
    // One that opens it, one for each break that the callee is down, and all from then on.
    assert_eq!((state, calls), (CircuitState::Closed, 1 + 2 + 70));
}

// ------------------------------------------------------------------------------------- bulkheads

#[tokio::test(start_paused = true)]
async fn a_full_bulkhead_is_told_and_gates_nothing() {
    #[shared]
    static QUEUE: Bulkhead = Bulkhead::new("health-queue", 2).max_wait(ms(1_000));

    let _alone = alone().await;
    let told = || {
        let report = health::ready();
        let component = of(&report, Kind::Bulkhead, "health-queue");
        assert!(!component.critical);
        assert_eq!(component.age, None);
        (component.status, component.detail.clone(), report.status)
    };
    let says = |status, detail: &str, all| (status, detail.to_owned(), all);
    assert_eq!(told(), says(Status::Up, "0 of 2 in flight", Status::Up));
    let _first = started(QUEUE.call(forever())).await;
    assert_eq!(told(), says(Status::Up, "1 of 2 in flight", Status::Up));
    let _second = started(QUEUE.call(forever())).await;
    let full = "2 of 2 in flight";
    assert_eq!(told(), says(Status::Down, full, Status::Degraded));
    let _waits = started(QUEUE.call(forever())).await;
    let full = "2 of 2 in flight, 1 waiting";
    assert_eq!(told(), says(Status::Down, full, Status::Degraded));
    assert!(health::ready().is_up());
}

#[tokio::test(start_paused = true)]
async fn a_critical_bulkhead_gates_while_it_is_full() {
    #[shared]
    static BY_BUILDER: Bulkhead = Bulkhead::new("health-full", 1).critical();
    #[bulkhead(name = "health-full-by-name", max_concurrent = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let _alone = alone().await;
    let held = started(BY_BUILDER.call(forever())).await;
    assert!(!health::ready().is_up());
    drop(held);
    assert!(health::ready().is_up());

    let callee = Callee::always(hangs());
    let held = started(call(&callee)).await;
    assert!(health::ready().is_up(), "nobody has said so");
    health::critical_bulkhead("health-full-by-name");
    assert!(!health::ready().is_up());
    drop(held);
    assert!(health::ready().is_up());
}

#[tokio::test(start_paused = true)]
async fn a_breaker_and_a_bulkhead_of_one_name_are_two_components() {
    #[shared]
    static BREAKER: CircuitBreaker = CircuitBreaker::new("health-both").critical();
    #[shared]
    static BULKHEAD: Bulkhead = Bulkhead::new("health-both", 3);

    let _alone = alone().await;
    let report = health::ready();
    assert!(of(&report, Kind::CircuitBreaker, "health-both").critical);
    assert!(!of(&report, Kind::Bulkhead, "health-both").critical);
    assert!(BREAKER.call(BULKHEAD.call(done())).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_is_declared_nowhere_has_no_limit_and_what_has_no_name_is_not_told() {
    #[bulkhead(name = "health-undeclared")]
    #[bulkhead(max_concurrent = 2)]
    async fn call_of_health(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let _alone = alone().await;
    let callee = Callee::always(hangs());
    let _held = started(call_of_health(&callee)).await;
    let report = health::ready();
    let component = of(&report, Kind::Bulkhead, "health-undeclared");
    assert_eq!(component.detail, "1 in flight, of no limit");
    assert_eq!(component.status, Status::Up);
    assert!(!names(&report).contains(&"call_of_health"));
}

// ---------------------------------------------------------------------------------------- probes

#[tokio::test(start_paused = true)]
async fn neither_liveness_nor_startup_has_a_breaker_or_a_bulkhead() {
    let _alone = alone().await;
    VITAL.force_open();
    assert_eq!(health::ready().http_status(), 503);
    for report in [health::live(), health::startup()] {
        assert_eq!((report.status, report.http_status()), (Status::Up, 200));
        assert!(report.components.is_empty(), "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_names_of_the_binary_are_in_readiness_in_order() {
    let _alone = alone().await;
    let report = health::ready();
    let of_kind = |kind| {
        let components = report.components.iter();
        let of_kind = components.filter(move |component| component.kind == kind);
        of_kind.map(|it| it.name.as_str()).collect::<Vec<_>>()
    };
    let breakers: Vec<_> = registry::circuit_breakers()
        .map(CircuitBreaker::name)
        .collect();
    assert!(breakers.len() >= 5 && breakers.is_sorted());
    assert_eq!(of_kind(Kind::CircuitBreaker), breakers);
    let bulkheads: Vec<_> = registry::bulkheads().map(Bulkhead::name).collect();
    assert!(bulkheads.len() >= 5 && bulkheads.is_sorted());
    assert_eq!(of_kind(Kind::Bulkhead), bulkheads);
    for breaker in registry::circuit_breakers() {
        let found = registry::circuit_breaker(breaker.name()).unwrap();
        assert!(
            std::ptr::eq(found, breaker),
            "another is what the name stands for"
        );
    }
}

// ---------------------------------------------------------------------------------------- checks

/// A check named `database` of the default settings, of whatever this says at each run.
fn check<E: fmt::Display + Send + 'static>(
    mut says: impl FnMut(usize) -> Result<(), E> + Send + 'static,
) -> Check<impl FnMut() -> std::future::Ready<Result<(), E>> + Send + 'static> {
    let mut run = 0;
    Check::new("database", move || {
        run += 1;
        std::future::ready(says(run))
    })
}

/// How the check `database` is, and why.
#[track_caller]
fn database(report: &Report) -> (Status, &str) {
    let component = of(report, Kind::Check, "database");
    (component.status, &component.detail)
}

#[tokio::test(start_paused = true)]
async fn before_its_first_run_readiness_and_startup_wait_for_a_check_and_liveness_does_not() {
    let _alone = alone().await;
    let unknown = (Status::Unknown, "it has not run yet");
    let ready = check(|_| Ok::<_, Fault>(())).start();
    let live = check(|_| Ok::<_, Fault>(())).of_liveness().start();
    let startup = check(|_| Ok::<_, Fault>(())).of_startup().start();
    for (report, status) in [
        (health::ready(), 503),
        (health::startup(), 503),
        (health::live(), 200),
    ] {
        assert_eq!(database(&report), unknown);
        assert_eq!(report.http_status(), status, "{report:?}");
    }
    sleep(ms(1)).await;
    for report in [health::ready(), health::startup(), health::live()] {
        assert_eq!(database(&report), (Status::Up, "ok"));
        assert_eq!(report.http_status(), 200);
    }
    drop((ready, live, startup));
}

#[tokio::test(start_paused = true)]
async fn a_check_counts_for_its_own_probe_alone() {
    let _alone = alone().await;
    let ups = || [health::live(), health::ready(), health::startup()].map(|it| it.is_up());
    for (probe, expected) in [
        (Probe::Live, [false, true, true]),
        (Probe::Ready, [true, false, true]),
        (Probe::Startup, [true, true, false]),
    ] {
        let check = check(|_| Err("down"));
        let check = match probe {
            Probe::Live => check.of_liveness(),
            Probe::Startup => check.of_startup(),
            _ => check,
        };
        let _handle = check.start();
        sleep(ms(1)).await;
        assert_eq!(ups(), expected, "{probe:?}");
    }
    assert_eq!(ups(), [true; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_check_is_run_at_once_and_then_on_its_interval_and_never_for_a_report() {
    let _alone = alone().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let _check = check(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Fault>(())
    })
    .every(ms(500))
    .start();
    let start = Instant::now();
    for (until, expected) in [
        (1, 1),
        (499, 1),
        (501, 2),
        (999, 2),
        (1_001, 3),
        (5_001, 11),
    ] {
        sleep_until(start + ms(until)).await;
        for _ in 0..10 {
            assert!(health::ready().is_up());
        }
        assert_eq!(runs.load(Ordering::Relaxed), expected, "at {until} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_is_as_its_last_run_and_says_its_error() {
    let _alone = alone().await;
    let _check = check(|run| match run {
        2 => Err("connection refused"),
        3 => Err("no route"),
        _ => Ok(()),
    })
    .start();
    for (status, detail, age) in [
        (Status::Up, "ok", 1),
        (Status::Down, "connection refused", 1),
        (Status::Down, "no route", 10_001),
        (Status::Up, "ok", 1),
    ] {
        sleep(ms(1)).await;
        let report = health::ready();
        assert_eq!(database(&report), (status, detail));
        assert_eq!(report.is_up(), status == Status::Up);
        let found = of(&report, Kind::Check, "database").age;
        assert_eq!(found, Some(ms(age)), "{detail}");
        sleep(ms(9_999)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_is_not_critical_is_told_and_gates_nothing() {
    let _alone = alone().await;
    let _check = check(|_| Err("cold")).not_critical().start();
    let report = health::ready();
    assert_eq!(
        (report.status, report.http_status()),
        (Status::Degraded, 200)
    );
    sleep(ms(1)).await;
    let report = health::ready();
    assert_eq!(database(&report), (Status::Down, "cold"));
    assert_eq!(
        (report.status, report.http_status()),
        (Status::Degraded, 200)
    );
}

/// Counts those that are alive.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(alive))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A check of runs that take so long; and how many are under way.
fn slow(runs: impl Fn(usize) -> Duration + Send + 'static) -> (CheckHandle, Arc<AtomicUsize>) {
    let alive = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&alive);
    let mut run = 0;
    let check = Check::new("database", move || {
        run += 1;
        let (run, alive) = (Counted::new(&counted), runs(run));
        async move {
            sleep(alive).await;
            drop(run);
            Ok::<_, Fault>(())
        }
    });
    (check.every(ms(100)).timeout(ms(300)).start(), alive)
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_is_down_after_its_timeout_and_dropped_and_run_again() {
    let _alone = alone().await;
    let (_check, alive) = slow(|run| ms(if run == 1 { support::HOUR } else { 0 }));
    sleep(ms(299)).await;
    assert_eq!(alive.load(Ordering::Relaxed), 1);
    assert_eq!(database(&health::ready()).0, Status::Unknown);
    sleep(ms(2)).await;
    assert_eq!(alive.load(Ordering::Relaxed), 0, "it was dropped");
    let timed_out = (Status::Down, "timed out after 300ms");
    assert_eq!(database(&health::ready()), timed_out);
    sleep(ms(98)).await;
    assert_eq!(database(&health::ready()), timed_out);
    sleep(ms(2)).await;
    assert_eq!(database(&health::ready()), (Status::Up, "ok"));
}

#[tokio::test(start_paused = true)]
async fn two_runs_of_a_check_never_overlap() {
    let _alone = alone().await;
    let (_check, alive) = slow(|_| ms(250));
    let mut seen = [0; 2];
    for _ in 0..1_000 {
        seen[alive.load(Ordering::Relaxed)] += 1;
        sleep(ms(5)).await;
    }
    assert!(
        seen[0] > 200 && seen[1] > 600,
        "it rests between runs: {seen:?}"
    );
}

/// Where a check panics.
#[derive(Debug, Clone, Copy)]
enum Panics {
    Called,
    Polled,
    Dropped,
    Told,
    TimedOut,
}

struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0, "in its destructor");
    }
}

struct Mute(bool);

impl fmt::Display for Mute {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!self.0, "of its text");
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_panics_is_down_says_so_and_is_run_again() {
    let _alone = alone().await;
    for (panics, detail) in [
        (Panics::Called, "panicked: when it is called"),
        (Panics::Polled, "panicked: in run 1"),
        (Panics::Dropped, "panicked: in its destructor"),
        (Panics::Told, "panicked: of its text"),
        (Panics::TimedOut, "timed out after 1s"),
    ] {
        let mut run = 0;
        let _check = Check::new("database", move || {
            run += 1;
            let first = run == 1;
            assert!(
                !first || !matches!(panics, Panics::Called),
                "when it is called"
            );
            let is_bomb = matches!(panics, Panics::Dropped | Panics::TimedOut);
            let bomb = Bomb(first && is_bomb);
            async move {
                let _bomb = bomb;
                assert!(!first || !matches!(panics, Panics::Polled), "in run {run}");
                if first && matches!(panics, Panics::TimedOut) {
                    sleep(ms(support::HOUR)).await;
                }
                if first && matches!(panics, Panics::Told) {
                    return Err(Mute(true));
                }
                Ok(())
            }
        })
        .start();
        sleep(ms(1_001)).await;
        let report = health::ready();
        assert_eq!(database(&report), (Status::Down, detail), "{panics:?}");
        sleep(ms(10_000)).await;
        let report = health::ready();
        assert_eq!(database(&report), (Status::Up, "ok"), "{panics:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_when_its_future_is_dropped_is_one_of_the_run() {
    let _alone = alone().await;
    let mut run = 0;
    let _check = Check::new("database", move || {
        run += 1;
        let bomb = Bomb(run == 1);
        poll_fn(move |_| {
            let _held = &bomb;
            Poll::Ready(Ok::<_, Fault>(()))
        })
    })
    .start();
    sleep(ms(1)).await;
    let panicked = (Status::Down, "panicked: in its destructor");
    assert_eq!(database(&health::ready()), panicked);
    sleep(ms(10_000)).await;
    assert_eq!(database(&health::ready()), (Status::Up, "ok"));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_handle_ends_the_run_and_reports_forget_the_check() {
    let _alone = alone().await;
    let (check, alive) = slow(|_| ms(200));
    let (other, _) = slow(|_| ms(0));
    sleep(ms(50)).await;
    assert_eq!(alive.load(Ordering::Relaxed), 1);
    drop(check);
    let report = health::ready();
    let left = names(&report);
    assert_eq!(left.iter().filter(|name| **name == "database").count(), 1);
    sleep(ms(1)).await;
    assert_eq!(alive.load(Ordering::Relaxed), 0, "the run was dropped");
    sleep(ms(1_000)).await;
    assert_eq!(alive.load(Ordering::Relaxed), 0, "and is not run again");
    assert_eq!(
        database(&health::ready()),
        (Status::Up, "ok"),
        "the other is"
    );
    drop(other);
    assert!(!names(&health::ready()).contains(&"database"));
}

#[tokio::test(start_paused = true)]
async fn what_runs_forever_needs_no_handle() {
    let _alone = alone().await;
    let failing = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&failing);
    Check::new("health-forever", move || {
        let fails = fails.load(Ordering::Relaxed);
        async move { if fails { Err("not yet") } else { Ok(()) } }
    })
    .of_startup()
    .start()
    .forever();
    sleep(ms(1)).await;
    assert!(!health::startup().is_up());
    failing.store(false, Ordering::Relaxed);
    sleep(ms(10_000)).await;
    assert!(health::startup().is_up());
}

#[tokio::test(start_paused = true)]
async fn startup_is_up_for_good_once_each_check_has_succeeded() {
    let _alone = alone().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let _check = check(move |run| {
        counted.store(run, Ordering::Relaxed);
        if run == 3 {
            Ok(())
        } else {
            Err("still loading")
        }
    })
    .of_startup()
    .start();
    for _ in 0..2 {
        sleep(ms(1)).await;
        let report = health::startup();
        assert_eq!(database(&report), (Status::Down, "still loading"));
        assert!(!report.is_up());
        sleep(ms(9_999)).await;
    }
    for _ in 0..3 {
        sleep(ms(100_000)).await;
        let report = health::startup();
        assert_eq!(database(&report), (Status::Up, "ok"));
        assert!(report.is_up());
    }
    assert_eq!(runs.load(Ordering::Relaxed), 3, "nobody needs another run");
}

#[tokio::test(start_paused = true)]
async fn a_check_whose_runtime_does_not_run_it_is_stale() {
    let _alone = alone().await;
    let stuck = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let entered = stuck.enter();
    let _ready = check(|_| Ok::<_, Fault>(())).start();
    let _live = check(|_| Ok::<_, Fault>(())).of_liveness().start();
    drop(entered);
    assert_eq!(database(&health::ready()).0, Status::Unknown);
    assert!(health::live().is_up());
    // The two runtimes have clocks of their own: an hour is more than (10 s + 1 s) × 2 on both.
    advance(ms(support::HOUR)).await;
    for report in [health::ready(), health::live()] {
        let (status, detail) = database(&report);
        assert_eq!(status, Status::Down);
        assert!(
            detail.starts_with("stale: no run has ended in "),
            "{detail}"
        );
        assert!(!report.is_up());
    }
    stuck.shutdown_background();
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_too_old_is_stale() {
    let _alone = alone().await;
    let blocked = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let entered = blocked.enter();
    let _check = check(|_| Ok::<_, Fault>(())).start();
    drop(entered);
    // Its first run; then nobody drives it.
    let blocked = std::thread::spawn(move || {
        blocked.block_on(tokio::task::yield_now());
        blocked
    });
    let blocked = blocked.join().unwrap();
    assert_eq!(database(&health::ready()), (Status::Up, "ok"));
    advance(ms(support::HOUR)).await;
    let report = health::ready();
    let (status, detail) = database(&report);
    assert_eq!(status, Status::Down);
    assert!(detail.starts_with("stale: the last result is "), "{detail}");
    assert!(detail.ends_with("s old: ok"), "{detail}");
    blocked.shutdown_background();
}

#[tokio::test(start_paused = true)]
async fn a_check_whose_runtime_is_gone_is_down_at_once() {
    let _alone = alone().await;
    let gone = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let entered = gone.enter();
    let _check = check(|_| Ok::<_, Fault>(())).start();
    drop(entered);
    gone.shutdown_background();
    let down = (Status::Down, "it is not run any more: its runtime is gone");
    assert_eq!(database(&health::ready()), down);
}

#[tokio::test(start_paused = true)]
async fn a_run_has_its_end_as_a_deadline_in_scope() {
    let _alone = alone().await;
    let _check = Check::new("database", async || match deadline::remaining() {
        Some(left) if left == ms(250) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .timeout(ms(250))
    .start();
    sleep(ms(1)).await;
    assert_eq!(database(&health::ready()), (Status::Up, "ok"));
}

#[tokio::test(start_paused = true)]
async fn the_longest_interval_and_timeout_do_not_overflow() {
    let _alone = alone().await;
    let _check = check(|_| Ok::<_, Fault>(()))
        .every(Duration::MAX)
        .timeout(Duration::MAX)
        .start();
    sleep(ms(1)).await;
    assert_eq!(database(&health::ready()), (Status::Up, "ok"));
}

#[test]
#[should_panic(expected = "an interval of zero is no time at all")]
fn an_interval_is_more_than_zero() {
    let _ = check(|_| Ok::<_, Fault>(())).every(Duration::ZERO);
}

#[test]
#[should_panic(expected = "a timeout of zero is no time at all")]
fn a_timeout_is_more_than_zero() {
    let _ = check(|_| Ok::<_, Fault>(())).timeout(Duration::ZERO);
}

// ------------------------------------------------------------------------------------------ JSON

#[tokio::test(start_paused = true)]
async fn its_json_is_as_the_docs_have_it() {
    #[shared]
    static PAYMENTS: CircuitBreaker = CircuitBreaker::new("json-payments")
        .window_calls(4)
        .critical();
    #[shared]
    static DB: Bulkhead = Bulkhead::new("json-db", 20);

    let _alone = alone().await;
    let _check = check(|_| Ok::<_, Fault>(())).start();
    sleep(ms(60_700)).await;
    record(&PAYMENTS, "ffff").await;
    let _calls = [
        started(DB.call(forever())).await,
        started(DB.call(forever())).await,
        started(DB.call(forever())).await,
    ];
    advance(ms(800)).await;

    let mut report = health::ready();
    let shown = ["json-payments", "json-db", "database"];
    let components = &mut report.components;
    components.retain(|component| shown.contains(&component.name.as_str()));
    let json = serde_json::to_string_pretty(&report).unwrap();
    let json = json.replace("json-", "");
    assert_eq!(
        json,
        r#"{
  "probe": "ready",
  "status": "down",
  "components": [
    {
      "kind": "circuit_breaker",
      "name": "payments",
      "status": "down",
      "critical": true,
      "detail": "open: 4 of the last 4 calls failed (100% ≥ 50%); next probe in 29.2s",
      "age_ms": 800
    },
    {
      "kind": "bulkhead",
      "name": "db",
      "status": "up",
      "critical": false,
      "detail": "3 of 20 in flight",
      "age_ms": null
    },
    {
      "kind": "check",
      "name": "database",
      "status": "up",
      "critical": true,
      "detail": "ok",
      "age_ms": 61500
    }
  ]
}"#
    );

    // The documentation shows this very text.
    let docs = include_str!("../resilient-runtime/src/health/report.rs");
    let docs = docs.split("/// ```json\n").nth(1).unwrap();
    let docs = docs.split("/// ```\n").next().unwrap();
    let docs: Vec<_> = docs
        .lines()
        .map(|line| line.trim_start_matches("/// "))
        .collect();
    assert_eq!(docs.join("\n"), json);
}

#[test]
fn each_word_of_its_json_is_stable() {
    let statuses = [Status::Up, Status::Degraded, Status::Down, Status::Unknown];
    let kinds = [Kind::CircuitBreaker, Kind::Bulkhead, Kind::Check];
    let probes = [Probe::Live, Probe::Ready, Probe::Startup];
    let json = serde_json::to_string(&(statuses, kinds, probes)).unwrap();
    assert_eq!(
        json,
        r#"[["up","degraded","down","unknown"],["circuit_breaker","bulkhead","check"],["live","ready","startup"]]"#
    );
}
