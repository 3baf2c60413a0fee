//! Overrides that come and go while two threads call: no permit is lost, and every total is exact.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use resilient_runtime::config::{self, Sources};
use resilient_runtime::{
    CircuitBreaker, CircuitState, Rejected, bulkhead, circuit_breaker, rate_limit, registry, retry,
    timeout,
};

static BODIES: AtomicU64 = AtomicU64::new(0);

/// Its breaker has room for every record, and never opens: one in four calls fails.
#[timeout("30s")]
#[retry(max = 2, backoff = "none")]
#[circuit_breaker(
    name = "threads",
    failure_rate = 1.0,
    window = 100_000,
    min_calls = 100
)]
#[rate_limit("1000000/s", name = "threads", burst = 1_000_000)]
#[bulkhead(name = "threads", max_concurrent = 1, max_wait = "20s")]
async fn call(fails: bool) -> io::Result<()> {
    BODIES.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    if fails {
        Err(io::Error::other("down"))
    } else {
        Ok(())
    }
}

static SHED_BODIES: AtomicU64 = AtomicU64::new(0);

/// Its breaker opens all the time, and stays open until somebody resets it.
#[circuit_breaker(
    name = "shed",
    window = 20,
    min_calls = 10,
    break_duration = "1h",
    half_open_calls = 1
)]
async fn shed(fails: bool) -> io::Result<()> {
    SHED_BODIES.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    if fails {
        Err(io::Error::other("down"))
    } else {
        Ok(())
    }
}

/// Five that are reloaded in turns; whatever holds, every call ends in what its body says, or is rejected by the one
/// breaker that opens.
const FILES: [&str; 5] = [
    "",
    "[bulkhead.threads]\nmax_concurrent = 3\n[circuit_breaker.threads]\nwindow = 50_000\n[rate_limit.threads]\nburst = 500000\n\
     [circuit_breaker.shed]\nwindow = \"5s\"",
    "[bulkhead.threads]\nenabled = false\n[circuit_breaker.threads]\nhalf_open_calls = 1\n[rate_limit.threads]\nenabled = false\n\
     [circuit_breaker.shed]\nenabled = false",
    "[bulkhead.threads]\nmax_queue = 50\n[circuit_breaker.threads]\nwindow = 20_000\nmin_calls = 1_000\n[rate_limit.threads]\nrate = \"2000000/s\"\n\
     [circuit_breaker.shed]\nfailure_rate = \"25%\"\nbreak_duration = \"1ms\"",
    "[function.call.timeout]\nafter = \"25s\"\n[circuit_breaker.threads]\nwindow = 300_000\n\
     [circuit_breaker.shed]\nwindow = 300\nhalf_open_calls = 3",
];

fn is_rejection(error: &io::Error) -> bool {
    let source = error.get_ref();
    source.is_some_and(<dyn std::error::Error + Send + Sync>::is::<Rejected>)
}

#[test]
fn no_permit_is_lost_and_no_call_miscounted_while_settings_change_under_two_threads() {
    const CALLS: u64 = 4_000;
    let is_over = AtomicBool::new(false);
    let (ended, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let (shed_answered, shed_rejected) = (AtomicU64::new(0), AtomicU64::new(0));
    let breaker = |name| registry::circuit_breaker(name).expect("it is declared");
    let reloads = thread::scope(|threads| {
        let callers: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .expect("there is a runtime");
                    runtime.block_on(async {
                        // Ten at a time, so that some wait.
                        for round in 0..CALLS / 10 {
                            let ten = (0..10).map(|i| call((round + i) % 4 == 0));
                            for outcome in futures::future::join_all(ten).await {
                                ended.fetch_add(1, Ordering::Relaxed);
                                if let Err(error) = outcome {
                                    assert!(!is_rejection(&error), "nothing rejects: {error}");
                                    failed.fetch_add(1, Ordering::Relaxed);
                                }
                            }
                            let ten = (0..10).map(|i| shed((round + i) % 3 != 0));
                            for outcome in futures::future::join_all(ten).await {
                                let rejected = outcome.as_ref().is_err_and(is_rejection);
                                let counter = if rejected {
                                    &shed_rejected
                                } else {
                                    &shed_answered
                                };
                                counter.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    });
                })
            })
            .collect();
        let reloader = threads.spawn(|| {
            let mut reloads = 0_u64;
            while !is_over.load(Ordering::Relaxed) {
                for file in FILES {
                    let sources = Sources::new().text("file", file).variables([]);
                    sources.apply().unwrap_or_else(|errors| panic!("{errors}"));
                    reloads += 1;
                    thread::yield_now();
                }
                breaker("shed").reset();
            }
            reloads
        });
        let ends: Vec<_> = callers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok));
        reloader.join().expect("every file is good")
    });
    assert!(reloads >= 10, "{reloads}");
    config::clear();
    let (ended, failed) = (ended.into_inner(), failed.into_inner());
    assert_eq!(ended, 2 * CALLS);
    // Which of ten fail differs by the round: 2 or 3 of them, and each failing one is called three times.
    let expected = 2
        * (0..CALLS / 10)
            .map(|round| (0..10).filter(|i| (round + i) % 4 == 0).count() as u64)
            .sum::<u64>();
    assert_eq!(failed, expected);
    assert_eq!(BODIES.load(Ordering::Relaxed), ended + 2 * failed);
    let bulkhead = registry::bulkhead("threads").expect("it is declared");
    assert_eq!(
        (bulkhead.in_flight(), bulkhead.waiting(), bulkhead.limit()),
        (0, 0, 1)
    );
    let limiter = registry::rate_limiter("threads").expect("it is declared");
    assert_eq!(limiter.waiting(), 0);
    // Every window had room for all, so that not one record is missing, and none is there twice.
    let threads = breaker("threads").snapshot();
    assert_eq!(threads.state, CircuitState::Closed);
    assert_eq!(u64::from(threads.calls), BODIES.load(Ordering::Relaxed));
    assert_eq!(u64::from(threads.failures), 3 * failed);
    // Every call ran or was rejected, and who was rejected is counted.
    let [answered, rejected] = [shed_answered, shed_rejected].map(AtomicU64::into_inner);
    assert_eq!(answered + rejected, 2 * CALLS);
    assert_eq!(SHED_BODIES.load(Ordering::Relaxed), answered);
    let it = breaker("shed");
    assert_eq!(it.snapshot().rejected, rejected);
    println!("{reloads} reloads, {answered} calls let in and {rejected} rejected");
    opens(it);
}

/// After all that it goes by what is written: ten failures open it.
fn opens(breaker: &CircuitBreaker) {
    breaker.reset();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("there is a runtime");
    runtime.block_on(async {
        for failures in 0..10 {
            assert_eq!(breaker.state(), CircuitState::Closed, "{failures} failures");
            assert!(shed(true).await.is_err_and(|error| !is_rejection(&error)));
        }
        assert_eq!(breaker.state(), CircuitState::Open);
        assert!(shed(true).await.is_err_and(|error| is_rejection(&error)));
    });
}
