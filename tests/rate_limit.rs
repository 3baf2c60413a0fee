//! Rule 31: how many calls pass in how long, who waits, and what is given back.

mod support;

use std::{
    cell::RefCell,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use futures::{FutureExt, future::join_all, poll};
use resilient_runtime::{
    Bulkhead, Failure, RateLimiter, Rejected, Timeout, body, deadline, fallback, rate_limit,
    registry, retry, testing, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed, RateLimited, TimedOut},
    HOUR, done, fails, forever, hangs, ms, ok, rejection, started,
};
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);

/// Whether a call passed, and how long it took to know.
async fn waited(limiter: &RateLimiter) -> (bool, Duration) {
    let start = Instant::now();
    let passed = limiter.call(done()).await.is_ok();
    (passed, start.elapsed())
}

/// How many calls pass at once.
async fn pass_at_once(limiter: &RateLimiter) -> usize {
    let mut passed = 0;
    while waited(limiter).await == (true, ms(0)) {
        passed += 1;
    }
    passed
}

/// When a call would pass.
async fn retry_after(limiter: &RateLimiter) -> Duration {
    let rejected = rejection(limiter.call(done()).await);
    rejected.retry_after().expect("a rate limiter knows when")
}

/// A limiter of one call each 100 ms, for which calls wait.
fn patient(name: &'static str) -> RateLimiter {
    RateLimiter::new(name, 10, SECOND).burst(1).max_wait(SECOND)
}

// ------------------------------------------------------------------------------------ the rate

#[tokio::test(start_paused = true)]
async fn rule_31_a_burst_passes_and_then_the_rate() {
    #[rate_limit("10/s", burst = 3)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ok(1));
    for _ in 0..500 {
        let passed = call(&callee).await;
        assert!(matches!(passed, Ok(1) | Err(RateLimited)), "{passed:?}");
        advance(ms(10)).await;
    }
    let expected: Vec<u128> = [0, 10, 20]
        .into_iter()
        .chain((1..50).map(|call| call * 100))
        .collect();
    assert_eq!(callee.starts(), expected);
}

#[tokio::test(start_paused = true)]
async fn rule_31_without_burst_it_is_the_calls_of_a_period() {
    let limiter = RateLimiter::new("rate-default-burst", 7, SECOND);
    assert_eq!(limiter.available(), 7);
    assert_eq!(pass_at_once(&limiter).await, 7);
    assert_eq!(limiter.available(), 0);
}

#[tokio::test(start_paused = true)]
async fn rule_31_after_an_idle_hour_at_most_a_burst_passes() {
    let limiter = RateLimiter::new("rate-idle", 100, SECOND).burst(10);
    assert_eq!(pass_at_once(&limiter).await, 10);
    advance(ms(HOUR)).await;
    assert_eq!(pass_at_once(&limiter).await, 10);
    // Nor before its first call.
    let unused = RateLimiter::new("rate-unused", 100, SECOND).burst(10);
    advance(ms(HOUR)).await;
    assert_eq!(pass_at_once(&unused).await, 10);
}

