//! Nothing wedges: from whatever state, with every probe lost in whatever way, a breaker lets a probe through within
//! one break; and it closes as soon as that is answered. And a callee that is drowned is left alone meanwhile.

mod support;

use std::{
    collections::VecDeque, future::pending, panic::AssertUnwindSafe, pin::Pin, time::Duration,
};

use futures::{FutureExt, poll};
use proptest::prelude::*;
use resilient_runtime::{CircuitBreaker, CircuitState, Classify, Failure, body};
use support::{Fault, forever, ms, record, started};
use tokio::{
    sync::oneshot,
    time::{Instant, advance},
};

const BREAK: u64 = 1_000;
const PROBES: u32 = 2;

/// How a call ends that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Succeeds,
    Fails,
    Ignored,
    Panics,
    Dropped,
    /// It is still under way when all is over.
    Hangs,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Waits(u64),
    Calls(End),
    /// The call that has been under way for longest ends.
    Ends,
    Forced(bool),
    Auto,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        3 => Just(End::Succeeds),
        4 => Just(End::Fails),
        1 => Just(End::Ignored),
        1 => Just(End::Panics),
        1 => Just(End::Dropped),
        2 => Just(End::Hangs),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..2 * BREAK).prop_map(Step::Waits),
        8 => end().prop_map(Step::Calls),
        5 => Just(Step::Ends),
        1 => any::<bool>().prop_map(Step::Forced),
        1 => Just(Step::Auto),
    ]
}

type Call<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A call that ends in this way as soon as the test says so.
fn call(breaker: &CircuitBreaker, end: End) -> (oneshot::Sender<()>, Call<'_>) {
    let (ends, ended) = oneshot::channel();
    let running = body(async move {
        let _ = ended.await;
        match end {
            End::Succeeds => Ok(()),
            End::Fails => Err(Fault::Failed(0)),
            End::Ignored => Err(Fault::Ignored),
            End::Panics => std::panic::resume_unwind(Box::new("as told")),
            End::Dropped | End::Hangs => pending().await,
        }
    });
    let call = AssertUnwindSafe(breaker.around(running.classify(Classify::class))).catch_unwind();
    (ends, Box::pin(call.map(drop)))
}

async fn admits(breaker: &CircuitBreaker) -> bool {
    let outcome = breaker.call(async { Ok::<_, Fault>(()) }).await;
    !matches!(outcome, Err(Failure::Rejected(_)))
}

async fn never_wedges(steps: Vec<Step>, lost: End, slow: bool) -> Result<(), TestCaseError> {
    let mut breaker = CircuitBreaker::new("wedge")
        .window_calls(4)
        .min_calls(2)
        .break_duration(ms(BREAK))
        .half_open_calls(PROBES);
    if slow {
        breaker = breaker.slow_call(ms(BREAK / 2), 0.5);
    }
    let mut running: VecDeque<(End, oneshot::Sender<()>, Call<'_>)> = VecDeque::new();
    for step in steps {
        match step {
            Step::Waits(millis) => advance(ms(millis)).await,
            Step::Calls(end) => {
                let (ends, mut call) = call(&breaker, end);
                if poll!(call.as_mut()).is_pending() {
                    running.push_back((end, ends, call));
                }
            }
            Step::Ends => {
                if let Some((end, ends, call)) = running.pop_front() {
                    match end {
                        End::Hangs => running.push_back((end, ends, call)),
                        End::Dropped => drop(call),
                        _ => {
                            ends.send(()).unwrap();
                            call.await;
                        }
                    }
                }
            }
            Step::Forced(true) => breaker.force_open(),
            Step::Forced(false) => breaker.force_closed(),
            Step::Auto => breaker.auto(),
        }
    }
    breaker.auto();
    // A closed one lets everything through.
    if breaker.state() == CircuitState::Closed {
        return Ok(());
    }

    // Its probes are lost, all of them in the same way.
    for _ in 0..PROBES {
        let (ends, mut probe) = call(&breaker, lost);
        if poll!(probe.as_mut()).is_pending() {
            match lost {
                End::Hangs => running.push_back((lost, ends, probe)),
                End::Dropped => drop(probe),
                _ => {
                    ends.send(()).unwrap();
                    probe.await;
                }
            }
        }
    }
    // Where slow calls are watched, a probe that hangs is lost when it passes the line.
    let line = if slow { BREAK / 2 } else { 0 };
    advance(ms(line + BREAK)).await;
    prop_assert!(admits(&breaker).await, "{:?}", breaker.snapshot());
    // One answered probe was that; the others close it.
    if breaker.state() == CircuitState::HalfOpen {
        for _ in 1..PROBES {
            admits(&breaker).await;
        }
        prop_assert_eq!(breaker.state(), CircuitState::Closed);
    }
    Ok(())
}

/// On one paused clock for each sequence.
fn on_a_paused_clock<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_24_from_every_state_and_however_its_probes_are_lost_it_probes_within_one_break(
        steps in prop::collection::vec(step(), 0..40), lost in end(), slow in any::<bool>(),
    ) {
        on_a_paused_clock(never_wedges(steps, lost, slow))?;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_24_a_drowned_callee_is_sent_few_probes() {
    let breaker = CircuitBreaker::new("wedge-drowned")
        .consecutive_failures(1)
        .break_duration(ms(BREAK))
        .half_open_calls(3);
    record(&breaker, "f").await;

    // Somebody calls every 7 ms, and nobody is ever answered.
    let mut sent: Vec<Instant> = Vec::new();
    let mut hung = Vec::new();
    let start = Instant::now();
    while start.elapsed() < ms(60 * BREAK) {
        let mut call = Box::pin(breaker.call(forever()));
        if poll!(call.as_mut()).is_pending() {
            sent.push(Instant::now());
            hung.push(call);
        }
        advance(ms(7)).await;
    }
    let within = |from: Instant, length: Duration| {
        let until = from + length;
        sent.iter().filter(|at| (from..until).contains(at)).count()
    };
    let most = sent.iter().map(|at| within(*at, ms(BREAK))).max();
    assert_eq!(most, Some(3));
    assert!(
        sent.len() >= 3 * 55,
        "only {} probes in a minute",
        sent.len()
    );

    // It is as ready as ever when the callee answers again.
    advance(ms(BREAK)).await;
    record(&breaker, "sss").await;
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn rule_24_a_callee_three_times_slower_than_the_break_closes_the_circuit_under_load() {
    let breaker = CircuitBreaker::new("wedge-slow")
        .consecutive_failures(1)
        .break_duration(ms(BREAK))
        .half_open_calls(3);
    record(&breaker, "f").await;
    advance(ms(BREAK)).await;

    let mut running = VecDeque::new();
    let start = Instant::now();
    while breaker.state() != CircuitState::Closed {
        assert!(start.elapsed() < ms(5 * BREAK), "{:?}", breaker.snapshot());
        let answers = Instant::now() + ms(3 * BREAK);
        let mut call = Box::pin(breaker.call(async move {
            tokio::time::sleep_until(answers).await;
            Ok::<_, Fault>(())
        }));
        if poll!(call.as_mut()).is_pending() {
            running.push_back(call);
        }
        advance(ms(10)).await;
        running.retain_mut(|call| call.as_mut().now_or_never().is_none());
    }
    drop(started(breaker.call(forever())).await);
}
