//! Rules 8 to 13: how often, when and what `#[retry]` calls again.

mod support;

use std::{cell::RefCell, time::Duration};

use futures::FutureExt;
use resilient_runtime::{
    Retry, RetryEvent, body, circuit_breaker, deadline, retry, testing, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed, Permanent, Throttled, TimedOut},
    HOUR, ends, fails, hangs, ms, ok,
};
use tokio::time::Instant;

/// One test a line: the attempts on a callee that always fails at once start at these milliseconds, and the last one is
/// not followed by a sleep.
macro_rules! attempts_start_at {
    ($($rule:ident: #[retry($($keys:tt)*)] => $starts:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            #[retry($($keys)*)]
            async fn call(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            let callee = Callee::failing();
            let starts = $starts;
            assert_eq!(call(&callee).await, Err(Failed(starts.len().try_into().unwrap())));
            assert_eq!(callee.starts(), starts);
            assert_eq!(Some(callee.age()), starts.last().copied());
        }
    )*};
}

const TWICE: u32 = 2;
const DELAY: Duration = ms(40);

fn tens(attempt: u32) -> Duration {
    ms(10) * attempt
}

fn forever(_attempt: u32) -> Duration {
    Duration::MAX
}

attempts_start_at! {
    defaults_are_three_retries_doubling_from_100_ms: #[retry()] => [0, 100, 300, 700];
    max_is_the_number_of_retries: #[retry(max = 1)] => [0, 100];
    max_may_be_a_constant: #[retry(max = TWICE, delay = DELAY)] => [0, 40, 120];
    rule_13_exponential: #[retry(max = 4, backoff = "exponential", delay = "10ms")] => [0, 10, 30, 70, 150];
    rule_13_exponential_by_factor: #[retry(delay = "10ms", factor = 3.0)] => [0, 10, 40, 130];
    rule_13_exponential_by_factor_one: #[retry(delay = "10ms", factor = 1.0)] => [0, 10, 20, 30];
    rule_13_linear: #[retry(max = 4, backoff = "linear", delay = "10ms")] => [0, 10, 30, 60, 100];
    rule_13_constant: #[retry(backoff = "constant", delay = "10ms")] => [0, 10, 20, 30];
    rule_13_fibonacci: #[retry(max = 6, backoff = "fibonacci", delay = "10ms")] => [0, 10, 20, 40, 70, 120, 200];
    rule_9_no_jitter: #[retry(jitter = "none")] => [0, 100, 300, 700];
    rule_13_none: #[retry(backoff = "none")] => [0, 0, 0, 0];
    rule_13_by_a_function_of_the_attempt: #[retry(backoff = tens)] => [0, 10, 30, 60];
    rule_9_no_delay_is_over_max_delay: #[retry(max = 4, delay = "10ms", max_delay = "25ms")] => [0, 10, 30, 55, 80];
    rule_9_nor_is_one_by_a_function: #[retry(backoff = forever, max_delay = "50ms")] => [0, 50, 100, 150];
    the_default_delay_is_not_over_a_written_max_delay: #[retry(max_delay = "20ms")] => [0, 20, 40, 60];
    the_default_max_delay_is_not_under_a_written_delay: #[retry(delay = "20s")] => [0, 20_000, 40_000, 60_000];
    the_default_max_delay_is_10_s: #[retry(delay = "4s")] => [0, 4_000, 12_000, 22_000];
    rule_8_exponential_saturates: #[retry(max = 4, delay = "1ms", factor = 1e300)] => [0, 1, 10_001, 20_001, 30_001];
    rule_8_linear_saturates: #[retry(backoff = "linear", delay = FAR, max_delay = FAR)] => [0, FAR_MS, 2 * FAR_MS, 3 * FAR_MS];
}

const FAR: Duration = ms(24 * HOUR);
const FAR_MS: u128 = FAR.as_millis();

