//! Rules 20 to 27: when a breaker opens, whom it lets through, and when it closes again. (Windows of time and slow
//! calls have files of their own.)

mod support;

use std::{thread, time::Duration};

use futures::FutureExt;
use resilient_runtime::{
    CircuitBreaker,
    CircuitState::{Closed, ForcedClosed, ForcedOpen, HalfOpen, Open},
    Timeout, body, circuit_breaker, deadline, registry, retry,
};
use support::{
    Callee,
    Fault::{self, CircuitOpen, Failed},
    done, ends, fails, forever, ms, ok, probe_due, record, rejection, started,
};
use tokio::{
    runtime::Handle,
    sync::oneshot,
    time::{Instant, advance, sleep_until},
};

const BREAK: u64 = 1_000;

/// After this long the place of a probe is given out again.
const LEASE: Duration = ms(BREAK + 1);

/// A breaker that one failure opens, for a second.
const fn fragile(name: &'static str) -> CircuitBreaker {
    CircuitBreaker::new(name)
        .consecutive_failures(1)
        .break_duration(ms(BREAK))
}

/// A call whose end is in the test's hands.
fn pending_call() -> (
    oneshot::Sender<bool>,
    impl Future<Output = Result<(), Fault>>,
) {
    let (end, ended) = oneshot::channel();
    let call = async move {
        if ended.await.unwrap() {
            Ok(())
        } else {
            Err(Failed(0))
        }
    };
    (end, call)
}

/// One test a line: the breaker opens by the last of these calls, and by no earlier one.
macro_rules! opens_at_the_last_of {
    ($($rule:ident: $(.$setting:ident($value:expr))* => $calls:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            let breaker = CircuitBreaker::new(stringify!($rule))$(.$setting($value))*;
            let calls = String::from($calls);
            let (before, last) = calls.split_at(calls.len() - 1);
            record(&breaker, before).await;
            assert_eq!(breaker.state(), Closed, "before the last");
            record(&breaker, last).await;
            assert_eq!(breaker.state(), Open);
        }
    )*};
}

/// One test a line: none of these calls opens the breaker.
macro_rules! stays_closed {
    ($($rule:ident: $(.$setting:ident($value:expr))* => $calls:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            let breaker = CircuitBreaker::new(stringify!($rule))$(.$setting($value))*;
            record(&breaker, &String::from($calls)).await;
            assert_eq!(breaker.state(), Closed);
        }
    )*};
}

// ---------------------------------------------------------------------------------------- rule 20

opens_at_the_last_of! {
    rule_20_the_verdict_is_looked_at_after_a_success_too: .window_calls(4).min_calls(4) => "fffs";
    rule_20_a_rate_equal_to_the_threshold_opens: .window_calls(4).min_calls(4) => "sffs";
    rule_20_no_verdict_before_min_calls: .window_calls(10).min_calls(6) => "ffffff";
    rule_20_the_default_is_half_of_twenty: => "f".repeat(20);
    rule_20_min_calls_is_the_window_when_that_is_smaller: .window_calls(5) => "fffff";
    rule_20_the_window_forgets_old_successes: .window_calls(4).min_calls(4) => "ssssssssff";
    rule_20_the_window_slides: .window_calls(4).min_calls(4).failure_rate(0.75) => "ffssfff";
    rule_20_the_window_keeps_its_hundredth: .failure_rate(1.0).window_calls(100) => "s".to_owned() + &"f".repeat(100);
    rule_20_ignored_calls_are_not_in_the_window: .window_calls(4).min_calls(4) => "fiiiifiiiisiiiis";
    rule_20_a_run_of_failures: .consecutive_failures(3) => "ffsffsfff";
    rule_20_a_run_trips_whatever_min_calls: .consecutive_failures(3).failure_rate(1.0).min_calls(50) => "sfff";
    rule_20_or_the_rate_trips: .consecutive_failures(5).failure_rate(0.5).min_calls(6) => "fsfsfs";
    rule_20_an_ignored_call_does_not_break_a_run: .consecutive_failures(3) => "ffif";
}

stays_closed! {
    rule_20_a_rate_under_the_threshold: .window_calls(4).min_calls(4) => "fsss".repeat(50);
    rule_20_the_window_forgets_old_failures: .window_calls(4).min_calls(4).failure_rate(0.75) => "ffssssff";
    rule_20_a_run_alone_asks_no_rate: .consecutive_failures(3) => "ffs".repeat(50);
    rule_20_successes: => "s".repeat(500);
}

