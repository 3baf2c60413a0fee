//! Handles, each resolved when it is first used, and kept.

use std::sync::OnceLock;
use std::time::Duration;

use ::metrics::{Counter, Histogram, Key, KeyName, Label, Level, Metadata, with_recorder};

use super::names;
use crate::cause::Cause;
use crate::event::Ended;
use crate::function::Function;
use crate::name::Name;

pub(crate) const METADATA: Metadata<'static> =
    Metadata::new("resilient", Level::INFO, Some("resilient_runtime"));

pub(crate) fn key(name: &'static str, labels: Vec<Label>) -> Key {
    Key::from_parts(KeyName::from_const_str(name), labels)
}

/// Counts something rare, whose handle is not kept.
#[cold]
pub(crate) fn count(name: &'static str, labels: Vec<Label>) {
    counter(name, labels).increment(1);
}

fn counter(name: &'static str, labels: Vec<Label>) -> Counter {
    with_recorder(|recorder| recorder.register_counter(&key(name, labels), &METADATA))
}

fn histogram(name: &'static str, labels: Vec<Label>) -> Histogram {
    with_recorder(|recorder| recorder.register_histogram(&key(name, labels), &METADATA))
}

/// A handle that is kept. It is not resolved while the cell is locked: a recorder is user code.
struct Kept<H>(OnceLock<H>);

impl<H> Kept<H> {
    const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn get(&self, resolve: impl FnOnce() -> H) -> &H {
        if let Some(handle) = self.0.get() {
            return handle;
        }
        let handle = resolve();
        self.0.get_or_init(|| handle)
    }
}

/// What an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    First,
    Retry,
    Hedge,
}

/// What an annotated function counts by.
pub(crate) struct OfFunction(OnceLock<Box<Counts>>);

/// What policies by hand count by, outside of any annotated function.
static BY_HAND: OfFunction = OfFunction::new();

impl OfFunction {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }
}