#[tokio::test(start_paused = true)]
async fn max_may_depend_on_generics() {
    struct Client<const N: u32>;

    impl<const N: u32> Client<N> {
        const RETRIES: u32 = N + 1;

        #[retry(max = const { Self::RETRIES }, backoff = "none")]
        async fn call(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    #[retry(max = const { N }, delay = "10ms")]
    async fn call<const N: u32>(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call::<1>(&Callee::failing()).await, Err(Failed(2)));
    assert_eq!(call::<4>(&Callee::failing()).await, Err(Failed(5)));
    assert_eq!(Client::<2>::call(&Callee::failing()).await, Err(Failed(4)));
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_it() {
    #[retry(delay = "10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), fails(2).after(5), ok(3)]);
    assert_eq!(call(&callee).await, Ok(3));
    assert_eq!(
        callee.starts(),
        [0, 10, 35],
        "delays count from the end of an attempt"
    );
    assert_eq!(callee.most(), 1);
}

// ---------------------------------------------------------------------------------------- rule 8

#[tokio::test(start_paused = true)]
async fn rule_8_no_backoff_overflows_in_a_hundred_retries() {
    #[retry(max = 100, delay = "1ms", max_delay = "5ms")]
    async fn exponential(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 100, backoff = "fibonacci", delay = "1ms", max_delay = "5ms")]
    async fn fibonacci(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 100, backoff = "decorrelated", delay = "1ms", max_delay = "5ms")]
    async fn decorrelated(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(exponential(&callee).await, Err(Failed(101)));
    assert_eq!(callee.age(), 1 + 2 + 4 + 97 * 5);

    let callee = Callee::failing();
    assert_eq!(fibonacci(&callee).await, Err(Failed(101)));
    assert_eq!(callee.age(), 1 + 1 + 2 + 3 + 96 * 5);

    assert_eq!(decorrelated(&Callee::failing()).await, Err(Failed(101)));
}

/// One test a line: a delay at the end of all time is computed without overflow, and fits into no deadline.
macro_rules! no_delay_overflows {
    ($($rule:ident: #[retry($($keys:tt)*)];)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            #[retry($($keys)*, delay = Duration::MAX)]
            async fn call(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            let callee = Callee::failing();
            let outcome = deadline::scope(Instant::now() + ms(HOUR), call(&callee)).await;
            assert_eq!((outcome, callee.age()), (Err(Failed(1)), 0));
        }
    )*};
}

no_delay_overflows! {
    rule_8_the_longest_exponential_delay: #[retry(backoff = "exp", factor = 1e300)];
    rule_8_the_longest_linear_delay: #[retry(backoff = "linear")];
    rule_8_the_longest_constant_delay: #[retry(backoff = "constant")];
    rule_8_the_longest_fibonacci_delay: #[retry(backoff = "fibonacci")];
    rule_8_the_longest_decorrelated_delay: #[retry(backoff = "decorrelated")];
    rule_8_the_longest_delay_with_equal_jitter: #[retry(jitter = "equal")];
    rule_8_the_longest_delay_with_a_ratio_of_jitter: #[retry(jitter = "100%")];
}

// ---------------------------------------------------------------------------------- rule 9: jitter

thread_local! {
    static DELAYS: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

fn note(event: &RetryEvent<'_, Fault>) {
    DELAYS.with_borrow_mut(|delays| delays.push(event.delay));
}

/// One test a line: two thousand delays lie in the range, fill it evenly, and do not heap up at its ends.
macro_rules! delays_fill {
    ($($rule:ident: #[retry($($keys:tt)*)] => $low:literal..=$high:literal;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            #[retry(max = 100, backoff = "constant", on_retry = note, $($keys)*)]
            async fn call(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            for _ in 0..20 {
                assert!(call(&Callee::failing()).await.is_err());
            }
            fills(&DELAYS.take(), ms($low), ms($high));
        }
    )*};
}

fn fills(delays: &[Duration], low: Duration, high: Duration) {
    const BINS: usize = 5;
    assert_eq!(delays.len(), 2000);
    let mut bins = [0; BINS];
    for delay in delays {
        assert!(
            (low..=high).contains(delay),
            "{delay:?} is not within {low:?}..={high:?}"
        );
        let range = high.abs_diff(low).as_nanos() + 1;
        let place = delay.abs_diff(low).as_nanos() * BINS as u128 / range;
        bins[usize::try_from(place).unwrap()] += 1;
    }
    // A fair sample of 2000 leaves 400 ± 100 only once in 10⁷ runs.
    assert!(
        bins.iter().all(|bin| (300..=500).contains(bin)),
        "uneven: {bins:?}"
    );
    let at_an_end = delays
        .iter()
        .filter(|delay| [low, high].contains(delay))
        .count();
    assert!(
        at_an_end <= 100,
        "{at_an_end} delays are exactly {low:?} or {high:?}"
    );
}

delays_fill! {
    rule_9_full_jitter: #[retry(delay = "100ms", jitter = "full")] => 0..=100;
    rule_9_the_bare_word_is_full_jitter: #[retry(delay = "100ms", jitter)] => 0..=100;
    rule_9_equal_jitter: #[retry(delay = "100ms", jitter = "equal")] => 50..=100;
    rule_9_a_ratio_of_jitter: #[retry(delay = "100ms", jitter = "25%")] => 75..=125;
    rule_9_a_ratio_of_jitter_as_a_number: #[retry(delay = "100ms", jitter = 0.25)] => 75..=125;
    rule_9_a_ratio_of_jitter_within_max_delay: #[retry(delay = "100ms", max_delay = "100ms", jitter = "25%")] => 75..=100;
    rule_9_a_ratio_of_jitter_partly_within_max_delay: #[retry(delay = "100ms", max_delay = "110ms", jitter = "25%")] => 75..=110;
}

#[tokio::test(start_paused = true)]
async fn a_seed_repeats_a_run_exactly() {
    #[retry(max = 100, backoff = "linear", delay = "100ms", jitter, on_retry = note)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let run = async |seed| {
        testing::seed_jitter(seed);
        assert!(call(&Callee::failing()).await.is_err());
        DELAYS.take()
    };
    let (first, again, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!((first.len(), &first), (100, &again));
    assert_ne!(first, other);
}

#[tokio::test(start_paused = true)]
async fn rule_13_decorrelated_grows_from_the_delay_before() {
    #[retry(
        max = 100,
        backoff = "decorrelated",
        delay = "10ms",
        max_delay = "500ms",
        on_retry = note
    )]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    // Where each delay lies in the range that the one before has left it, as a part of a millisecond.
    let mut places = Vec::new();
    let (delay, max_delay) = (ms(10), ms(500));
    for _ in 0..20 {
        assert!(call(&Callee::failing()).await.is_err());
        let mut before = delay;
        for next in DELAYS.take() {
            let most = max_delay.min(3 * before);
            assert!((delay..=most).contains(&next), "{next:?} after {before:?}");
            let place = next.abs_diff(delay).div_duration_f64(most.abs_diff(delay));
            places.push(place * 1e-3);
            before = next;
        }
    }
    let places: Vec<_> = places.into_iter().map(Duration::from_secs_f64).collect();
    fills(&places, ms(0), ms(1));
}

// --------------------------------------------------------------------------------- rules 10 and 11

/// Outside of a runtime a timer would panic.
#[test]
fn rule_10_a_zero_delay_makes_no_timer_call() {
    #[retry(max = 5, backoff = "none")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(
        call(&Callee::failing()).now_or_never(),
        Some(Err(Failed(6)))
    );
}