/// 10.4 divided by 100 is more than 0.104, and then 13 of 125 would not be enough.
#[tokio::test(start_paused = true)]
async fn rule_20_a_rate_in_percent_opens_at_exactly_that_share() {
    #[circuit_breaker(
        name = "percent",
        failure_rate = "10.4%",
        window = 125,
        min_calls = 125
    )]
    async fn call(works: bool) -> Result<(), Fault> {
        if works { Ok(()) } else { Err(Failed(0)) }
    }
    let breaker = registry::circuit_breaker("percent").unwrap();
    for nth in 0..124 {
        let _ = call(nth >= 13).await;
        assert_eq!(breaker.state(), Closed);
    }
    call(true).await.unwrap();
    assert_eq!(breaker.state(), Open, "13 of 125 are 10.4%");
}

/// 10 of 20 must open, and 5 of 15 must not, wherever the successes were counted.
#[tokio::test(start_paused = true)]
async fn rule_20_what_threads_hold_back_is_gathered_before_a_verdict() {
    let runtime = Handle::current();
    let elsewhere = |breaker: &CircuitBreaker, calls: &str| {
        thread::scope(|scope| {
            scope.spawn(|| {
                let _clock = runtime.enter();
                record(breaker, calls).now_or_never().unwrap();
            });
        });
    };

    let half = CircuitBreaker::new("circuit-half")
        .window_calls(20)
        .min_calls(20);
    elsewhere(&half, "ssssssssss");
    record(&half, "ffffffffff").await;
    assert_eq!(half.state(), Open);

    let third = CircuitBreaker::new("circuit-third")
        .window_calls(20)
        .min_calls(5);
    elsewhere(&third, "ssssssssss");
    record(&third, "fffff").await;
    assert_eq!(third.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_20_snapshot_shows_the_window() {
    let breaker = CircuitBreaker::new("circuit-shown")
        .window_calls(10)
        .min_calls(4);
    record(&breaker, "ssf").await;
    let early = breaker.snapshot();
    assert_eq!((early.state, early.calls, early.failures), (Closed, 3, 1));
    assert_eq!(early.failure_rate, None, "no rate before min_calls");

    record(&breaker, "s").await;
    assert_eq!(breaker.snapshot().failure_rate, Some(0.25));
}

// ---------------------------------------------------------------------------------------- rule 22

#[tokio::test(start_paused = true)]
async fn rule_22_open_rejects_until_exactly_break_duration() {
    let breaker = fragile("circuit-exactly");
    record(&breaker, "f").await;
    let opened = Instant::now();
    for left in [BREAK, BREAK - 400, 1] {
        sleep_until(opened + ms(BREAK - left)).await;
        assert_eq!(
            rejection(breaker.call(done()).await).retry_after(),
            Some(ms(left))
        );
        assert_eq!(breaker.snapshot().retry_after, Some(ms(left)));
    }
    advance(ms(1)).await;
    assert!(breaker.call(done()).await.is_ok());
    assert_eq!(breaker.state(), HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn rule_22_reading_the_state_moves_nothing() {
    let breaker = fragile("circuit-read");
    record(&breaker, "f").await;
    assert!(!breaker.snapshot().probe_due);
    advance(ms(BREAK + 500)).await;
    for _ in 0..3 {
        assert_eq!(breaker.state(), Open);
        let seen = breaker.snapshot();
        assert_eq!((seen.state, seen.probe_due), (Open, true));
    }
}

#[tokio::test(start_paused = true)]
async fn rule_22_the_defaults_are_thirty_seconds_and_three_probes() {
    let breaker = CircuitBreaker::new("circuit-defaults");
    record(&breaker, &"f".repeat(20)).await;
    advance(ms(29_999)).await;
    rejection(breaker.call(done()).await);
    advance(ms(1)).await;
    record(&breaker, "ss").await;
    assert_eq!(breaker.state(), HalfOpen);
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_22_half_open_admits_half_open_calls_probes_in_all() {
    let breaker = fragile("circuit-in-all").half_open_calls(3);
    probe_due(&breaker).await;

    let first = started(breaker.call(forever())).await;
    record(&breaker, "s").await;
    let third = started(breaker.call(forever())).await;
    let refused = rejection(breaker.call(done()).await);
    assert!(refused.retry_after().is_some(), "a success keeps its place");
    assert_eq!(breaker.state(), HalfOpen);

    drop(first);
    record(&breaker, "i").await;
    record(&breaker, "s").await;
    rejection(breaker.call(done()).await);
    drop(third);
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_22_an_expired_probe_gives_its_place_back_and_a_timed_out_one_opens_it_again() {
    let breaker = fragile("circuit-expired").half_open_calls(1);
    let limit = Timeout::new(ms(50));
    probe_due(&breaker).await;

    let impatient = breaker.around(limit.around(body(forever())));
    rejection(deadline::scope(Instant::now() + ms(10), impatient).await);
    assert_eq!(breaker.state(), HalfOpen);
    rejection(breaker.around(limit.around(body(forever()))).await);
    assert_eq!(breaker.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn rule_22_probes_come_at_once_if_they_come_at_once() {
    let breaker = fragile("circuit-at-once").half_open_calls(3);
    probe_due(&breaker).await;
    let (mut ends, mut probes) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (end, call) = pending_call();
        ends.push(end);
        probes.push(started(breaker.call(call)).await);
    }
    rejection(breaker.call(done()).await);

    for (end, probe) in ends.into_iter().zip(probes) {
        assert_eq!(breaker.state(), HalfOpen);
        end.send(true).unwrap();
        assert!(probe.await.is_ok());
    }
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_22_the_first_failed_probe_opens_it_again_for_a_whole_break() {
    let breaker = fragile("circuit-again").half_open_calls(3);
    probe_due(&breaker).await;
    record(&breaker, "ssf").await;
    assert_eq!(breaker.state(), Open);
    assert_eq!(breaker.snapshot().retry_after, Some(ms(BREAK)));
    rejection(breaker.call(done()).await);

    advance(ms(BREAK)).await;
    record(&breaker, "ss").await;
    assert_eq!(
        breaker.state(),
        HalfOpen,
        "successes of the last half-open are forgotten"
    );
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_22_the_new_window_starts_empty() {
    let breaker = CircuitBreaker::new("circuit-empty")
        .window_calls(4)
        .half_open_calls(2);
    record(&breaker, "ssff").await;
    advance(ms(30_000)).await;
    record(&breaker, "ss").await;
    let seen = breaker.snapshot();
    assert_eq!((seen.state, seen.calls, seen.failures), (Closed, 0, 0));
    record(&breaker, "fff").await;
    assert_eq!(breaker.state(), Closed, "three of min_calls = 4");
}

// ---------------------------------------------------------------------------------------- rule 23

#[tokio::test(start_paused = true)]
async fn rule_23_a_result_from_before_neither_closes_nor_opens_nor_counts() {
    for success in [true, false] {
        let breaker = fragile("circuit-stale").half_open_calls(1);
        let mut late = Vec::new();
        for _ in 0..3 {
            let (end, call) = pending_call();
            late.push((end, started(breaker.call(call)).await));
        }
        let mut one_ends = async || {
            let (end, call) = late.pop().unwrap();
            end.send(success).unwrap();
            assert_eq!(call.await.is_ok(), success);
        };

        record(&breaker, "f").await;
        one_ends().await;
        assert_eq!(breaker.state(), Open);

        advance(ms(BREAK)).await;
        let (end, call) = pending_call();
        let probe = started(breaker.call(call)).await;
        one_ends().await;
        assert_eq!(
            breaker.state(),
            HalfOpen,
            "{success}: the probe is still in flight"
        );

        end.send(true).unwrap();
        assert!(probe.await.is_ok());
        one_ends().await;
        let seen = breaker.snapshot();
        assert_eq!((seen.state, seen.calls), (Closed, 0), "{success}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_23_a_probe_of_an_earlier_half_open_does_not_close_a_later_one() {
    let breaker = fragile("circuit-two-halves").half_open_calls(2);
    probe_due(&breaker).await;
    let (end, call) = pending_call();
    let stale = started(breaker.call(call)).await;
    record(&breaker, "f").await;

    advance(ms(BREAK)).await;
    record(&breaker, "s").await;
    end.send(true).unwrap();
    assert!(stale.await.is_ok());
    assert_eq!(
        breaker.state(),
        HalfOpen,
        "one success of its own, and one that is stale"
    );
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_23_a_stale_drop_gives_no_place_back() {
    let breaker = fragile("circuit-stale-drop").half_open_calls(1);
    let stale = started(breaker.call(forever())).await;
    probe_due(&breaker).await;
    let _probe = started(breaker.call(forever())).await;
    drop(stale);
    rejection(breaker.call(done()).await);
}

// ---------------------------------------------------------------------------------------- rule 24

#[tokio::test(start_paused = true)]
async fn rule_24_a_hung_probe_loses_its_place_after_break_duration() {
    let breaker = fragile("circuit-hung").half_open_calls(1);
    probe_due(&breaker).await;
    let mut hung = vec![started(breaker.call(forever())).await];
    for _ in 0..10 {
        advance(ms(BREAK - 1)).await;
        rejection(breaker.call(done()).await);
        advance(ms(2)).await;
        hung.push(started(breaker.call(forever())).await);
        rejection(breaker.call(done()).await);
    }
    advance(LEASE).await;
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_24_at_most_half_open_calls_new_probes_in_a_break_duration() {
    let breaker = fragile("circuit-leases").half_open_calls(3);
    probe_due(&breaker).await;
    let mut hung = Vec::new();
    for _ in 0..4 {
        for _ in 0..3 {
            hung.push(started(breaker.call(forever())).await);
        }
        rejection(breaker.call(done()).await);
        advance(LEASE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_24_a_callee_three_times_as_slow_as_the_break_can_close_it() {
    let breaker = fragile("circuit-slow").half_open_calls(2);
    probe_due(&breaker).await;
    let callee = Callee::always(ok(1).after(3 * BREAK));
    let first = started(breaker.call(callee.call())).await;
    let second = started(breaker.call(callee.call())).await;
    assert!(first.await.is_ok());
    assert!(second.await.is_ok());
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_24_nor_do_other_probes_keep_the_slow_one_from_closing_it() {
    let breaker = fragile("circuit-slow-among").half_open_calls(1);
    probe_due(&breaker).await;
    let (end, call) = pending_call();
    let slow = started(breaker.call(call)).await;
    let mut hung = Vec::new();
    for _ in 0..3 {
        advance(LEASE).await;
        hung.push(started(breaker.call(forever())).await);
    }
    end.send(true).unwrap();
    assert!(slow.await.is_ok());
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_24_the_late_failure_of_a_probe_opens_it_again() {
    let breaker = fragile("circuit-late-failure").half_open_calls(1);
    probe_due(&breaker).await;
    let (end, call) = pending_call();
    let slow = started(breaker.call(call)).await;
    advance(ms(2 * BREAK)).await;
    end.send(false).unwrap();
    assert!(slow.await.is_err());
    assert_eq!(breaker.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn rule_24_no_sequence_of_lost_hung_or_ignored_probes_can_stick_it() {
    let breaker = fragile("circuit-lost").half_open_calls(1);
    probe_due(&breaker).await;
    let mut hung = Vec::new();
    for _ in 0..30 {
        drop(started(breaker.call(forever())).await);
        record(&breaker, "i").await;
        hung.push(started(breaker.call(forever())).await);
        advance(LEASE).await;
    }
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

// ---------------------------------------------------------------------------------------- rule 26

#[tokio::test(start_paused = true)]
async fn rule_26_forced_open_rejects_whatever_time_and_results_say() {
    let breaker = fragile("circuit-forced-open");
    let (end, call) = pending_call();
    let before = started(breaker.call(call)).await;
    breaker.force_open();
    for _ in 0..3 {
        assert_eq!(breaker.state(), ForcedOpen);
        rejection(breaker.call(done()).await);
        advance(ms(2 * BREAK)).await;
    }
    end.send(true).unwrap();
    assert!(before.await.is_ok());
    assert_eq!(breaker.state(), ForcedOpen);

    breaker.auto();
    let _probe = started(breaker.call(forever())).await;
    assert_eq!(breaker.state(), HalfOpen, "the next call is a probe");
}

#[tokio::test(start_paused = true)]
async fn rule_26_forced_closed_admits_all_and_records_nothing() {
    let breaker = fragile("circuit-forced-closed");
    record(&breaker, "f").await;
    breaker.force_closed();
    let (end, call) = pending_call();
    let forced = started(breaker.call(call)).await;
    record(&breaker, &"f".repeat(100)).await;
    assert_eq!(breaker.state(), ForcedClosed);

    breaker.auto();
    let seen = breaker.snapshot();
    assert_eq!((seen.state, seen.calls, seen.failures), (Closed, 0, 0));
    end.send(false).unwrap();
    assert!(forced.await.is_err());
    assert_eq!(
        breaker.state(),
        Closed,
        "what was admitted by force is not recorded"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_26_reset_is_closed_and_empty() {
    let breaker = CircuitBreaker::new("circuit-reset")
        .window_calls(4)
        .min_calls(2);
    let unforced: fn(&CircuitBreaker) = |_| ();
    for force in [
        unforced,
        CircuitBreaker::force_open,
        CircuitBreaker::force_closed,
    ] {
        force(&breaker);
        breaker.reset();
        let seen = breaker.snapshot();
        assert_eq!((seen.state, seen.calls, seen.failures), (Closed, 0, 0));
        record(&breaker, "ff").await;
        assert_eq!(breaker.state(), Open);
    }
    breaker.reset();
    record(&breaker, "f").await;
    breaker.reset();
    record(&breaker, "f").await;
    assert_eq!(
        breaker.state(),
        Closed,
        "two of min_calls = 2, but for the reset in between"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_26_snapshot_says_why_and_since_when() {
    let breaker = CircuitBreaker::new("circuit-why").window_calls(4);
    assert!(breaker.snapshot().reason.is_none());
    advance(ms(70)).await;
    record(&breaker, "ffff").await;
    advance(ms(30)).await;
    let seen = breaker.snapshot();
    assert_eq!(seen.since.elapsed(), ms(30));
    let why = seen.reason.expect("a reason to be open").to_string();
    let text = rejection(breaker.call(done()).await).to_string();
    assert!(text.contains(&why), "{text:?} without {why:?}");
}

// ---------------------------------------------------------------------------------------- rule 27

#[tokio::test(start_paused = true)]
async fn rule_27_rejections_leave_nothing_behind() {
    let breaker = fragile("circuit-rejects").half_open_calls(1);
    record(&breaker, "f").await;
    for _ in 0..10_000 {
        assert!(breaker.call(forever()).await.is_err());
    }
    let seen = breaker.snapshot();
    assert_eq!(
        (seen.state, seen.retry_after, seen.rejected),
        (Open, Some(ms(BREAK)), 10_000)
    );
    advance(ms(BREAK)).await;
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_27_a_call_is_rejected_once_whatever_the_reason() {
    let fragile = || fragile("circuit-why-not").half_open_calls(1);
    let (probed, half_open) = (fragile(), fragile());
    record(&probed, "f").await;
    record(&half_open, "f").await;
    advance(ms(BREAK)).await;
    record(&probed, "f").await;
    let _probe = started(half_open.call(forever())).await;

    let rate = CircuitBreaker::new("circuit-rate").window_calls(1);
    record(&rate, "f").await;
    let slow = CircuitBreaker::new("circuit-slow").min_calls(1);
    let slow = slow.slow_call(ms(1), 0.5);
    let of_slow = slow.call(async {
        sleep_until(Instant::now() + ms(1)).await;
        Ok::<_, Fault>(())
    });
    of_slow.await.unwrap();
    let run = fragile();
    record(&run, "f").await;
    let forced = fragile();
    forced.force_open();
    for (breaker, why) in [
        (&rate, "1 of the last 1 calls failed"),
        (&slow, "1 of the last 1 calls took 1ms or longer"),
        (&run, "the last call failed"),
        (&probed, "a probe failed"),
        (&half_open, "its probe is under way"),
        (&forced, "forced by an operator"),
    ] {
        for rejected in 1..=3 {
            let text = rejection(breaker.call(done()).await).to_string();
            assert!(text.contains(why), "{text:?} without {why:?}");
            assert_eq!(breaker.snapshot().rejected, rejected, "{why}");
        }
    }
}

// --------------------------------------------------------------------------------- the attribute

#[tokio::test(start_paused = true)]
async fn an_open_breaker_does_not_run_the_body() {
    #[circuit_breaker(name = "circuit-body", consecutive_failures = 1, break_duration = "1s")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), ok(2)]);
    assert_eq!(call(&callee).await, Err(Failed(1)));
    assert_eq!(call(&callee).await, Err(CircuitOpen));
    advance(ms(1_000)).await;
    assert_eq!(call(&callee).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn failure_when_decides_which_errors_are_failures() {
    #[circuit_breaker(
        name = "circuit-when",
        consecutive_failures = 2,
        failure_when = |error| matches!(error, Failed(10..))
    )]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([
        fails(1),
        fails(2),
        fails(10),
        fails(3),
        fails(11),
        fails(12),
    ]);
    for _ in 0..6 {
        assert!(matches!(call(&callee).await, Err(Failed(_))));
    }
    assert_eq!(
        call(&callee).await,
        Err(CircuitOpen),
        "3 was no failure, and ended the run"
    );
}

#[tokio::test(start_paused = true)]
async fn failure_when_ok_decides_which_values_are_failures() {
    #[circuit_breaker(
        name = "circuit-when-ok",
        consecutive_failures = 2,
        failure_when_ok = |value| *value >= 500
    )]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(500), ok(200), ok(503), ok(500)]);
    for value in [500, 200, 503, 500] {
        assert_eq!(
            call(&callee).await,
            Ok(value),
            "the value is returned as it is"
        );
    }
    assert_eq!(call(&callee).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn each_key_is_the_setting_of_its_name() {
    const TWO: u32 = 2;

    #[retry(max = 10, backoff = "none")]
    #[circuit_breaker(
        name = "circuit-keys",
        failure_rate = "75%",
        window = 4,
        min_calls = 4,
        break_duration = "2s",
        half_open_calls = TWO
    )]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([
        ok(0),
        fails(1),
        fails(2),
        fails(3),
        ok(4),
        ok(5),
        fails(6),
        ok(7),
    ]);
    assert_eq!(call(&callee).await, Ok(0));
    assert_eq!(
        call(&callee).await,
        Err(CircuitOpen),
        "three failures of four calls"
    );
    advance(ms(2_000)).await;
    assert_eq!(call(&callee).await, Ok(4));
    assert_eq!(call(&callee).await, Ok(5));
    assert_eq!(
        call(&callee).await,
        Ok(7),
        "closed again: one failure is only one"
    );
    assert_eq!(callee.calls(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_name_refers_to_the_one_that_is_declared_elsewhere() {
    #[circuit_breaker(name = "circuit-shared", consecutive_failures = 1)]
    async fn declares(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[circuit_breaker(name = "circuit-shared")]
    async fn refers(callee: &Callee) -> Result<String, Fault> {
        callee.call().await.map(|value| value.to_string())
    }

    let callee = Callee::new([fails(1)]);
    assert_eq!(refers(&callee).await, Err(Failed(1)));
    assert_eq!(declares(&callee).await, Err(CircuitOpen));
    assert_eq!(refers(&callee).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn a_name_refers_to_the_static_that_has_it() {
    static BREAKER: CircuitBreaker = fragile("circuit-static");

    #[circuit_breaker(BREAKER)]
    async fn by_path(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[circuit_breaker(name = "circuit-static")]
    async fn by_name(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1), fails(2)]);
    assert_eq!(by_path(&callee).await, Ok(1));
    assert_eq!(by_name(&callee).await, Err(Failed(2)));
    assert_eq!(by_path(&callee).await, Err(CircuitOpen));
    assert_eq!(BREAKER.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_error_is_a_failure_and_an_answer_is_none() {
    #[circuit_breaker(name = "circuit-class", consecutive_failures = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ends(Err(Fault::Answered)), ends(Err(Fault::Permanent))]);
    assert_eq!(call(&callee).await, Err(Fault::Answered));
    assert_eq!(call(&callee).await, Err(Fault::Permanent));
    assert_eq!(call(&callee).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn rule_7_a_hook_that_panics_is_a_failure_like_a_body_that_panics() {
    let breaker = CircuitBreaker::new("rule-7-hook").consecutive_failures(1);
    let call = breaker
        .call(async { Err::<(), _>(Fault::Failed(1)) })
        .failure_when(|_: &Fault| panic!("the hook"));
    let unwound = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(call)).await;
    assert!(unwound.is_err());
    assert_eq!(breaker.state(), resilient_runtime::CircuitState::Open);
}
