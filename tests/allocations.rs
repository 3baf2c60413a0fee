//! Nothing on the path of a success allocates, and neither does the rejection by an open breaker.
#![expect(
    unsafe_code,
    reason = "a global allocator, which only counts, is an unsafe trait"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    future::{poll_fn, ready},
    task::Poll,
    time::Duration,
};

use futures::FutureExt;
use resilient_runtime::{
    Bulkhead, CircuitBreaker, RateLimiter, Rejected, Retry, RetryBudget, Timeout, body, bulkhead,
    circuit_breaker, fallback, hedge, rate_limit, retry, timeout,
};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// Bytes that are allocated and not freed.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// Counts what each thread allocates, so that tests do not see each other.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        hold(layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        hold(0, layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        hold(size, layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(block, layout, size) }
    }
}

fn hold(more: usize, less: usize) {
    let bytes = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
    HELD.set(HELD.get() + bytes(more) - bytes(less));
}

/// What `calls` allocate when everything is warm.
async fn allocations(mut calls: impl AsyncFnMut()) -> u64 {
    for _ in 0..300 {
        calls().await;
    }
    let before = ALLOCATIONS.get();
    for _ in 0..300 {
        calls().await;
    }
    ALLOCATIONS.get() - before
}

/// One word, and no pointer: to convert a rejection must not allocate by itself.
#[derive(Debug, PartialEq)]
struct Code(usize);

impl From<Rejected> for Code {
    fn from(_: Rejected) -> Self {
        Self(0)
    }
}

/// Nowhere near a verdict, and never full.
const OFTEN: usize = 100;

