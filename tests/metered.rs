//! What metrics cost, where they are enabled: nothing that is allocated, once each handle has been looked up.
#![expect(
    unsafe_code,
    reason = "a global allocator, which only counts, is an unsafe trait"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use metrics_exporter_prometheus::PrometheusBuilder;
use resilient_runtime::{
    Rejected, bulkhead, circuit_breaker, fallback, metrics, rate_limit, retry, timeout,
};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// Counts what this thread allocates.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[derive(Debug)]
struct Code(#[expect(dead_code, reason = "makes it one word")] usize);

impl From<Rejected> for Code {
    fn from(_: Rejected) -> Self {
        Self(0)
    }
}

#[fallback(value = 7)]
#[timeout("2s")]
#[retry(max = 3, backoff = "exp", jitter)]
#[circuit_breaker(name = "metered")]
#[bulkhead(name = "metered", max_concurrent = 20)]
#[rate_limit("1000000/s")]
#[timeout("500ms")]
async fn counted(order: usize) -> Result<usize, Code> {
    Ok(order)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_counted_allocates_nothing() {
    let prometheus = PrometheusBuilder::new()
        .set_buckets(&[0.1, 1.0])
        .unwrap()
        .install_recorder()
        .unwrap();
    metrics::enable().unwrap();

    let calls = async || {
        for order in 0..300 {
            assert_eq!(counted(order).await.unwrap(), order);
        }
    };
    calls().await;
    // A histogram keeps what it has not been asked for: its blocks are the recorder's.
    prometheus.run_upkeep();
    let before = ALLOCATIONS.get();
    calls().await;
    let allocated = ALLOCATIONS.get() - before;
    let series = |name: &str| {
        let text = prometheus.render();
        let line = text
            .lines()
            .find(|line| line.starts_with(name) && !line.contains("bucket"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
    };
    assert_eq!(series("resilient_calls_total{"), Some(600));
    assert!(allocated <= 300 / 32, "{allocated} allocations");
}
