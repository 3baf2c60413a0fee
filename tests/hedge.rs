//! Rule 32: when `#[hedge]` copies a call, and which answer it takes.

mod support;

use std::{
    cell::{Cell, RefCell},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use resilient_runtime::{
    Bulkhead, CircuitBreaker, Classify, Failure, Hedge, RetryBudget, Timeout, body, bulkhead,
    circuit_breaker, deadline, event, fallback, hedge, registry, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, Answered, CircuitOpen, Failed, Ignored, Inherited, Permanent},
    Fault::{Throttled, TimedOut},
    HOUR, ends, fails, hangs, ms, ok, started,
};
use tokio::time::{Instant, advance, sleep};

/// One test a line: on a callee that follows this script a call ends like this after so many milliseconds, with
/// attempts that start at these.
macro_rules! calls_go {
    ($($rule:ident: #[hedge($($keys:tt)*)] [$($step:expr),*] => $outcome:expr, after $millis:expr, $starts:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            #[hedge($($keys)*)]
            async fn call(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            let callee = Callee::new([$($step),*]);
            assert_eq!(call(&callee).await, $outcome);
            assert_eq!((callee.age(), callee.starts()), ($millis, $starts.to_vec()));
            assert_eq!(callee.running(), 0);
        }
    )*};
}

const AFTER: Duration = ms(20);
const TWO: u32 = 2;

calls_go! {
    a_call_that_is_ready_at_once_runs_once:
        #[hedge(after = "20ms")] [ok(1)] => Ok(1), after 0, [0];
    a_fast_call_runs_once:
        #[hedge(after = "20ms")] [ok(1).after(19)] => Ok(1), after 19, [0];
    rule_32_the_next_one_starts_after_so_long:
        #[hedge(after = "20ms")] [hangs(), ok(2).after(5)] => Ok(2), after 25, [0, 20];
    an_answer_in_the_same_poll_as_the_timer_wins:
        #[hedge(after = "20ms")] [ok(1).after(20)] => Ok(1), after 20, [0];
    the_delay_may_be_a_constant:
        #[hedge(after = AFTER)] [hangs(), ok(2)] => Ok(2), after 20, [0, 20];
    the_delay_may_be_any_constant_expression:
        #[hedge(after = Duration::from_millis(20))] [hangs(), ok(2)] => Ok(2), after 20, [0, 20];
    the_first_one_may_still_win:
        #[hedge(after = "20ms")] [ok(1).after(30), hangs()] => Ok(1), after 30, [0, 20];
    of_two_that_are_ready_the_earlier_one_wins:
        #[hedge(after = "20ms")] [ok(1).after(30), ok(2).after(10)] => Ok(1), after 30, [0, 20];
    rule_32_at_most_one_copy_by_default:
        #[hedge(after = "20ms")] [ok(1).after(500), hangs()] => Ok(1), after 500, [0, 20];
    rule_32_at_most_max_copies:
        #[hedge(after = "20ms", max = 3)] [ok(1).after(500), hangs(), hangs(), hangs()] => Ok(1), after 500, [0, 20, 40, 60];
    two_copies_have_room_of_their_own:
        #[hedge(after = "20ms", max = 2)] [hangs(), hangs(), ok(3).after(5)] => Ok(3), after 45, [0, 20, 40];
    max_may_be_a_constant:
        #[hedge(after = "20ms", max = TWO)] [ok(1).after(500), hangs(), hangs()] => Ok(1), after 500, [0, 20, 40];
    the_last_of_many_may_win:
        #[hedge(after = "1ms", max = 10)]
        [hangs(), hangs(), hangs(), hangs(), hangs(), hangs(), hangs(), hangs(), hangs(), hangs(), ok(11)]
        => Ok(11), after 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    rule_32_the_next_one_starts_at_once_when_one_fails:
        #[hedge(after = "20ms")] [fails(1).after(5), ok(2).after(5)] => Ok(2), after 10, [0, 5];
    at_once_is_in_the_same_poll:
        #[hedge(after = "20ms")] [fails(1), ok(2)] => Ok(2), after 0, [0, 0];
    the_delay_counts_from_the_latest_start:
        #[hedge(after = "20ms", max = 2)] [fails(1).after(15), hangs(), ok(3)] => Ok(3), after 35, [0, 15, 35];
    a_copy_that_fails_is_followed_at_once_too:
        #[hedge(after = "20ms", max = 2)] [hangs(), fails(2).after(5), ok(3)] => Ok(3), after 25, [0, 20, 25];
    what_runs_is_waited_for_when_the_last_copy_fails:
        #[hedge(after = "20ms")] [ok(1).after(90), fails(2).after(5)] => Ok(1), after 90, [0, 20];
    rule_4_all_fail_is_the_error_of_the_first:
        #[hedge(after = "20ms", max = 2)] [fails(1), fails(2), fails(3)] => Err(Failed(1)), after 0, [0, 0, 0];
    rule_4_all_fail_is_the_error_of_the_first_also_when_it_is_the_last_to_fail:
        #[hedge(after = "20ms")] [fails(1).after(50), fails(2)] => Err(Failed(1)), after 50, [0, 20];

    rule_3_throttled_ends_the_call:
        #[hedge(after = "20ms")] [ends(Err(Throttled(5)))] => Err(Throttled(5)), after 0, [0];
    rule_3_answered_ends_the_call:
        #[hedge(after = "20ms")] [ends(Err(Answered)).after(5)] => Err(Answered), after 5, [0];
    rule_3_permanent_ends_the_call:
        #[hedge(after = "20ms")] [ends(Err(Permanent)).after(5)] => Err(Permanent), after 5, [0];
    rule_3_ignored_ends_the_call:
        #[hedge(after = "20ms")] [ends(Err(Ignored)).after(5)] => Err(Ignored), after 5, [0];
    rule_32_a_fatal_class_of_a_copy_ends_the_call_too:
        #[hedge(after = "20ms")] [hangs(), ends(Err(Permanent)).after(5)] => Err(Permanent), after 25, [0, 20];
    rule_32_a_fatal_class_wins_over_an_earlier_failure:
        #[hedge(after = "20ms", max = 3)] [fails(1), ends(Err(Answered))] => Err(Answered), after 0, [0, 0];

    when_decides_in_the_place_of_the_class:
        #[hedge(after = "20ms", when = |fault| *fault == Permanent)]
        [ends(Err(Permanent)), ok(2)] => Ok(2), after 0, [0, 0];
    when_that_says_no_ends_the_call:
        #[hedge(after = "20ms", when = is_permanent)] [fails(1)] => Err(Failed(1)), after 0, [0];
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a predicate is asked by reference"
)]
fn is_permanent(fault: &Fault) -> bool {
    *fault == Permanent
}