async fn suspend() {
    let mut suspended = false;
    poll_fn(|context| {
        if suspended {
            return Poll::Ready(());
        }
        suspended = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[tokio::test]
async fn the_counter_counts() {
    assert_eq!(allocations(async || drop(Box::new(suspend()))).await, 300);
    assert_eq!(allocations(async || suspend().await).await, 0);
}

/// One test a line: calls under these attributes allocate nothing, whether their bodies are ready, suspend, or sleep.
macro_rules! allocates_nothing {
    ($($rule:ident: $(#[$($policy:tt)*])*;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            $(#[$($policy)*])*
            async fn is_ready(order: &str) -> Result<usize, Code> {
                ready(Ok(order.len())).await
            }

            $(#[$($policy)*])*
            async fn suspends(order: &str) -> Result<usize, Code> {
                suspend().await;
                Ok(order.len())
            }

            $(#[$($policy)*])*
            async fn sleeps(order: &str) -> Result<usize, Code> {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(order.len())
            }

            let ready = allocations(async || assert_eq!(is_ready("tea").await, Ok(3))).await;
            let suspending = allocations(async || assert_eq!(suspends("tea").await, Ok(3))).await;
            let sleeping = allocations(async || assert_eq!(sleeps("tea").await, Ok(3))).await;
            assert_eq!((ready, suspending, sleeping), (0, 0, 0));
        }
    )*};
}

allocates_nothing! {
    without_attributes: ;
    under_a_retry: #[retry];
    under_a_retry_with_hooks: #[retry(when = |_| true, when_ok = |_| false, jitter)];
    under_a_retry_with_a_budget: #[retry(budget = "allocations")];
    under_a_timeout: #[timeout("1s")];
    under_a_circuit_breaker: #[circuit_breaker(name = "allocations-breaker")];
    under_a_bulkhead: #[bulkhead(name = "allocations-bulkhead", max_concurrent = OFTEN)];
    under_a_bulkhead_with_a_queue: #[bulkhead(max_concurrent = OFTEN, max_wait = "1s")];
    under_a_rate_limit: #[rate_limit("1000000/s")];
    under_a_rate_limit_with_a_line: #[rate_limit("1000000/s", name = "allocations-limit", max_wait = "1s")];
    under_a_hedge: #[hedge(after = "1s")];
    under_a_hedge_by_percentile: #[hedge(after = "p95", initial = "1s")];
    under_an_adaptive_bulkhead: #[bulkhead(name = "allocations-adaptive", adaptive)];
    under_a_fallback: #[fallback(value = 7)];
    under_retry_breaker_and_timeout:
        #[retry] #[circuit_breaker(name = "allocations-three")] #[timeout("1s")];
    under_the_whole_stack:
        #[fallback(value = 7)]
        #[timeout("2s")]
        #[retry(max = 3, backoff = "exp", jitter)]
        #[circuit_breaker(name = "allocations-stack")]
        #[bulkhead(name = "allocations-stack", max_concurrent = OFTEN)]
        #[rate_limit("1000000/s")]
        #[timeout("500ms")];
}

#[tokio::test(start_paused = true)]
async fn by_hand() {
    static RETRY: Retry = Retry::new(3);
    static BREAKER: CircuitBreaker = CircuitBreaker::new("allocations-by-hand");
    static BULKHEAD: Bulkhead = Bulkhead::new("allocations-by-hand", 1);
    static TIMEOUT: Timeout = Timeout::new(Duration::from_secs(1));

    let call = || {
        let attempt = body(suspend().map(Ok::<_, Code>));
        BREAKER.around(BULKHEAD.around(TIMEOUT.around(attempt)))
    };
    assert_eq!(
        allocations(async || assert!(RETRY.run(call).await.is_ok())).await,
        0
    );
}

/// The timer of a delay is larger than all the rest of a retry: each call would have room for it.
#[tokio::test(start_paused = true)]
async fn a_retried_error_allocates_no_more_than_its_delay() {
    static PLENTY: RetryBudget = RetryBudget::new("allocations-retried").ratio(1.0);

    fn every_other(failed: &Cell<bool>) -> Result<(), Code> {
        if failed.replace(!failed.get()) {
            Ok(())
        } else {
            Err(Code(1))
        }
    }

    #[retry(max = 1, delay = "1ms", budget = PLENTY)]
    async fn waits(failed: &Cell<bool>) -> Result<(), Code> {
        every_other(failed)
    }

    #[retry(max = 1, backoff = "none", budget = PLENTY)]
    async fn does_not(failed: &Cell<bool>) -> Result<(), Code> {
        every_other(failed)
    }

    let failed = Cell::new(false);
    let waits = allocations(async || assert!(waits(&failed).await.is_ok())).await;
    let does_not = allocations(async || assert!(does_not(&failed).await.is_ok())).await;
    assert_eq!([waits, does_not], [300, 0]);
}

#[tokio::test(start_paused = true)]
async fn under_policies_of_a_key_that_is_known() {
    #[circuit_breaker(name = "allocations-keys", key = format_args!("{order}/{}", order.len()))]
    #[bulkhead(max_concurrent = OFTEN, key = order)]
    async fn call(order: &str) -> Result<usize, Code> {
        suspend().await;
        Ok(order.len())
    }

    let calls = async || {
        assert_eq!(call("tea").await, Ok(3));
        assert_eq!(call("coffee").await, Ok(6));
    };
    assert_eq!(allocations(calls).await, 0);
}

/// What is made for keys is given back: as much is allocated as is freed.
#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_leaves_nothing_behind() {
    let hosts = CircuitBreaker::new("allocations-flood").max_keys(64);
    let mut host = 0_u64;
    let mut flood = || {
        for _ in 0..50_000 {
            host += 1;
            drop(hosts.of(&host));
        }
        (HELD.get(), hosts.keys().len())
    };
    let (after_one, keys) = flood();
    assert_eq!(keys, 64);
    let (after_two, _) = flood();
    assert!(
        after_two.abs_diff(after_one) < 4_096,
        "{after_one} bytes, then {after_two}"
    );
}

/// Two copies have room in the future; each later one is put in a box when it starts.
#[tokio::test(start_paused = true)]
async fn copies() {
    static BUDGET: RetryBudget = RetryBudget::new("allocations-hedge")
        .ratio(1.0)
        .min_per_second(2_000);

    async fn slow() -> Result<(), Code> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok(())
    }

    #[hedge(after = "1ms", budget = BUDGET)]
    async fn one() -> Result<(), Code> {
        slow().await
    }

    #[hedge(after = "1ms", max = 2, budget = BUDGET)]
    async fn two() -> Result<(), Code> {
        slow().await
    }

    #[hedge(after = "1ms", max = 5, budget = BUDGET)]
    async fn five() -> Result<(), Code> {
        slow().await
    }

    assert_eq!(allocations(async || assert!(one().await.is_ok())).await, 0);
    assert_eq!(allocations(async || assert!(two().await.is_ok())).await, 0);
    let boxes = allocations(async || assert!(five().await.is_ok())).await;
    assert_eq!(boxes, 4 * 300);
}

/// A breaker that has seen failures, and still admits.
#[tokio::test(start_paused = true)]
async fn a_breaker_with_failures_in_its_window() {
    let breaker = CircuitBreaker::new("allocations-failures");
    let mut count = 0;
    let call = async || {
        count += 1;
        let failed = count % 10 == 0;
        let outcome = if failed { Err(Code(count)) } else { Ok(()) };
        assert_eq!(breaker.call(ready(outcome)).await.is_err(), failed);
    };
    assert_eq!(allocations(call).await, 0);
}

/// Some calls of one breaker, each `every`th of them failing; how many bytes it owns then.
async fn owned_after(breaker: &CircuitBreaker, calls: usize, every: usize) -> i64 {
    let before = HELD.get();
    for call in 1..=calls {
        let outcome = if call % every == 0 {
            Err(Code(call))
        } else {
            Ok(())
        };
        let _ = breaker.call(ready(outcome)).await;
    }
    HELD.get() - before
}

/// Makes what is made once for a thread, so that it is not taken for a breaker's own.
async fn warm() {
    let breaker = CircuitBreaker::new("allocations-warm");
    owned_after(&breaker, 500, 50).await;
}

#[tokio::test(start_paused = true)]
async fn a_healthy_breaker_owns_no_memory() {
    warm().await;
    let healthy = CircuitBreaker::new("allocations-healthy");
    let before = ALLOCATIONS.get();
    assert_eq!(owned_after(&healthy, 1_000, usize::MAX).await, 0);
    assert_eq!(healthy.snapshot().calls, 100);
    assert_eq!(ALLOCATIONS.get() - before, 0, "nor did it for a while");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_has_seen_failures_owns_at_most_2_kib_for_ever() {
    warm().await;
    let most = 2_048 - i64::try_from(size_of::<CircuitBreaker>()).unwrap();
    for breaker in [
        CircuitBreaker::new("allocations-owned"),
        CircuitBreaker::new("allocations-owned").window_time(Duration::from_secs(60)),
    ] {
        let owned = owned_after(&breaker, 1_000, 50).await;
        assert!(owned > 0 && owned <= most, "{owned} bytes");
        assert_eq!(owned_after(&breaker, 100_000, 50).await, 0);
        // It opens, and closes again: the places of its probes are all that is new.
        let opened = owned_after(&breaker, 200, 1).await;
        assert!(owned + opened <= most, "{owned} and {opened} bytes");
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(owned_after(&breaker, 1_000, 50).await, 0);
    }
}

/// Room for calls under way is made while there are more of them than ever, and not again.
#[tokio::test(start_paused = true)]
async fn a_breaker_that_watches_as_many_calls_as_before_allocates_nothing() {
    static BREAKER: CircuitBreaker =
        CircuitBreaker::new("allocations-watched").slow_call(Duration::from_secs(60), 0.5);
    const AT_ONCE: usize = 1_000;

    let mut calls: Vec<_> = (0..AT_ONCE)
        .map(|_| Some(Box::pin(BREAKER.call(suspend().map(Ok::<_, Code>)))))
        .collect();
    let before = HELD.get();
    for call in calls.iter_mut().flatten() {
        assert!(futures::poll!(call).is_pending());
    }
    let owned = HELD.get() - before;
    assert!(
        owned <= 128 * i64::try_from(AT_ONCE).unwrap(),
        "{owned} bytes"
    );
    for call in calls.iter_mut().filter_map(Option::take) {
        assert!(call.await.is_ok());
    }
    let one_by_one = async || assert!(BREAKER.call(suspend().map(Ok::<_, Code>)).await.is_ok());
    assert_eq!(allocations(one_by_one).await, 0);
}

/// Nor by one whose calls were recorded as slow before they ended: each gives its place back all the same.
#[tokio::test(start_paused = true)]
async fn rule_25_a_breaker_whose_calls_are_slow_watches_them_in_the_same_places() {
    static BREAKER: CircuitBreaker =
        CircuitBreaker::new("allocations-slow").slow_call(Duration::from_secs(1), 1.0);

    async fn slow_calls(calls: u32) -> i64 {
        let before = HELD.get();
        for _ in 0..calls {
            let mut slow = std::pin::pin!(BREAKER.call(suspend().map(Ok::<_, Code>)));
            assert!(futures::poll!(&mut slow).is_pending());
            tokio::time::advance(Duration::from_secs(1)).await;
            // It is seen by another call on its way in, and not only when it ends.
            let recorded = BREAKER.snapshot().calls;
            assert!(BREAKER.call(async { Ok::<_, Code>(()) }).await.is_ok());
            let both = (recorded + 2).min(100);
            assert_eq!(BREAKER.snapshot().calls, both);
            assert!(slow.await.is_ok());
            assert_eq!(BREAKER.snapshot().calls, both);
        }
        HELD.get() - before
    }

    slow_calls(100).await;
    assert_eq!(slow_calls(1_000).await, 0);
}

#[tokio::test(start_paused = true)]
async fn rule_27_a_million_rejections_by_an_open_breaker() {
    let breaker = CircuitBreaker::new("allocations-open").consecutive_failures(1);
    assert!(breaker.call(ready(Err::<(), _>(Code(1)))).await.is_err());

    let thousands = async || {
        for _ in 0..1_667 {
            let rejected = breaker.call(ready(Ok::<_, Code>(()))).await;
            assert!(rejected.is_err());
        }
    };
    assert_eq!(allocations(thousands).await, 0);
    assert!(breaker.snapshot().rejected >= 1_000_000);
}

#[tokio::test(start_paused = true)]
async fn rejections_by_a_rate_limiter() {
    static LIMITER: RateLimiter =
        RateLimiter::new("allocations-limited", 1, Duration::from_secs(3_600));
    assert!(LIMITER.call(ready(Ok::<_, Code>(()))).await.is_ok());

    let call = async || assert!(LIMITER.call(ready(Ok::<_, Code>(()))).await.is_err());
    assert_eq!(allocations(call).await, 0);
}
