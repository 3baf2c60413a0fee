//! The innermost layer: the user's future, and what it tells the policies around it.
//!
//! A policy sees `Result<T, Failure<E>>`, and no more can be put into that type: users match on it.
//! What else policies ask of a body stands in thread-local cells: the class of its error, and how many times
//! bodies have suspended, by which a call is known to be under way. A policy that reads them ([`Watch`]) clears the
//! class and notes the number before it polls what it is around, so what it finds was written in that very poll.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::class::Class;
use crate::deadline;
use crate::outcome::{Failure, Outcome};
use crate::polled::Polled;

/// The class of the error that the body has just returned, in the poll that is under way.
#[inline(always)]
pub(crate) fn class() -> Class {
    Polled::now(|polled| polled.class.get()).unwrap_or_default()
}

/// What is said from here on is said in this poll.
#[inline(always)]
pub(crate) fn clear_class() {
    Polled::now(|polled| polled.class.set(None));
}

/// What is said in the place of the body.
#[inline(always)]
pub(crate) fn set_class(class: Class) {
    Polled::now(|polled| polled.class.set(Some(class)));
}

/// The class that a body has said in this poll, if one has.
pub(crate) fn said() -> Option<Class> {
    Polled::now(|polled| polled.class.get())
}

/// What the bodies beneath a policy say during one poll.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    suspensions: u32,
}

impl Watch {
    #[inline(always)]
    pub(crate) fn start() -> Self {
        clear_class();
        Self {
            suspensions: Polled::now(|polled| polled.suspensions.get()),
        }
    }

    /// How far a call is whose poll has ended, and the call has not: its body is under way if one has suspended
    /// since.
    #[inline(always)]
    pub(crate) fn progress(self) -> Progress {
        if Polled::now(|polled| polled.suspensions.get()) == self.suspensions {
            Progress::NotRunning
        } else {
            Progress::Running
        }
    }
}

/// How far a call is, for a policy that has to know what it means when the call is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Its body has not been started, or is between two attempts.
    NotRunning,
    /// It is being polled. What is dropped like this was unwound by a panic beneath it.
    InPoll,
    /// Its body has been started and has not ended.
    Running,
    /// What it means has been said.
    Ended,
}

/// Makes a future of `Result<T, E>` the innermost layer of a stack composed by hand.
///
/// Every error of it is [`Class::Transient`] unless [`classify`](Body::classify) says otherwise: by
/// hand nothing is found by itself.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Timeout, body};
///
/// static LIMIT: Timeout = Timeout::new(Duration::from_secs(1));
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let outcome = LIMIT.around(body(async { Ok::<_, std::io::Error>(1) })).await;
/// assert_eq!(outcome.unwrap(), 1);
/// # }
/// ```
pub fn body<F, T, E>(future: F) -> Body<F, impl Fn(&E) -> Class + Copy + Send + Sync>
where
    F: Future<Output = Result<T, E>>,
{
    let classify = transient;
    Body { future, classify }
}

/// A function of its own, which is one for all bodies.
fn transient<E>(_: &E) -> Class {
    Class::Transient
}

/// [`body`] and [`classify`](Body::classify) in one, for expansions.
#[inline(always)]
pub fn classified<C, F, T, E>(classify: C, future: F) -> Body<F, C>
where
    F: Future<Output = Result<T, E>>,
    C: Fn(&E) -> Class,
{
    Body { future, classify }
}

pin_project! {
    /// The innermost layer of a stack; see [`body`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Body<F, C> {
        #[pin]
        future: F,
        classify: C,
    }
}

impl<F, C> Body<F, C> {
    /// Sets what the errors of this body mean to the policies around it.
    pub fn classify<D, T, E>(self, classify: D) -> Body<F, D>
    where
        F: Future<Output = Result<T, E>>,
        D: Fn(&E) -> Class,
    {
        Body {
            future: self.future,
            classify,
        }
    }
}

impl<F, C, T, E> Future for Body<F, C>
where
    F: Future<Output = Result<T, E>>,
    C: Fn(&E) -> Class,
{
    type Output = Outcome<T, E>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let _inside = deadline::Inside::enter();
            this.future.poll(cx)
        };
        told(polled, &*this.classify)
    }
}

/// What a poll of the function itself says to the policies around it.
#[inline(always)]
pub(crate) fn told<T, E>(
    polled: Poll<Result<T, E>>,
    classify: impl Fn(&E) -> Class,
) -> Poll<Outcome<T, E>> {
    match polled {
        Poll::Ready(Ok(value)) => Poll::Ready(Ok(value)),
        Poll::Ready(Err(error)) => {
            set_class(classify(&error));
            Poll::Ready(Err(Failure::Error(error)))
        }
        Poll::Pending => {
            Polled::now(|polled| {
                let suspensions = polled.suspensions.get();
                polled.suspensions.set(suspensions.wrapping_add(1));
            });
            Poll::Pending
        }
    }
}
