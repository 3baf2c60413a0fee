//! Subscriptions: events as a stream, for whoever wants to act on them.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, Sender};

use super::Event;
use super::heard::{Listener, Wants};

/// How many events a subscription may lag behind: some seconds of a busy service's, some hundred KiB.
const CAPACITY: usize = 1024;

/// What is out of the ordinary. Calls have a channel of their own: they would push everything else out of
/// this one.
static DECISIONS: Channel = Channel::new();
/// That, and every call.
static ALL: Channel = Channel::new();

struct Channel {
    sender: OnceLock<Sender<Event>>,
    /// The sender knows as well, and takes a lock to say it.
    subscriptions: AtomicUsize,
}

impl Channel {
    const fn new() -> Self {
        Self {
            sender: OnceLock::new(),
            subscriptions: AtomicUsize::new(0),
        }
    }

    fn send(&self, event: &Event) {
        if self.subscriptions.load(Ordering::Relaxed) > 0
            && let Some(sender) = self.sender.get()
        {
            // It fails when the last subscription has just gone.
            let _ = sender.send(event.clone());
        }
    }
}

/// Subscribes to what all policies of this process decide from now on: retries, rejections, transitions and
/// whatever else is out of the ordinary, and not every single call. In a test that hears parallel tests as
/// well: there `testing::record`, of the feature `testing`, hears one block alone.
///
/// ```
/// use resilient_runtime::{event, fallback};
///
/// #[fallback(value = 0)]
/// async fn stock() -> Result<u32, String> {
///     Err("down".into())
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut events = event::subscribe();
/// assert_eq!(stock().await, Ok(0));
/// let event = events.recv().await;
/// assert_eq!(event.to_string(), "a fallback takes the place of an error");
/// assert!(event.function().unwrap().path().ends_with("stock"));
/// # }
/// ```
#[must_use]
pub fn subscribe() -> Subscription {
    Subscription::to(&DECISIONS, Wants::Decisions)
}

/// Subscribes to the same and to every single call: [`Event::Admitted`] and [`Event::CallFinished`] too.
///
/// While such a subscription lives, calls read the clock twice and write events; a busy service makes more
/// of them than anybody reads, and the subscription [lags](Event::Lagged). For counts and durations there
/// is the feature `metrics`.
///
/// ```
/// use resilient_runtime::{event::{self, Ended, Event}, timeout};
///
/// #[timeout("1s")]
/// async fn stock() -> Result<u32, std::io::Error> {
///     Ok(7)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut events = event::subscribe_all();
/// stock().await.unwrap();
/// let Event::CallFinished { ended, function, .. } = events.recv().await else { unreachable!() };
/// assert_eq!(ended, Ended::Success);
/// assert!(function.unwrap().path().ends_with("stock"));
/// # }
/// ```
#[must_use]
pub fn subscribe_all() -> Subscription {
    Subscription::to(&ALL, Wants::Calls)
}

/// A stream of events; see [`subscribe`] and [`subscribe_all`].
pub struct Subscription {
    receiver: Receiver<Event>,
    channel: &'static Channel,
    _listener: Listener,
}

impl Subscription {
    fn to(channel: &'static Channel, wants: Wants) -> Self {
        let sender = channel.sender.get_or_init(|| Sender::new(CAPACITY));
        let receiver = sender.subscribe();
        channel.subscriptions.fetch_add(1, Ordering::Relaxed);
        Self {
            receiver,
            channel,
            _listener: Listener::new(wants),
        }
    }

    /// The next event. One that lags more than 1024 events behind loses the oldest, and is told how many.
    pub async fn recv(&mut self) -> Event {
        match self.receiver.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(missed)) => Event::Lagged { missed },
            // The sender is a static: it never goes away.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }

    /// The next event, if there is one already.
    pub fn try_recv(&mut self) -> Option<Event> {
        match self.receiver.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Lagged(missed)) => Some(Event::Lagged { missed }),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.channel.subscriptions.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// Hands an event to those who have subscribed to its kind.
pub(super) fn send(event: &Event) {
    ALL.send(event);
    if !event.is_of_every_call() {
        DECISIONS.send(event);
    }
}