/// Of rates that no whole number of nanoseconds is the inverse of, too. Each millisecond all come who
/// may, so the burst is two or more where a turn is between two of them.
#[tokio::test(start_paused = true)]
async fn rule_31_over_many_periods_the_rate_is_exact() {
    for (calls, burst) in [(1, 1), (3, 2), (7, 3), (9, 9), (64, 5), (77, 100)] {
        let limiter = RateLimiter::new("rate-exact", calls, ms(100)).burst(burst);
        let mut passed = pass_at_once(&limiter).await;
        assert_eq!(passed, burst as usize);
        for period in 1..=300 {
            for _ in 0..100 {
                advance(ms(1)).await;
                passed += pass_at_once(&limiter).await;
            }
            assert_eq!(
                passed,
                (burst + period * calls) as usize,
                "{calls} in 100 ms, after {period} periods"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_31_retry_after_is_exact() {
    for calls in [1, 3, 7, 100, 1_000, 1_024] {
        let limiter = RateLimiter::new("rate-retry-after", calls, SECOND);
        pass_at_once(&limiter).await;
        for _ in 0..50 {
            let (after, tick) = (retry_after(&limiter).await, Duration::from_nanos(1));
            advance(after.saturating_sub(tick)).await;
            assert_eq!(retry_after(&limiter).await, tick);
            advance(tick).await;
            assert_eq!(waited(&limiter).await, (true, ms(0)), "{calls} a second");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_31_rejected_calls_use_nothing_up_and_run_nothing() {
    let limiter = RateLimiter::new("rate-rejected", 10, SECOND).burst(1);
    let callee = Callee::always(ok(1));
    assert!(limiter.call(callee.call()).await.is_ok());
    for _ in 0..1_000 {
        assert_eq!(retry_after(&limiter).await, ms(100));
        rejection(limiter.call(callee.call()).await);
    }
    advance(ms(100)).await;
    assert!(limiter.call(callee.call()).await.is_ok());
    assert_eq!(callee.starts(), [0, 100]);
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_call_that_passed_is_counted_however_it_ends() {
    let limiter = RateLimiter::new("rate-counted", 10, SECOND).burst(3);
    assert!(
        limiter
            .call(async { Err::<(), _>(Failed(1)) })
            .await
            .is_err()
    );
    drop(started(limiter.call(forever())).await);
    assert_eq!(limiter.available(), 1);
    drop(limiter.call(done()));
    assert_eq!(
        limiter.available(),
        1,
        "one that was never polled has not passed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rejection_says_who_and_when() {
    let limiter = RateLimiter::new("rate-text", 1, SECOND);
    pass_at_once(&limiter).await;
    advance(ms(300)).await;
    let rejected = rejection(limiter.call(done()).await);
    assert_eq!(
        rejected.to_string(),
        "rate-text is over its rate; next call in 700ms"
    );
    assert_eq!(
        (rejected.policy(), rejected.name(), rejected.retry_after()),
        ("rate_limit", "rate-text", Some(ms(700)))
    );
}

// ---------------------------------------------------------------------------------- the waiters

#[tokio::test(start_paused = true)]
async fn rule_31_waiters_have_the_exact_rate() {
    for (calls, burst) in [(1, 1), (3, 1), (7, 1), (9, 4), (77, 1)] {
        let limiter = RateLimiter::new("rate-waiters", calls, ms(100))
            .burst(burst)
            .max_wait(ms(HOUR));
        let start = Instant::now();
        let call = async || {
            limiter.call(done()).await.expect("it has an hour");
            start.elapsed()
        };
        let all = (0..burst + 30 * calls).map(|_| call());
        let last = join_all(all).await.pop().expect("there are some");
        assert_eq!(last, ms(3_000), "{calls} in 100 ms");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_call_waits_for_its_turn_and_no_longer() {
    #[rate_limit("10/s", burst = 1, max_wait = "250ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ok(1));
    let calls = join_all((0..5).map(|_| async { (call(&callee).await, callee.age()) }));
    assert_eq!(
        calls.await,
        [
            (Ok(1), 0),
            (Ok(1), 100),
            (Ok(1), 200),
            (Err(RateLimited), 0),
            (Err(RateLimited), 0)
        ],
        "who would wait too long is told at once"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_wait_of_exactly_max_wait_is_waited() {
    let limiter = RateLimiter::new("rate-exactly", 10, SECOND)
        .burst(1)
        .max_wait(ms(100));
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    assert_eq!(waited(&limiter).await, (true, ms(100)));
    let both = tokio::join!(waited(&limiter), waited(&limiter));
    assert_eq!(both, ((true, ms(100)), (false, ms(0))));
}

#[tokio::test(start_paused = true)]
async fn rule_31_who_is_refused_behind_a_line_is_told_when_it_would_pass() {
    let limiter = RateLimiter::new("rate-behind", 10, SECOND)
        .burst(1)
        .max_wait(ms(200));
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let line = [
        started(limiter.call(done())).await,
        started(limiter.call(done())).await,
    ];
    assert_eq!(limiter.waiting(), 2);
    assert_eq!(retry_after(&limiter).await, ms(300));
    let later = async {
        sleep(ms(300)).await;
        waited(&limiter).await
    };
    let (line, later) = tokio::join!(join_all(line), later);
    assert!(line.iter().all(Result::is_ok));
    assert_eq!(later, (true, ms(0)));
}

#[tokio::test(start_paused = true)]
async fn rule_31_first_come_first_served() {
    let limiter = patient("rate-fifo");
    let served = RefCell::new(Vec::new());
    let call = |number| {
        let served = &served;
        limiter.call(async move {
            served.borrow_mut().push(number);
            Ok::<_, Fault>(())
        })
    };
    assert!(call(0).await.is_ok());
    let mut line = Vec::new();
    for number in 1..6 {
        line.push(started(call(number)).await);
    }
    line.reverse();
    assert!(join_all(line).await.iter().all(Result::is_ok));
    assert_eq!(*served.borrow(), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_newcomer_does_not_overtake_who_waits() {
    let limiter = patient("rate-newcomer");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let mut waiter = started(limiter.call(done())).await;
    advance(ms(100)).await;
    // Its turn has come, and its task has not been here yet.
    let newcomer = started(limiter.call(done())).await;
    assert!(matches!(poll!(&mut waiter), std::task::Poll::Ready(Ok(()))));
    let start = Instant::now();
    assert!(newcomer.await.is_ok());
    assert_eq!(start.elapsed(), ms(100));
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_dropped_waiter_gives_back_and_those_behind_move_up() {
    let limiter = patient("rate-gives-back");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let first = started(limiter.call(done())).await;
    let second = started(waited(&limiter)).await;
    drop(first);
    assert_eq!(second.await, (true, ms(100)));

    let limiter = patient("rate-moves-up");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let calls = async |leaves: u64| {
        let start = Instant::now();
        let call = limiter.call(done());
        tokio::time::timeout(ms(leaves), call)
            .await
            .ok()
            .map(|passed| {
                assert!(passed.is_ok());
                start.elapsed()
            })
    };
    // Two of them leave: one at the front, one in the middle.
    let all = tokio::join!(calls(50), calls(HOUR), calls(30), calls(HOUR), calls(HOUR));
    assert_eq!(
        all,
        (None, Some(ms(100)), None, Some(ms(200)), Some(ms(300)))
    );
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_turn_that_has_come_is_given_back_too() {
    let limiter = patient("rate-given");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let first = started(limiter.call(done())).await;
    let second = started(limiter.call(done())).await;
    advance(ms(100)).await;
    drop(first);
    assert!(second.now_or_never().is_some_and(|outcome| outcome.is_ok()));
    assert_eq!(waited(&limiter).await, (true, ms(100)));
}

#[tokio::test(start_paused = true)]
async fn rule_31_what_is_given_back_late_is_not_saved_up() {
    let limiter = RateLimiter::new("rate-late", 10, SECOND)
        .burst(3)
        .max_wait(SECOND);
    assert!(
        join_all((0..3).map(|_| limiter.call(done())))
            .await
            .iter()
            .all(Result::is_ok)
    );
    let absent = started(limiter.call(done())).await;
    advance(ms(HOUR)).await;
    assert_eq!(limiter.available(), 3);
    let mut passed = Vec::new();
    for _ in 0..2 {
        passed.push(limiter.call(done()).now_or_never().is_some());
    }
    drop(absent);
    while limiter.call(done()).now_or_never().is_some() {
        passed.push(true);
    }
    assert_eq!(passed, [true; 3]);
}

#[tokio::test(start_paused = true)]
async fn rule_31_one_who_never_comes_keeps_nobody_waiting() {
    let limiter = patient("rate-absent");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let absent = started(limiter.call(done())).await;
    assert_eq!(waited(&limiter).await, (true, ms(200)));
    assert_eq!(waited(&limiter).await, (true, ms(100)));
    assert!(absent.now_or_never().is_some(), "its turn was long ago");
    assert_eq!(limiter.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn rule_31_a_waiter_that_has_moved_to_another_task_is_woken_there() {
    static LIMITER: RateLimiter = RateLimiter::new("rate-moved", 10, SECOND)
        .burst(1)
        .max_wait(SECOND);
    assert_eq!(waited(&LIMITER).await, (true, ms(0)));
    let first = started(LIMITER.call(done())).await;
    let second = started(LIMITER.call(done())).await;
    let start = Instant::now();
    let moved = tokio::spawn(async move { (second.await.is_ok(), start.elapsed()) });
    tokio::task::yield_now().await;
    drop(first);
    assert_eq!(moved.await.unwrap(), (true, ms(100)));
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_told_by_an_event() {
    let limiter = patient("rate-told");
    let ((), events) = testing::record(async {
        assert_eq!(waited(&limiter).await, (true, ms(0)));
        assert_eq!(waited(&limiter).await, (true, ms(100)));
        let refused = limiter.call(done());
        rejection(deadline::scope(Instant::now(), refused).await);
    })
    .await;
    let told: Vec<_> = events
        .iter()
        .filter(|event| {
            event
                .name()
                .is_some_and(|name| name.as_str() == "rate-told")
        })
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "rate-told: its turn came after 100ms",
            "rejected: rate-told is over its rate; next call in 100ms"
        ]
    );
}

// --------------------------------------------------------------------------------- the deadline

#[tokio::test(start_paused = true)]
async fn rule_18_a_wait_that_cannot_fit_in_the_deadline_is_refused_at_once() {
    let limiter = patient("rate-deadline");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    for (left, passes) in [(0, false), (99, false), (100, false), (101, true)] {
        let start = Instant::now();
        let call = deadline::scope(start + ms(left), limiter.call(done()));
        let outcome = call.await;
        if passes {
            assert_eq!(
                (outcome.is_ok(), start.elapsed()),
                (true, ms(100)),
                "{left}"
            );
        } else {
            assert_eq!(rejection(outcome).retry_after(), Some(ms(100)), "{left}");
            assert_eq!(start.elapsed(), ms(0), "{left}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_18_under_a_timeout_of_the_same_stack_as_well() {
    #[timeout("80ms")]
    #[rate_limit("10/s", burst = 1, max_wait = "1s")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    static LIMIT: Timeout = Timeout::new(ms(150));
    let callee = Callee::new([ok(1), hangs()]);
    assert_eq!(call(&callee).await, Ok(1));
    assert_eq!(call(&callee).await, Err(RateLimited));
    assert_eq!(callee.age(), 0);
    // What fits is waited, and counts against the timeout.
    sleep(ms(50)).await;
    assert_eq!(call(&callee).await, Err(TimedOut(80)));
    assert_eq!(callee.age(), 130);

    let limiter = patient("rate-two-timeouts");
    assert_eq!(waited(&limiter).await, (true, ms(0)));
    let outer = deadline::scope(
        Instant::now() + ms(90),
        LIMIT.around(limiter.around(body(done()))),
    );
    assert!(matches!(
        outer.await,
        Err(Failure::Rejected(Rejected::RateLimited { .. }))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_need_not_wait_passes_at_its_deadline() {
    let limiter = patient("rate-at-the-deadline");
    let call = deadline::scope(Instant::now(), limiter.call(done()));
    assert!(call.await.is_ok());
}

// -------------------------------------------------------------------------------------- in a stack

#[tokio::test(start_paused = true)]
async fn a_retry_over_it_waits_at_least_its_retry_after() {
    #[retry(max = 2, delay = "1ms", on(rate_limited))]
    #[rate_limit("10/s", burst = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 2, delay = "1ms")]
    #[rate_limit("10/s", burst = 1)]
    async fn told(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ok(1));
    assert_eq!(call(&callee).await, Ok(1));
    assert_eq!(call(&callee).await, Ok(1));
    assert_eq!(callee.starts(), [0, 100]);
    assert_eq!(told(&callee).await, Ok(1));
    assert_eq!(
        told(&callee).await,
        Err(RateLimited),
        "unless told otherwise"
    );
}

#[tokio::test(start_paused = true)]
async fn every_attempt_beneath_a_retry_is_counted() {
    #[retry(max = 3, backoff = "none")]
    #[rate_limit(LIMITER)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    static LIMITER: RateLimiter = RateLimiter::new("rate-attempts", 10, SECOND).burst(3);
    let callee = Callee::new([fails(1), fails(2), ok(3)]);
    assert_eq!(call(&callee).await, Ok(3));
    assert_eq!(LIMITER.available(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_for_it_alone() {
    #[fallback(value = 7, on(rate_limited))]
    #[rate_limit("1/m")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(fails(1));
    assert_eq!(call(&callee).await, Err(Failed(1)));
    assert_eq!(call(&callee).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn the_turn_of_a_call_beneath_a_full_bulkhead_is_not_spent() {
    let bulkhead = Bulkhead::new("rate-bulkhead", 1);
    let limiter = RateLimiter::new("rate-bulkhead", 2, SECOND);
    let call = || bulkhead.around(limiter.around(body(forever())));
    let _held = started(call()).await;
    rejection(call().await);
    assert_eq!(limiter.available(), 1);
}

// -------------------------------------------------------------------------------- whose it is

#[tokio::test(start_paused = true)]
async fn without_a_name_it_is_private_to_the_function() {
    struct Orders;
    struct Users;

    impl Orders {
        #[rate_limit("1/s")]
        async fn get() -> Result<(), Fault> {
            Ok(())
        }
    }

    impl Users {
        #[rate_limit("1/s")]
        async fn get() -> Result<(), Fault> {
            Ok(())
        }
    }

    assert_eq!((Orders::get().await, Users::get().await), (Ok(()), Ok(())));
    let both = (Orders::get().await, Users::get().await);
    assert_eq!(both, (Err(RateLimited), Err(RateLimited)));
    let name = concat!(module_path!(), "::get");
    assert!(
        registry::rate_limiter(name).is_none(),
        "it is nobody else's"
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_refers_to_the_one_that_is_declared_elsewhere() {
    #[rate_limit("2/s", name = "rate-shared")]
    async fn declares() -> Result<u32, Fault> {
        Ok(1)
    }

    #[rate_limit(name = "rate-shared")]
    async fn refers() -> Result<&'static str, Fault> {
        Ok("")
    }

    assert!(refers().await.is_ok() && declares().await.is_ok());
    assert_eq!(refers().await, Err(RateLimited));
    assert_eq!(declares().await, Err(RateLimited));
    let limiter = registry::rate_limiter("rate-shared").expect("declared above");
    assert_eq!((limiter.name(), limiter.available()), ("rate-shared", 0));
    assert!(registry::rate_limiter("rate-sharde").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_instance_stands_in_the_place_of_a_rate() {
    struct Client {
        limiter: RateLimiter,
        shared: Arc<RateLimiter>,
    }

    impl Client {
        #[rate_limit(self.limiter)]
        async fn by_field(&self) -> Result<(), Fault> {
            Ok(())
        }

        #[rate_limit(self.shared)]
        async fn by_arc(&self) -> Result<(), Fault> {
            Ok(())
        }
    }

    #[rate_limit(LIMITER)]
    async fn by_static() -> Result<(), Fault> {
        Ok(())
    }

    #[rate_limit(name = "rate-static")]
    async fn by_name() -> Result<(), Fault> {
        Ok(())
    }

    static LIMITER: RateLimiter = RateLimiter::new("rate-static", 1, SECOND);

    assert_eq!(
        (by_name().await, by_static().await),
        (Ok(()), Err(RateLimited))
    );
    let client = Client {
        limiter: RateLimiter::new("rate-field", 1, SECOND),
        shared: Arc::new(RateLimiter::new("rate-arc", 1, SECOND).named(format!("rate-{}", 7))),
    };
    assert_eq!(client.by_field().await, Ok(()));
    assert_eq!(client.by_field().await, Err(RateLimited));
    assert_eq!(client.by_arc().await, Ok(()));
    assert_eq!(client.by_arc().await, Err(RateLimited));
    assert_eq!(rejection(client.shared.call(done()).await).name(), "rate-7");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_declared_nowhere_admits_all() {
    #[rate_limit(name = "rate-nowhere")]
    async fn call() -> Result<(), Fault> {
        Ok(())
    }

    let calls = join_all((0..1_000).map(|_| call()));
    let (results, events) = testing::record(calls).await;
    assert!(results.iter().all(Result::is_ok));
    let told = events
        .iter()
        .filter(|event| event.to_string().contains("rate-nowhere"))
        .count();
    assert_eq!(told, 1);
    let conflicts = registry::verify().unwrap_err().to_string();
    assert!(
        conflicts.lines().any(|line| {
            line.starts_with("rate_limit `rate-nowhere` is declared nowhere")
                && line.contains("write its rate there")
        }),
        "{conflicts}"
    );
}

#[tokio::test(start_paused = true)]
async fn two_declarations_that_differ_are_found_before_any_call() {
    #[rate_limit("10/s", name = "rate-differs")]
    async fn first() -> Result<(), Fault> {
        Ok(())
    }

    #[rate_limit("10/s", name = "rate-differs", burst = 5)]
    async fn second() -> Result<(), Fault> {
        Ok(())
    }

    #[rate_limit("600/m", name = "rate-agrees", burst = 10)]
    async fn third() -> Result<(), Fault> {
        Ok(())
    }

    #[rate_limit("600/1m", name = "rate-agrees", burst = 10)]
    async fn fourth() -> Result<(), Fault> {
        Ok(())
    }

    let conflicts = registry::verify().unwrap_err();
    let of = |name| {
        conflicts
            .iter()
            .filter(|conflict| conflict.name() == name)
            .count()
    };
    assert_eq!((of("rate-differs"), of("rate-agrees")), (1, 0));
    let _ = (first().await, second().await, third().await, fourth().await);
}

// -------------------------------------------------------------------------------------- threads

/// Tasks on two threads come, wait, and are dropped while they wait: none is lost, and the rate holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_31_no_turn_is_lost_or_given_twice_among_threads() {
    static LIMITER: RateLimiter = RateLimiter::new("rate-threads", 200_000, SECOND)
        .burst(10)
        .max_wait(ms(HOUR));
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let start = Instant::now();
    let call = || {
        tokio::spawn(LIMITER.call(async {
            PASSED.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Fault>(())
        }))
    };
    let (aborted, kept): (Vec<_>, Vec<_>) = (0..2_000).map(|_| (call(), call())).unzip();
    for task in aborted {
        task.abort();
        task.await.ok();
    }
    for task in kept {
        assert!(task.await.unwrap().is_ok());
    }
    assert_eq!(LIMITER.waiting(), 0);
    let most = 10 + start.elapsed().as_micros() / 5 + 1;
    assert!(u128::from(PASSED.load(Ordering::Relaxed)) <= most);
}
