//! Rules 36 and 37: the order of a stack is the order that one reads, and an instance is one wherever it is named.

mod support;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, bulkhead, circuit_breaker, fallback, registry, retry,
    timeout,
};
use support::{
    Callee,
    Fault::{self, BulkheadFull, CircuitOpen, Failed, TimedOut},
    fails, hangs, ms, ok, started,
};
use tokio::time::advance;

// --------------------------------------------------------------------------------------- rule 36

#[tokio::test(start_paused = true)]
async fn rule_36_a_retry_over_a_breaker_records_each_attempt() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("composition-attempts");

    #[retry(max = 2, delay = "1ms")]
    #[circuit_breaker(BREAKER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::failing()).await, Err(Failed(3)));
    let seen = BREAKER.snapshot();
    assert_eq!((seen.calls, seen.failures), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn rule_36_a_breaker_over_a_retry_records_each_call() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("composition-calls");

    #[circuit_breaker(BREAKER)]
    #[retry(max = 2, delay = "1ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::failing()).await, Err(Failed(3)));
    assert_eq!(call(&Callee::new([fails(1), ok(2)])).await, Ok(2));
    let seen = BREAKER.snapshot();
    assert_eq!((seen.calls, seen.failures), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn rule_36_a_timeout_is_that_of_an_attempt_or_of_the_call_by_where_it_stands() {
    #[retry(max = 1, delay = "20ms")]
    #[timeout("50ms")]
    async fn each(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[timeout("50ms")]
    #[retry(max = 1, delay = "20ms")]
    async fn all(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let script = || Callee::new([fails(1).after(10), ok(2).after(40)]);
    assert_eq!(each(&script()).await, Ok(2));
    assert_eq!(all(&script()).await, Err(TimedOut(50)));
}

#[tokio::test(start_paused = true)]
async fn rule_36_a_timeout_over_a_breaker_and_under_it() {
    #[timeout("50ms")]
    #[circuit_breaker(name = "composition-under", consecutive_failures = 1)]
    async fn over(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[circuit_breaker(name = "composition-over", consecutive_failures = 1)]
    #[timeout("50ms")]
    async fn under(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(over(&callee).await, Err(TimedOut(50)));
    assert_eq!(
        over(&callee).await,
        Err(CircuitOpen),
        "else it would never open"
    );
    assert_eq!(under(&callee).await, Err(TimedOut(50)));
    assert_eq!(under(&callee).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn rule_36_a_breaker_over_a_bulkhead_admits_before_it_queues() {
    static BREAKER: CircuitBreaker =
        CircuitBreaker::new("composition-admits").consecutive_failures(1);
    static BULKHEAD: Bulkhead = Bulkhead::new("composition-admits", 1).max_wait(ms(100));

    #[circuit_breaker(BREAKER)]
    #[bulkhead(BULKHEAD)]
    async fn breaker_first(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[bulkhead(BULKHEAD)]
    #[circuit_breaker(BREAKER)]
    async fn bulkhead_first(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(20), ok(2).after(200)]);
    let (holder, queued, late) = tokio::join!(
        breaker_first(&callee),
        breaker_first(&callee),
        bulkhead_first(&callee)
    );
    assert_eq!(holder, Err(Failed(1)));
    assert_eq!(queued, Ok(2), "admitted while the breaker was closed");
    assert_eq!(
        late,
        Err(BulkheadFull),
        "queued behind it, and never saw the breaker"
    );
    assert_eq!(bulkhead_first(&callee).await, Err(CircuitOpen));
}

/// The README's stack, from the inside out: each policy does its part in one story.
#[tokio::test(start_paused = true)]
async fn rule_36_the_whole_stack() {
    struct Shop;

    impl Shop {
        #[fallback(self.cached_quote)]
        #[timeout("200ms")]
        #[retry(max = 3, delay = "10ms")]
        #[circuit_breaker(name = "composition-pricing", consecutive_failures = 4)]
        #[bulkhead(name = "composition-pricing", max_concurrent = 1)]
        #[timeout("50ms")]
        async fn quote(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        #[expect(clippy::unused_async, reason = "a fallback is an `async fn`")]
        async fn cached_quote(&self, _: &Callee) -> Result<u32, Fault> {
            Ok(99)
        }
    }

    let retried = Callee::new([hangs(), fails(2), ok(3)]);
    assert_eq!(Shop.quote(&retried).await, Ok(3));
    assert_eq!(retried.starts(), [0, 60, 80], "50 ms and 10, and then 20");

    let crowded = Callee::new([ok(1).after(20)]);
    let two = tokio::join!(Shop.quote(&crowded), Shop.quote(&crowded));
    assert_eq!(two, (Ok(1), Ok(99)), "there is room for one");

    let hanging = Callee::always(hangs());
    assert_eq!(Shop.quote(&hanging).await, Ok(99));
    assert_eq!(
        hanging.starts(),
        [0, 60, 130],
        "20 ms were left, and a delay of 40"
    );
    assert_eq!(hanging.age(), 180);

    let down = Callee::failing();
    assert_eq!(Shop.quote(&down).await, Ok(99));
    assert_eq!(down.calls(), 1, "the fourth in a row opened it");
    assert_eq!(Shop.quote(&down).await, Ok(99));
    assert_eq!(down.calls(), 1);

    advance(ms(30_000)).await;
    let back = Callee::always(ok(1));
    assert_eq!(Shop.quote(&back).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn rule_36_the_order_holds_through_what_stands_between() {
    /// Documented above,
    #[cfg_attr(all(), timeout("50ms"))]
    #[allow(clippy::needless_return, reason = "an attribute that is not ours")]
    /// between,
    #[resilient_runtime::retry(max = 1, delay = "20ms")]
    #[cfg_attr(any(), timeout("1ms"))]
    #[must_use = "it is one"]
    #[doc = "and below."]
    #[cfg_attr(
        all(),
        inline,
        circuit_breaker(name = "composition-between", min_calls = 50)
    )]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        return callee.call().await;
    }

    let callee = Callee::new([fails(1).after(10), hangs(), ok(3).after(40)]);
    assert_eq!(call(&callee).await, Err(TimedOut(50)));
    assert_eq!(callee.starts(), [0, 30]);
    assert_eq!(call(&callee).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn rule_36_a_renamed_import_on_top_keeps_the_order() {
    use resilient_runtime::timeout as limit;

    #[limit("50ms")]
    #[retry(max = 1, delay = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(10), hangs()]);
    assert_eq!(call(&callee).await, Err(TimedOut(50)));
}

// --------------------------------------------------------------------------------------- rule 37

#[tokio::test(start_paused = true)]
async fn rule_37_a_default_body_is_one_site_for_all_implementors() {
    trait Store {
        #[bulkhead(max_concurrent = 1)]
        async fn load(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    struct Disk;
    struct Cache;

    impl Store for Disk {}
    impl Store for Cache {}

    let callee = Callee::always(hangs());
    let _disk = started(Disk.load(&callee)).await;
    assert_eq!(Cache.load(&callee).await, Err(BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn rule_37_a_generic_function_is_one_site_for_all_its_types() {
    #[bulkhead(max_concurrent = 1)]
    async fn load<T: From<u32>>(callee: &Callee) -> Result<T, Fault> {
        callee.call().await.map(T::from)
    }

    let callee = Callee::always(hangs());
    let _numbers = started(load::<u64>(&callee)).await;
    assert_eq!(load::<f64>(&callee).await, Err(BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn rule_37_a_name_is_one_instance_whatever_the_return_type() {
    #[circuit_breaker(name = "composition-one", consecutive_failures = 2)]
    async fn number(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[circuit_breaker(name = "composition-one", consecutive_failures = 2)]
    async fn text(callee: &Callee) -> Result<String, std::io::Error> {
        callee
            .call()
            .await
            .map(|value| value.to_string())
            .map_err(std::io::Error::other)
    }

    let callee = Callee::new([fails(1), fails(2)]);
    assert_eq!(number(&callee).await, Err(Failed(1)));
    assert!(text(&callee).await.is_err());
    assert_eq!(number(&callee).await, Err(CircuitOpen));
    assert!(text(&callee).await.is_err());
    assert_eq!(callee.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn rule_37_an_instance_can_be_found_by_its_name() {
    #[circuit_breaker(name = "composition-found", consecutive_failures = 1)]
    #[bulkhead(name = "composition-found", max_concurrent = 7)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let bulkhead = registry::bulkhead("composition-found").expect("declared above");
    let breaker = registry::circuit_breaker("composition-found").expect("declared above");
    assert_eq!(
        (bulkhead.limit(), breaker.state()),
        (7, CircuitState::Closed)
    );
    assert_eq!(call(&Callee::failing()).await, Err(Failed(1)));
    assert_eq!(breaker.state(), CircuitState::Open);
    assert!(registry::circuit_breaker("composition-not-found").is_none());
}

// ------------------------------------------------------------------------- other macros' attributes

#[tokio::test(start_paused = true)]
async fn instrument_above_acts_once_an_attempt_on_arguments_of_any_kind() {
    struct Counter(u32);

    impl Counter {
        #[tracing::instrument(skip_all)]
        #[retry(max = 2, backoff = "none")]
        async fn by_mut(&mut self) -> Result<u32, Fault> {
            self.0 += 1;
            if self.0 < 3 {
                Err(Failed(self.0))
            } else {
                Ok(self.0)
            }
        }
    }

    #[tracing::instrument(skip_all, err)]
    #[retry(max = 2, backoff = "none")]
    async fn by_value(word: String, callee: &Callee) -> Result<usize, Fault> {
        callee.call().await?;
        Ok(word.len())
    }

    #[tracing::instrument(skip_all)]
    #[fallback(length)]
    #[timeout("1s")]
    async fn falls_back(word: String) -> Result<usize, Fault> {
        Err(Failed(u32::try_from(word.len()).unwrap()))
    }

    async fn length(word: String) -> Result<usize, Fault> {
        advance(ms(1)).await;
        Ok(word.len())
    }

    assert_eq!(Counter(0).by_mut().await, Ok(3));
    let callee = Callee::new([fails(1), ok(1)]);
    assert_eq!(by_value("four".to_owned(), &callee).await, Ok(4));
    assert_eq!(falls_back("five5".to_owned()).await, Ok(5));
}
