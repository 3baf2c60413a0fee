//! The number of probes is overridden, and the breaker switched off and on, while probes end, are dropped or
//! hang: whatever came of that, a probe is let through within one break, and the circuit can close.

mod support;

use std::future::pending;
use std::pin::Pin;
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

use futures::{FutureExt, poll};
use proptest::prelude::*;
use resilient_runtime::config::{self, Sources};
use resilient_runtime::{CircuitBreaker, CircuitState, Failure, shared};
use support::{Fault, ms};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::advance;

const BREAK: u64 = 1_000;

#[shared]
static BREAKER: CircuitBreaker = CircuitBreaker::new("probed")
    .consecutive_failures(1)
    .break_duration(ms(BREAK))
    .half_open_calls(3);

/// What a file says, and how many probes it asks for; of one that switches the breaker off, for later.
const FILES: [(&str, u32); 5] = [
    ("", 3),
    ("[circuit_breaker.probed]\nhalf_open_calls = 1", 1),
    ("[circuit_breaker.probed]\nhalf_open_calls = 5", 5),
    ("[circuit_breaker.probed]\nbreak_duration = \"300ms\"", 3),
    (OFF, 3),
];
const OFF: &str = "[circuit_breaker.probed]\nenabled = false";

fn say(file: &str) {
    let sources = Sources::new().text("file", file).variables([]);
    sources.apply().unwrap_or_else(|errors| panic!("{errors}"));
}

/// Overrides are the process's, and the breaker is: one test at a time, on a clock of its own.
fn alone<F: Future>(future: impl FnOnce() -> F) -> F::Output {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    config::clear();
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(async {
            BREAKER.reset();
            future().await
        })
}

/// How a call ends, once it is told to.
#[derive(Debug, Clone, Copy)]
enum End {
    Succeeds,
    Fails,
    Dropped,
    Hangs,
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A call under way; none if it was not let in.
struct Probe {
    tell: oneshot::Sender<Result<(), Fault>>,
    call: Call,
}

impl Probe {
    async fn start() -> Option<Self> {
        let (tell, told) = oneshot::channel();
        let body = async { told.await.unwrap_or(Ok(())) };
        let mut call: Call = Box::pin(BREAKER.call(body).map(drop));
        poll!(&mut call).is_pending().then_some(Self { tell, call })
    }

    /// On whatever thread.
    fn end(self, end: End, hang: &mut Vec<Self>) {
        let outcome = match end {
            End::Succeeds => Ok(()),
            End::Fails => Err(Fault::Failed(0)),
            End::Dropped => return drop(self.call),
            End::Hangs => return hang.push(self),
        };
        self.tell.send(outcome).expect("the call waits for it");
        self.call.now_or_never().expect("it has been told");
    }
}

/// Whether a call is let in, which succeeds.
async fn admits() -> bool {
    let outcome = BREAKER.call(async { Ok::<_, Fault>(()) }).await;
    !matches!(outcome, Err(Failure::Rejected(_)))
}

/// Within one break a probe is let in, and with as many as are asked for it is closed.
async fn closes_within_one_break(probes: u32) -> Result<(), TestCaseError> {
    advance(ms(BREAK)).await;
    for _ in 0..probes {
        if BREAKER.state() == CircuitState::Closed {
            break;
        }
        prop_assert!(admits().await, "it sticks: {BREAKER:?}");
    }
    prop_assert_eq!(BREAKER.state(), CircuitState::Closed);
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Waits(u64),
    Calls,
    /// One of those that are under way ends.
    Ends(usize, End),
    Says(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        4 => Just(End::Succeeds),
        2 => Just(End::Fails),
        1 => Just(End::Dropped),
        1 => Just(End::Hangs),
    ];
    prop_oneof![
        2 => (0..BREAK + BREAK / 2).prop_map(Step::Waits),
        2 => Just(Step::Waits(BREAK)),
        8 => Just(Step::Calls),
        6 => (any::<usize>(), end).prop_map(|(which, end)| Step::Ends(which, end)),
        3 => (0..FILES.len()).prop_map(Step::Says),
    ]
}

async fn never_sticks(steps: Vec<Step>, last: usize) -> Result<(), TestCaseError> {
    let (mut under_way, mut hang) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Waits(millis) => advance(ms(millis)).await,
            Step::Calls => under_way.extend(Probe::start().await),
            Step::Ends(_, _) if under_way.is_empty() => {}
            Step::Ends(which, end) => {
                let which = which % under_way.len();
                under_way.swap_remove(which).end(end, &mut hang);
            }
            Step::Says(file) => say(FILES[file].0),
        }
    }
    let (file, probes) = FILES[last];
    say(file);
    closes_within_one_break(probes).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_24_no_history_of_overrides_and_probes_sticks_a_half_open_breaker(
        steps in prop::collection::vec(step(), 0..40),
        last in 0..FILES.len() - 1,
    ) {
        alone(|| never_sticks(steps, last))?;
    }
}

