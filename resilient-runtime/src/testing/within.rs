//! A future that is polled, and dropped, with something in force.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

/// What can be in force for the length of one poll.
pub(super) trait Scope {
    /// It is in force while this lives.
    type Entered;

    fn enter(&self) -> Self::Entered;
}

pin_project! {
    #[must_use = "futures do nothing unless awaited"]
    pub(super) struct Within<F, S: Scope> {
        #[pin]
        future: Option<F>,
        scope: S,
    }

    impl<F, S: Scope> PinnedDrop for Within<F, S> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.scope.enter();
            this.future.set(None);
        }
    }
}

impl<F, S: Scope> Within<F, S> {
    pub(super) fn new(future: F, scope: S) -> Self {
        Self {
            future: Some(future),
            scope,
        }
    }
}

impl<F: Future, S: Scope> Future for Within<F, S> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = this.scope.enter();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            unreachable!("a future is not polled after it has returned")
        };
        let output = ready!(future.poll(cx));
        // What it drops is part of what it does.
        this.future.set(None);
        Poll::Ready(output)
    }
}
