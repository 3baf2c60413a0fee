//! The circuit breaker's sense of time: windows that forget, calls that are slow, breaks that grow.

mod support;

use std::time::Duration;

use futures::poll;
use resilient_runtime::{
    CircuitBreaker, CircuitState, Failure, Reason, Rejected, circuit_breaker,
    event::{self, Event},
    registry,
};
use support::{Fault, ms};
use tokio::time::{advance, sleep};

/// One call that takes so long, and ends well or badly.
async fn call(breaker: &CircuitBreaker, takes: Duration, fails: bool) {
    let _ = breaker
        .call(async {
            if !takes.is_zero() {
                sleep(takes).await;
            }
            if fails { Err(Fault::Failed(1)) } else { Ok(()) }
        })
        .await;
}

async fn rejects(breaker: &CircuitBreaker) -> bool {
    let outcome = breaker.call(async { Ok::<_, Fault>(()) }).await;
    matches!(
        outcome,
        Err(Failure::Rejected(Rejected::CircuitOpen { .. }))
    )
}

#[tokio::test(start_paused = true)]
async fn rule_21_a_time_window_forgets_a_record_at_exactly_its_time_plus_the_window() {
    let breaker = CircuitBreaker::new("forgets")
        .window_time(ms(10_000))
        .min_calls(2);
    call(&breaker, Duration::ZERO, true).await;
    advance(ms(9_999)).await;
    assert_eq!(breaker.snapshot().calls, 1);
    advance(ms(1)).await;
    assert_eq!(breaker.snapshot().calls, 0);
    call(&breaker, Duration::ZERO, true).await;
    assert_eq!(
        breaker.state(),
        CircuitState::Closed,
        "the first one is forgotten"
    );
    advance(ms(9_999)).await;
    call(&breaker, Duration::ZERO, true).await;
    assert_eq!(breaker.state(), CircuitState::Open, "and this one is not");
}

#[tokio::test(start_paused = true)]
async fn rule_21_a_time_window_of_many_calls_keeps_its_rate() {
    let breaker = CircuitBreaker::new("many")
        .window_time(ms(1_000))
        .failure_rate(0.5)
        .min_calls(10);
    for at in 0..10_000 {
        call(&breaker, Duration::ZERO, at % 3 == 0).await;
        advance(Duration::from_micros(200)).await;
    }
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.state, CircuitState::Closed);
    let rate = snapshot.failure_rate.unwrap();
    assert!((0.33..0.34).contains(&rate), "{rate}");
    // Never more than the window, and less by no more than a 32nd of it.
    assert!(
        (4_840..=5_000).contains(&snapshot.calls),
        "{}",
        snapshot.calls
    );
}

