//! What is measured: a row is one crate doing one piece of work, so many times.

use std::pin::Pin;

use tokio::runtime::Runtime;

use crate::body;

/// At most this share of what a peer takes above the bare call.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The best one, if nobody is named.
    pub of: Option<&'static str>,
    pub share: f64,
}

/// A piece of work that several crates do, and what one of them is expected to do in a hundred calls.
#[derive(Debug)]
pub struct Work {
    pub name: &'static str,
    /// The same calls without any policy; `None` for those themselves.
    pub bare: Option<&'static Work>,
    pub target: Option<Target>,
    /// Calls of a hundred that succeed.
    pub succeed: u64,
    /// Bodies that a hundred calls run.
    pub bodies: u64,
    /// Measured on two threads as well.
    pub on_two_threads: bool,
}

impl Work {
    #[must_use]
    pub const fn bare(name: &'static str) -> Self {
        Self {
            name,
            bare: None,
            target: None,
            succeed: 100,
            bodies: 100,
            on_two_threads: false,
        }
    }

    #[must_use]
    pub const fn over(bare: &'static Self, name: &'static str) -> Self {
        Self {
            name,
            bare: Some(bare),
            target: None,
            succeed: bare.succeed,
            bodies: bare.bodies,
            on_two_threads: false,
        }
    }

    /// Of the best peer, whoever that is in a run.
    #[must_use]
    pub const fn target(mut self, share: f64) -> Self {
        self.target = Some(Target { of: None, share });
        self
    }

    /// Of one peer, where the best one does less work, or does it on another clock.
    #[must_use]
    pub const fn target_of(mut self, peer: &'static str, share: f64) -> Self {
        self.target = Some(Target {
            of: Some(peer),
            share,
        });
        self
    }

    /// What a hundred calls end in, where it is not what the bare ones do.
    #[must_use]
    pub const fn ends(mut self, succeed: u64, bodies: u64) -> Self {
        self.succeed = succeed;
        self.bodies = bodies;
        self
    }

    #[must_use]
    pub const fn on_two_threads(mut self) -> Self {
        self.on_two_threads = true;
        self
    }

    /// One crate doing this work. `calls` makes a future of so many calls, one after another, and of how many of
    /// them succeeded: see [`each`](crate::each).
    pub fn row<F, Fut>(&'static self, who: &'static str, calls: F) -> Row
    where
        F: Fn(u64) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = u64> + 'static,
    {
        Row {
            work: self,
            who,
            calls: Box::new(move |count| Box::pin(calls(count))),
        }
    }
}

/// A future of calls, in a box: one allocation for all of them.
pub type Calls = Pin<Box<dyn Future<Output = u64>>>;

/// One crate doing one piece of work. The harness knows nothing else of it.
pub struct Row {
    pub work: &'static Work,
    pub who: &'static str,
    calls: Box<dyn Fn(u64) -> Calls + Send + Sync>,
}

impl Row {
    #[must_use]
    pub fn calls(&self, count: u64) -> Calls {
        (self.calls)(count)
    }

    /// What names it on the command line.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}: {}", self.work.name, self.who)
    }

    /// Makes a hundred calls, and says whether they did what the work is said to be.
    ///
    /// # Errors
    ///
    /// What they did in its place.
    pub fn verify(&self, runtime: &Runtime) -> Result<(), String> {
        let before = body::run();
        let succeeded = runtime.block_on(self.calls(100));
        let bodies = body::run() - before;
        if (succeeded, bodies) == (self.work.succeed, self.work.bodies) {
            return Ok(());
        }
        Err(format!(
            "`{}`: {succeeded} of 100 calls succeeded and {bodies} bodies ran, where {} and {} should have",
            self.id(),
            self.work.succeed,
            self.work.bodies,
        ))
    }

    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.work.bare.is_none()
    }
}

/// What our rows are called.
pub const OURS: &str = "resilient-runtime";

/// And those of the least that can be done.
pub const FLOOR: &str = "floor";

/// A future that makes so many calls, one after another, and counts those that succeeded.
#[macro_export]
macro_rules! each {
    ($count:expr, $n:ident => $call:expr) => {{
        let count = $count;
        async move {
            let mut succeeded = 0;
            for $n in 0..count {
                let $n = ::std::hint::black_box($n);
                let outcome = ::std::hint::black_box($call);
                succeeded += u64::from(outcome.is_ok());
            }
            succeeded
        }
    }};
}
