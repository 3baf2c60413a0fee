//! Events: what policies say they did, for subscribers, for `tracing` and for metrics.
//!
//! There is one [`Event`] for everything that a policy decides. [`subscribe`] gives them as a stream; `tracing` is
//! told of them in the span of the caller, with the target `resilient`; the feature `metrics` counts them.
//! Where nobody listens, a call that succeeds finds that out by one relaxed load, and one more for each policy that
//! lets it in.
//!
//! # The table
//!
//! | event | when | level | fields |
//! |---|---|---|---|
//! | [`Admitted`](Event::Admitted) | a circuit breaker, bulkhead or rate limiter let a call in | – | |
//! | [`CallFinished`](Event::CallFinished) | a call of an annotated function has ended | – | |
//! | [`RetryScheduled`](Event::RetryScheduled) | there will be one more attempt | `DEBUG` | `attempt`, `max_attempts`, `delay_ms`, `cause` |
//! | [`BudgetEmpty`](Event::BudgetEmpty) | a retry or a copy was not made, for want of budget | `DEBUG` | |
//! | [`RetryAmplified`](Event::RetryAmplified) | a retry is beneath another function's, once for each two | `WARN` | `outer`, `inner` |
//! | [`HedgeStarted`](Event::HedgeStarted) | a copy of a call was started | `DEBUG` | `copy`, `after_ms` |
//! | [`HedgeWon`](Event::HedgeWon) | a copy answered first | `DEBUG` | `copy` |
//! | [`DeadlineExpired`](Event::DeadlineExpired) | a timeout fired | `DEBUG` | `after_ms`, `inherited` |
//! | [`Rejected`](Event::Rejected) | a circuit breaker, bulkhead or rate limiter did not let a call in | `DEBUG` | `retry_after_ms`, `reason`, `limit`, `waited_ms` |
//! | [`WouldReject`](Event::WouldReject) | the same in `shadow`: the call went through | `DEBUG` | `retry_after_ms`, `reason`, `limit`, `waited_ms` |
//! | [`CircuitTransition`](Event::CircuitTransition) | a circuit breaker changed its state | `WARN` where it opens, else `INFO` | `from`, `to`, `reason`, `calls`, `failures`, `slow_calls`, `threshold` |
//! | [`SlowCall`](Event::SlowCall) | a call took as long as a circuit breaker calls slow, and has ended | `DEBUG` | `took_ms`, `slow_from_ms` |
//! | [`BulkheadWaited`](Event::BulkheadWaited) | a call waited for a place, and got it | `DEBUG` | `waited_ms` |
//! | [`RateLimitWaited`](Event::RateLimitWaited) | a call waited for its turn, and got it | `DEBUG` | `waited_ms` |
//! | [`KeyUnprotected`](Event::KeyUnprotected) | there was no room for a new key | `WARN` | `max_keys` |
//! | [`LimitChanged`](Event::LimitChanged) | an adaptive limit moved | `DEBUG` | `from`, `to` |
//! | [`FallbackServed`](Event::FallbackServed) | a fallback took the place of a failure | `DEBUG` | `cause` |
//! | [`Undeclared`](Event::Undeclared) | a name stands for nothing that is declared | `ERROR` | |
//! | [`OverrideApplied`](Event::OverrideApplied) | a setting is overridden, or is no more (feature `config`) | `INFO` | `key`, `value`, `source` |
//! | [`Conflict`](Event::Conflict) | a name is declared with different settings | `ERROR` | |
//! | [`Lagged`](Event::Lagged) | this subscription did not keep up | – | |
//!
//! Every one that `tracing` is told of has these fields besides:
//!
//! | field | what it is |
//! |---|---|
//! | `message` | the event's text |
//! | `policy` | the word of the policy's attribute: `retry`, `retry_budget`, `timeout`, … |
//! | `name` | the name of the instance, with its key; absent where there is none |
//! | `function` | the path of the annotated function: `shop::pricing::Client::quote`; absent by hand |
//!
//! `cause` is a word of `on(..)`: see [`Cause::as_str`]. `from` and `to` are states by [`CircuitState::as_str`], and
//! `reason` is a word by [`Reason::as_str`]. What ends in `_ms` is in whole milliseconds. A field for which there is
//! nothing to say is absent.
//!
//! The function is the innermost annotated one in whose stack or body something happened: what policies do
//! that are used by hand, in the body of an annotated function, is told as of that function.

mod ended;
mod heard;
#[cfg(feature = "metrics")]
mod measure;
#[cfg(feature = "testing")]
pub(crate) mod recording;
mod subscription;
mod tell;
mod text;
mod trace;

use std::time::Duration;