#[tokio::test(start_paused = true)]
async fn the_delay_may_depend_on_arguments() {
    #[hedge(after = ms(delay))]
    async fn call(callee: &Callee, delay: u64) -> Result<u32, Fault> {
        callee.call().await
    }

    let script = || Callee::new([hangs(), ok(2).after(5)]);
    let callee = script();
    assert_eq!(call(&callee, 7).await, Ok(2));
    assert_eq!(callee.starts(), [0, 7]);
    let callee = script();
    assert_eq!(call(&callee, 0).await, Ok(2));
    assert_eq!(callee.starts(), [0, 0], "at its first suspension");
    let callee = Callee::new([ok(1)]);
    assert_eq!(call(&callee, 0).await, Ok(1), "it never suspends");
}

#[tokio::test(start_paused = true)]
async fn the_delay_may_depend_on_self() {
    struct Client {
        delay: Duration,
        callee: Callee,
    }

    impl Client {
        const MAX: u32 = 2;

        #[hedge(after = self.delay, max = Self::MAX)]
        async fn call(&self) -> Result<u32, Fault> {
            self.callee.call().await
        }
    }

    let callee = Callee::new([hangs(), hangs(), ok(3)]);
    let client = Client {
        delay: ms(7),
        callee,
    };
    assert_eq!(client.call().await, Ok(3));
    assert_eq!(client.callee.starts(), [0, 7, 14]);
}

#[tokio::test(start_paused = true)]
async fn numbers_may_depend_on_generics() {
    struct Client<const N: u64>;

    impl<const N: u64> Client<N> {
        const AFTER: Duration = ms(N);

        #[hedge(after = Self::AFTER)]
        async fn call(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    #[hedge(after = "10ms", max = const { N })]
    async fn copied<const N: u32>(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), ok(2)]);
    assert_eq!(Client::<9>::call(&callee).await, Ok(2));
    assert_eq!(callee.starts(), [0, 9]);
    let callee = Callee::new([hangs(), hangs(), hangs(), ok(4)]);
    assert_eq!(copied::<3>(&callee).await, Ok(4));
    assert_eq!(callee.starts(), [0, 10, 20, 30]);
}

