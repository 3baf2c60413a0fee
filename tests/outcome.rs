//! Rules 1 to 4: what a call can end in, and what each policy makes of it.

mod support;

use std::{
    cell::Cell,
    future::{pending, ready},
    io,
    panic::AssertUnwindSafe,
};

use futures::FutureExt;
use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Class, Classify, Failure, Rejected, Timeout, body,
    bulkhead, circuit_breaker, deadline, fallback, retry, timeout,
};
use support::{
    Callee,
    Fault::{
        self, Answered, BulkheadFull, CircuitOpen, Failed, Ignored, Inherited, Permanent,
        Throttled, TimedOut,
    },
    done, ends, fails, forever, hangs, ms, ok, record, rejection, started,
};
use tokio::time::{Instant, advance};

// ---------------------------------------------------------------------------------- rules 1 and 2

thread_local! {
    static CONVERSIONS: Cell<u32> = const { Cell::new(0) };
}

#[derive(Debug)]
struct Counted;

impl From<Rejected> for Counted {
    fn from(_: Rejected) -> Self {
        CONVERSIONS.set(CONVERSIONS.get() + 1);
        Self
    }
}

#[tokio::test(start_paused = true)]
async fn rule_1_a_rejection_becomes_the_error_once_when_it_leaves_the_stack() {
    #[timeout("1s")]
    #[retry(max = 2, backoff = "none")]
    #[circuit_breaker(name = "outcome-1")]
    #[timeout("10ms")]
    async fn hangs() -> Result<(), Counted> {
        pending().await
    }

    assert!(hangs().await.is_err());
    assert_eq!(CONVERSIONS.get(), 1);
}

#[timeout("10ms")]
async fn inner(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn rule_1_nothing_is_guessed_from_the_error() {
    #[retry(max = 2, backoff = "none", on(timeout))]
    async fn outer(callee: &Callee) -> Result<u32, Fault> {
        inner(callee).await
    }

    let callee = Callee::always(hangs());
    assert_eq!(outer(&callee).await, Err(TimedOut(10)));
    assert_eq!(
        callee.calls(),
        1,
        "what another function ends in is an error, and no timeout"
    );
}

#[test]
fn rule_2_a_rejection_is_an_error_that_can_go_anywhere() {
    fn goes_anywhere<T: std::error::Error + Clone + Send + Sync + 'static>() {}
    goes_anywhere::<Rejected>();
}

#[tokio::test(start_paused = true)]
async fn rule_2_the_text_of_circuit_open_says_why_it_opened() {
    let pricing = CircuitBreaker::new("pricing")
        .window_calls(20)
        .min_calls(20);
    record(&pricing, "ssssssssffffffffffff").await;
    advance(ms(25_800)).await;

    let rejected = rejection(pricing.call(done()).await);
    let why = "12 of the last 20 calls failed (60% ≥ 50%)";
    assert_eq!(
        rejected.to_string(),
        format!("pricing is open: {why}; next probe in 4.2s")
    );
}

#[tokio::test(start_paused = true)]
async fn rule_2_a_rejection_knows_its_policy_its_instance_and_when_to_come_back() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("outcome-2").consecutive_failures(1);
    static BULKHEAD: Bulkhead = Bulkhead::new("outcome-2", 1);
    static TIMEOUT: Timeout = Timeout::new(ms(5));

    record(&BREAKER, "f").await;
    advance(ms(1_000)).await;
    let open = rejection(BREAKER.call(done()).await);
    assert_eq!(
        (open.policy(), open.name()),
        ("circuit_breaker", "outcome-2")
    );
    assert_eq!(open.retry_after(), Some(ms(29_000)));

    let _held = started(BULKHEAD.call(forever())).await;
    let full = rejection(BULKHEAD.call(done()).await);
    assert_eq!((full.policy(), full.name()), ("bulkhead", "outcome-2"));

    let late = rejection(TIMEOUT.call(forever()).await);
    assert_eq!(late.policy(), "timeout");
    assert!(matches!(late, Rejected::TimedOut { after, inherited: false, .. } if after == ms(5)));
}

#[tokio::test(start_paused = true)]
async fn rule_2_an_io_error_can_carry_a_rejection() {
    #[timeout("5ms")]
    async fn reads() -> io::Result<()> {
        pending().await
    }

    assert!(reads().await.is_err());
}

