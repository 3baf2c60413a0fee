//! Events: what policies say they did, for subscribers and for `tracing`.

#[cfg(feature = "testing")]
pub(crate) mod recording;

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::broadcast;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::cause::Cause;
use crate::circuit::{CircuitState, Reason};
use crate::conflict::Conflict;
use crate::error::Rejected;
use crate::name::Name;
use crate::rounded::Rounded;

/// Something that a policy did. Its text is one line, for people.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
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
    },
    /// A retry budget was empty: a retry or hedge was not made.
    #[non_exhaustive]
    BudgetEmpty {
        /// The budget's name.
        name: Name,
    },
    /// A function that retries is called within an attempt of another one that does: together they make
    /// as many calls of one as the product of both. Said once for each two, of the first 256 in a process.
    #[non_exhaustive]
    RetryAmplified {
        /// The function that calls; or where its retry is declared, by hand.
        outer: Name,
        /// The function that is called; or where its retry is declared, by hand.
        inner: Name,
    },
    /// A hedge started a copy of a call.
    #[non_exhaustive]
    HedgeStarted {
        /// Which copy this is: 1 is the first beside the call itself.
        copy: u32,
        /// How long after the latest one; zero when it takes the place of one that failed.
        after: Duration,
    },
    /// A copy of a call answered first.
    #[non_exhaustive]
    HedgeWon {
        /// Which copy: 1 is the first beside the call itself.
        copy: u32,
    },
    /// A timeout fired.
    #[non_exhaustive]
    DeadlineExpired {
        /// The rejection that the caller gets.
        rejected: Rejected,
    },
    /// A circuit breaker, bulkhead or rate limiter did not let a call in.
    #[non_exhaustive]
    Rejected {
        /// The rejection that the caller gets.
        rejected: Rejected,
    },
    /// A policy in `shadow` would not have let a call in; it went through.
    #[non_exhaustive]
    WouldReject {
        /// What the caller would have got.
        rejected: Rejected,
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
    },
    /// A call waited for a place in a bulkhead, and got it.
    #[non_exhaustive]
    BulkheadWaited {
        /// The bulkhead's name.
        name: Name,
        /// For how long.
        waited: Duration,
    },
    /// A call waited for its turn at a rate limiter, and got it.
    #[non_exhaustive]
    RateLimitWaited {
        /// The limiter's name.
        name: Name,
        /// For how long.
        waited: Duration,
    },
    /// There is no room for a new key, and no other may be forgotten for it: its call runs unprotected.
    #[non_exhaustive]
    KeyUnprotected {
        /// The name that the instance of the key would have had.
        name: Name,
        /// How many keys there may be.
        max_keys: u32,
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
    },
    /// A fallback took the place of a failure.
    #[non_exhaustive]
    FallbackServed {
        /// What it took the place of.
        cause: Cause,
    },
    /// A function refers to a bulkhead or rate limiter that nothing declares: it admits all.
    #[non_exhaustive]
    Undeclared {
        /// The policy, by the word of its attribute.
        policy: &'static str,
        /// The name it refers to.
        name: Name,
    },
    /// One name is declared with different settings.
    #[non_exhaustive]
    Conflict {
        /// What [`registry::verify`](crate::registry::verify) says of it.
        conflict: Conflict,
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
    /// How loud it is: transitions and mistakes at `WARN` and `ERROR`, what happens in the run of
    /// things at `DEBUG`.
    fn level(&self) -> Level {
        match self {
            Self::RetryAmplified { .. }
            | Self::CircuitTransition {
                to: CircuitState::Open | CircuitState::ForcedOpen,
                ..
            }
            | Self::KeyUnprotected { .. } => Level::WARN,
            Self::CircuitTransition { .. } | Self::OverrideApplied { .. } => Level::INFO,
            Self::Undeclared { .. } | Self::Conflict { .. } => Level::ERROR,
            Self::RetryScheduled { .. }
            | Self::BudgetEmpty { .. }
            | Self::HedgeStarted { .. }
            | Self::HedgeWon { .. }
            | Self::DeadlineExpired { .. }
            | Self::Rejected { .. }
            | Self::WouldReject { .. }
            | Self::BulkheadWaited { .. }
            | Self::RateLimitWaited { .. }
            | Self::LimitChanged { .. }
            | Self::FallbackServed { .. }
            | Self::Lagged { .. } => Level::DEBUG,
        }
    }

    fn trace(&self) {
        macro_rules! say {
            ($($level:ident)*) => {
                match self.level() {
                    $(Level::$level => tracing::event!(target: "resilient", Level::$level, "{self}"),)*
                    _ => {}
                }
            };
        }
        say!(ERROR WARN INFO DEBUG);
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RetryScheduled {
                attempt,
                max,
                delay,
                cause,
            } => {
                write!(f, "retry {attempt} of {max} in {}, after ", Rounded(*delay))?;
                match cause {
                    Some(cause) => cause.fmt(f),
                    None => f.write_str("a value that is retried"),
                }
            }
            Self::BudgetEmpty { name } => write!(f, "the retry budget {name} is empty"),
            Self::RetryAmplified { outer, inner } => write!(
                f,
                "{inner} retries within an attempt of {outer}, which retries: their attempts multiply"
            ),
            Self::HedgeStarted { copy, after } if after.is_zero() => {
                write!(f, "copy {copy} is started in the place of one that failed")
            }
            Self::HedgeStarted { copy, after } => {
                write!(f, "copy {copy} is started after {}", Rounded(*after))
            }
            Self::HedgeWon { copy } => write!(f, "copy {copy} answered first"),
            Self::DeadlineExpired { rejected } => rejected.fmt(f),
            Self::Rejected { rejected } => write!(f, "rejected: {rejected}"),
            Self::WouldReject { rejected } => {
                write!(f, "would reject, and lets through: {rejected}")
            }
            Self::CircuitTransition {
                name,
                from,
                to,
                reason,
            } => {
                write!(f, "{name}: {from} → {to}")?;
                match reason {
                    Some(Reason::Forced) | None => Ok(()),
                    Some(reason) => write!(f, ", as {reason}"),
                }
            }
            Self::BulkheadWaited { name, waited } => {
                write!(f, "{name}: a place came free after {}", Rounded(*waited))
            }
            Self::RateLimitWaited { name, waited } => {
                write!(f, "{name}: its turn came after {}", Rounded(*waited))
            }
            Self::KeyUnprotected { name, max_keys } => write!(
                f,
                "{name}: this call runs unprotected, as none of the {max_keys} keys may be forgotten for this one"
            ),
            Self::LimitChanged { name, from, to } => {
                write!(f, "{name}: the limit is {to} calls at once, after {from}")
            }
            Self::FallbackServed { cause } => write!(f, "a fallback takes the place of {cause}"),
            Self::Undeclared { policy, name } => {
                write!(
                    f,
                    "`#[{policy}(name = \"{name}\")]` refers to what nothing declares; it admits all calls"
                )
            }
            Self::Conflict { conflict } => conflict.fmt(f),
            Self::OverrideApplied {
                policy,
                name,
                key,
                value: Some(value),
                source,
            } => write!(f, "{policy} of {name}: {key} = {value}, by {source}"),
            Self::OverrideApplied {
                policy,
                name,
                key,
                value: None,
                source,
            } => write!(
                f,
                "{policy} of {name}: {key} is as it is written again, {source} overrides it no more"
            ),
            Self::Lagged { missed } => write!(
                f,
                "{missed} events were missed: this subscription is too slow"
            ),
        }
    }
}