pub use ended::Ended;
pub(crate) use heard::calls as hears_calls;
#[cfg(feature = "metrics")]
pub(crate) use measure::want as want_metrics;
pub use subscription::{Subscription, subscribe, subscribe_all};
pub(crate) use tell::{
    are_warnings_heard, begun, emit, emit_call, emit_loudly, emit_of, finished, is_heard_in_detail,
};

use crate::cause::Cause;
use crate::circuit::{CircuitState, Reason};
use crate::conflict::Conflict;
use crate::error::Rejected;
use crate::function::Function;
use crate::name::Name;

/// Something that a policy did. Its text is one line, for people.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A circuit breaker, bulkhead or rate limiter let a call in. Told of every call: see [`subscribe_all`].
    #[non_exhaustive]
    Admitted {
        /// The policy, by the word of its attribute.
        policy: &'static str,
        /// The name of the instance.
        name: Name,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A call of an annotated function has ended. Told of every call: see [`subscribe_all`].
    #[non_exhaustive]
    CallFinished {
        /// How it ended; before a fallback on top of the stack, if there is one.
        ended: Ended,
        /// How long it took, with all its attempts and waits.
        duration: Duration,
        /// The function.
        function: Option<&'static Function>,
    },
    /// A retry decided for one more attempt.
    #[non_exhaustive]
    RetryScheduled {
        /// Which retry this is: 1 is the first.
        attempt: u32,
        /// How many there are at most.
        max: u32,
        /// How long it waits.
        delay: Duration,
        /// What the attempt before it ended with; `None` for a value that `when_ok` retries.
        cause: Option<Cause>,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A retry budget was empty: a retry or hedge was not made.
    #[non_exhaustive]
    BudgetEmpty {
        /// The budget's name.
        name: Name,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A function that retries is called within an attempt of another one that does: together they make
    /// as many calls of one as the product of both. Said once for each two, of the first 256 in a process.
    #[non_exhaustive]
    RetryAmplified {
        /// The function that calls; or where its retry is declared, by hand.
        outer: Name,
        /// The function that is called; or where its retry is declared, by hand.
        inner: Name,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A hedge started a copy of a call.
    #[non_exhaustive]
    HedgeStarted {
        /// Which copy this is: 1 is the first beside the call itself.
        copy: u32,
        /// How long after the latest one; zero when it takes the place of one that failed.
        after: Duration,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A copy of a call answered first.
    #[non_exhaustive]
    HedgeWon {
        /// Which copy: 1 is the first beside the call itself.
        copy: u32,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A timeout fired.
    #[non_exhaustive]
    DeadlineExpired {
        /// The rejection that the caller gets.
        rejected: Rejected,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A circuit breaker, bulkhead or rate limiter did not let a call in.
    #[non_exhaustive]
    Rejected {
        /// The rejection that the caller gets.
        rejected: Rejected,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A policy in `shadow` would not have let a call in; it went through.
    #[non_exhaustive]
    WouldReject {
        /// What the caller would have got.
        rejected: Rejected,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A circuit breaker changed its state.
    #[non_exhaustive]
    CircuitTransition {
        /// The breaker's name.
        name: Name,
        /// What it was.
        from: CircuitState,
        /// What it is.
        to: CircuitState,
        /// Why, where there is more to say than that.
        reason: Option<Reason>,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A call took as long as a circuit breaker calls slow, or longer. Told when it ends or is dropped; the
    /// breaker has recorded it before, if somebody asked to be let in meanwhile, or does so then.
    #[non_exhaustive]
    SlowCall {
        /// The breaker's name.
        name: Name,
        /// How long it took.
        took: Duration,
        /// From how long on a call is slow.
        line: Duration,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A call waited for a place in a bulkhead, and got it.
    #[non_exhaustive]
    BulkheadWaited {
        /// The bulkhead's name.
        name: Name,
        /// For how long.
        waited: Duration,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A call waited for its turn at a rate limiter, and got it.
    #[non_exhaustive]
    RateLimitWaited {
        /// The limiter's name.
        name: Name,
        /// For how long.
        waited: Duration,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// There is no room for a new key, and no other may be forgotten for it: its call runs unprotected.
    #[non_exhaustive]
    KeyUnprotected {
        /// The policy, by the word of its attribute.
        policy: &'static str,
        /// The name that the instance of the key would have had.
        name: Name,
        /// How many keys there may be.
        max_keys: u32,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// The limit of an adaptive bulkhead has changed.
    #[non_exhaustive]
    LimitChanged {
        /// The bulkhead's name.
        name: Name,
        /// What it was.
        from: usize,
        /// What it is.
        to: usize,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A fallback took the place of a failure.
    #[non_exhaustive]
    FallbackServed {
        /// What it took the place of.
        cause: Cause,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A function refers to a bulkhead or rate limiter that nothing declares: it admits all.
    #[non_exhaustive]
    Undeclared {
        /// The policy, by the word of its attribute.
        policy: &'static str,
        /// The name it refers to.
        name: Name,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// One name is declared with different settings.
    #[non_exhaustive]
    Conflict {
        /// What [`registry::verify`](crate::registry::verify) says of it.
        conflict: Conflict,
        /// The annotated function, if it is one's.
        function: Option<&'static Function>,
    },
    /// A setting is overridden, or is no more: see `config`, of the feature of that name.
    #[non_exhaustive]
    OverrideApplied {
        /// The policy, by the word of its attribute.
        policy: &'static str,
        /// The name of the instance, or the path of the function.
        name: Name,
        /// The key.
        key: Name,
        /// Its value; `None` where what is written holds again.
        value: Option<Name>,
        /// Where the value stands, or stood: `resilient.toml:12:3`, or the name of a variable.
        source: Name,
    },
    /// The subscription did not keep up, and the oldest events are gone.
    #[non_exhaustive]
    Lagged {
        /// How many.
        missed: u64,
    },
}

impl Event {
    /// The innermost annotated function in whose stack, or body, it happened. `None` by hand; of what a
    /// call does as it is dropped; and of [`Lagged`](Self::Lagged).
    #[must_use]
    pub fn function(&self) -> Option<&'static Function> {
        match self {
            Self::Admitted { function, .. }
            | Self::CallFinished { function, .. }
            | Self::RetryScheduled { function, .. }
            | Self::BudgetEmpty { function, .. }
            | Self::RetryAmplified { function, .. }
            | Self::HedgeStarted { function, .. }
            | Self::HedgeWon { function, .. }
            | Self::DeadlineExpired { function, .. }
            | Self::Rejected { function, .. }
            | Self::WouldReject { function, .. }
            | Self::CircuitTransition { function, .. }
            | Self::SlowCall { function, .. }
            | Self::BulkheadWaited { function, .. }
            | Self::RateLimitWaited { function, .. }
            | Self::KeyUnprotected { function, .. }
            | Self::LimitChanged { function, .. }
            | Self::FallbackServed { function, .. }
            | Self::Undeclared { function, .. }
            | Self::Conflict { function, .. } => *function,
            Self::OverrideApplied { .. } | Self::Lagged { .. } => None,
        }
    }

    /// The policy that did it, by the word of its attribute: `"retry"`, `"circuit_breaker"`, or
    /// `"retry_budget"`. `None` of what no policy did: [`CallFinished`](Self::CallFinished) and
    /// [`Lagged`](Self::Lagged).
    #[must_use]
    pub fn policy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Admitted { policy, .. }
            | Self::KeyUnprotected { policy, .. }
            | Self::Undeclared { policy, .. }
            | Self::OverrideApplied { policy, .. } => policy,
            Self::DeadlineExpired { rejected, .. }
            | Self::Rejected { rejected, .. }
            | Self::WouldReject { rejected, .. } => rejected.policy(),
            Self::Conflict { conflict, .. } => conflict.policy(),
            Self::RetryScheduled { .. } | Self::RetryAmplified { .. } => "retry",
            Self::BudgetEmpty { .. } => "retry_budget",
            Self::HedgeStarted { .. } | Self::HedgeWon { .. } => "hedge",
            Self::CircuitTransition { .. } | Self::SlowCall { .. } => "circuit_breaker",
            Self::BulkheadWaited { .. } | Self::LimitChanged { .. } => "bulkhead",
            Self::RateLimitWaited { .. } => "rate_limit",
            Self::FallbackServed { .. } => "fallback",
            Self::CallFinished { .. } | Self::Lagged { .. } => return None,
        })
    }

    /// The name of the instance that did it, with its key, if it has one. `None` of a policy that has no
    /// name, and of a [`Conflict`](Self::Conflict), which tells its name itself.
    ///
    /// As the label of a metric use [`Name::without_key`] of it.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Admitted { name, .. }
            | Self::BudgetEmpty { name, .. }
            | Self::CircuitTransition { name, .. }
            | Self::SlowCall { name, .. }
            | Self::BulkheadWaited { name, .. }
            | Self::RateLimitWaited { name, .. }
            | Self::KeyUnprotected { name, .. }
            | Self::LimitChanged { name, .. }
            | Self::Undeclared { name, .. }
            | Self::OverrideApplied { name, .. } => Some(name),
            Self::DeadlineExpired { rejected, .. }
            | Self::Rejected { rejected, .. }
            | Self::WouldReject { rejected, .. } => rejected.instance(),
            _ => None,
        }
    }

    /// Whether it is told of every call, and not only of what is out of the ordinary.
    fn is_of_every_call(&self) -> bool {
        matches!(self, Self::Admitted { .. } | Self::CallFinished { .. })
    }
}
