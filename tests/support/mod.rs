//! What the tests share: an error one word in size, a callee that follows a script, and a way to drop a call anywhere.
#![allow(
    dead_code,
    reason = "each test binary has the whole module and uses its part of it"
)]

use std::{
    fmt::Debug,
    future::Future,
    future::{Pending, Ready, pending, ready},
    iter,
    pin::{Pin, pin},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::poll;
use resilient_runtime::{CircuitBreaker, CircuitState, Class, Classify, Failure, Rejected};
use tokio::time::{Instant, advance, sleep};

pub(crate) const HOUR: u64 = 3_600_000;

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// How a call ends badly. A number tells which call it was, or how long something took in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub(crate) enum Fault {
    Failed(u32),
    Throttled(u32),
    Answered,
    Permanent,
    Ignored,
    TimedOut(u32),
    Inherited(u32),
    CircuitOpen,
    BulkheadFull,
    RateLimited,
    Unexpected,
}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        match rejected {
            Rejected::TimedOut {
                after,
                inherited: false,
                ..
            } => Self::TimedOut(millis(after)),
            Rejected::TimedOut {
                after,
                inherited: true,
                ..
            } => Self::Inherited(millis(after)),
            Rejected::CircuitOpen { .. } => Self::CircuitOpen,
            Rejected::BulkheadFull { .. } => Self::BulkheadFull,
            Rejected::RateLimited { .. } => Self::RateLimited,
            _ => Self::Unexpected,
        }
    }
}

impl Classify for Fault {
    fn class(&self) -> Class {
        match *self {
            Self::Throttled(millis) => Class::Throttled {
                retry_after: Some(ms(millis.into())),
            },
            Self::Answered => Class::Answered,
            Self::Permanent => Class::Permanent,
            Self::Ignored => Class::Ignored,
            _ => Class::Transient,
        }
    }
}

/// The rejection that a call made by hand ended in.
pub(crate) fn rejection<T: Debug, E: Debug>(outcome: Result<T, Failure<E>>) -> Rejected {
    match outcome {
        Err(Failure::Rejected(rejected)) => rejected,
        other => panic!("expected a rejection, not {other:?}"),
    }
}

/// One line of a script: how long a call takes, and what it ends in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    latency: Duration,
    outcome: Result<u32, Fault>,
}

impl Step {
    pub(crate) const fn after(self, millis: u64) -> Self {
        Self {
            latency: ms(millis),
            ..self
        }
    }

    pub(crate) const fn is_ok(&self) -> bool {
        self.outcome.is_ok()
    }
}

pub(crate) const fn ends(outcome: Result<u32, Fault>) -> Step {
    Step {
        latency: Duration::ZERO,
        outcome,
    }
}

pub(crate) const fn ok(value: u32) -> Step {
    ends(Ok(value))
}

pub(crate) const fn fails(number: u32) -> Step {
    ends(Err(Fault::Failed(number)))
}

pub(crate) const fn hangs() -> Step {
    ok(0).after(HOUR)
}

/// A call without a callee, over at once.
pub(crate) fn done() -> Ready<Result<(), Fault>> {
    ready(Ok(()))
}

/// A call without a callee, never over.
pub(crate) fn forever() -> Pending<Result<(), Fault>> {
    pending()
}

/// A callee that follows a script, call by call, and remembers who called.
pub(crate) struct Callee {
    script: Mutex<Box<dyn Iterator<Item = Step> + Send>>,
    created: Instant,
    starts: Mutex<Vec<u128>>,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Callee {
    pub(crate) fn new(script: impl IntoIterator<IntoIter: Send + 'static, Item = Step>) -> Self {
        Self {
            script: Mutex::new(Box::new(script.into_iter())),
            created: Instant::now(),
            starts: Mutex::default(),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    pub(crate) fn always(step: Step) -> Self {
        Self::new(iter::repeat(step))
    }

    pub(crate) fn failing() -> Self {
        Self::new((1..).map(fails))
    }

    pub(crate) async fn call(&self) -> Result<u32, Fault> {
        let step = self
            .script
            .lock()
            .unwrap()
            .next()
            .expect("one call more than the script has");
        self.starts.lock().unwrap().push(self.age());
        let _running = Running::enter(self);
        if !step.latency.is_zero() {
            sleep(step.latency).await;
        }
        step.outcome
    }

    /// Milliseconds since it was made.
    pub(crate) fn age(&self) -> u128 {
        self.created.elapsed().as_millis()
    }

    /// How old it was when each call came.
    pub(crate) fn starts(&self) -> Vec<u128> {
        self.starts.lock().unwrap().clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.starts.lock().unwrap().len()
    }

    /// Calls that are neither finished nor dropped.
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// The most calls that ever ran at once.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

struct Running<'a>(&'a Callee);

impl<'a> Running<'a> {
    fn enter(callee: &'a Callee) -> Self {
        let running = callee.running.fetch_add(1, Ordering::Relaxed) + 1;
        callee.most.fetch_max(running, Ordering::Relaxed);
        Self(callee)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Polls a new call `polls` times, a millisecond apart, and drops it, until one is done by itself; `left` sees to it
/// each time that nothing is left behind.
pub(crate) async fn dropped_after_every_poll<C: Future>(
    call: impl Fn() -> C,
    left: impl AsyncFn(usize),
) {
    for polls in 0..500 {
        let done = is_done_after(polls, call()).await;
        left(polls).await;
        if done {
            return;
        }
    }
    panic!("a call that never ends");
}

async fn is_done_after(polls: usize, call: impl Future) -> bool {
    let mut call = pin!(call);
    for _ in 0..polls {
        if poll!(call.as_mut()).is_ready() {
            return true;
        }
        advance(ms(1)).await;
    }
    false
}

/// A call that is under way: polled once, and not over.
pub(crate) async fn started<C: Future>(call: C) -> Pin<Box<C>> {
    let mut call = Box::pin(call);
    assert!(
        poll!(call.as_mut()).is_pending(),
        "a call that is over at once"
    );
    call
}

/// Makes one call for each letter: `s`uccess, `f`ailure, `i`gnored.
pub(crate) async fn record(breaker: &CircuitBreaker, letters: &str) {
    for letter in letters.chars() {
        let outcome = match letter {
            's' => Ok(1),
            'f' => Err(Fault::Failed(1)),
            'i' => Err(Fault::Ignored),
            other => panic!("{other}"),
        };
        let call = resilient_runtime::body(async move { outcome }).classify(Classify::class);
        assert!(breaker.around(call).await.is_ok() == outcome.is_ok());
    }
}

/// Opens a breaker of `consecutive_failures(1)`, and waits until it would let a probe through.
pub(crate) async fn probe_due(breaker: &CircuitBreaker) {
    record(breaker, "f").await;
    assert_eq!(breaker.state(), CircuitState::Open);
    advance(
        breaker
            .snapshot()
            .retry_after
            .expect("an open breaker knows when it will probe"),
    )
    .await;
}
