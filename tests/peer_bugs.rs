//! Ways in which breakers and bulkheads elsewhere are known to go wrong, each by the name of its bug.

mod support;

use std::{collections::VecDeque, panic::AssertUnwindSafe, sync::Mutex};

use futures::FutureExt;
use resilient_runtime::{
    Bulkhead, CircuitBreaker,
    CircuitState::{Closed, HalfOpen, Open},
    bulkhead, circuit_breaker, retry,
};
use support::{
    Callee,
    Fault::{self, Failed},
    done, forever, ms, ok, probe_due, record, rejection, started,
};
use tokio::{sync::oneshot, time::advance};

const BREAK: u64 = 1_000;

fn breaker(name: &'static str) -> CircuitBreaker {
    CircuitBreaker::new(name)
        .consecutive_failures(1)
        .break_duration(ms(BREAK))
}

#[tokio::test(start_paused = true)]
async fn stale_success_closes_half_open() {
    let breaker = breaker("peer-stale-success").half_open_calls(2);
    let (ends, stale): (Vec<_>, Vec<_>) = (0..2)
        .map(|_| {
            let (end, ended) = oneshot::channel::<()>();
            let call = async move { ended.await.map_err(|_| Failed(0)) };
            (end, Box::pin(breaker.call(call)))
        })
        .unzip();
    let mut stale: Vec<_> = stale;
    for call in &mut stale {
        assert!(futures::poll!(call).is_pending());
    }
    probe_due(&breaker).await;
    let _probes = [
        started(breaker.call(forever())).await,
        started(breaker.call(forever())).await,
    ];
    for (end, call) in ends.into_iter().zip(stale) {
        end.send(()).unwrap();
        assert!(call.await.is_ok());
    }
    assert_eq!(breaker.state(), HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn unbounded_probes() {
    let breaker = breaker("peer-unbounded-probes").half_open_calls(3);
    probe_due(&breaker).await;
    let mut let_through = Vec::new();
    for _ in 0..100 {
        let mut call = Box::pin(breaker.call(forever()));
        if futures::poll!(call.as_mut()).is_pending() {
            let_through.push(call);
        }
    }
    assert_eq!(let_through.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn cumulative_window() {
    let breaker = CircuitBreaker::new("peer-cumulative")
        .window_calls(10)
        .min_calls(10)
        .failure_rate(0.5);
    // A thousand good calls long ago weigh nothing against five bad ones now.
    record(&breaker, &"s".repeat(1_000)).await;
    record(&breaker, "ffff").await;
    assert_eq!(breaker.state(), Closed);
    record(&breaker, "f").await;
    assert_eq!(breaker.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn half_open_wedged_by_the_expiry_of_its_own_successes() {
    let breaker = breaker("peer-wedged")
        .half_open_calls(3)
        .window_time(ms(10 * BREAK));
    probe_due(&breaker).await;
    // Probes come so rarely that none is left in any window when the next one succeeds.
    for state in [HalfOpen, HalfOpen, Closed] {
        record(&breaker, "s").await;
        assert_eq!(breaker.state(), state);
        advance(ms(100 * BREAK)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn cancelled_probe() {
    let breaker = breaker("peer-cancelled-probe").half_open_calls(1);
    probe_due(&breaker).await;
    for _ in 0..100 {
        drop(started(breaker.call(forever())).await);
    }
    record(&breaker, "s").await;
    assert_eq!(breaker.state(), Closed);
}

/// How a body leaves, by each of the ways there are.
async fn leaves(by: &str) -> Result<u32, Fault> {
    match by {
        "?" => {
            Err(Failed(1))?;
            unreachable!()
        }
        "panic" => panic!("a bug of the body's"),
        "drop" => std::future::pending().await,
        other => unreachable!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn lost_permit_on_question_mark_on_panic_on_drop() {
    static PLACES: Bulkhead = Bulkhead::new("peer-lost-permit", 1);

    #[bulkhead(PLACES)]
    async fn call(by: &str) -> Result<u32, Fault> {
        let value = leaves(by).await?;
        Ok(value)
    }

    for by in ["?", "panic", "drop"].repeat(10) {
        let mut running = Box::pin(AssertUnwindSafe(call(by)).catch_unwind());
        assert_eq!(futures::poll!(running.as_mut()).is_pending(), by == "drop");
        drop(running);
        assert_eq!(PLACES.in_flight(), 0, "left by {by}");
    }
}

#[tokio::test(start_paused = true)]
async fn lost_probe_on_question_mark_on_panic_on_drop() {
    for by in ["?", "panic", "drop"] {
        let breaker = breaker("peer-lost-probe").half_open_calls(1);
        probe_due(&breaker).await;
        let mut probe = Box::pin(AssertUnwindSafe(breaker.call(leaves(by))).catch_unwind());
        let _ = futures::poll!(probe.as_mut());
        drop(probe);
        assert_eq!(breaker.state() == Open, by != "drop", "left by {by}");
        advance(ms(BREAK)).await;
        record(&breaker, "s").await;
        assert_eq!(breaker.state(), Closed, "left by {by}");
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_calls_counted_as_failures() {
    let breaker = CircuitBreaker::new("peer-counts-rejections")
        .window_calls(10)
        .min_calls(1)
        .break_duration(ms(BREAK));
    let full = Bulkhead::new("peer-full", 1);
    let _holder = started(full.call(forever())).await;
    for _ in 0..20 {
        rejection(breaker.around(full.call(done())).await);
    }
    assert_eq!(breaker.state(), Closed, "the rejections of another policy");

    record(&breaker, "f").await;
    let opened = breaker.snapshot();
    for _ in 0..20 {
        rejection(breaker.call(done()).await);
    }
    let later = breaker.snapshot();
    assert_eq!(
        (later.calls, later.failures, later.generation),
        (opened.calls, opened.failures, opened.generation),
        "its own rejections"
    );
    assert_eq!(later.rejected, 20);
}

#[tokio::test(start_paused = true)]
async fn released_permit_to_a_newcomer() {
    let bulkhead = Bulkhead::new("peer-newcomer", 1).max_wait(ms(10_000));
    let holder = started(bulkhead.call(forever())).await;
    let waiter = started(bulkhead.call(done())).await;
    drop(holder);
    let newcomer = started(bulkhead.call(done())).await;
    assert!(waiter.await.is_ok());
    assert!(newcomer.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn errors_that_leave_by_question_mark_or_return_are_not_retried() {
    static WAYS: Mutex<VecDeque<&str>> = Mutex::new(VecDeque::new());

    #[retry(max = 3, backoff = "none")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        let by = WAYS.lock().unwrap().pop_front();
        if by == Some("return") {
            return Err(Failed(1));
        }
        if by == Some("?") {
            Err(Failed(2))?;
        }
        let value = callee.call().await?;
        Ok(value)
    }

    WAYS.lock().unwrap().extend(["?", "return", "?"]);
    assert_eq!(call(&Callee::always(ok(7))).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_leaks_where_the_call_is_rejected_beneath() {
    static OUTER: Bulkhead = Bulkhead::new("peer-outer", 1);

    #[bulkhead(OUTER)]
    #[circuit_breaker(name = "peer-beneath", consecutive_failures = 1)]
    async fn call() -> Result<u32, Fault> {
        Err(Failed(1))
    }

    assert_eq!(call().await, Err(Failed(1)));
    for _ in 0..3 {
        assert_eq!(call().await, Err(Fault::CircuitOpen));
        assert_eq!(OUTER.in_flight(), 0);
    }
}