// ------------------------------------------------------------------------------------------ losers

/// Notes when it is dropped.
struct Noted<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

#[tokio::test(start_paused = true)]
async fn losers_are_dropped_before_the_winner_returns() {
    #[hedge(after = "20ms", max = 3)]
    async fn call(
        notes: &RefCell<Vec<&'static str>>,
        names: &RefCell<Vec<&'static str>>,
    ) -> Result<u32, Fault> {
        let name = names.borrow_mut().pop().unwrap();
        let _noted = Noted(name, notes);
        sleep(ms(if name == "third" { 5 } else { HOUR })).await;
        Ok(3)
    }

    let (notes, names) = (
        RefCell::default(),
        RefCell::new(vec!["third", "second", "first"]),
    );
    let outcome = call(&notes, &names)
        .inspect(|_| notes.borrow_mut().push("returned"))
        .await;
    assert_eq!(outcome, Ok(3));
    assert_eq!(*notes.borrow(), ["third", "first", "second", "returned"]);
}

#[tokio::test(start_paused = true)]
async fn losers_are_dropped_before_a_fatal_error_returns_and_by_an_outer_timeout() {
    #[timeout("50ms")]
    #[hedge(after = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), ends(Err(Permanent)).after(5)]);
    let outcome = call(&callee)
        .inspect(|_| assert_eq!(callee.running(), 0))
        .await;
    assert_eq!(outcome, Err(Permanent));

    let callee = Callee::always(hangs());
    let outcome = call(&callee)
        .inspect(|_| assert_eq!(callee.running(), 0))
        .await;
    assert_eq!(outcome, Err(TimedOut(50)));
    assert_eq!(callee.starts(), [0, 20]);
}

