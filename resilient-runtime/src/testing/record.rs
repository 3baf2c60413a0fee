//! Recording: what policies did in a block, all of it and nothing else.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::within::{Scope, Within};
use crate::event::Event;
use crate::event::recording::{self, Record};

/// Runs `future` and tells, besides its output, what policies did in it: every event, in order, of this
/// block alone, but for those of every single call: for them there is [`Recorder::of_calls`]. None is lost, as one may be to a [`subscription`](crate::event::subscribe), and parallel
/// tests do not see each other's.
///
/// Events of a task that the block spawns are not among them, unless [`carry`](super::carry) takes the
/// recording along. For a block that does not come to its end, or to look in between, there is
/// [`Recorder`].
///
/// ```
/// use resilient_runtime::{event::Event, fallback, testing};
///
/// #[fallback(value = 0)]
/// async fn stock() -> Result<u32, String> {
///     Err("down".into())
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (stock, events) = testing::record(stock()).await;
/// assert_eq!(stock, Ok(0));
/// assert_eq!(events.count(|event| matches!(event, Event::FallbackServed { .. })), 1);
/// assert_eq!(events.to_string(), "a fallback takes the place of an error");
/// # }
/// ```
pub fn record<F: Future>(future: F) -> impl Future<Output = (F::Output, Events)> {
    let recorder = Recorder::new();
    Recording {
        future: recorder.run(future),
        recorder,
    }
}

pin_project! {
    struct Recording<F> {
        #[pin]
        future: F,
        recorder: Recorder,
    }
}

impl<F: Future> Future for Recording<F> {
    type Output = (F::Output, Events);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let output = ready!(this.future.poll(cx));
        Poll::Ready((output, this.recorder.take()))
    }
}

/// Records the events of the blocks that it runs: of one that is dropped half-way, for example.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{retry, testing::Recorder};
///
/// #[retry(delay = "1s")]
/// async fn stock() -> Result<u32, String> {
///     Err("down".into())
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let recorder = Recorder::new();
/// let patience = Duration::from_secs(2);
/// assert!(tokio::time::timeout(patience, recorder.run(stock())).await.is_err());
/// assert_eq!(
///     recorder.take().to_string(),
///     "retry 1 of 3 in 1s, after an error\n\
///      retry 2 of 3 in 2s, after an error"
/// );
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Record>);

impl Recorder {
    /// A recorder of nothing yet. A clone of it is the same one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A recorder that hears of every single call as well: [`Event::Admitted`] and [`Event::CallFinished`].
    ///
    /// ```
    /// use resilient_runtime::{bulkhead, testing::Recorder};
    ///
    /// #[bulkhead(name = "shelf", max_concurrent = 5)]
    /// async fn stock() -> Result<u32, std::io::Error> {
    ///     Ok(7)
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let recorder = Recorder::of_calls();
    /// recorder.run(stock()).await.unwrap();
    /// assert_eq!(
    ///     recorder.take().to_string(),
    ///     "shelf: its bulkhead lets a call in\n\
    ///      the call ended with a value, after 0ns"
    /// );
    /// # });
    /// ```
    #[must_use]
    pub fn of_calls() -> Self {
        Self(Arc::new(Record::of_calls()))
    }

    /// Runs `future`, and records what policies do in it.
    pub fn run<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Within::new(future, self.clone())
    }

    /// The events since the last time.
    #[must_use]
    pub fn take(&self) -> Events {
        Events(self.0.take())
    }
}

impl Scope for Recorder {
    type Entered = recording::Entered;

    fn enter(&self) -> recording::Entered {
        recording::enter(std::slice::from_ref(&self.0))
    }
}

/// The events of a block, in order. It reads as a slice; its text is one line for each, for snapshots.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Events(Vec<Event>);

impl Events {
    /// How many of them are such.
    #[must_use]
    pub fn count(&self, mut such: impl FnMut(&Event) -> bool) -> usize {
        self.iter().filter(|event| such(event)).count()
    }
}

impl Deref for Events {
    type Target = [Event];
    fn deref(&self) -> &[Event] {
        &self.0
    }
}

impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = std::vec::IntoIter<Event>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Events {
    type Item = &'a Event;
    type IntoIter = std::slice::Iter<'a, Event>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, event) in self.iter().enumerate() {
            write!(f, "{}{event}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}