/// The counts of an annotated function, or of all that is done by hand.
pub(crate) fn of(function: Option<&'static Function>) -> &'static Counts {
    let OfFunction(counts) = function.map_or(&BY_HAND, Function::meter);
    counts.get_or_init(|| Box::new(Counts::of(path(function))))
}

/// As a label. An empty one counts as none.
pub(crate) fn path(function: Option<&'static Function>) -> &'static str {
    function.map_or("", Function::path)
}

/// As many as there are words for the end of a call; those of causes are among them.
const ENDS: [Ended; 9] = [
    Ended::Success,
    Ended::Dropped,
    Ended::Panicked,
    Ended::Failed(Cause::Error),
    Ended::Failed(Cause::Timeout),
    Ended::Failed(Cause::CircuitOpen),
    Ended::Failed(Cause::BulkheadFull),
    Ended::Failed(Cause::RateLimited),
    Ended::Failed(Cause::InFlight),
];

fn place(ended: Ended) -> usize {
    match ended {
        Ended::Success => 0,
        Ended::Dropped => 1,
        Ended::Panicked => 2,
        Ended::Failed(cause) => 3 + cause as usize,
    }
}

/// What is counted of a function.
pub(crate) struct Counts {
    path: &'static str,
    ended: [(Kept<Counter>, Kept<Histogram>); ENDS.len()],
    attempts: [Kept<Counter>; 3],
    fallbacks: [Kept<Counter>; ENDS.len()],
    timeouts: Kept<Counter>,
    hedges_won: Kept<Counter>,
}

impl Counts {
    const fn of(path: &'static str) -> Self {
        Self {
            path,
            ended: [const { (Kept::new(), Kept::new()) }; ENDS.len()],
            attempts: [const { Kept::new() }; 3],
            fallbacks: [const { Kept::new() }; ENDS.len()],
            timeouts: Kept::new(),
            hedges_won: Kept::new(),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::from_static_parts("function", self.path)]
    }

    fn labels_and(&self, label: &'static str, value: &'static str) -> Vec<Label> {
        let mut labels = self.labels();
        labels.push(Label::from_static_parts(label, value));
        labels
    }

    /// A call has ended, after so long.
    pub(crate) fn ended(&self, ended: Ended, after: Duration) {
        let (calls, durations) = &self.ended[place(ended)];
        let labels = || self.labels_and("outcome", ended.as_str());
        calls.get(|| counter(names::CALLS, labels())).increment(1);
        durations
            .get(|| histogram(names::DURATION, labels()))
            .record(after);
    }

    pub(crate) fn attempt(&self, attempt: Attempt) {
        let kind = match attempt {
            Attempt::First => "first",
            Attempt::Retry => "retry",
            Attempt::Hedge => "hedge",
        };
        self.attempts[attempt as usize]
            .get(|| counter(names::ATTEMPTS, self.labels_and("kind", kind)))
            .increment(1);
    }

    pub(crate) fn fallback(&self, cause: Cause) {
        self.fallbacks[place(Ended::Failed(cause))]
            .get(|| counter(names::FALLBACKS, self.labels_and("cause", cause.as_str())))
            .increment(1);
    }

    pub(crate) fn timed_out(&self) {
        self.timeouts
            .get(|| counter(names::TIMEOUTS, self.labels()))
            .increment(1);
    }

    pub(crate) fn hedge_won(&self) {
        self.hedges_won
            .get(|| counter(names::HEDGES_WON, self.labels()))
            .increment(1);
    }
}

/// What an instance counts by: a list, with an entry for each function that uses it. It is walked without a
/// lock, and most have one entry.
pub(crate) struct OfInstance(OnceLock<Box<Entry>>);

/// What is counted of an instance, for one function.
pub(crate) struct Entry {
    function: Option<&'static Function>,
    policy: &'static str,
    /// Without the key: a label must not grow with what strangers send.
    name: String,
    calls: [Kept<Counter>; 3],
    waits: Kept<Histogram>,
    slow_calls: Kept<Counter>,
    budget_empty: Kept<Counter>,
    next: OfInstance,
}

/// What an instance did with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Did {
    Admit,
    Reject,
    /// In `shadow`.
    WouldReject,
}

impl OfInstance {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The entry of this function.
    pub(crate) fn of(
        &self,
        function: Option<&'static Function>,
        policy: &'static str,
        name: &Name,
    ) -> &Entry {
        let mut list = self;
        loop {
            let entry = list
                .0
                .get_or_init(|| Box::new(Entry::new(function, policy, name)));
            if entry.function == function {
                return entry;
            }
            list = &entry.next;
        }
    }
}

impl Entry {
    fn new(function: Option<&'static Function>, policy: &'static str, name: &Name) -> Self {
        Self {
            function,
            policy,
            name: name.without_key().to_owned(),
            calls: [const { Kept::new() }; 3],
            waits: Kept::new(),
            slow_calls: Kept::new(),
            budget_empty: Kept::new(),
            next: OfInstance::new(),
        }
    }

    fn function_and_name(&self) -> Vec<Label> {
        vec![
            Label::from_static_parts("function", path(self.function)),
            Label::new("name", self.name.clone()),
        ]
    }

    fn labels(&self) -> Vec<Label> {
        let mut labels = self.function_and_name();
        labels.push(Label::from_static_parts("policy", self.policy));
        labels
    }

    pub(crate) fn did(&self, did: Did) {
        let outcome = match did {
            Did::Admit => "admitted",
            Did::Reject => "rejected",
            Did::WouldReject => "would_reject",
        };
        let labels = || {
            let mut labels = self.labels();
            labels.push(Label::from_static_parts("outcome", outcome));
            labels
        };
        self.calls[did as usize]
            .get(|| counter(names::POLICY_CALLS, labels()))
            .increment(1);
    }

    pub(crate) fn waited(&self, waited: Duration) {
        self.waits
            .get(|| histogram(names::WAIT, self.labels()))
            .record(waited);
    }

    pub(crate) fn slow_call(&self) {
        self.slow_calls
            .get(|| counter(names::SLOW_CALLS, self.function_and_name()))
            .increment(1);
    }

    pub(crate) fn budget_empty(&self) {
        self.budget_empty
            .get(|| counter(names::BUDGET_EMPTY, self.function_and_name()))
            .increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_of_a_call_has_a_place_of_its_own() {
        for (at, ended) in ENDS.into_iter().enumerate() {
            assert_eq!(place(ended), at, "{ended:?}");
        }
    }
}
