//! Rule 33: what a call is served when it fails.
#![allow(
    clippy::unused_async,
    reason = "a fallback is an `async fn`, whether or not it waits"
)]

mod support;

use std::{
    fmt::Display,
    sync::atomic::{AtomicU32, Ordering},
};

use resilient_runtime::{
    Bulkhead, CircuitBreaker, Rejected, bulkhead, circuit_breaker, fallback, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, Answered, BulkheadFull, CircuitOpen, Failed, Permanent, TimedOut},
    ends, fails, forever, hangs, ok, record, started,
};

/// What the fallbacks of this file serve, by the value that they are called with.
const fn substitute(key: u32) -> u32 {
    1000 + key
}

// ----------------------------------------------------------------------------------- every form

struct Client {
    key: u32,
}

impl Client {
    #[fallback(self.cached)]
    async fn by_method(&self, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn cached(&self, _: &Callee) -> Result<u32, Fault> {
        Ok(substitute(self.key))
    }

    #[fallback(self.explained, with_error)]
    async fn by_method_with_error(&mut self, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn explained(&mut self, _: &Callee, error: Fault) -> Result<u32, Fault> {
        assert_eq!(error, Failed(1));
        Ok(substitute(self.key))
    }

    #[expect(clippy::manual_async_fn, reason = "a shape of its own")]
    #[fallback(self.cached)]
    fn by_a_future(&self, callee: &Callee) -> impl Future<Output = Result<u32, Fault>> + Send {
        async { callee.call().await }
    }

    #[fallback(value = substitute(self.key))]
    async fn by_value(&self, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }
}

#[fallback(cached)]
async fn by_path(key: u32, callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

async fn cached(key: u32, _: &Callee) -> Result<u32, Fault> {
    Ok(substitute(key))
}

#[fallback(explained, with_error)]
async fn by_path_with_error(key: u32, callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

async fn explained(key: u32, _: &Callee, error: Fault) -> Result<u32, Fault> {
    assert_eq!(error, Failed(1));
    Ok(substitute(key))
}

#[fallback(value = substitute(key))]
async fn by_value(key: u32, callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[fallback(|error| if error == Failed(1) { Ok(substitute(key)) } else { Err(error) })]
async fn by_closure(key: u32, callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[fallback(async |error| if error == Failed(1) { cached(key, callee).await } else { Err(error) })]
async fn by_async_closure(key: u32, callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

/// One test a line: the form serves an error, and leaves a success alone.
macro_rules! serves {
    ($($rule:ident: |$callee:ident| $call:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            let $callee = &Callee::new([fails(1), ok(2)]);
            assert_eq!($call.await, Ok(substitute(7)));
            assert_eq!($call.await, Ok(2));
        }
    )*};
}

serves! {
    rule_33_by_path: |callee| by_path(7, callee);
    rule_33_by_path_with_error: |callee| by_path_with_error(7, callee);
    rule_33_by_method: |callee| Client { key: 7 }.by_method(callee);
    rule_33_by_method_with_error: |callee| Client { key: 7 }.by_method_with_error(callee);
    rule_33_by_method_of_a_function_that_returns_a_future: |callee| Client { key: 7 }.by_a_future(callee);
    rule_33_by_value: |callee| by_value(7, callee);
    rule_33_by_value_of_self: |callee| Client { key: 7 }.by_value(callee);
    rule_33_by_closure: |callee| by_closure(7, callee);
    rule_33_by_async_closure: |callee| by_async_closure(7, callee);
}

#[tokio::test(start_paused = true)]
async fn rule_33_by_path_it_has_the_arguments_whatever_their_patterns() {
    #[fallback(total)]
    async fn call((a, b): (u32, u32), _: u32, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await.map(|value| value + a + b)
    }

    async fn total((a, b): (u32, u32), c: u32, _: &Callee) -> Result<u32, Fault> {
        Ok(a + b + c)
    }

    assert_eq!(call((1, 20), 300, &Callee::failing()).await, Ok(321));
}

#[tokio::test(start_paused = true)]
async fn rule_33_by_path_it_has_the_arguments_themselves() {
    #[fallback(total)]
    #[timeout("1s")]
    #[retry(max = 1, delay = "1ms")]
    async fn call(order: Vec<u32>, log: &mut Vec<u32>, callee: &Callee) -> Result<u32, Fault> {
        log.extend(&order);
        callee.call().await
    }

    async fn total(order: Vec<u32>, log: &mut Vec<u32>, _: &Callee) -> Result<u32, Fault> {
        log.push(3);
        Ok(order.into_iter().sum())
    }

    let mut log = Vec::new();
    assert_eq!(
        call(vec![20, 1], &mut log, &Callee::failing()).await,
        Ok(21)
    );
    assert_eq!(log, [20, 1, 20, 1, 3]);
}

#[tokio::test(start_paused = true)]
async fn rule_33_in_every_kind_of_function() {
    #[async_trait::async_trait]
    trait Service {
        fn key(&self) -> u32;

        #[fallback(value = self.key())]
        async fn by_default(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        async fn by_method(&mut self, callee: &Callee) -> Result<u32, Fault>;
    }

    #[async_trait::async_trait]
    impl Service for Client {
        fn key(&self) -> u32 {
            self.key
        }

        #[fallback(self.cached)]
        #[fallback(|error| if self.key == 8 { Ok(self.key) } else { Err(error) })]
        async fn by_method(&mut self, callee: &Callee) -> Result<u32, Fault> {
            self.key += 1;
            callee.call().await
        }
    }

    let (mut client, callee) = (Client { key: 7 }, Callee::failing());
    assert_eq!(client.by_default(&callee).await, Ok(7));
    assert_eq!(Service::by_method(&mut client, &callee).await, Ok(8));
    assert_eq!(
        Service::by_method(&mut client, &callee).await,
        Ok(substitute(9))
    );
}

#[tokio::test(start_paused = true)]
async fn rule_33_for_a_function_that_returns_impl_trait() {
    #[fallback(value = 3)]
    #[fallback(|error| if error == Failed(1) { Ok(1) } else { Err(error) })]
    #[fallback(value = 2, on(timeout))]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<impl Display, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(0), fails(1), hangs(), fails(4)]);
    for number in ["0", "1", "2", "3"] {
        assert_eq!(call(&callee).await.unwrap().to_string(), number);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_33_its_own_error_is_returned_as_it_is() {
    #[fallback(fails_too)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn fails_too(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), fails(2)]);
    assert_eq!(call(&callee).await, Err(Failed(2)));
}

#[tokio::test(start_paused = true)]
async fn rule_33_it_runs_on_errors_only_and_never_for_a_dropped_call() {
    static RUNS: AtomicU32 = AtomicU32::new(0);

    #[fallback(counted)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn counted(_: &Callee) -> Result<u32, Fault> {
        RUNS.fetch_add(1, Ordering::Relaxed);
        Ok(0)
    }

    let callee = Callee::new([ok(1), hangs(), fails(3)]);
    assert_eq!(call(&callee).await, Ok(1));
    drop(started(call(&callee)).await);
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);
    assert_eq!(call(&callee).await, Ok(0));
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn rule_33_its_value_is_computed_on_errors_only() {
    static RUNS: AtomicU32 = AtomicU32::new(0);

    #[fallback(value = RUNS.fetch_add(1, Ordering::Relaxed))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(9), fails(2), fails(3)]);
    assert_eq!(call(&callee).await, Ok(9));
    assert_eq!(call(&callee).await, Ok(0));
    assert_eq!(call(&callee).await, Ok(1));
}

/// `Sealed` cannot carry a rejection, and does not have to.
#[tokio::test(start_paused = true)]
async fn rule_33_on_top_and_unconditional_it_asks_for_no_conversion() {
    #[derive(Debug)]
    struct Sealed;

    #[fallback(value = 99)]
    #[timeout("10ms")]
    #[circuit_breaker(name = "fallback-sealed", consecutive_failures = 3)]
    #[bulkhead(max_concurrent = 1)]
    async fn call(callee: &Callee) -> Result<u32, Sealed> {
        callee.call().await.map_err(|_| Sealed)
    }

    let callee = Callee::new([ok(1), fails(2), hangs()]);
    assert_eq!(call(&callee).await.unwrap(), 1);
    assert_eq!(call(&callee).await.unwrap(), 99);
    assert_eq!(call(&callee).await.unwrap(), 99);
}

// ------------------------------------------------------------------------------------- narrowed

/// Everything that a fallback can stand above, with instances that the test has in its hands.
struct Narrowed {
    breaker: CircuitBreaker,
    bulkhead: Bulkhead,
    callee: Callee,
}

macro_rules! narrowed {
    ($($name:ident: ($($keys:tt)*);)*) => {
        impl Narrowed {$(
            #[fallback(value = 99, $($keys)*)]
            #[timeout("10ms")]
            #[circuit_breaker(self.breaker)]
            #[bulkhead(self.bulkhead)]
            async fn $name(&self) -> Result<u32, Fault> {
                self.callee.call().await
            }
        )*}
    };
}

narrowed! {
    on_error: (on(error));
    on_timeout: (on(timeout));
    on_circuit_open: (on(circuit_open));
    on_bulkhead_full: (on(bulkhead_full));
    on_two: (on(timeout, bulkhead_full));
    when_permanent: (when = |error| *error == Permanent);
    when_timed_out: (when = |error| matches!(error, TimedOut(_)));
    on_error_when_permanent: (on(error), when = |error| *error == Permanent);
}

/// One test a line: what the form makes of an error, an answer, a timeout, an open breaker, and a full bulkhead.
macro_rules! makes_of_each {
    ($($rule:ident: $form:ident => $outcomes:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            let new = |step| Narrowed {
                breaker: CircuitBreaker::new("fallback-narrowed").consecutive_failures(9),
                bulkhead: Bulkhead::new("fallback-narrowed", 1),
                callee: Callee::always(step),
            };
            let permanent = new(ends(Err(Permanent)));
            let answered = new(ends(Err(Answered)));
            let hanging = new(hangs());
            let open = new(ok(1));
            record(&open.breaker, "fffffffff").await;
            let full = new(ok(1));
            let _held = started(full.bulkhead.call(forever())).await;

            let mut outcomes = Vec::new();
            for call in [permanent, answered, hanging, open] {
                outcomes.push(call.$form().await);
            }
            outcomes.push(full.$form().await);
            assert_eq!(outcomes, $outcomes);
        }
    )*};
}

const SERVED: Result<u32, Fault> = Ok(99);
const PERMANENT: Result<u32, Fault> = Err(Permanent);
const ANSWERED: Result<u32, Fault> = Err(Answered);
const TIMED_OUT: Result<u32, Fault> = Err(TimedOut(10));
const OPEN: Result<u32, Fault> = Err(CircuitOpen);
const FULL: Result<u32, Fault> = Err(BulkheadFull);

makes_of_each! {
    rule_33_on_error: on_error => [SERVED, SERVED, TIMED_OUT, OPEN, FULL];
    rule_33_on_timeout: on_timeout => [PERMANENT, ANSWERED, SERVED, OPEN, FULL];
    rule_33_on_circuit_open: on_circuit_open => [PERMANENT, ANSWERED, TIMED_OUT, SERVED, FULL];
    rule_33_on_bulkhead_full: on_bulkhead_full => [PERMANENT, ANSWERED, TIMED_OUT, OPEN, SERVED];
    rule_33_on_two: on_two => [PERMANENT, ANSWERED, SERVED, OPEN, SERVED];
    rule_33_when: when_permanent => [SERVED, ANSWERED, TIMED_OUT, OPEN, FULL];
    rule_33_when_sees_rejections_as_errors: when_timed_out => [PERMANENT, ANSWERED, SERVED, OPEN, FULL];
    rule_33_on_and_when_are_anded: on_error_when_permanent => [SERVED, ANSWERED, TIMED_OUT, OPEN, FULL];
}

// --------------------------------------------------------------------------------------- chains

#[tokio::test(start_paused = true)]
async fn rule_33_in_a_chain_the_one_underneath_is_tried_first() {
    #[fallback(value = 99)]
    #[fallback(second)]
    #[fallback(first)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn first(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await.map(|value| 10 * value)
    }

    async fn second(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await.map(|value| 100 * value)
    }

    for (failures, outcome) in [(0, 1), (1, 10), (2, 100), (3, 99)] {
        let callee = Callee::new((1..=failures).map(fails).chain([ok(1)]));
        assert_eq!(
            call(&callee).await,
            Ok(outcome),
            "after {failures} failures"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn rule_33_in_a_chain_each_takes_what_is_its_own() {
    #[fallback(value = 2, on(timeout))]
    #[fallback(value = 1, when = |error| *error == Permanent)]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ends(Err(Permanent)), hangs(), fails(3)]);
    assert_eq!(call(&callee).await, Ok(1));
    assert_eq!(call(&callee).await, Ok(2));
    assert_eq!(call(&callee).await, Err(Failed(3)));
}

// -------------------------------------------------------------------------------- beneath others

#[tokio::test(start_paused = true)]
async fn rule_33_beneath_a_retry_it_serves_each_attempt() {
    #[retry(max = 2, delay = "10ms")]
    #[fallback(spare)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn spare(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), fails(2), fails(3), ok(4)]);
    assert_eq!(call(&callee).await, Ok(4));
    assert_eq!(callee.starts(), [0, 0, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn rule_33_beneath_a_timeout_it_is_cut_off_like_the_call() {
    #[timeout("20ms")]
    #[fallback(hangs_too)]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn hangs_too(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(call(&callee).await, Err(TimedOut(20)));
    assert_eq!((callee.starts(), callee.running()), (vec![0, 10], 0));
}

#[tokio::test(start_paused = true)]
async fn rule_33_beneath_a_breaker_what_it_serves_is_a_success() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("fallback-beneath").min_calls(1);

    #[circuit_breaker(BREAKER)]
    #[fallback(value = 99)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::failing()).await, Ok(99));
    assert_eq!(BREAKER.snapshot().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn rule_33_a_closure_sees_rejections_as_the_functions_error() {
    #[fallback(|error: Rejected| Ok(error.policy()))]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<&'static str, Rejected> {
        callee.call().await.expect("a callee that hangs");
        Ok("done")
    }

    assert_eq!(call(&Callee::always(hangs())).await.unwrap(), "timeout");
}

#[tokio::test(start_paused = true)]
async fn rule_33_under_clone_it_has_arguments_of_its_own() {
    #[fallback(spare, clone(order))]
    async fn call(order: String) -> Result<String, Fault> {
        drop(order);
        Err(Failed(1))
    }

    async fn spare(order: String) -> Result<String, Fault> {
        Ok(order)
    }

    assert_eq!(call("tea".to_owned()).await, Ok("tea".to_owned()));
}