#[tokio::test(start_paused = true)]
async fn rule_25_the_share_of_slow_calls_opens_the_breaker() {
    let breaker = CircuitBreaker::new("slow")
        .window_calls(4)
        .min_calls(4)
        .slow_call(ms(100), 0.5);
    for takes in [ms(99), ms(100), ms(10)] {
        call(&breaker, takes, false).await;
    }
    assert_eq!(
        breaker.snapshot().slow,
        1,
        "at the line is slow, beneath it is not"
    );
    assert_eq!(breaker.state(), CircuitState::Closed);
    call(&breaker, ms(500), false).await;
    assert_eq!(breaker.state(), CircuitState::Open);
    let text = breaker
        .call(async { Ok::<_, Fault>(()) })
        .await
        .unwrap_err()
        .to_string();
    assert!(
        text.starts_with("slow is open: 2 of the last 4 calls took 100ms or longer (50% ≥ 50%)"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_call_in_flight_is_slow_as_soon_as_it_has_passed_the_line() {
    let breaker = CircuitBreaker::new("hangs")
        .window_calls(3)
        .min_calls(3)
        .slow_call(ms(100), 1.0);
    let hangs = || Box::pin(breaker.call(std::future::pending::<Result<(), Fault>>()));
    let mut calls = [hangs(), hangs(), hangs()];
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    advance(ms(99)).await;
    assert!(!rejects(&breaker).await, "not yet");
    assert_eq!(breaker.snapshot().slow, 0);
    advance(ms(1)).await;
    assert!(
        rejects(&breaker).await,
        "none of them has ended, and it is open"
    );
    assert_eq!(breaker.snapshot().slow, 3);
}

#[tokio::test(start_paused = true)]
async fn rule_25_an_admission_that_sees_too_many_slow_calls_tells_that_it_opens() {
    let breaker = CircuitBreaker::new("sees")
        .min_calls(1)
        .slow_call(ms(100), 1.0);
    let mut slow = Box::pin(call(&breaker, ms(500), false));
    assert!(poll!(&mut slow).is_pending());
    advance(ms(100)).await;
    let mut events = event::subscribe();
    rejects(&breaker).await;
    assert_eq!(breaker.state(), CircuitState::Open);
    let opens = |event: &Event| {
        let is_open = matches!(
            event,
            Event::CircuitTransition {
                to: CircuitState::Open,
                ..
            }
        );
        is_open && event.name().is_some_and(|name| name.as_str() == "sees")
    };
    let told = std::iter::from_fn(|| events.try_recv())
        .filter(opens)
        .count();
    assert_eq!(told, 1);
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_slow_call_is_recorded_once_and_its_end_completes_the_record() {
    let breaker = CircuitBreaker::new("once")
        .window_calls(10)
        .min_calls(10)
        .slow_call(ms(100), 1.0);
    let mut slow = [true, false].map(|fails| Box::pin(call(&breaker, ms(300), fails)));
    for call in &mut slow {
        assert!(poll!(call).is_pending());
    }
    advance(ms(150)).await;
    assert!(!rejects(&breaker).await);
    let tally = |breaker: &CircuitBreaker| {
        let snapshot = breaker.snapshot();
        (snapshot.calls, snapshot.slow, snapshot.failures)
    };
    assert_eq!(
        tally(&breaker),
        (3, 2, 0),
        "two slow ones, and the call that looked"
    );
    for call in slow {
        call.await;
    }
    assert_eq!(tally(&breaker), (3, 2, 1), "one of the two has failed");
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_slow_call_that_is_dropped_stays_a_slow_one_that_did_not_fail() {
    let breaker = CircuitBreaker::new("dropped")
        .window_calls(10)
        .min_calls(10)
        .slow_call(ms(100), 1.0);
    let mut slow = Box::pin(call(&breaker, ms(300), true));
    assert!(poll!(&mut slow).is_pending());
    advance(ms(150)).await;
    assert!(!rejects(&breaker).await);
    drop(slow);
    let snapshot = breaker.snapshot();
    assert_eq!(
        (snapshot.calls, snapshot.slow, snapshot.failures),
        (2, 1, 0)
    );
    // And one that had not passed the line leaves nothing.
    let mut quick = Box::pin(call(&breaker, ms(300), true));
    assert!(poll!(&mut quick).is_pending());
    drop(quick);
    advance(ms(150)).await;
    assert!(!rejects(&breaker).await);
    assert_eq!(breaker.snapshot().slow, 1);
}

#[tokio::test(start_paused = true)]
async fn rule_21_the_end_of_a_slow_call_is_judged_by_what_the_window_still_holds() {
    let breaker = CircuitBreaker::new("still-holds")
        .window_time(ms(10_000))
        .min_calls(2)
        .slow_call(ms(100), 1.0);
    for _ in 0..2 {
        call(&breaker, Duration::ZERO, false).await;
    }
    advance(ms(5_000)).await;
    let mut slow = Box::pin(call(&breaker, ms(5_000), false));
    assert!(poll!(&mut slow).is_pending());
    advance(ms(100)).await;
    call(&breaker, Duration::ZERO, true).await;
    assert_eq!(breaker.snapshot().slow, 1, "recorded, and not ended");
    assert_eq!(breaker.state(), CircuitState::Closed, "1 of 4 has failed");
    slow.await;
    assert_eq!(breaker.state(), CircuitState::Open, "1 of 2 has failed");
}

#[tokio::test(start_paused = true)]
async fn rule_21_a_success_is_judged_when_those_before_it_are_forgotten() {
    let breaker = CircuitBreaker::new("fades")
        .window_time(ms(10_000))
        .failure_rate(0.5)
        .min_calls(2);
    for _ in 0..50 {
        call(&breaker, Duration::ZERO, false).await;
    }
    advance(ms(1_000)).await;
    for fails in [true, true, true, false, false] {
        call(&breaker, Duration::ZERO, fails).await;
    }
    advance(ms(8_999)).await;
    call(&breaker, Duration::ZERO, false).await;
    assert_eq!(breaker.state(), CircuitState::Closed, "3 of 56 have failed");
    advance(ms(1)).await;
    assert_eq!(breaker.state(), CircuitState::Closed, "nobody has called");
    call(&breaker, Duration::ZERO, false).await;
    assert_eq!(breaker.state(), CircuitState::Closed, "3 of 7");
    // And with one success less it is half of them.
    breaker.reset();
    for _ in 0..50 {
        call(&breaker, Duration::ZERO, false).await;
    }
    advance(ms(1_000)).await;
    for fails in [true, true, true, false] {
        call(&breaker, Duration::ZERO, fails).await;
    }
    advance(ms(8_999)).await;
    call(&breaker, Duration::ZERO, false).await;
    assert_eq!(breaker.state(), CircuitState::Closed, "3 of 55 have failed");
    advance(ms(1)).await;
    call(&breaker, Duration::ZERO, false).await;
    assert_eq!(breaker.state(), CircuitState::Open, "3 of 6 have failed");
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_probe_that_passes_the_line_is_a_failure() {
    let breaker = CircuitBreaker::new("probe")
        .consecutive_failures(1)
        .half_open_calls(2)
        .break_duration(ms(1_000))
        .slow_call(ms(100), 1.0);
    call(&breaker, Duration::ZERO, true).await;
    advance(ms(1_000)).await;
    let mut probe = Box::pin(call(&breaker, ms(500), false));
    assert!(poll!(&mut probe).is_pending());
    assert_eq!(breaker.state(), CircuitState::HalfOpen);
    advance(ms(100)).await;
    assert!(rejects(&breaker).await, "it did not have to end for that");
    assert_eq!(breaker.state(), CircuitState::Open);
    assert!(
        breaker
            .snapshot()
            .reason
            .unwrap()
            .to_string()
            .contains("a probe took 100ms or longer")
    );
    drop(probe);
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_probe_that_ends_past_the_line_says_that_it_took_too_long() {
    let breaker = CircuitBreaker::new("late")
        .consecutive_failures(1)
        .half_open_calls(1)
        .break_duration(ms(1_000))
        .slow_call(ms(100), 1.0);
    call(&breaker, Duration::ZERO, true).await;
    advance(ms(1_000)).await;
    // Nobody else asks while it runs.
    call(&breaker, ms(100), false).await;
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.state, CircuitState::Open);
    assert!(
        matches!(snapshot.reason, Some(Reason::ProbeSlow { line, .. }) if line == ms(100)),
        "{snapshot:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn each_reopening_multiplies_the_break_up_to_the_longest() {
    let breaker = CircuitBreaker::new("grows")
        .consecutive_failures(1)
        .half_open_calls(1)
        .break_duration(ms(1_000))
        .break_backoff(2.0)
        .max_break_duration(ms(5_000));
    call(&breaker, Duration::ZERO, true).await;
    for length in [1_000, 2_000, 4_000, 5_000, 5_000] {
        assert_eq!(breaker.snapshot().retry_after, Some(ms(length)));
        advance(ms(length - 1)).await;
        assert!(rejects(&breaker).await);
        advance(ms(1)).await;
        call(&breaker, Duration::ZERO, true).await; // the probe
    }
    advance(ms(5_000)).await;
    call(&breaker, Duration::ZERO, false).await;
    assert_eq!(breaker.state(), CircuitState::Closed);
    call(&breaker, Duration::ZERO, true).await;
    assert_eq!(
        breaker.snapshot().retry_after,
        Some(ms(1_000)),
        "closing begins anew"
    );
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_the_attribute_are_the_settings_of_their_names() {
    #[circuit_breaker(
        name = "keys-of-time",
        window = "10s",
        min_calls = 2,
        slow_call = "100ms",
        slow_call_rate = "50%",
        break_duration = "1s",
        break_backoff = 3.0,
        max_break_duration = "2s",
        half_open_calls = 1
    )]
    async fn call(takes: u64) -> Result<(), Fault> {
        sleep(ms(takes)).await;
        Ok(())
    }

    let breaker = registry::circuit_breaker("keys-of-time").unwrap();
    assert_eq!(call(100).await, Ok(()));
    advance(ms(10_000)).await;
    assert_eq!(call(1).await, Ok(()));
    assert_eq!(
        breaker.state(),
        CircuitState::Closed,
        "the slow one is forgotten"
    );
    assert_eq!(call(100).await, Ok(()));
    assert_eq!(breaker.snapshot().retry_after, Some(ms(1_000)));
    advance(ms(1_000)).await;
    assert_eq!(call(100).await, Ok(()), "a probe that is too slow");
    assert_eq!(breaker.snapshot().retry_after, Some(ms(2_000)));
}
