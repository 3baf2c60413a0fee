//! Checks of your own: each is a task that asks on an interval, so that a report need only look.

use std::fmt::{self, Display};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::entry::{About, Entry, Running};
use super::report::Probe;
use super::run::run;
use crate::name::Name;
use crate::refuse::refuse;
use crate::rule;

/// A check of your own: whether the database answers, whether a cache is warm.
///
/// Once [started](Self::start) it is run at once and then again and again, in a task of its own, never two
/// runs at a time. Reports tell of the last result; none of them waits for a run.
///
/// | setting | default | because |
/// |---|---|---|
/// | `every` | 10 s | an orchestrator asks as often (`periodSeconds`): more often tells it nothing |
/// | `timeout` | 1 s | what a check asks for is small; Kubernetes gives a probe as long (`timeoutSeconds`) |
/// | the probe | readiness | a restart helps no dependency, and most checks look at one |
/// | critical | yes | a check that nothing follows from is the exception |
///
/// * It is *down* when it returns an error, times out (what runs is dropped) or panics (which is caught:
///   it is run again like any other).
/// * Before its first run has ended it is *unknown*: readiness and startup wait for it, liveness does not.
/// * A result older than `(every + timeout) × 2` is *stale*, and the check is down: its runtime does not get
///   to run it. It is down at once when that runtime is gone.
/// * An annotated function that it calls has a deadline in scope, the end of this run.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::health::{self, Check};
/// # #[derive(Clone)] struct Pool;
/// # impl Pool { async fn ping(&self) -> Result<(), std::io::Error> { Ok(()) } }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let pool = Pool;
/// let check = Check::new("database", move || {
///     let pool = pool.clone();
///     async move { pool.ping().await }
/// })
/// .every(Duration::from_secs(5))
/// .timeout(Duration::from_millis(500))
/// .start();
///
/// assert!(!health::ready().is_up(), "nobody has asked the database yet");
/// # tokio::task::yield_now().await;
/// // … a moment later
/// assert!(health::ready().is_up());
/// drop(check); // it is not run any more, and reports forget it
/// # }
/// ```
#[must_use = "a check is not run before `start`"]
pub struct Check<R> {
    about: About,
    run: R,
}

impl<R, F, E> Check<R>
where
    R: FnMut() -> F + Send + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Display + 'static,
{
    /// A check of this name, for readiness. Each call of `run` is one run. Names need not differ: each
    /// check is a component of its own.
    pub fn new(name: impl Into<Name>, run: R) -> Self {
        let about = About {
            name: name.into(),
            probe: Probe::Ready,
            critical: true,
            every: Duration::from_secs(10),
            timeout: Duration::from_secs(1),
        };
        Self { about, run }
    }

    /// For liveness: while it is down, the process wants to be restarted. So it is for what a restart
    /// cures, such as a worker that has stopped; never for what others do.
    pub fn of_liveness(mut self) -> Self {
        self.about.probe = Probe::Live;
        self
    }

    /// For startup. It is run until it succeeds; then it is up for good.
    pub fn of_startup(mut self) -> Self {
        self.about.probe = Probe::Startup;
        self
    }

    /// Reports tell of it, and stay up when it is down.
    pub fn not_critical(mut self) -> Self {
        self.about.critical = false;
        self
    }

    /// How long it rests between the end of a run and the next one, so that what is slow is not asked more
    /// often: more than zero. By default 10 s.
    #[track_caller]
    pub fn every(mut self, every: Duration) -> Self {
        assert!(
            !every.is_zero(),
            "an interval of zero is no time at all: the check would do nothing else\n\
             Make it longer."
        );
        self.about.every = every;
        self
    }

    /// How long one run may take: more than zero. By default 1 s.
    #[track_caller]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        refuse(rule::timeout(timeout));
        self.about.timeout = timeout;
        self
    }

    /// Starts to run it, in a task of this runtime. Dropping what it returns ends that.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn start(self) -> CheckHandle {
        let Self { about, run } = self;
        let entry = Arc::new(Entry::new(about, Instant::now()));
        let task = tokio::spawn(again_and_again(Running::new(&entry), run));
        Entry::add(&entry);
        CheckHandle {
            entry,
            task: task.abort_handle(),
        }
    }
}

impl<R> fmt::Debug for Check<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

async fn again_and_again<R, F, E>(running: Running, mut check: R)
where
    R: FnMut() -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let entry = running.entry();
    loop {
        let result = run(&mut check, entry.about().timeout).await;
        if !entry.ended(result, Instant::now()) {
            return;
        }
        sleep(entry.about().every).await;
    }
}

/// A check that is run, as long as this is kept. Dropping it ends a run that is under way, and reports
/// forget the check.
#[derive(Debug)]
#[must_use = "dropping it ends the check: keep it, or say `forever`"]
pub struct CheckHandle {
    entry: Arc<Entry>,
    task: AbortHandle,
}

impl CheckHandle {
    /// Has the check run as long as its runtime.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for CheckHandle {
    fn drop(&mut self) {
        self.entry.remove();
        self.task.abort();
    }
}
