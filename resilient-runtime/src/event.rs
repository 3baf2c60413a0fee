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
    /// A timeout fired.
    #[non_exhaustive]
    DeadlineExpired {
        /// The rejection that the caller gets.
        rejected: Rejected,
    },
    /// A circuit breaker or bulkhead did not let a call in.
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
    /// A fallback took the place of a failure.
    #[non_exhaustive]
    FallbackServed {
        /// What it took the place of.
        cause: Cause,
    },
    /// A function refers to a bulkhead that nothing declares: it admits all.
    #[non_exhaustive]
    Undeclared {
        /// The name it refers to.
        name: Name,
    },
    /// One name is declared with different settings.
    #[non_exhaustive]
    Conflict {
        /// What [`registry::verify`](crate::registry::verify) says of it.
        conflict: Conflict,
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
            Self::CircuitTransition {
                to: CircuitState::Open | CircuitState::ForcedOpen,
                ..
            } => Level::WARN,
            Self::CircuitTransition { .. } => Level::INFO,
            Self::Undeclared { .. } | Self::Conflict { .. } => Level::ERROR,
            Self::RetryScheduled { .. }
            | Self::DeadlineExpired { .. }
            | Self::Rejected { .. }
            | Self::WouldReject { .. }
            | Self::BulkheadWaited { .. }
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
            Self::FallbackServed { cause } => write!(f, "a fallback takes the place of {cause}"),
            Self::Undeclared { name } => {
                write!(
                    f,
                    "`#[bulkhead(name = \"{name}\")]` refers to a bulkhead that nothing declares; it admits all calls"
                )
            }
            Self::Conflict { conflict } => conflict.fmt(f),
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
    let subscribed = SUBSCRIPTIONS.load(Ordering::Relaxed) > 0;
    if subscribed || LevelFilter::current() != LevelFilter::OFF || is_recorded() {
        say(&event(), subscribed);
    }
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
fn say(event: &Event, subscribed: bool) {
    #[cfg(feature = "testing")]
    recording::add(event);
    event.trace();
    if subscribed && let Some(channel) = CHANNEL.get() {
        // It fails when the last subscription has just gone.
        let _ = channel.send(event.clone());
    }
}