/// A probe ends on one thread in this way while the other one says these files; the last of them switches
/// nothing off.
async fn race(end: End, before: usize, files: &[usize]) -> Result<(), TestCaseError> {
    let (file, probes) = FILES[before];
    say(file);
    BREAKER.reset();
    let fails = BREAKER.call(async { Err::<(), _>(Fault::Failed(0)) }).await;
    prop_assert!(fails.is_err());
    advance(ms(BREAK)).await;
    let mut out = Vec::new();
    for _ in 0..probes {
        out.extend(Probe::start().await);
    }
    prop_assert_eq!(out.len(), probes as usize);
    prop_assert!(!admits().await, "all places are taken");
    let (clock, start) = (Handle::current(), Barrier::new(2));
    let ends = out.pop().expect("there is one at least");
    let hang = thread::scope(|threads| {
        let ends = threads.spawn(|| {
            let _clock = clock.enter();
            let mut hang = Vec::new();
            start.wait();
            ends.end(end, &mut hang);
            hang
        });
        start.wait();
        for file in files {
            say(FILES[*file].0);
        }
        ends.join().expect("a call ends, and no more")
    });
    let last = FILES[files[files.len() - 1]].1;
    if matches!(end, End::Succeeds) && last == 1 {
        prop_assert_eq!(BREAKER.state(), CircuitState::Closed, "one is enough");
    }
    let outcome = closes_within_one_break(last).await;
    drop((out, hang));
    outcome
}

#[test]
fn rule_24_a_probe_that_ends_on_another_thread_while_settings_change_sticks_nothing() {
    const ROUNDS: u32 = 150;
    let [three, one, five, off] = [0, 1, 2, 4];
    let ends = [End::Succeeds, End::Fails, End::Dropped, End::Hangs];
    alone(async || {
        for _ in 0..ROUNDS {
            for end in ends {
                for (before, files) in [
                    (three, &[one][..]),
                    (one, &[three]),
                    (one, &[five, three]),
                    (three, &[off, three]),
                    (three, &[off, one]),
                    (one, &[off, three]),
                ] {
                    race(end, before, files)
                        .await
                        .unwrap_or_else(|error| panic!("{end:?}, {before}, {files:?}: {error}"));
                }
            }
        }
    });
}

/// Switched off, it lets everything through and hears of nothing; what was under way before is heard all the
/// same.
#[test]
fn rule_24_a_probe_from_before_it_was_switched_off_closes_it() {
    alone(async || {
        say(FILES[1].0);
        let _ = BREAKER.call(async { Err::<(), _>(Fault::Failed(0)) }).await;
        advance(ms(BREAK)).await;
        let probe = Probe::start().await.expect("it is let in");
        say(OFF);
        let fails = BREAKER.call(async { Err::<(), _>(Fault::Failed(0)) });
        assert!(fails.await.is_err());
        assert_eq!(BREAKER.state(), CircuitState::HalfOpen, "it did not hear");
        say(FILES[1].0);
        probe.end(End::Succeeds, &mut Vec::new());
        assert_eq!(BREAKER.state(), CircuitState::Closed);
        let unheard = BREAKER.call(pending::<Result<(), Fault>>());
        drop(unheard);
        assert_eq!(BREAKER.snapshot().calls, 0, "probes are not in the window");
    });
}
