//! Rules 15 to 19: how long a call may take, and what it knows of it.

mod support;

use std::{future::pending, pin::pin, time::Duration};

use futures::FutureExt;
use resilient_runtime::{
    Bulkhead, Failure, Rejected, Timeout, body, circuit_breaker, deadline, fallback, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed, Inherited, TimedOut},
    HOUR, done, ends, fails, forever, hangs, ms, ok, rejection, started,
};
use tokio::time::{Instant, advance, sleep};

#[timeout("100ms")]
async fn for_100_ms(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

// ---------------------------------------------------------------------------------------- rule 15

#[tokio::test(start_paused = true)]
async fn rule_15_a_call_that_takes_too_long_times_out() {
    let callee = Callee::new([hangs(), ok(2).after(98), fails(3)]);
    assert_eq!(for_100_ms(&callee).await, Err(TimedOut(100)));
    assert_eq!(callee.age(), 100);
    assert_eq!(for_100_ms(&callee).await, Ok(2));
    assert_eq!(for_100_ms(&callee).await, Err(Failed(3)));
}

#[tokio::test(start_paused = true)]
async fn rule_15_a_result_that_is_ready_in_the_same_poll_wins() {
    for outcome in [Ok(1), Err(Failed(1))] {
        assert_eq!(
            for_100_ms(&Callee::always(ends(outcome).after(100))).await,
            outcome
        );
    }
    let late = Callee::always(ok(1).after(10));
    let call = started(for_100_ms(&late)).await;
    advance(ms(500)).await;
    assert_eq!(call.await, Ok(1), "both are over, and nobody looked before");
}

#[tokio::test(start_paused = true)]
async fn rule_15_the_clock_does_not_start_before_the_first_poll() {
    let callee = Callee::always(ok(1).after(90));
    let call = for_100_ms(&callee);
    sleep(ms(500)).await;
    assert_eq!(call.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn rule_15_what_ran_is_dropped_before_the_error_is_returned() {
    let (limit, callee) = (Timeout::new(ms(10)), Callee::always(hangs()));
    let mut call = pin!(limit.call(callee.call()));
    assert!(call.as_mut().await.is_err());
    assert_eq!(
        callee.running(),
        0,
        "the future is still there, but not what it ran"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_15_what_ran_is_dropped_before_the_next_attempt_and_the_fallback() {
    #[fallback(nobody_runs)]
    #[retry(max = 2, backoff = "none")]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[expect(clippy::unused_async, reason = "a fallback is an `async fn`")]
    async fn nobody_runs(callee: &Callee) -> Result<u32, Fault> {
        Ok(callee.running().try_into().unwrap())
    }

    let callee = Callee::always(hangs());
    assert_eq!(call(&callee).await, Ok(0));
    assert_eq!((callee.calls(), callee.most()), (3, 1));
}

// ---------------------------------------------------------------------------------------- rule 16

/// Outside of a runtime a timer would panic.
#[test]
fn rule_16_no_timer_is_registered_for_a_body_that_never_suspends() {
    let callee = Callee::new([ok(1), fails(2)]);
    assert_eq!(for_100_ms(&callee).now_or_never(), Some(Ok(1)));
    assert_eq!(for_100_ms(&callee).now_or_never(), Some(Err(Failed(2))));
}

// ---------------------------------------------------------------------------------------- rule 17

type Remaining = Result<Option<Duration>, Fault>;

#[timeout("100ms")]
async fn remaining_of_100_ms_after(wait: Duration) -> Remaining {
    sleep(wait).await;
    Ok(deadline::remaining())
}

#[timeout("50ms")]
async fn remaining_of_50_ms_in_100() -> Remaining {
    remaining_of_100_ms_after(ms(0)).await
}

#[timeout("150ms")]
async fn remaining_of_150_ms_around_100() -> Remaining {
    remaining_of_100_ms_after(ms(0)).await
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_timeout_opens_a_deadline_scope() {
    assert_eq!(deadline::remaining(), None);
    assert_eq!(remaining_of_100_ms_after(ms(30)).await, Ok(Some(ms(70))));
    assert_eq!(deadline::remaining(), None);
}

#[tokio::test(start_paused = true)]
async fn rule_17_nested_scopes_can_only_shorten_it() {
    assert_eq!(remaining_of_50_ms_in_100().await, Ok(Some(ms(50))));
    assert_eq!(remaining_of_150_ms_around_100().await, Ok(Some(ms(100))));

    let now = Instant::now();
    let lengthened = deadline::scope(now + ms(90), async { deadline::remaining() });
    assert_eq!(
        deadline::scope(now + ms(20), lengthened).await,
        Some(ms(20))
    );
}

#[tokio::test(start_paused = true)]
async fn rule_17_each_attempt_knows_its_own_time_and_the_call_all_of_it() {
    #[timeout("100ms")]
    #[retry(max = 3, backoff = "none")]
    #[timeout("40ms")]
    async fn call(left: &Left) -> Result<(), Fault> {
        left.lock().unwrap().push(deadline::remaining().unwrap());
        pending().await
    }

    type Left = std::sync::Mutex<Vec<Duration>>;

    let left = Left::default();
    assert_eq!(call(&left).await, Err(TimedOut(100)));
    assert_eq!(left.into_inner().unwrap(), [ms(40), ms(40), ms(20)]);
}

#[tokio::test(start_paused = true)]
async fn rule_17_neighbours_in_one_task_have_scopes_of_their_own() {
    let outside = async {
        sleep(ms(5)).await;
        deadline::remaining()
    };
    let (long, short, none) = tokio::join!(
        remaining_of_100_ms_after(ms(10)),
        deadline::scope(Instant::now() + ms(50), remaining_of_100_ms_after(ms(10))),
        outside,
    );
    assert_eq!(
        (long, short, none),
        (Ok(Some(ms(90))), Ok(Some(ms(40))), None)
    );
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_timeout_fires_at_the_inherited_deadline() {
    let callee = Callee::always(hangs());
    let outcome = deadline::scope(Instant::now() + ms(30), for_100_ms(&callee)).await;
    assert_eq!((outcome, callee.age()), (Err(Inherited(30)), 30));
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_timeout_may_be_computed_from_arguments_and_self() {
    struct Client(Duration);

    impl Client {
        #[timeout(self.0)]
        async fn call(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    #[timeout(2 * limit)]
    async fn call(limit: Duration, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(Client(ms(20)).call(&callee).await, Err(TimedOut(20)));
    assert_eq!(call(ms(20), &callee).await, Err(TimedOut(40)));
    assert_eq!(callee.age(), 20 + 40);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_may_be_a_constant() {
    const READ: Duration = ms(30);

    #[timeout(READ)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[timeout(Duration::from_millis(40))]
    async fn call_longer(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(call(&callee).await, Err(TimedOut(30)));
    assert_eq!(call_longer(&callee).await, Err(TimedOut(40)));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_may_be_of_more_than_one_unit() {
    #[timeout("1m 30s")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::always(hangs())).await, Err(TimedOut(90_000)));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_may_be_computed_in_every_kind_of_function() {
    struct Client(Duration);

    #[async_trait::async_trait]
    trait Service {
        fn limit(&self) -> Duration;

        #[timeout(self.limit())]
        async fn call_by_default(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        async fn call_mut(&mut self, callee: &Callee) -> Result<u32, Fault>;
    }

    #[async_trait::async_trait]
    impl Service for Client {
        fn limit(&self) -> Duration {
            self.0
        }

        #[timeout(self.0)]
        async fn call_mut(&mut self, callee: &Callee) -> Result<u32, Fault> {
            self.0 += ms(1);
            callee.call().await
        }
    }

    impl Client {
        #[expect(clippy::manual_async_fn, reason = "a shape of its own")]
        #[timeout(self.0 + extra)]
        fn call_as_a_future(
            &self,
            extra: Duration,
            callee: &Callee,
        ) -> impl Future<Output = Result<u32, Fault>> + Send {
            async { callee.call().await }
        }
    }

    let (mut client, callee) = (Client(ms(20)), Callee::always(hangs()));
    assert_eq!(client.call_by_default(&callee).await, Err(TimedOut(20)));
    assert_eq!(client.call_mut(&callee).await, Err(TimedOut(20)));
    assert_eq!(client.call_mut(&callee).await, Err(TimedOut(21)));
    assert_eq!(
        client.call_as_a_future(ms(8), &callee).await,
        Err(TimedOut(30))
    );
}

#[tokio::test(start_paused = true)]
async fn rule_17_one_of_zero_times_out_at_the_first_suspension() {
    #[timeout(limit)]
    async fn call(limit: Duration, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1), hangs()]);
    assert_eq!(call(Duration::ZERO, &callee).await, Ok(1));
    assert_eq!(call(Duration::ZERO, &callee).await, Err(TimedOut(0)));
    assert!(callee.age() <= 1, "as fast as a timer can be");
}

#[tokio::test(start_paused = true)]
async fn rule_8_the_longest_timeout_never_fires() {
    #[timeout(limit)]
    async fn call(limit: Duration, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(
        call(Duration::MAX, &Callee::always(ok(1).after(24 * HOUR))).await,
        Ok(1)
    );
}

// A length of 39 hours or more is kept in another way than shorter ones.
#[timeout(limit)]
async fn remaining_at_once_and_later(
    limit: Duration,
    later: Duration,
) -> Result<[Option<Duration>; 2], Fault> {
    let at_once = deadline::remaining();
    sleep(later).await;
    Ok([at_once, deadline::remaining()])
}

#[timeout(limit)]
async fn asks_before_and_beneath(
    limit: Duration,
    beneath: Duration,
) -> Result<[Option<Duration>; 4], Fault> {
    let before = deadline::remaining();
    let [at_once, later] = remaining_at_once_and_later(beneath, hours(1)).await?;
    Ok([before, at_once, later, deadline::remaining()])
}

fn hours(hours: u64) -> Duration {
    ms(hours * HOUR)
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_timeout_of_days_tells_its_time_and_fires() {
    for limit in [38, 39, 40, 24 * 365].map(hours) {
        // A clock that ran in an earlier scope is not this one's.
        let short = remaining_at_once_and_later(ms(20), ms(10)).await;
        assert_eq!(short, Ok([Some(ms(20)), Some(ms(10))]));

        let begun = Instant::now();
        let told = remaining_at_once_and_later(limit, hours(37)).await;
        assert_eq!(told, Ok([Some(limit), limit.checked_sub(hours(37))]));
        assert_eq!(begun.elapsed(), hours(37));
        assert_eq!(deadline::remaining(), None);

        let begun = Instant::now();
        let told = remaining_at_once_and_later(limit, limit + hours(1)).await;
        assert!(matches!(told, Err(TimedOut(_))), "{told:?}");
        assert_eq!(begun.elapsed(), limit);
        assert_eq!(deadline::remaining(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_17_nested_timeouts_of_any_length_tell_the_earlier_deadline() {
    let lengths = [2, 3, 38, 39, 40, 50].map(hours);
    for outer in lengths {
        for inner in lengths {
            let both = outer.min(inner);
            let told = asks_before_and_beneath(outer, inner).await;
            let left = |from: Duration| from.checked_sub(hours(1));
            let expected = [Some(outer), Some(both), left(both), left(outer)];
            assert_eq!(told, Ok(expected), "{inner:?} beneath {outer:?}");
            assert_eq!(deadline::remaining(), None);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_19_of_nested_timeouts_of_any_length_the_earlier_fires_by_its_name() {
    #[timeout(limit)]
    async fn around(limit: Duration, beneath: Duration) -> Result<&'static str, Fault> {
        Ok(
            match remaining_at_once_and_later(beneath, hours(100)).await {
                Err(TimedOut(_)) => "its own",
                Err(Inherited(_)) => "its caller's",
                _ => "none",
            },
        )
    }

    for (outer, inner, whose) in [
        (50, 40, "its own"),
        (50, 2, "its own"),
        (40, 50, "its caller's"),
        (2, 50, "its caller's"),
    ] {
        let begun = Instant::now();
        let told = around(hours(outer), hours(inner)).await;
        assert_eq!(told, Ok(whose), "{inner} beneath {outer}");
        assert_eq!(begun.elapsed(), hours(outer.min(inner)));
    }
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_scope_by_hand_informs_and_cancels_nothing() {
    let overdue = deadline::scope(Instant::now() + ms(10), async {
        sleep(ms(50)).await;
        deadline::remaining()
    });
    assert_eq!(overdue.await, Some(Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn rule_17_carry_takes_the_deadline_of_its_call_into_a_spawned_task() {
    #[timeout("100ms")]
    async fn spawns() -> Result<[Option<Duration>; 2], Fault> {
        let carried = deadline::carry(async { deadline::remaining() });
        let left_behind = tokio::spawn(async { deadline::remaining() });
        sleep(ms(30)).await;
        Ok([
            tokio::spawn(carried).await.unwrap(),
            left_behind.await.unwrap(),
        ])
    }

    assert_eq!(spawns().await, Ok([Some(ms(70)), None]));
    let carried_from_nowhere = deadline::carry(async { deadline::remaining() });
    let elsewhere = deadline::scope(Instant::now() + ms(10), tokio::spawn(carried_from_nowhere));
    assert_eq!(elsewhere.await.unwrap(), None);
}

// ---------------------------------------------------------------------------------------- rule 18

#[tokio::test(start_paused = true)]
async fn rule_18_a_wait_for_a_permit_does_not_outlast_the_deadline() {
    let bulkhead = Bulkhead::new("timeout-18", 1).max_wait(ms(100));
    let _held = started(bulkhead.call(forever())).await;

    for left in [0, 40] {
        let start = Instant::now();
        let waiting = deadline::scope(start + ms(left), bulkhead.call(done()));
        rejection(waiting.await);
        assert!(
            start.elapsed() <= ms(left),
            "waited {:?} of {left} ms",
            start.elapsed()
        );
    }
}

// ---------------------------------------------------------------------------------------- rule 19

#[tokio::test(start_paused = true)]
async fn rule_19_when_the_outer_timeout_expires_the_error_is_its_own() {
    #[timeout("100ms")]
    #[retry(max = 3, backoff = "none")]
    #[timeout("70ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    assert_eq!(call(&callee).await, Err(TimedOut(100)));
    assert_eq!(callee.starts(), [0, 70]);
    assert_eq!(callee.age(), 100);
}

#[tokio::test(start_paused = true)]
async fn rule_19_by_hand_nested_arounds_are_one_stack() {
    let (outer, inner) = (Timeout::new(ms(30)), Timeout::new(ms(100)));
    let late = rejection(outer.around(inner.around(body(forever()))).await);
    assert!(matches!(late, Rejected::TimedOut { after, inherited: false, .. } if after == ms(30)));
}

#[tokio::test(start_paused = true)]
async fn rule_19_in_a_stack_of_two_an_inherited_deadline_is_inherited() {
    #[timeout("100ms")]
    #[retry(max = 3, backoff = "none")]
    #[timeout("70ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    for left in [30, 90] {
        let callee = Callee::always(hangs());
        let outcome = deadline::scope(Instant::now() + ms(left.into()), call(&callee)).await;
        assert_eq!((outcome, callee.age()), (Err(Inherited(left)), left.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn rule_19_in_another_function_the_error_is_inherited() {
    #[timeout("30ms")]
    async fn outer(callee: &Callee) -> Result<Result<u32, Fault>, Fault> {
        sleep(ms(10)).await;
        Ok(for_100_ms(callee).await)
    }

    let callee = Callee::always(hangs());
    let outcome = outer(&callee).await;
    assert_eq!(callee.age(), 30);
    assert!(
        matches!(outcome, Ok(Err(Inherited(20))) | Err(TimedOut(30))),
        "neither the error of the inner one, nor that of the outer one: {outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn by_hand_an_error_stays_what_it_is() {
    let limit = Timeout::new(ms(10));
    let failed = limit.call(Callee::failing().call()).await;
    assert!(matches!(failed, Err(Failure::Error(Failed(1)))));
}

#[test]
fn rule_15_a_body_that_uses_up_its_budget_does_not_outlive_its_timeout() {
    // On the real clock: the paused one stands still while a task is busy.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let outcome = runtime.block_on(Timeout::new(ms(20)).call(async {
        loop {
            tokio::task::consume_budget().await;
            if false {
                return Ok::<(), Fault>(());
            }
        }
    }));
    assert!(matches!(
        outcome,
        Err(Failure::Rejected(Rejected::TimedOut {
            inherited: false,
            ..
        }))
    ));
}

#[tokio::test(start_paused = true)]
async fn rule_17_no_time_at_all_times_out_at_the_first_suspension_wherever_the_clock_stands() {
    tokio::time::advance(Duration::from_micros(300)).await;
    let yields = || async {
        tokio::task::yield_now().await;
        Ok::<(), Fault>(())
    };
    let none = Timeout::at_run_time(Duration::ZERO);
    assert!(none.call(yields()).await.is_err());
    let long = Timeout::new(ms(1_000));
    assert!(
        deadline::scope(Instant::now(), long.call(yields()))
            .await
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn rule_19_a_timeout_that_cuts_another_function_off_is_its_own_to_the_policies_above() {
    #[timeout("1s")]
    async fn inner() -> Result<(), Delegating> {
        std::future::pending().await
    }

    #[circuit_breaker(name = "rule-19-own", consecutive_failures = 1)]
    #[timeout("50ms")]
    async fn outer() -> Result<(), Delegating> {
        inner().await
    }

    assert!(outer().await.is_err());
    let breaker = resilient_runtime::registry::circuit_breaker("rule-19-own").unwrap();
    assert_eq!(breaker.state(), resilient_runtime::CircuitState::Open);
}

/// An error that keeps the class of the rejection in it.
#[derive(Debug, resilient_runtime::Classify)]
#[classify(delegate)]
struct Delegating(Rejected);

impl From<Rejected> for Delegating {
    fn from(rejected: Rejected) -> Self {
        Self(rejected)
    }
}

#[tokio::test(start_paused = true)]
async fn rule_19_a_function_s_own_timeout_is_what_its_caller_and_its_policies_see() {
    use resilient_runtime::fallback;

    #[timeout("100ms")]
    async fn outer(callee: &Callee) -> Result<u32, Fault> {
        sleep(ms(80)).await;
        for_100_ms(callee).await
    }

    #[fallback(value = 7, on(timeout))]
    #[timeout("30ms")]
    async fn answered(callee: &Callee) -> Result<u32, Fault> {
        for_100_ms(callee).await
    }

    #[retry(max = 2, backoff = "none", on(error))]
    #[timeout("30ms")]
    async fn once(callee: &Callee) -> Result<u32, Fault> {
        for_100_ms(callee).await
    }

    #[retry(max = 2, backoff = "none", on(timeout), when = |_| false)]
    #[timeout("30ms")]
    async fn thrice(callee: &Callee) -> Result<u32, Fault> {
        for_100_ms(callee).await
    }

    let callee = Callee::always(hangs());
    assert_eq!(outer(&callee).await, Err(TimedOut(100)));
    assert_eq!(answered(&callee).await, Ok(7));
    assert_eq!(once(&callee).await, Err(TimedOut(30)));
    assert_eq!(thrice(&callee).await, Err(TimedOut(30)));
    assert_eq!(callee.calls(), 1 + 1 + 1 + 3);
}

#[tokio::test(start_paused = true)]
async fn rule_19_a_timeout_that_is_over_in_its_first_poll_is_seen_as_well() {
    #[resilient_runtime::fallback(value = 7, on(timeout))]
    #[timeout(limit)]
    async fn answered(callee: &Callee, limit: Duration) -> Result<u32, Fault> {
        for_100_ms(callee).await
    }

    #[timeout(limit)]
    async fn outer(callee: &Callee, limit: Duration) -> Result<u32, Fault> {
        for_100_ms(callee).await
    }

    let callee = Callee::always(hangs());
    assert_eq!(answered(&callee, Duration::ZERO).await, Ok(7));
    assert_eq!(outer(&callee, Duration::ZERO).await, Err(TimedOut(0)));
    // One whose time is not over has nothing to say of an error in its first poll.
    let failing = Callee::failing();
    assert_eq!(outer(&failing, ms(50)).await, Err(Failed(1)));
}

#[tokio::test(start_paused = true)]
async fn rule_19_beneath_a_caller_s_deadline_each_function_says_how_long_it_was_given() {
    #[timeout("1s")]
    async fn outer(callee: &Callee) -> Result<u32, Fault> {
        sleep(ms(10)).await;
        for_100_ms(callee).await
    }

    let callee = Callee::always(hangs());
    let outcome = deadline::scope(Instant::now() + ms(40), outer(&callee)).await;
    assert_eq!((outcome, callee.age()), (Err(Inherited(40)), 40));
}

#[tokio::test(start_paused = true)]
async fn rule_15_an_error_of_the_body_s_own_wins_in_the_poll_in_which_the_time_is_up() {
    #[timeout("20ms")]
    async fn outer(callee: &Callee) -> Result<u32, Fault> {
        // A timeout that fired before says nothing of this one.
        let _ = deadline::scope(Instant::now() + ms(5), for_100_ms(callee)).await;
        sleep(ms(15)).await;
        Err(Failed(9))
    }

    assert_eq!(outer(&Callee::always(hangs())).await, Err(Failed(9)));
}
