//! The same by other crates, set as near to ours as they can be.
//!
//! Only crates whose time can be moved take part: `backon` sleeps by what it is given, `tower` by tokio, and
//! `seatbelt` reads a clock that is handed to it. They and their chance come from `fastrand`, which is
//! seeded for each run.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use futures::future::{BoxFuture, FutureExt};
use layered::{Execute, Service as _, Stack};
use seatbelt::{RecoveryInfo, ResilienceContext, breaker::Breaker};
use tick::ClockControl;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::{
    ServiceExt,
    retry::{
        Policy, Retry,
        backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff},
        budget::{Budget, TpsBudget},
    },
    service_fn,
    util::rng::Rng,
};

use super::{
    fault::Fault,
    script::{ATTEMPT, BREAK, DELAY, MIN_PER_SECOND, RATIO, RETRIES, WINDOW},
    service::Service,
};

type Outcome = Result<(), Fault>;
type Call = Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>;

/// One gateway's.
pub(crate) struct Peers {
    /// To be compared with `jitter`.
    pub(crate) backon: Call,
    /// To be compared with `budget`.
    pub(crate) tower: Call,
    /// To be compared with `breaker`.
    pub(crate) seatbelt: Call,
}

impl Peers {
    pub(crate) fn new(service: &Arc<Service>) -> Self {
        Self {
            backon: backon(Arc::clone(service)),
            tower: tower(Arc::clone(service)),
            seatbelt: seatbelt(Arc::clone(service)),
        }
    }
}

async fn attempt(service: Arc<Service>) -> Outcome {
    let answer = timeout(ATTEMPT, service.ask()).await;
    answer.unwrap_or(Err(Fault::Late))
}

/// Its jitter is up to once the delay on top of it.
fn backon(service: Arc<Service>) -> Call {
    Box::new(move || {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(DELAY)
            .with_factor(2.0)
            .with_max_times(RETRIES as usize)
            .with_jitter()
            .with_jitter_seed(fastrand::u64(..));
        let service = Arc::clone(&service);
        (move || attempt(Arc::clone(&service)))
            .retry(backoff)
            .sleep(sleep)
            .boxed()
    })
}

/// A policy of tower is the user's own; this one follows its documentation.
fn tower(service: Arc<Service>) -> Call {
    const TEN_SECONDS: Duration = Duration::from_secs(10);
    #[expect(clippy::cast_possible_truncation, reason = "it is a ratio")]
    let budget = Arc::new(TpsBudget::new(TEN_SECONDS, MIN_PER_SECOND, RATIO as f32));
    Box::new(move || {
        let backoff = ExponentialBackoffMaker::new(DELAY, TEN_SECONDS, 1.0, Chance::new());
        let policy = Budgeted {
            left: RETRIES,
            budget: Arc::clone(&budget),
            backoff: backoff.expect("it is valid").make_backoff(),
        };
        let service = Arc::clone(&service);
        let service = service_fn(move |()| attempt(Arc::clone(&service)).boxed());
        Retry::new(policy, service).oneshot(()).boxed()
    })
}

#[derive(Clone)]
struct Budgeted {
    left: u32,
    budget: Arc<TpsBudget>,
    backoff: ExponentialBackoff<Chance>,
}

impl Policy<(), (), Fault> for Budgeted {
    type Future = Sleep;

    fn retry(&mut self, (): &mut (), result: &mut Outcome) -> Option<Sleep> {
        if result.is_ok() {
            self.budget.deposit();
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.budget.withdraw().then(|| self.backoff.next_backoff())
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

#[derive(Debug, Clone)]
struct Chance(fastrand::Rng);

impl Chance {
    fn new() -> Self {
        Self(fastrand::Rng::new())
    }
}

impl Rng for Chance {
    fn next_u64(&mut self) -> u64 {
        self.0.u64(..)
    }
}

/// Half-open it lets a growing share of the calls through, as it does by default.
fn seatbelt(service: Arc<Service>) -> Call {
    let clock = Arc::new(Clock::new());
    let context = ResilienceContext::new(clock.control.to_clock());
    let beneath = Arc::clone(&clock);
    let stack = (
        Breaker::layer("service", &context)
            .recovery_with(|outcome: &Outcome, _| match outcome {
                Ok(()) => RecoveryInfo::never(),
                Err(_) => RecoveryInfo::retry(),
            })
            .rejected_input_error(|(), _| Fault::Open)
            .failure_threshold(0.5)
            .min_throughput(20)
            .sampling_duration(WINDOW)
            .break_duration(BREAK),
        Execute::new(move |()| {
            let (service, clock) = (Arc::clone(&service), Arc::clone(&beneath));
            async move {
                let outcome = attempt(service).await;
                clock.wind();
                outcome
            }
        }),
    );
    let service = Arc::new(stack.into_service());
    Box::new(move || {
        clock.wind();
        let service = Arc::clone(&service);
        async move { service.execute(()).await }.boxed()
    })
}

/// A clock that is set by tokio's whenever it is about to be read.
struct Clock {
    control: ClockControl,
    set: Mutex<Instant>,
}

impl Clock {
    fn new() -> Self {
        Self {
            control: ClockControl::new(),
            set: Mutex::new(Instant::now()),
        }
    }

    fn wind(&self) {
        let (mut set, now) = (self.set.lock().unwrap(), Instant::now());
        self.control.advance(now - *set);
        *set = now;
    }
}