/// How many events a subscription may lag behind: some seconds of a busy service's, some hundred KiB.
const CAPACITY: usize = 1024;

static SUBSCRIPTIONS: AtomicUsize = AtomicUsize::new(0);
static CHANNEL: OnceLock<broadcast::Sender<Event>> = OnceLock::new();

/// Subscribes to what all policies of this process do from now on. In a test that hears parallel tests
/// as well: there `testing::record`, of the feature `testing`, hears one block alone.
#[must_use]
pub fn subscribe() -> Subscription {
    let receiver = CHANNEL
        .get_or_init(|| broadcast::Sender::new(CAPACITY))
        .subscribe();
    SUBSCRIPTIONS.fetch_add(1, Ordering::Relaxed);
    Subscription { receiver }
}

/// A stream of events; see [`subscribe`].
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Event>,
}

impl Subscription {
    /// The next event. One that lags too far behind loses the oldest, and is told how many.
    pub async fn recv(&mut self) -> Event {
        match self.receiver.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(missed)) => Event::Lagged { missed },
            // The sender is a static: it never goes away.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// The next event, if there is one already.
    pub fn try_recv(&mut self) -> Option<Event> {
        match self.receiver.try_recv() {
            Ok(event) => Some(event),
            Err(broadcast::error::TryRecvError::Lagged(missed)) => Some(Event::Lagged { missed }),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => {
                None
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        SUBSCRIPTIONS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says that something happened, if anybody listens. Never under a lock: a `tracing` subscriber is
/// user code.
#[inline]
pub(crate) fn emit(event: impl FnOnce() -> Event) {
    if is_heard() {
        say(&event());
    }
}

/// Whether anybody listens.
#[inline]
pub(crate) fn is_heard() -> bool {
    SUBSCRIPTIONS.load(Ordering::Relaxed) > 0
        || LevelFilter::current() != LevelFilter::OFF
        || is_recorded()
}

/// Whether a test records what happens in the block that is polled now.
#[inline]
fn is_recorded() -> bool {
    #[cfg(feature = "testing")]
    return recording::is_on();
    #[cfg(not(feature = "testing"))]
    false
}

#[cold]
#[inline(never)]
fn say(event: &Event) {
    #[cfg(feature = "testing")]
    recording::add(event);
    event.trace();
    if SUBSCRIPTIONS.load(Ordering::Relaxed) > 0
        && let Some(channel) = CHANNEL.get()
    {
        // It fails when the last subscription has just gone.
        let _ = channel.send(event.clone());
    }
}
