//! Hedge: a slow call is made a second time, and the first good answer wins.

mod copies;
mod describe;
mod hedged;
mod latencies;
#[cfg(test)]
mod loom;
mod measured;
#[cfg(test)]
mod model;
#[cfg(feature = "config")]
mod overridden;
mod timer;

/// What the histogram counts by; `loom` puts its own in the place of these.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
}

use std::future::Future;
use std::time::Duration;

pub use hedged::Hedged;

use copies::{Copies, Three, Two};
use measured::{Measured, Percentile};

use crate::budget::RetryBudget;
use crate::in_force::InForce;
use crate::isolation;
use crate::outcome::Outcome;
use crate::predicate::Absent;
use crate::refuse::refuse;
use crate::rule;

/// Makes a copy of a call that takes long, and takes the answer that comes first.
///
/// It is against the tail: one call in twenty may be slow because of a pause, a queue or a lost packet,
/// and the same call made again is most likely not. Jeffrey Dean and Luiz André Barroso, *The Tail at
/// Scale* (Communications of the ACM, 2013), cut the 99.9th percentile of a service from 1800 ms to 74 ms
/// by 2 % more calls. Hedge **only what may be done twice**: reads, and writes that are idempotent. And
/// not what is slow because of its load: a copy is more of it, which is why there is a budget.
///
/// * The next copy starts when `after` has passed since the latest one was started, or at once when one
///   ends in an error that is [`Transient`](crate::Class::Transient) or in the timeout of an inner
///   `timeout`.
/// * The first success wins. Whatever still runs is dropped *before* it is returned.
/// * An error of another class ends the call.
/// * The rejection of one, of the first too, by a circuit breaker, a bulkhead or a rate limit means that
///   no more are started: what already runs may well succeed, and when nothing runs the call is over.
/// * When all fail, the first call's error is returned.
/// * A copy that could not start before the deadline in scope is not waited for.
///
/// The clock of `after` starts when the first call suspends, as that of a
/// [`Timeout`](crate::Timeout) does: one that is ready at once registers no timer and reads no clock.
///
/// | setting | default | because |
/// |---|---|---|
/// | `max` | 1 | one copy cuts most of the tail; more cut little of what is left |
/// | `budget` | of its own: 10 % of the calls, and 10 a second | when all calls are slow, copies make them slower |
///
/// With its own budget, calls that are ready at once do not count as calls.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Hedge, body};
///
/// static HEDGE: Hedge = Hedge::new(Duration::from_millis(20));
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut copies = 0;
/// let outcome = HEDGE
///     .run(|| {
///         copies += 1;
///         let copy = copies;
///         body(async move {
///             let takes = if copy == 1 { 1_000 } else { 5 };
///             tokio::time::sleep(Duration::from_millis(takes)).await;
///             Ok::<_, std::io::Error>(copy)
///         })
///     })
///     .await;
/// assert_eq!(outcome.unwrap(), 2);
/// # }
/// ```
#[derive(Debug)]
pub struct Hedge {
    settings: InForce<Settings>,
    /// How long first calls took, where that is asked for.
    measured: Measured,
    /// Its own, unless another one is written.
    own: RetryBudget,
    shared: Option<&'static RetryBudget>,
}

/// What a hedge was told, by its builder or its attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    after: After,
    max: u32,
    /// Each call says it, in the place of `max`.
    max_at_run_time: bool,
}

/// When the next copy starts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum After {
    Fixed(Duration),
    Measured(Percentile),
    /// Each call says it.
    AtRunTime,
}

impl Hedge {
    const MAX: u32 = 1;
    /// Half of what a retry's budget allows: a copy is made of a call that may still succeed.
    const RATIO: f64 = 0.1;
    const MIN_PER_SECOND: u32 = 10;

    /// The next copy starts this long after the latest: more than zero, and best about as long as 95 of
    /// 100 calls take, so that few are made twice.
    #[must_use]
    #[track_caller]
    pub const fn new(after: Duration) -> Self {
        refuse(rule::after(after));
        Self::of(After::Fixed(after))
    }

    /// The next copy starts when so many percent of the first calls would have ended, 50 to 99.9, as
    /// measured; and after `initial` until 100 of them were.
    ///
    /// What is measured is how long first calls took from their first suspension, over the last 1024 to
    /// 2048 of them. It is never too short, and at most 6.25 % too long. A call that is dropped, as a copy
    /// was faster or nobody waits any more, counts as one that would have taken longer than that: or the
    /// percentile would feed on itself. An error says little of how long an answer takes, and does not
    /// count, other than one that is [`Answered`](crate::Class::Answered).
    ///
    /// It takes some 3 KiB on the heap, once.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilient_runtime::Hedge;
    /// static HEDGE: Hedge = Hedge::at_percentile(95.0, Duration::from_millis(50));
    /// assert_eq!(HEDGE.after(), Some(Duration::from_millis(50)));
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn at_percentile(percent: f64, initial: Duration) -> Self {
        refuse(rule::percentile(percent));
        refuse(rule::initial(initial));
        Self::of(After::Measured(Percentile::new(percent, initial)))
    }

    /// Each call says by itself when the next copy starts.
    #[doc(hidden)]
    #[must_use]
    pub const fn at_run_time() -> Self {
        Self::of(After::AtRunTime)
    }