// ------------------------------------------------------------------------- rule 3: class × policy

const EVERY_CLASS: [Fault; 5] = [Failed(1), Throttled(5), Answered, Permanent, Ignored];

/// A service with a breaker of its own; each method is one column or row of the table.
struct Service {
    breaker: CircuitBreaker,
    neighbour: CircuitBreaker,
    bulkhead: Bulkhead,
    callee: Callee,
}

impl Service {
    fn new(script: Callee) -> Self {
        let breaker = |name| CircuitBreaker::new(name).min_calls(1).half_open_calls(1);
        Self {
            breaker: breaker("outcome-service"),
            neighbour: breaker("outcome-neighbour"),
            bulkhead: Bulkhead::new("outcome-service", 1),
            callee: script,
        }
    }

    fn recorded(&self) -> String {
        let seen = self.breaker.snapshot();
        format!("{} of {} calls failed", seen.failures, seen.calls)
    }

    #[circuit_breaker(self.breaker)]
    async fn call(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[circuit_breaker(self.breaker)]
    #[timeout("50ms")]
    async fn over_a_timeout(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[timeout("50ms")]
    #[circuit_breaker(self.breaker)]
    async fn under_a_timeout(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[circuit_breaker(self.breaker)]
    #[circuit_breaker(self.neighbour)]
    async fn over_a_breaker(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    async fn over_a_bulkhead(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 2, delay = "10ms")]
    #[circuit_breaker(self.breaker)]
    async fn retried_over_a_breaker(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[retry(max = 2, delay = "10ms")]
    #[bulkhead(self.bulkhead)]
    async fn retried_over_a_bulkhead(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[fallback(value = 99)]
    #[timeout("10ms")]
    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    async fn served(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    #[timeout("10ms")]
    async fn called_by_the_impatient(&self) -> Result<u32, Fault> {
        self.call().await
    }

    #[fallback(value = 99)]
    #[retry(max = 2, backoff = "none")]
    #[circuit_breaker(self.breaker)]
    async fn panics(&self) -> Result<u32, Fault> {
        let value = self.callee.call().await?;
        panic!("the body, on call {value}")
    }
}

impl Service {
    #[timeout("1s")]
    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    #[timeout("500ms")]
    async fn panics_within_all(&self) -> Result<u32, Fault> {
        let value = self.callee.call().await?;
        panic!("the body, on call {value}")
    }
}

const FAILURE: &str = "1 of 1 calls failed";
const SUCCESS: &str = "0 of 1 calls failed";
const NOTHING: &str = "0 of 0 calls failed";

#[tokio::test(start_paused = true)]
async fn rule_3_what_a_retry_makes_of_each_class() {
    #[retry(max = 2, delay = "1ms")]
    async fn retried(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let calls = [3, 3, 1, 1, 1];
    for (fault, calls) in EVERY_CLASS.into_iter().zip(calls) {
        let callee = Callee::always(ends(Err(fault)));
        assert_eq!(retried(&callee).await, Err(fault));
        assert_eq!(callee.calls(), calls, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_3_what_a_circuit_breaker_makes_of_each_class() {
    let records = [FAILURE, FAILURE, SUCCESS, FAILURE, NOTHING];
    for (fault, recorded) in EVERY_CLASS.into_iter().zip(records) {
        let service = Service::new(Callee::always(ends(Err(fault))));
        assert_eq!(service.call().await, Err(fault));
        assert_eq!(service.recorded(), recorded, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_fallback_runs_for_each_class() {
    #[fallback(value = 99)]
    async fn served(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    for fault in EVERY_CLASS {
        assert_eq!(
            served(&Callee::always(ends(Err(fault)))).await,
            Ok(99),
            "{fault:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn rule_3_throttled_is_retried_when_it_says_and_never_earlier() {
    #[retry(max = 2, delay = "10ms", jitter = "full")]
    async fn throttled(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ends(Err(Throttled(70))));
    assert_eq!(throttled(&callee).await, Err(Throttled(70)));
    let starts = callee.starts();
    assert!(
        starts.windows(2).all(|pair| pair[1] - pair[0] >= 70),
        "{starts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_3_throttled_without_a_time_waits_for_the_backoff() {
    struct Busy;
    impl Classify for Busy {
        fn class(&self) -> Class {
            Class::Throttled { retry_after: None }
        }
    }

    #[retry(max = 2, delay = "10ms")]
    async fn busy(callee: &Callee) -> Result<u32, Busy> {
        callee.call().await.map_err(|_| Busy)
    }

    let callee = Callee::failing();
    assert!(busy(&callee).await.is_err());
    assert_eq!(callee.starts(), [0, 10, 30]);
}

// ----------------------------------------------------------------------- rule 3: ends × policies

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_timeout_is_retried() {
    #[retry(max = 2, backoff = "none")]
    #[timeout("10ms")]
    async fn retried(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), hangs(), ok(3)]);
    assert_eq!(retried(&callee).await, Ok(3));
    assert_eq!(callee.starts(), [0, 10, 20]);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_timeout_is_not_retried_on_error_alone() {
    #[retry(max = 2, backoff = "none", on(error))]
    #[timeout("10ms")]
    async fn retried(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), hangs()]);
    assert_eq!(retried(&callee).await, Err(TimedOut(10)));
    assert_eq!(callee.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_timeout_is_a_failure() {
    let service = Service::new(Callee::always(hangs()));
    assert_eq!(service.over_a_timeout().await, Err(TimedOut(50)));
    assert_eq!(service.recorded(), FAILURE);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_rejection_is_not_retried() {
    let service = Service::new(Callee::new([]));
    record(&service.breaker, "f").await;
    let _held = started(service.bulkhead.call(forever())).await;

    assert_eq!(service.retried_over_a_breaker().await, Err(CircuitOpen));
    assert_eq!(service.retried_over_a_bulkhead().await, Err(BulkheadFull));
    assert_eq!(service.callee.age(), 0, "it slept before another attempt");
    assert_eq!(service.breaker.snapshot().rejected, 1);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_rejection_is_nothing_to_a_circuit_breaker() {
    let service = Service::new(Callee::new([]));
    record(&service.neighbour, "f").await;
    let _held = started(service.bulkhead.call(forever())).await;

    assert_eq!(service.over_a_breaker().await, Err(CircuitOpen));
    assert_eq!(service.over_a_bulkhead().await, Err(BulkheadFull));
    assert_eq!(service.recorded(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inner_rejection_gives_a_probe_place_back() {
    let service = Service::new(Callee::always(ok(1)));
    record(&service.breaker, "f").await;
    advance(ms(30_000)).await;
    let held = started(service.bulkhead.call(forever())).await;

    for _ in 0..3 {
        assert_eq!(service.over_a_bulkhead().await, Err(BulkheadFull));
    }
    drop(held);
    assert_eq!(service.over_a_bulkhead().await, Ok(1));
    assert_eq!(service.breaker.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_fallback_runs_for_each_rejection() {
    let timed_out = Service::new(Callee::always(hangs()));
    assert_eq!(timed_out.served().await, Ok(99));

    let open = Service::new(Callee::new([]));
    record(&open.breaker, "f").await;
    assert_eq!(open.served().await, Ok(99));

    let full = Service::new(Callee::new([]));
    let _held = started(full.bulkhead.call(forever())).await;
    assert_eq!(full.served().await, Ok(99));
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_outer_timeout_of_the_same_stack_is_a_failure() {
    let service = Service::new(Callee::always(hangs()));
    assert_eq!(service.under_a_timeout().await, Err(TimedOut(50)));
    assert_eq!(service.recorded(), FAILURE);
}

/// Under one timeout: a call that runs, one that has not begun, and both of them under a breaker of their own.
#[tokio::test(start_paused = true)]
async fn rule_3_an_outer_timeout_is_a_failure_of_the_calls_that_were_running() {
    for runs_first in [true, false] {
        let new = || Service::new(Callee::new([]));
        let (all, running, waiting) = (new(), new(), new());
        let both = async {
            let runs = running.breaker.around(body(forever()));
            let waits = waiting.breaker.around(async {
                pending::<()>().await;
                body(forever()).await
            });
            if runs_first {
                tokio::join!(runs, waits).0
            } else {
                tokio::join!(waits, runs).1
            }
        };
        rejection(Timeout::new(ms(50)).around(all.breaker.around(both)).await);
        let recorded = [&all, &running, &waiting].map(Service::recorded);
        assert_eq!(recorded, [FAILURE, FAILURE, NOTHING], "{runs_first}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inherited_deadline_is_not_retried() {
    #[retry(max = 2, backoff = "none")]
    #[timeout("50ms")]
    async fn retried(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    let outcome = deadline::scope(Instant::now() + ms(10), retried(&callee)).await;
    assert_eq!(outcome, Err(Inherited(10)));
    assert_eq!(callee.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inherited_deadline_is_nothing_to_a_circuit_breaker() {
    let service = Service::new(Callee::always(hangs()));
    let soon = || Instant::now() + ms(10);
    assert_eq!(
        deadline::scope(soon(), service.over_a_timeout()).await,
        Err(Inherited(10))
    );
    assert_eq!(
        deadline::scope(soon(), service.under_a_timeout()).await,
        Err(Inherited(10))
    );
    assert!(service.called_by_the_impatient().await.is_err());
    assert_eq!(
        service.recorded(),
        NOTHING,
        "one impatient client must not open it for all"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_3_an_inherited_deadline_runs_the_fallback() {
    #[fallback(value = 99)]
    #[timeout("50ms")]
    async fn served() -> Result<u32, Fault> {
        pending().await
    }

    assert_eq!(
        deadline::scope(Instant::now() + ms(10), served()).await,
        Ok(99)
    );
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_dropped_call_is_nothing_to_a_circuit_breaker() {
    let service = Service::new(Callee::always(hangs()));
    drop(started(service.call()).await);
    assert_eq!(service.recorded(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_panic_is_a_failure_not_retried_not_served_and_unwinds_on() {
    let service = Service::new(Callee::new([ok(1)]));
    let panic = AssertUnwindSafe(service.panics())
        .catch_unwind()
        .await
        .unwrap_err();
    assert_eq!(
        panic.downcast_ref(),
        Some(&"the body, on call 1".to_owned())
    );
    assert_eq!(service.recorded(), FAILURE);
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_panic_leaves_nothing_behind() {
    let service = Service::new(Callee::always(ok(1)));
    assert!(
        AssertUnwindSafe(service.panics_within_all())
            .catch_unwind()
            .await
            .is_err()
    );
    assert_eq!(
        (service.bulkhead.in_flight(), service.callee.running()),
        (0, 0)
    );
    assert_eq!(deadline::remaining(), None);
}

// ------------------------------------------------------------------- rule 3: where classes come from

#[tokio::test(start_paused = true)]
async fn rule_3_explicit_keys_win_over_the_class() {
    #[retry(max = 2, backoff = "none", when = |error| *error == Permanent)]
    #[circuit_breaker(
        name = "outcome-explicit",
        consecutive_failures = 3,
        failure_when = |error| *error == Permanent
    )]
    async fn explicit(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let transient = Callee::failing();
    for call in 1..=6 {
        assert_eq!(
            explicit(&transient).await,
            Err(Failed(call)),
            "neither retried nor counted"
        );
    }
    let permanent = Callee::always(ends(Err(Permanent)));
    assert_eq!(explicit(&permanent).await, Err(Permanent));
    assert_eq!(permanent.calls(), 3);
    assert_eq!(explicit(&permanent).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn rule_3_explicit_keys_see_the_bodys_own_errors_only() {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "hooks are called with references"
    )]
    fn never(error: &Fault) -> bool {
        panic!("shown {error:?}")
    }

    #[retry(max = 2, backoff = "none", when = never)]
    #[circuit_breaker(name = "outcome-own", consecutive_failures = 3, failure_when = never)]
    #[timeout("10ms")]
    async fn explicit(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(explicit(&callee).await, Err(TimedOut(10)));
    assert_eq!(
        callee.calls(),
        3,
        "a timeout is retried, whatever `when` says of errors"
    );
    assert_eq!(explicit(&callee).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn rule_3_the_rejection_of_an_inner_function_is_an_error_like_any_other() {
    #[retry(max = 2, backoff = "none", on(error))]
    async fn outer(callee: &Callee) -> Result<u32, Fault> {
        inner(callee).await
    }

    let callee = Callee::always(hangs());
    assert_eq!(outer(&callee).await, Err(TimedOut(10)));
    assert_eq!(callee.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn rule_3_without_a_class_every_error_is_transient() {
    struct Unclassed;

    #[retry(max = 2, backoff = "none")]
    async fn unclassed(callee: &Callee) -> Result<u32, Unclassed> {
        callee.call().await.map_err(|_| Unclassed)
    }

    let callee = Callee::always(ends(Err(Permanent)));
    assert!(unclassed(&callee).await.is_err());
    assert_eq!(callee.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn rule_3_a_generic_error_has_its_class_by_its_bound() {
    #[retry(max = 2, backoff = "none")]
    async fn unbound<E: From<Fault> + Sync>(callee: &Callee) -> Result<u32, E> {
        Ok(callee.call().await?)
    }

    #[retry(max = 2, backoff = "none")]
    async fn bound<E: From<Fault> + Classify + Sync>(callee: &Callee) -> Result<u32, E> {
        Ok(callee.call().await?)
    }

    let callee = Callee::always(ends(Err(Permanent)));
    assert_eq!(unbound::<Fault>(&callee).await, Err(Permanent));
    assert_eq!(callee.calls(), 3);
    assert_eq!(bound::<Fault>(&callee).await, Err(Permanent));
    assert_eq!(callee.calls(), 3 + 1);
}

#[tokio::test(start_paused = true)]
async fn rule_3_calls_side_by_side_have_classes_of_their_own() {
    #[retry(max = 2, delay = "5ms")]
    async fn retried(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let transient = Callee::always(fails(1).after(10));
    let permanent = Callee::always(ends(Err(Permanent)).after(10));
    let both = tokio::join!(
        retried(&transient),
        retried(&permanent),
        retried(&transient)
    );
    assert_eq!(both, (Err(Failed(1)), Err(Permanent), Err(Failed(1))));
    assert_eq!((transient.calls(), permanent.calls()), (6, 1));
}

#[tokio::test(start_paused = true)]
async fn rule_3_classify_in_one_attribute_classifies_for_the_whole_stack() {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "hooks are called with references"
    )]
    const fn harmless(_: &Fault) -> Class {
        Class::Answered
    }

    #[retry(max = 2, backoff = "none")]
    #[circuit_breaker(name = "outcome-harmless", consecutive_failures = 1, classify = harmless)]
    async fn answered(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(answered(&callee).await, Err(Failed(1)), "not retried");
    assert_eq!(answered(&callee).await, Err(Failed(2)), "no failure");
}

#[tokio::test(start_paused = true)]
async fn rule_3_by_hand_every_error_is_transient_until_classified() {
    let breaker = CircuitBreaker::new("outcome-by-hand").consecutive_failures(2);
    let answered = || ready(Err::<(), _>(Answered));

    assert!(breaker.around(body(answered())).await.is_err());
    assert_eq!(breaker.snapshot().failures, 1);
    let classified = breaker
        .around(body(answered()).classify(Classify::class))
        .await;
    assert!(matches!(classified, Err(Failure::Error(Answered))));
    assert_eq!(breaker.snapshot().failures, 1);
}

// ----------------------------------------------------------------------------------------- rule 4

#[tokio::test(start_paused = true)]
async fn rule_4_a_policy_that_declines_to_continue_returns_the_last_outcome() {
    #[timeout("1s")]
    #[retry(max = 2, delay = "10ms", max_duration = "100ms")]
    #[timeout("60ms")]
    async fn declined(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let used_up = Callee::failing();
    assert_eq!(declined(&used_up).await, Err(Failed(3)));

    let no_time = Callee::new([fails(1).after(55), fails(2).after(40)]);
    assert_eq!(declined(&no_time).await, Err(Failed(2)));

    let timed_out_last = Callee::new([fails(1), fails(2), hangs()]);
    assert_eq!(declined(&timed_out_last).await, Err(TimedOut(60)));
}

#[tokio::test(start_paused = true)]
async fn rule_4_a_policy_that_stops_work_returns_its_own_rejection() {
    #[timeout("50ms")]
    #[retry(max = 3, backoff = "none")]
    async fn stopped(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), fails(2), hangs()]);
    assert_eq!(stopped(&callee).await, Err(TimedOut(50)));
}

#[tokio::test(start_paused = true)]
async fn rule_4_a_policy_that_refuses_work_returns_its_own_rejection() {
    #[retry(max = 3, backoff = "none")]
    #[circuit_breaker(name = "outcome-refused", consecutive_failures = 2)]
    async fn refused(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(refused(&callee).await, Err(CircuitOpen));
    assert_eq!(callee.calls(), 2);
}
