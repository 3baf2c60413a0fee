//! Everything at once on real threads: callers whose calls end in every way, operators who force and reset,
//! settings that are reloaded, subscribers who do not keep up. No permit is lost, totals are exact, and memory
//! stays flat.
#![expect(
    unsafe_code,
    reason = "a global allocator, which only counts, is an unsafe trait"
)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use futures::poll;
use resilient_runtime::config::{self, Sources};
use resilient_runtime::event::{self, Event};
use resilient_runtime::{
    CircuitState, bulkhead, circuit_breaker, hedge, rate_limit, registry, retry, timeout,
};
use support::Fault;
use tokio::task::yield_now;
use tokio::time::Instant;

/// Bytes that are allocated and not freed, by all threads.
static HELD: AtomicI64 = AtomicI64::new(0);

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(bytes(layout.size()), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.fetch_sub(bytes(layout.size()), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

fn bytes(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// What came of the calls of one kind.
#[derive(Debug, Default)]
struct Totals {
    made: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    rejected: AtomicU64,
    dropped: AtomicU64,
}

impl Totals {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn ends(&self) -> u64 {
        [&self.answered, &self.failed, &self.rejected, &self.dropped]
            .map(|counter| counter.load(Ordering::Relaxed))
            .iter()
            .sum()
    }
}

/// Bodies that are running, and those that ever did.
static RUNNING: AtomicI64 = AtomicI64::new(0);
static BODIES: AtomicU64 = AtomicU64::new(0);
const PLACES: i64 = 3;

struct Inside;

impl Inside {
    fn enter() -> Self {
        assert!(
            RUNNING.fetch_add(1, Ordering::SeqCst) < PLACES,
            "too many at once"
        );
        BODIES.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

#[timeout("1h")]
#[retry(max = 2, backoff = "none", budget = "soak")]
#[hedge(after = "30m")]
#[rate_limit("1000000/ms", name = "soak", key = call % 5)]
#[circuit_breaker(
    name = "soak",
    window = 20,
    min_calls = 10,
    break_duration = "1ms",
    slow_call = "1h"
)]
#[bulkhead(name = "soak", max_concurrent = 3, max_wait = "1h", max_queue = 2)]
async fn call(call: u64) -> Result<u64, Fault> {
    let _inside = Inside::enter();
    for _ in 0..call % 3 {
        yield_now().await;
    }
    match call % 11 {
        0 | 1 => Err(Fault::Failed(1)),
        2 => Err(Fault::Ignored),
        3 => Err(Fault::Answered),
        _ => Ok(call),
    }
}

/// One call, dropped half-way now and then.
async fn one(number: u64, totals: &Totals) {
    Totals::add(&totals.made);
    let mut future = pin!(call(number));
    if number.is_multiple_of(13) && poll!(&mut future).is_pending() {
        Totals::add(&totals.dropped);
        return;
    }
    let outcome = if number.is_multiple_of(13) {
        None
    } else {
        Some(future.await)
    };
    match outcome {
        // It was ready when it was polled to be dropped.
        None => Totals::add(&totals.dropped),
        Some(Ok(value)) => {
            assert_eq!(value, number);
            Totals::add(&totals.answered);
        }
        Some(Err(Fault::CircuitOpen | Fault::BulkheadFull | Fault::RateLimited)) => {
            Totals::add(&totals.rejected);
            // A break is over by the clock: who only spins through it sees nothing else.
            thread::yield_now();
        }
        Some(Err(_)) => Totals::add(&totals.failed),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// Calls by fives on one thread, more than there are places, until so many more were answered and all else
/// that is to come in between has come.
fn calls(thread: u64, answers: u64, totals: &Totals, has_come: impl Fn() -> bool) {
    let until = totals.answered.load(Ordering::Relaxed) + answers;
    runtime().block_on(async {
        let mut first = thread;
        while totals.answered.load(Ordering::Relaxed) < until || !has_come() {
            tokio::join!(
                one(first, totals),
                one(first + 2, totals),
                one(first + 4, totals),
                one(first + 6, totals),
                one(first + 8, totals),
            );
            first += 10;
        }
    });
}

/// Says every word that an operator has, over and over. Between them the breaker is left alone for longer
/// than it is forced.
fn operate(until: &AtomicBool) -> u64 {
    let breaker = registry::circuit_breaker("soak").expect("an attribute names it");
    let leave_alone = || (0..100).for_each(|_| thread::yield_now());
    let mut rounds = 0;
    while !until.load(Ordering::Relaxed) {
        breaker.force_open();
        breaker.auto();
        leave_alone();
        breaker.force_closed();
        let snapshot = breaker.snapshot();
        assert!(snapshot.failures <= snapshot.calls && snapshot.slow <= snapshot.calls);
        breaker.auto();
        leave_alone();
        breaker.force_open();
        breaker.reset();
        leave_alone();
        rounds += 1;
    }
    rounds
}

/// What an operator's file says in turns. The last of them is wrong, and changes nothing.
const FILES: [&str; 5] = [
    "",
    "[bulkhead.soak]\nmax_concurrent = 2\n[circuit_breaker.soak]\nwindow = 40\n[retry_budget.soak]\nratio = 0.5",
    "[circuit_breaker.soak]\nwindow = \"1s\"\nbreak_duration = \"2ms\"\n[rate_limit.soak]\nrate = \"500000/ms\"",
    "[circuit_breaker.soak]\nenabled = false\n[function.call.retry]\nmax = 1\n[bulkhead.soak]\nmax_queue = 7",
    "[bulkhead.soak]\nmax_concurrent = 0\n[circuit_breaker.soak]\nfailure_rate = \"1%\"",
];

/// Every hundredth of a second one is read. Who is kept from it catches up.
const PACE: Duration = Duration::from_millis(10);

/// Reloads at that pace until all is over; counts how often.
fn reload(until: &AtomicBool, reloads: &AtomicU64) {
    runtime().block_on(async {
        let mut pace = tokio::time::interval(PACE);
        for (at, file) in FILES.into_iter().enumerate().cycle() {
            if until.load(Ordering::Relaxed) {
                break;
            }
            pace.tick().await;
            let applied = Sources::new().text("soak.toml", file).variables([]).apply();
            assert_eq!(applied.is_err(), at + 1 == FILES.len(), "{applied:?}");
            reloads.fetch_add(1, Ordering::Relaxed);
        }
    });
    config::clear();
}

/// Reads a few events, and falls behind.
fn listen(until: &AtomicBool) -> (u64, u64) {
    let mut subscription = event::subscribe();
    let (mut heard, mut missed) = (0, 0);
    while !until.load(Ordering::Relaxed) {
        match subscription.try_recv() {
            Some(Event::Lagged { missed: some, .. }) => missed += some,
            Some(_) => heard += 1,
            None => {}
        }
        for _ in 0..20 {
            thread::yield_now();
        }
    }
    (heard, missed)
}

/// Two threads of callers beside all the others, until so many calls were answered and so many files were read.
fn wave(answers: u64, files: u64, totals: &Totals) -> u64 {
    let (done, reloads) = (AtomicBool::new(false), AtomicU64::new(0));
    let all_read = || reloads.load(Ordering::Relaxed) >= files;
    thread::scope(|scope| {
        let operator = scope.spawn(|| operate(&done));
        let listener = scope.spawn(|| listen(&done));
        let reloader = scope.spawn(|| reload(&done, &reloads));
        let callers =
            [0, 1].map(|thread| scope.spawn(move || calls(thread, answers, totals, all_read)));
        for caller in callers {
            caller.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert!(operator.join().unwrap() > 0);
        reloader.join().unwrap();
        let (heard, missed) = listener.join().unwrap();
        assert!(heard + missed > 0);
    });
    reloads.into_inner()
}

/// Files that are read in each wave: all of them, and four times.
const RELOADS: u64 = 4 * FILES.len() as u64;

#[test]
fn nothing_is_lost_and_nothing_grows() {
    let bulkhead = registry::bulkhead("soak").expect("an attribute declares it");
    let breaker = registry::circuit_breaker("soak").expect("an attribute declares it");
    let totals = Totals::default();
    // Whatever grows to its bound does so here: the channel of events, the tables of calls in flight.
    let begin = Instant::now();
    let mut reloads = wave(4_000, RELOADS, &totals);
    let held = HELD.load(Ordering::Relaxed);
    for _ in 0..5 {
        reloads += wave(2_000, RELOADS, &totals);
    }
    let grown = HELD.load(Ordering::Relaxed) - held;
    let took = begin.elapsed();
    println!(
        "{reloads} reloads in {took:.1?}: {:.0} a second. {totals:?}",
        f64::from(u32::try_from(reloads).unwrap()) / took.as_secs_f64()
    );
    // Each wave goes on until it has had as many, however long that takes.
    assert!(reloads >= 6 * RELOADS, "{reloads}");

    let made = totals.made.load(Ordering::Relaxed);
    assert_eq!(totals.ends(), made, "{totals:?}");
    assert!(totals.rejected.load(Ordering::Relaxed) > 0, "{totals:?}");
    assert!(totals.dropped.load(Ordering::Relaxed) > 0, "{totals:?}");
    assert_eq!(RUNNING.load(Ordering::SeqCst), 0);
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
    assert!(grown.abs() < 16 * 1024, "{grown} bytes more are held");

    breaker.reset();
    assert_eq!(breaker.state(), CircuitState::Closed);
    let before = BODIES.load(Ordering::Relaxed);
    calls(5, 1, &totals, || true);
    assert!(
        BODIES.load(Ordering::Relaxed) > before,
        "it still lets calls in"
    );
}
