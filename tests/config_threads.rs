//! Overrides that come and go while two threads call: no permit is lost, and every total is exact.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use resilient_runtime::config::{self, Sources};
use resilient_runtime::{
    CircuitState, Rejected, bulkhead, circuit_breaker, rate_limit, registry, retry, timeout,
};

static BODIES: AtomicU64 = AtomicU64::new(0);

#[timeout("30s")]
#[retry(max = 2, backoff = "none")]
#[circuit_breaker(name = "threads", failure_rate = 1.0, window = 50)]
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

/// Five that are reloaded in turns; whatever holds, every call ends in what its body says.
const FILES: [&str; 5] = [
    "",
    "[bulkhead.threads]\nmax_concurrent = 3\n[circuit_breaker.threads]\nwindow = 20\n[rate_limit.threads]\nburst = 500000",
    "[bulkhead.threads]\nenabled = false\n[circuit_breaker.threads]\nenabled = false\n[rate_limit.threads]\nenabled = false",
    "[bulkhead.threads]\nmax_queue = 50\n[circuit_breaker.threads]\nwindow = \"5s\"\n[rate_limit.threads]\nrate = \"2000000/s\"",
    "[function.call.timeout]\nafter = \"25s\"\n[circuit_breaker.threads]\nwindow = 300",
];

#[test]
fn no_permit_is_lost_and_no_call_miscounted_while_settings_change_under_two_threads() {
    const CALLS: u64 = 4_000;
    let is_over = AtomicBool::new(false);
    let (ended, failed) = (AtomicU64::new(0), AtomicU64::new(0));
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
                                    let rejected = error.get_ref().is_some_and(
                                        <dyn std::error::Error + Send + Sync>::is::<Rejected>,
                                    );
                                    assert!(!rejected, "nothing rejects here: {error}");
                                    failed.fetch_add(1, Ordering::Relaxed);
                                }
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
    let breaker = registry::circuit_breaker("threads").expect("it is declared");
    assert_eq!(breaker.state(), CircuitState::Closed);
    assert!(breaker.snapshot().calls <= 50);
}
