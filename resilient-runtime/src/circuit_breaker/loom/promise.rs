//! Promises that are withdrawn while a success relies on them, in every order of the steps of both.

use super::*;

/// With a window of 32 breaks, so that its slots are one break long.
fn of_time(settings: Settings) -> Arc<Breaker> {
    Breaker::new(settings.window_time(32 * BREAK))
}

fn ends(breaker: &Breaker, verdict: Verdict, now: Instant) {
    let leave = breaker.enter(now).unwrap();
    breaker.exit_watched(leave, None, verdict, now);
}

#[test]
fn rule_20_the_success_that_makes_them_enough_is_judged_whenever_it_comes() {
    ::loom::model(|| {
        // 1 of 3 is enough, once there are three. After the first nothing but successes is known, and they
        // may be held back; after a failure they may not, as one of them can open it.
        let breaker = of_time(Settings::new().min_calls(3).failure_rate(0.3));
        let now = Instant::now();
        ends(&breaker, Verdict::Success, now);
        at_once(
            &breaker,
            move |breaker| ends(breaker, Verdict::Success, now),
            move |breaker| ends(breaker, Verdict::Failure, now),
        );
        assert_eq!(breaker.state(), CircuitState::Open);
    });
}

#[test]
fn rule_21_a_success_never_relies_on_a_promise_that_was_made_before_the_one_it_is_held_by() {
    ::loom::model(|| {
        let breaker = of_time(Settings::new().min_calls(2).failure_rate(0.33));
        let start = Instant::now();
        // Two that are forgotten at 32, and one in a slot that ends at 32.5.
        for _ in 0..2 {
            ends(&breaker, Verdict::Success, start);
        }
        let late = start + 63 * BREAK / 2;
        ends(&breaker, Verdict::Success, late);
        // As long as there are only successes, others may be held back until the slot ends. With a failure
        // among them they may be until the first are forgotten.
        let has_failed = Arc::new(AtomicBool::new(false));
        let failed = Arc::clone(&has_failed);
        at_once(
            &breaker,
            move |breaker| {
                ends(breaker, Verdict::Failure, late);
                failed.store(true, Ordering::Relaxed);
            },
            move |breaker| {
                if has_failed.load(Ordering::Relaxed) {
                    ends(breaker, Verdict::Success, start + 32 * BREAK);
                    let state = breaker.gate.peek(Machine::state);
                    assert_eq!(state, CircuitState::Open, "1 of 3 has failed");
                }
            },
        );
    });
}