/// Whoever holds the future on holds no call.
#[tokio::test(start_paused = true)]
async fn losers_are_gone_while_the_future_is_still_there() {
    for winner in [ok(3), ends(Err(Permanent))] {
        let callee = Callee::new([hangs(), hangs(), winner]);
        let mut call = pin!(HEDGE.run(|| body(callee.call()).classify(Classify::class)));
        let outcome = call.as_mut().await;
        assert!(matches!(outcome, Ok(3) | Err(Failure::Error(Permanent))));
        assert_eq!((callee.calls(), callee.running()), (3, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_takes_the_losers_with_it() {
    #[hedge(after = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        let first = callee.calls() == 0;
        let outcome = callee.call().await;
        assert!(first, "the copy panics");
        outcome
    }

    let callee = Arc::new(Callee::new([hangs(), ok(2).after(5)]));
    let call = tokio::spawn({
        let callee = callee.clone();
        async move { call(&callee).await }
    });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!((callee.calls(), callee.running()), (2, 0));
}

// --------------------------------------------------------------------------------------- deadlines

#[tokio::test(start_paused = true)]
async fn rule_18_a_copy_that_can_t_start_before_the_deadline_is_not_waited_for() {
    #[hedge(after = "50ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    for (left, calls) in [(51, 2), (50, 1), (49, 1)] {
        let callee = Callee::new([ok(1).after(60), hangs()]);
        let deadline = Instant::now() + ms(left);
        assert_eq!(deadline::scope(deadline, call(&callee)).await, Ok(1));
        assert_eq!(callee.calls(), calls, "{left} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_18_nothing_starts_when_the_deadline_is_over() {
    #[hedge(after = "50ms", max = 2)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(20), hangs()]);
    let deadline = Instant::now() + ms(20);
    assert_eq!(
        deadline::scope(deadline, call(&callee)).await,
        Err(Failed(1))
    );
    assert_eq!(callee.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_inherited_deadline_ends_the_call() {
    #[hedge(after = "5ms", max = 5)]
    #[timeout("50ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    let deadline = Instant::now() + ms(12);
    let outcome = deadline::scope(deadline, call(&callee)).await;
    assert_eq!(outcome, Err(Inherited(12)));
    assert_eq!(callee.starts(), [0, 5, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_beneath_starts_the_next() {
    #[hedge(after = "5ms", max = 2)]
    #[timeout("8ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), hangs(), ok(3).after(2)]);
    assert_eq!(call(&callee).await, Ok(3));
    assert_eq!(callee.starts(), [0, 5, 8], "the first one timed out");

    let callee = Callee::always(hangs());
    assert_eq!(call(&callee).await, Err(TimedOut(8)));
    assert_eq!(callee.age(), 16);
}

// ----------------------------------------------------------------------------- what stands beneath

#[tokio::test(start_paused = true)]
async fn a_rejection_of_the_first_ends_the_call() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-open").consecutive_failures(1);

    #[hedge(after = "20ms", max = 3)]
    #[circuit_breaker(BREAKER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    BREAKER.force_open();
    let mut events = event::subscribe();
    assert_eq!(call(&Callee::new([])).await, Err(CircuitOpen));
    let mut rejections = 0;
    while let Some(event) = events.try_recv() {
        rejections += usize::from(event.to_string().contains("hedge-open"));
    }
    assert_eq!(rejections, 1, "it asked once");
}

#[tokio::test(start_paused = true)]
async fn a_rejection_of_a_copy_leaves_alone_what_runs() {
    #[hedge(after = "20ms", max = 3)]
    #[bulkhead(max_concurrent = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1).after(90)]);
    assert_eq!(call(&callee).await, Ok(1));
    let callee = Callee::new([fails(1).after(90)]);
    assert_eq!(
        call(&callee).await,
        Err(Failed(1)),
        "and there are no more copies"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rejection_of_the_first_leaves_alone_a_copy_that_is_under_way() {
    #[hedge(after = "20ms")]
    #[bulkhead(name = "hedge-late", max_concurrent = 1, max_wait = "50ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    // The place is free at 60 ms. The first has waited long enough at 50 ms, its copy at 70 ms.
    let (holder, late) = (Callee::new([ok(1).after(60)]), Callee::new([ok(2)]));
    let outcomes = futures::join!(call(&holder), call(&late));
    assert_eq!(outcomes, (Ok(1), Ok(2)));
    assert_eq!(late.calls(), 1, "the copy's");
}

#[tokio::test(start_paused = true)]
async fn each_copy_is_one_record_and_a_loser_is_none() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-records");

    #[hedge(after = "20ms", max = 2)]
    #[circuit_breaker(BREAKER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::new([hangs(), ok(2)])).await, Ok(2));
    let seen = BREAKER.snapshot();
    assert_eq!(
        (seen.calls, seen.failures),
        (1, 0),
        "the loser says nothing"
    );
    assert_eq!(call(&Callee::new([fails(1), hangs(), ok(3)])).await, Ok(3));
    let seen = BREAKER.snapshot();
    assert_eq!((seen.calls, seen.failures), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn the_class_of_each_copy_is_its_own() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-classes");

    // Both end in the same poll.
    #[hedge(after = "20ms")]
    #[circuit_breaker(BREAKER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(30), ends(Err(Ignored)).after(10)]);
    assert_eq!(call(&callee).await, Err(Ignored));
    let seen = BREAKER.snapshot();
    assert_eq!(
        (seen.calls, seen.failures),
        (1, 1),
        "an ignored one is no record"
    );
}

#[tokio::test(start_paused = true)]
async fn a_breaker_above_sees_the_class_of_the_error_that_is_returned() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-above");

    #[circuit_breaker(BREAKER)]
    #[hedge(after = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    // The last to end is transient, and the first one's error is what counts.
    let callee = Callee::new([ends(Err(Answered)).after(30), fails(2).after(5)]);
    assert_eq!(call(&callee).await, Err(Answered));
    assert_eq!(BREAKER.snapshot().failures, 0, "the service has answered");
    let callee = Callee::new([fails(1), fails(2)]);
    assert_eq!(call(&callee).await, Err(Failed(1)));
    assert_eq!(BREAKER.snapshot().failures, 1, "one record a call");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_above_sees_the_class_of_the_first_error_when_all_fail() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-above-all");

    #[circuit_breaker(BREAKER)]
    #[hedge(after = "20ms", when = |_| true)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ends(Err(Answered)), fails(2).after(5)]);
    assert_eq!(call(&callee).await, Err(Answered));
    assert_eq!(BREAKER.snapshot().failures, 0, "the service has answered");
}

#[tokio::test(start_paused = true)]
async fn a_total_timeout_counts_as_a_failure_of_each_copy_that_runs() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("hedge-total");

    #[timeout("50ms")]
    #[hedge(after = "20ms")]
    #[circuit_breaker(BREAKER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::always(hangs())).await, Err(TimedOut(50)));
    assert_eq!(BREAKER.snapshot().failures, 2);
}

#[tokio::test(start_paused = true)]
async fn beneath_a_retry_each_attempt_is_hedged() {
    #[retry(max = 1, delay = "10ms")]
    #[hedge(after = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), fails(2), hangs(), ok(4).after(5)]);
    assert_eq!(call(&callee).await, Ok(4));
    assert_eq!(callee.starts(), [0, 0, 10, 30]);
}

#[tokio::test(start_paused = true)]
async fn over_a_retry_each_copy_is_retried() {
    #[hedge(after = "20ms")]
    #[retry(max = 2, delay = "10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), hangs(), fails(3), ok(4)]);
    assert_eq!(call(&callee).await, Ok(4));
    assert_eq!(callee.starts(), [0, 10, 20, 30]);
}

#[tokio::test(start_paused = true)]
async fn beneath_a_fallback_and_over_one() {
    #[fallback(value = 9)]
    #[hedge(after = "20ms")]
    async fn above(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[hedge(after = "20ms")]
    #[fallback(other)]
    async fn beneath(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn other(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(above(&Callee::new([fails(1), fails(2)])).await, Ok(9));
    let callee = Callee::new([fails(1), hangs(), fails(3), ok(4)]);
    assert_eq!(beneath(&callee).await, Ok(4), "each copy has its fallback");
    assert_eq!(callee.starts(), [0, 0, 20, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_over_a_hedge() {
    #[hedge(after = "30ms")]
    #[hedge(after = "20ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), hangs(), hangs(), ok(4).after(3)]);
    assert_eq!(call(&callee).await, Ok(4));
    assert_eq!(callee.starts(), [0, 20, 30, 50]);
}

// --------------------------------------------------------------------------------------- arguments

#[tokio::test(start_paused = true)]
async fn arguments_are_borrowed_by_all_copies() {
    struct NoClone(String);

    #[hedge(after = "20ms")]
    async fn call(
        callee: &Callee,
        order: NoClone,
        (one, two): (u32, String),
    ) -> Result<usize, Fault> {
        callee.call().await?;
        Ok(order.0.len() + two.len() + one as usize)
    }

    let callee = Arc::new(Callee::new([hangs(), ok(2)]));
    let call =
        async move { call(&callee, NoClone("tea".to_owned()), (1, "milk".to_owned())).await };
    assert_eq!(tokio::spawn(call).await.unwrap(), Ok(8));
}

/// What can be sent, and not be shared.
#[derive(Clone)]
struct Unshared(Cell<usize>);

#[tokio::test(start_paused = true)]
async fn cloned_arguments_are_each_copy_s_own() {
    #[hedge(after = "20ms", max = 2, clone(order, unshared))]
    async fn call(callee: &Callee, mut order: Vec<u8>, unshared: Unshared) -> Result<usize, Fault> {
        order.push(1);
        unshared.0.set(unshared.0.get() + 1);
        callee.call().await?;
        let order = order.into_boxed_slice();
        Ok(order.len() * 10 + unshared.0.get())
    }

    #[hedge(after = "20ms", clone(order))]
    #[timeout("1s")]
    #[retry(max = 2, backoff = "none", clone(order))]
    async fn retried(callee: &Callee, mut order: Vec<u8>) -> Result<usize, Fault> {
        order.push(1);
        callee.call().await?;
        Ok(order.into_boxed_slice().len())
    }

    #[retry(max = 2, backoff = "none")]
    #[hedge(after = "20ms", clone(order))]
    #[fallback(|fault| Err(fault))]
    #[timeout("1s")]
    async fn hedged(callee: &Callee, mut order: Vec<u8>) -> Result<usize, Fault> {
        order.push(1);
        callee.call().await?;
        Ok(order.into_boxed_slice().len())
    }

    let script = || Arc::new(Callee::new([hangs(), fails(2), ok(3)]));
    let callee = script();
    let order = async move { call(&callee, vec![0], Unshared(Cell::new(0))).await };
    assert_eq!(tokio::spawn(order).await.unwrap(), Ok(21));
    let callee = script();
    let order = async move { retried(&callee, vec![0]).await };
    assert_eq!(tokio::spawn(order).await.unwrap(), Ok(2));
    let callee = Arc::new(Callee::new([fails(1), fails(2), fails(3), ok(4)]));
    let order = async move { hedged(&callee, vec![0]).await };
    assert_eq!(tokio::spawn(order).await.unwrap(), Ok(2));
}

// ----------------------------------------------------------------------------------------- budgets

/// Makes calls that hang, each of them with a copy that answers if there is one.
async fn copies_of(calls: usize, hedged: impl AsyncFn(&Callee) -> Result<u32, Fault>) -> usize {
    let mut copies = 0;
    for _ in 0..calls {
        let callee = Callee::new([ok(1).after(30), ok(2)]);
        assert!(hedged(&callee).await.is_ok());
        copies += callee.calls() - 1;
    }
    copies
}

#[tokio::test(start_paused = true)]
async fn by_default_copies_are_10_percent_of_the_calls_and_10_a_second() {
    #[hedge(after = "1ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let begun = Instant::now();
    let copies = copies_of(1_000, call).await;
    let bound = 0.1 * 1_000.0 + 10.0 * (1.0 + begun.elapsed().as_secs_f64());
    let copies = f64::from(u32::try_from(copies).unwrap());
    assert!(copies <= bound, "{copies} of {bound}");
    assert!(copies >= 0.9 * bound, "{copies} of {bound}");
}

#[tokio::test(start_paused = true)]
async fn rule_32_an_empty_budget_means_waiting_for_what_runs() {
    static BUDGET: RetryBudget = RetryBudget::new("hedge-empty").min_per_second(0).ratio(0.5);

    #[hedge(after = "10ms", max = 3, budget = BUDGET)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let mut events = event::subscribe();
    let callee = Callee::new([ok(1).after(90)]);
    assert_eq!(call(&callee).await, Ok(1));
    let mut empty = 0;
    while let Some(event) = events.try_recv() {
        empty += usize::from(event.to_string().contains("hedge-empty"));
    }
    assert_eq!(empty, 1, "it is not asked again and again");

    // The second call makes it one.
    let callee = Callee::new([fails(1), ok(2)]);
    assert_eq!(call(&callee).await, Ok(2));
    let callee = Callee::new([fails(1)]);
    assert_eq!(
        call(&callee).await,
        Err(Failed(1)),
        "no copy, and no other error"
    );
}

#[tokio::test(start_paused = true)]
async fn a_budget_by_name_is_shared_with_retries() {
    #[hedge(after = "10ms", budget = "hedge-shared")]
    async fn hedged(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 1, backoff = "none", budget = "hedge-shared")]
    #[hedge(after = "10ms", max = 2, budget = "hedge-shared")]
    async fn both(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let budget = registry::retry_budget("hedge-shared").expect("two functions name it");
    let before = budget.balance();
    assert_eq!(hedged(&Callee::new([fails(1), ok(2)])).await, Ok(2));
    let balance = |change: f64| (budget.balance() - before - change).abs() < 1e-6;
    assert!(balance(0.2 - 1.0), "a deposit and a copy");
    let callee = Callee::failing();
    assert_eq!(both(&callee).await, Err(Failed(4)));
    assert_eq!(callee.calls(), 6);
    assert!(balance(0.4 - 1.0 - 5.0), "two first calls, and six others");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_was_started_is_spent_and_one_that_was_not_is_not() {
    static BUDGET: RetryBudget = RetryBudget::new("hedge-spent").ratio(1.0).min_per_second(5);

    #[hedge(after = "10ms", max = 5, budget = BUDGET)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    for (polled_at, spent) in [(9, 0.0), (10, 1.0)] {
        let before = BUDGET.balance();
        let mut call = started(call(&callee)).await;
        advance(ms(polled_at)).await;
        assert!(futures::poll!(call.as_mut()).is_pending());
        drop(call);
        let expected = before + 1.0 - spent;
        let balance = BUDGET.balance();
        assert!(
            (balance - expected).abs() < 0.1,
            "{balance} and not {expected}"
        );
    }
}

// -------------------------------------------------------------------------------------- percentiles

/// A call of this length, and when its copy came.
async fn copied_at(call: impl AsyncFn(&Callee) -> Result<u32, Fault>, millis: u64) -> Option<u128> {
    let callee = Callee::new([ok(1).after(millis), ok(2)]);
    assert!(call(&callee).await.is_ok());
    callee.starts().get(1).copied()
}

macro_rules! measured {
    ($name:ident: $percentile:literal, initial $initial:literal) => {
        static BUDGET: RetryBudget = RetryBudget::new("hedge-ample")
            .ratio(1.0)
            .min_per_second(1000);

        #[hedge(after = $percentile, initial = $initial, budget = BUDGET)]
        async fn $name(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    };
}

#[tokio::test(start_paused = true)]
async fn initial_holds_until_100_calls_were_measured() {
    measured!(call: "p95", initial "50ms");
    for _ in 0..99 {
        assert_eq!(copied_at(call, 20).await, None);
    }
    assert_eq!(copied_at(call, 60).await, Some(50), "99 samples");
    let measured = copied_at(call, 60).await.expect("it is slow");
    assert!((20..=22).contains(&measured), "{measured}: 100 samples");
}

#[tokio::test(start_paused = true)]
async fn a_percentile_is_that_of_the_calls() {
    measured!(median: "p50", initial "1s");
    // 1 to 100 ms, each as often.
    for call in 0..200 {
        copied_at(median, call * 37 % 100 + 1).await;
    }
    let measured = copied_at(median, 500).await.expect("it is slow");
    assert!((50..=54).contains(&measured), "{measured}");
}

#[tokio::test(start_paused = true)]
async fn a_percentile_does_not_feed_on_itself() {
    measured!(call: "p95", initial "50ms");
    // One in twenty is slow. If its copy's length were taken for its own, the percentile would come down to what
    // nearly all take.
    for round in 0..3_000_u32 {
        let slow = round.is_multiple_of(10);
        let callee = Callee::new([ok(1).after(if slow { 400 } else { 20 }), ok(2).after(1)]);
        assert!(call(&callee).await.is_ok());
    }
    let measured = copied_at(call, 500).await.expect("it is slow");
    assert!(measured >= 50, "{measured}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_counts_as_long_as_it_was() {
    measured!(call: "p50", initial "50ms");
    let callee = Callee::always(hangs());
    for _ in 0..100 {
        let mut call = started(call(&callee)).await;
        advance(ms(40)).await;
        assert!(futures::poll!(call.as_mut()).is_pending());
        drop(call);
    }
    let measured = copied_at(call, 500).await.expect("it is slow");
    assert!((40..=46).contains(&measured), "{measured}: a little longer");
}

#[tokio::test(start_paused = true)]
async fn errors_and_rejections_do_not_count_but_answers_do() {
    measured!(call: "p50", initial "50ms");
    for _ in 0..200 {
        let callee = Callee::new([fails(1).after(2), ok(2)]);
        assert!(call(&callee).await.is_ok());
    }
    assert_eq!(copied_at(call, 60).await, Some(50));
    for _ in 0..150 {
        assert!(
            call(&Callee::new([ends(Err(Answered)).after(10)]))
                .await
                .is_err()
        );
    }
    let measured = copied_at(call, 60).await.expect("it is slow");
    assert!((10..=12).contains(&measured), "{measured}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_has_changed_is_known_anew() {
    measured!(call: "p95", initial "50ms");
    for _ in 0..3_000 {
        assert_eq!(copied_at(call, 5).await, None);
    }
    // Budgets apart, they are slower than their percentile for a while.
    for _ in 0..2_100 {
        copied_at(call, 30).await;
    }
    let measured = copied_at(call, 500).await.expect("it is slow");
    assert!(measured >= 6, "{measured}");
}

// --------------------------------------------------------------------------------------- instances

static HEDGE: Hedge = Hedge::new(ms(20)).max(2);

#[tokio::test(start_paused = true)]
async fn an_instance_by_a_static_and_by_an_expression() {
    struct Client {
        hedge: Arc<Hedge>,
        callee: Callee,
    }

    impl Client {
        #[hedge(self.hedge, when = |fault| *fault == Answered)]
        async fn call(&self) -> Result<u32, Fault> {
            self.callee.call().await
        }
    }

    #[hedge(HEDGE)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), hangs(), ok(3)]);
    assert_eq!(call(&callee).await, Ok(3));
    assert_eq!(callee.starts(), [0, 20, 40]);
    let client = Client {
        hedge: Arc::new(Hedge::at_percentile(99.0, ms(7)).max(2)),
        callee: Callee::new([hangs(), ends(Err(Answered)), ok(3)]),
    };
    assert_eq!(client.call().await, Ok(3));
    assert_eq!(client.callee.starts(), [0, 7, 7]);
}

#[tokio::test(start_paused = true)]
async fn by_hand() {
    static LIMIT: Timeout = Timeout::new(ms(100));
    static BULKHEAD: Bulkhead = Bulkhead::new("hedge-by-hand", 2);

    let callee = Callee::new([
        hangs(),
        ends(Err(Permanent)),
        hangs(),
        fails(4),
        ok(5).after(4),
    ]);
    let call = || HEDGE.run(|| BULKHEAD.around(body(callee.call()).classify(Classify::class)));
    assert_eq!(LIMIT.around(call()).await, Err(Failure::Error(Permanent)));
    assert_eq!(LIMIT.around(call()).await, Ok(5));
    assert_eq!(callee.starts(), [0, 20, 20, 40, 40]);
    assert_eq!(BULKHEAD.in_flight(), 0);
}

/// What comes after a body may take its time: the class that the body said is not lost by then.
#[tokio::test(start_paused = true)]
async fn by_hand_the_class_is_kept_until_a_copy_ends() {
    let callee = Callee::new([ends(Err(Permanent)).after(5)]);
    let outcome = HEDGE
        .run(|| async {
            let outcome = body(callee.call()).classify(Classify::class).await;
            sleep(ms(5)).await;
            outcome
        })
        .await;
    assert_eq!(outcome, Err(Failure::Error(Permanent)));
}

// ------------------------------------------------------------------------------------------ events

#[tokio::test(start_paused = true)]
async fn events_tell_of_each_copy_and_of_its_win() {
    #[hedge(after = "21ms", max = 2)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let mut events = event::subscribe();
    assert_eq!(call(&Callee::new([hangs(), fails(2), ok(3)])).await, Ok(3));
    let mut told = Vec::new();
    while let Some(event) = events.try_recv() {
        told.push(event.to_string());
    }
    for line in [
        "copy 1 is started after 21ms",
        "copy 2 is started in the place of one that failed",
        "copy 2 answered first",
    ] {
        assert!(told.iter().any(|event| event == line), "{line}: {told:?}");
    }
}

// ------------------------------------------------------------------------------------ the long tail

/// A linear congruential generator (Knuth, *MMIX*): the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A call each 100 ms to a server of which 5 % of the answers take a second, and the others 15 to 25 ms. How long the
/// calls take, sorted, and how many copies were made.
async fn tail(call: impl AsyncFn(&Callee) -> Result<u32, Fault>) -> (Vec<Duration>, usize) {
    const CALLS: u32 = 5_000;
    let mut dice = Dice(42);
    let callee = Callee::new(std::iter::from_fn(move || {
        let slow = dice.below(100) < 5;
        Some(ok(1).after(if slow { 1_000 } else { 15 + dice.below(11) }))
    }));
    let begun = Instant::now();
    let calls = (0..CALLS).map(async |number| {
        sleep(number * ms(100)).await;
        let begun = Instant::now();
        assert!(call(&callee).await.is_ok());
        begun.elapsed()
    });
    let mut took = futures::future::join_all(calls).await;
    took.sort();
    let copies = callee.calls() - took.len();
    let bound = 0.1 * f64::from(CALLS) + 10.0 * (1.0 + begun.elapsed().as_secs_f64());
    assert!(
        f64::from(u32::try_from(copies).unwrap()) <= bound,
        "{copies} copies, and the budget is {bound}"
    );
    (took, copies)
}

/// The median and the 99th percentile.
fn percentiles((took, _): &(Vec<Duration>, usize)) -> (Duration, Duration) {
    (took[took.len() / 2], took[took.len() * 99 / 100])
}

#[tokio::test(start_paused = true)]
async fn the_tail_of_a_server_with_5_percent_slow_answers_falls_below_twice_its_median() {
    async fn bare(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[hedge(after = "10ms")]
    async fn hedged(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let (median, p99) = percentiles(&tail(bare).await);
    assert!(p99 > 40 * median, "there is a tail: {p99:?}");
    let (median, p99) = percentiles(&tail(hedged).await);
    assert!(p99 < 2 * median, "p99 {p99:?}, median {median:?}");
}

#[tokio::test(start_paused = true)]
async fn a_percentile_cuts_the_tail_by_few_copies() {
    #[hedge(after = "p90", initial = "100ms")]
    async fn hedged(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let tail = tail(hedged).await;
    let (median, p99) = percentiles(&tail);
    assert!(p99 < 3 * median, "p99 {p99:?}, median {median:?}");
    let (took, copies) = tail;
    assert!(copies < took.len() / 9, "{copies} of {}", took.len());
}

#[test]
fn a_call_that_uses_up_its_task_s_budget_is_copied_all_the_same() {
    // On the real clock: the paused one stands still while a task is busy.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let mut copies = 0;
    let outcome = runtime.block_on(Hedge::new(ms(5)).run(|| {
        copies += 1;
        let copy = copies;
        body(async move {
            if copy == 1 {
                loop {
                    tokio::task::consume_budget().await;
                }
            }
            Ok::<_, Fault>(copy)
        })
    }));
    assert_eq!(outcome, Ok(2));
}