    const fn of(after: After) -> Self {
        Self {
            settings: InForce::of(Settings {
                after,
                max: Self::MAX,
                max_at_run_time: false,
            }),
            measured: Measured::new(),
            own: RetryBudget::new("hedge")
                .ratio(Self::RATIO)
                .min_per_second(Self::MIN_PER_SECOND),
            shared: None,
        }
    }

    /// How many copies there may be beside the first call, 1 to 10.
    #[must_use]
    #[track_caller]
    pub const fn max(mut self, max: u32) -> Self {
        refuse(rule::copies(max));
        self.settings.written_mut().max = max;
        self
    }

    /// Each call says by itself how many copies there may be.
    #[doc(hidden)]
    #[must_use]
    pub const fn max_at_run_time(mut self) -> Self {
        self.settings.written_mut().max_at_run_time = true;
        self
    }

    /// The budget that its copies are taken from, in the place of its own. When it is empty the call waits
    /// for what already runs.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilient_runtime::{Hedge, RetryBudget};
    /// static BUDGET: RetryBudget = RetryBudget::new("search").ratio(0.05);
    /// static HEDGE: Hedge = Hedge::new(Duration::from_millis(50)).budget(&BUDGET);
    /// ```
    #[must_use]
    pub const fn budget(mut self, budget: &'static RetryBudget) -> Self {
        self.shared = Some(budget);
        self
    }

    /// How long after the latest copy the next one starts, as of now. None where each call says it.
    #[must_use]
    pub fn after(&self) -> Option<Duration> {
        let it = isolation::here(self);
        match &it.settings().after {
            After::Fixed(after) => Some(*after),
            After::Measured(percentile) => {
                Some(it.measured.known().unwrap_or(percentile.initial()))
            }
            After::AtRunTime => None,
        }
    }

    /// Runs the call that `make` makes, and copies of it as this policy says. The first two are kept in
    /// the future itself; each later one that really starts is put in a box.
    pub fn run<M, F, T, E>(&self, make: M) -> Hedged<'_, M, Two<F>, E>
    where
        M: FnMut() -> F,
        F: Future<Output = Outcome<T, E>>,
    {
        self.tuned().run(make)
    }

    /// The same with room for a third.
    #[doc(hidden)]
    pub fn run_three<M, F, T, E>(&self, make: M) -> Hedged<'_, M, Three<F>, E>
    where
        M: FnMut() -> F,
        F: Future<Output = Outcome<T, E>>,
    {
        self.tuned().run_three(make)
    }

    /// The same policy with a budget that need not be a `static`.
    #[doc(hidden)]
    #[must_use]
    pub fn within<'h>(&'h self, budget: &'h RetryBudget) -> Tuned<'h> {
        self.tuned().within(budget)
    }

    /// What one call of it goes by, to be changed for that call alone.
    #[doc(hidden)]
    #[must_use]
    pub fn tuned(&self) -> Tuned<'_> {
        let (settings, is_off) = self.settings.look();
        Tuned {
            hedge: isolation::here(self),
            after: self.after().unwrap_or(Duration::MAX),
            // What is switched off makes no copies.
            max: if is_off { 0 } else { settings.max },
            shared: self.shared,
        }
    }

    /// What it goes by.
    #[inline]
    fn settings(&self) -> &Settings {
        self.settings.get()
    }

    /// Another one with the same settings, which nobody has called yet.
    #[cfg(feature = "testing")]
    pub(crate) fn anew(&self) -> Self {
        Self {
            settings: self.settings.anew(),
            measured: Measured::new(),
            own: self.own.anew(),
            shared: self.shared,
        }
    }

    pub(crate) const fn own_budget(&self) -> Option<&'static RetryBudget> {
        self.shared
    }

    /// The percentile that it waits for, if it does.
    fn percentile(&self) -> Option<&Percentile> {
        match &self.settings().after {
            After::Measured(percentile) => Some(percentile),
            After::Fixed(_) | After::AtRunTime => None,
        }
    }
}

/// What one call goes by: expansions tune it by what is known in a call only, or for a type only.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Tuned<'h> {
    hedge: &'h Hedge,
    after: Duration,
    max: u32,
    shared: Option<&'h RetryBudget>,
}

impl<'h> Tuned<'h> {
    /// Zero is legal, as for a timeout: the next copy starts as soon as the latest suspends.
    #[must_use]
    pub fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }

    #[must_use]
    pub fn max(mut self, max: u32) -> Self {
        // None at all: it is switched off.
        if self.max > 0 {
            self.max = max;
        }
        self
    }

    #[must_use]
    pub fn within(mut self, budget: &'h RetryBudget) -> Self {
        self.shared = Some(budget);
        self
    }

    pub fn run<M, F, T, E>(&self, make: M) -> Hedged<'h, M, Two<F>, E>
    where
        M: FnMut() -> F,
        F: Future<Output = Outcome<T, E>>,
    {
        self.hedged(make)
    }

    /// The same with room for a third.
    pub fn run_three<M, F, T, E>(&self, make: M) -> Hedged<'h, M, Three<F>, E>
    where
        M: FnMut() -> F,
        F: Future<Output = Outcome<T, E>>,
    {
        self.hedged(make)
    }

    fn hedged<M, S: Copies, E>(self, make: M) -> Hedged<'h, M, S, E, Absent> {
        Hedged::new(self, make)
    }

    fn budget(&self) -> &'h RetryBudget {
        self.shared.unwrap_or(&self.hedge.own)
    }
}
