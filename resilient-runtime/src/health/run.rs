//! One run of a check: bounded in time, and its panics are caught.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::deadline;

/// Runs a check once. It never panics, and when it returns, nothing of the run is left.
pub(super) async fn run<R, F, E>(run: &mut R, timeout: Duration) -> Result<(), String>
where
    R: FnMut() -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    // Annotated functions that it calls give up in time, with a better word than ours.
    let end = deadline::saturating_add(Instant::now(), timeout);
    let started = catch_unwind(AssertUnwindSafe(run)).map_err(|panic| told(&*panic))?;
    let caught = Caught {
        future: Some(Box::pin(started)),
    };
    timeout_at(end, deadline::scope(end, caught))
        .await
        .unwrap_or_else(|_| Err(format!("timed out after {timeout:?}")))
}

/// A future whose panics are its result: one in its destructor as well, or in the text of its error.
struct Caught<F> {
    future: Option<Pin<Box<F>>>,
}

impl<F, E> Future for Caught<F>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.future else {
            unreachable!("a future is not polled after it has returned")
        };
        // What is left half-done by a panic is dropped, and not looked at again.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let ended = future.as_mut().poll(cx);
            ended.map_err(|error| error.to_string())
        }));
        let result = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => result,
            Err(panic) => Err(told(&*panic)),
        };
        Poll::Ready(result.and(self.end()))
    }
}

impl<F> Caught<F> {
    fn end(&mut self) -> Result<(), String> {
        let future = self.future.take();
        catch_unwind(AssertUnwindSafe(|| drop(future))).map_err(|panic| told(&*panic))
    }
}

impl<F> Drop for Caught<F> {
    fn drop(&mut self) {
        // It timed out, or nobody wants to know any more: a panic here says nothing new.
        let _ = self.end();
    }
}

fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => format!("panicked: {text}"),
        None => "panicked".to_owned(),
    }
}