#[test]
fn rule_10_nor_does_one_that_the_server_asked_for() {
    #[retry(max = 5, delay_from = |_| Some(Duration::ZERO))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(
        call(&Callee::failing()).now_or_never(),
        Some(Err(Failed(6)))
    );
}

#[retry(max = 5, backoff = "constant", delay = "100ms", max_duration = "300ms")]
async fn for_300_ms(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_delay_that_would_pass_max_duration_is_not_slept() {
    let callee = Callee::new([fails(1).after(20), fails(2).after(90)]);
    assert_eq!(for_300_ms(&callee).await, Err(Failed(2)));
    assert_eq!(
        callee.age(),
        210,
        "100 ms do not fit into the 90 that are left"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_11_nor_is_one_that_just_fills_it() {
    let callee = Callee::failing();
    assert_eq!(for_300_ms(&callee).await, Err(Failed(3)));
    assert_eq!(callee.starts(), [0, 100, 200]);
    assert_eq!(callee.age(), 200);
}

/// Timers fire at whole milliseconds: 1.2 ms are over after 2.
#[tokio::test(start_paused = true)]
async fn rule_11_nor_is_one_whose_timer_fires_too_late() {
    #[retry(backoff = "constant", delay = "1200us", max_duration = "1500us")]
    async fn limited(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(max = 9, backoff = "constant", delay = "1200us")]
    async fn inherited(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(limited(&callee).await, Err(Failed(1)));
    let within = Instant::now() + Duration::from_micros(3_500);
    let outcome = deadline::scope(within, inherited(&callee)).await;
    assert_eq!(outcome, Err(Failed(3)));
    assert_eq!(callee.starts(), [0, 0, 2]);
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_delay_that_would_pass_the_outer_timeout_is_not_slept() {
    #[timeout("300ms")]
    #[retry(max = 2, backoff = "constant", delay = "100ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(20), fails(2).after(90)]);
    assert_eq!(call(&callee).await, Err(Failed(2)));
    assert_eq!(callee.age(), 210);
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_delay_that_would_pass_an_inherited_deadline_is_not_slept() {
    #[retry(max = 5, backoff = "constant", delay = "100ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    for (left, age) in [(201, 200), (200, 100), (199, 100)] {
        let callee = Callee::failing();
        let outcome = deadline::scope(Instant::now() + ms(left), call(&callee)).await;
        assert!(outcome.is_err());
        assert_eq!(callee.age(), age, "with {left} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_11_no_attempt_starts_after_the_deadline() {
    #[retry(max = 5, backoff = "none")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new((1..).map(|number| fails(number).after(30)));
    let outcome = deadline::scope(Instant::now() + ms(50), call(&callee)).await;
    assert_eq!((outcome, callee.age()), (Err(Failed(2)), 60));
}

// ----------------------------------------------------------------------------------------- hooks

#[tokio::test(start_paused = true)]
async fn when_decides_which_errors_are_retried() {
    #[retry(max = 5, backoff = "none", when = |error| matches!(error, Failed(1..=2)))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::failing()).await, Err(Failed(3)));
}

#[tokio::test(start_paused = true)]
async fn when_ok_retries_a_success_and_returns_the_last_one_as_it_is() {
    #[retry(max = 2, delay = "10ms", when_ok = |value| *value < 10)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1), ok(20)]);
    assert_eq!(call(&callee).await, Ok(20));
    assert_eq!(callee.starts(), [0, 10]);

    let callee = Callee::new([ok(1), fails(2), ok(3)]);
    assert_eq!(call(&callee).await, Ok(3));
    assert_eq!(callee.starts(), [0, 10, 30]);
}

#[tokio::test(start_paused = true)]
async fn delay_from_wins_over_the_backoff_shorter_or_longer() {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "hooks are called with references"
    )]
    fn asked(error: &Fault) -> Option<Duration> {
        match error {
            Failed(1) => Some(ms(3)),
            Failed(2) => Some(ms(500)),
            _ => None,
        }
    }

    #[retry(backoff = "constant", delay = "100ms", max_delay = "500ms", delay_from = asked)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert!(call(&callee).await.is_err());
    assert_eq!(callee.starts(), [0, 3, 503, 603]);
}

#[tokio::test(start_paused = true)]
async fn rule_9_a_server_that_asks_for_more_than_max_delay_is_not_called_again() {
    #[retry(delay = "10ms", max_delay = "50ms", delay_from = |_| Some(ms(51)))]
    async fn asked(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[retry(delay = "10ms", max_delay = "50ms")]
    async fn throttled(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    assert_eq!(asked(&callee).await, Err(Failed(1)));
    assert_eq!(callee.age(), 0);

    let callee = Callee::always(ends(Err(Throttled(51))));
    assert_eq!(throttled(&callee).await, Err(Throttled(51)));
    assert_eq!((callee.calls(), callee.age()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn on_retry_sees_attempt_delay_and_error_before_the_sleep() {
    thread_local! {
        static EVENTS: RefCell<Vec<(u32, Duration, Fault, Instant)>> =
            const { RefCell::new(Vec::new()) };
    }

    fn see(event: &RetryEvent<'_, Fault>) {
        let seen = (event.attempt, event.delay, *event.error, Instant::now());
        EVENTS.with_borrow_mut(|events| events.push(seen));
    }

    #[retry(max = 2, delay = "10ms", on_retry = see)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let start = Instant::now();
    assert_eq!(call(&Callee::failing()).await, Err(Failed(3)));
    let first = (1, ms(10), Failed(1), start);
    let second = (2, ms(20), Failed(2), start + ms(10));
    assert_eq!(
        EVENTS.take(),
        [first, second],
        "and none when nothing is retried"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_7_a_hook_that_panics_unwinds_like_the_body() {
    #[retry(when = |_| panic!("the hook"))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::failing();
    let panic = std::panic::AssertUnwindSafe(call(&callee))
        .catch_unwind()
        .await
        .unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the hook"));
}

// -------------------------------------------------------------------------------------- on(..)

#[tokio::test(start_paused = true)]
async fn on_timeout_alone_retries_no_error() {
    #[retry(backoff = "none", on(timeout))]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([hangs(), fails(2)]);
    assert_eq!(call(&callee).await, Err(Failed(2)));
}

#[tokio::test(start_paused = true)]
async fn on_error_alone_never_repeats_a_call_that_may_still_be_running() {
    #[retry(backoff = "none", on(error))]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), hangs()]);
    assert_eq!(call(&callee).await, Err(TimedOut(10)));
}

#[tokio::test(start_paused = true)]
async fn on_circuit_open_waits_at_least_until_the_breaker_will_probe() {
    #[retry(delay = "1ms", on(error, circuit_open))]
    #[circuit_breaker(name = "retry-on", consecutive_failures = 1, break_duration = "50ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), ok(2)]);
    assert_eq!(call(&callee).await, Ok(2));
    assert_eq!(callee.starts(), [0, 50]);
}

#[tokio::test(start_paused = true)]
async fn on_error_follows_the_class() {
    #[retry(backoff = "none", on(error))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ends(Err(Permanent)));
    assert_eq!(call(&callee).await, Err(Permanent));
    assert_eq!(callee.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_default_delay_leaves_time_within_max_duration() {
    static RETRY: Retry = Retry::new(3).max_duration(ms(50));
    let started = Instant::now();
    let mut calls = 0;
    let outcome = RETRY
        .run(|| {
            calls += 1;
            body(std::future::ready(if calls == 1 {
                Err(Fault::Failed(1))
            } else {
                Ok(())
            }))
        })
        .await;
    assert_eq!((outcome, calls), (Ok(()), 2));
    assert_eq!(started.elapsed(), ms(25));
}

#[tokio::test(start_paused = true)]
async fn clone_keeps_the_future_send_for_arguments_that_are_not_sync() {
    #[retry(max = 2, backoff = "none", clone(count))]
    async fn counts(count: std::cell::Cell<u32>, callee: Callee) -> Result<u32, Fault> {
        count.set(count.get() + 1);
        callee.call().await?;
        Ok(count.get())
    }

    let callee = Callee::new([fails(1), ok(1), ok(2)]);
    let call = tokio::spawn(counts(std::cell::Cell::new(0), callee));
    assert_eq!(call.await.unwrap(), Ok(1), "fresh for each attempt");
}

#[test]
fn a_future_under_retry_is_send_whatever_its_error_is() {
    #[retry(max = 1)]
    async fn call() -> Result<u32, Box<dyn std::error::Error>> {
        tokio::task::yield_now().await;
        Err("no".into())
    }

    fn is_send<T: Send>(_: &T) {}
    is_send(&call());
}

#[tokio::test(start_paused = true)]
async fn rule_29_by_hand_an_attempt_is_gone_before_the_sleep() {
    static RETRY: Retry = Retry::new(1).constant(ms(100));
    let held = std::sync::Arc::new(());
    let attempt = || {
        let holds = held.clone();
        body(std::future::poll_fn(move |_| {
            let _ = &holds;
            std::task::Poll::Ready(Err::<(), _>(Fault::Failed(1)))
        }))
    };
    let mut call = Box::pin(RETRY.run(attempt));
    assert!(futures::poll!(&mut call).is_pending(), "it sleeps");
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn by_hand_the_class_outlives_what_comes_after_the_body() {
    static RETRY: Retry = Retry::new(3).no_delay();
    let mut calls = 0;
    let outcome = RETRY
        .run(|| {
            calls += 1;
            async {
                let failed = async { Err::<(), _>(Permanent) };
                let outcome = body(failed)
                    .classify(resilient_runtime::Classify::class)
                    .await;
                tokio::task::yield_now().await;
                outcome
            }
        })
        .await;
    assert_eq!(
        (
            outcome.map_err(resilient_runtime::Failure::into_error),
            calls
        ),
        (Err(Permanent), 1)
    );
}
