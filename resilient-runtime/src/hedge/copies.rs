//! Room for the copies of one call: pinned in place, one after the other, by recursion over types.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::body;
use crate::class::Class;
use crate::outcome::Outcome;

/// Room for two, which is what most hedges need.
pub(super) type Two<F> = Slot<F, Slot<F, Later<F>>>;
/// Room for three.
pub(super) type Three<F> = Slot<F, Two<F>>;

/// How a copy ended.
#[derive(Debug)]
pub struct Ended<O> {
    /// Its number: 0 is the first call.
    pub(super) copy: u32,
    pub(super) outcome: O,
    /// What its body said of its error.
    pub(super) class: Class,
}

/// Room for copies.
pub trait Copies {
    /// What is copied.
    type Copy;

    #[doc(hidden)]
    const EMPTY: Self;

    /// Puts a copy in the room of this number. Each room is used once, so that they stand in the order
    /// in which they were started.
    #[doc(hidden)]
    fn start(self: Pin<&mut Self>, number: u32, copy: Self::Copy);

    /// The first, from this number on, that ends in this poll. It is gone by then.
    #[doc(hidden)]
    fn poll<T, E>(
        self: Pin<&mut Self>,
        from: u32,
        cx: &mut Context<'_>,
    ) -> Poll<Ended<Outcome<T, E>>>
    where
        Self::Copy: Future<Output = Outcome<T, E>>;

    /// Drops them all.
    #[doc(hidden)]
    fn clear(self: Pin<&mut Self>);
}

pin_project! {
    /// Room for one copy, and for those after it.
    #[derive(Debug)]
    pub struct Slot<F, Rest> {
        #[pin]
        copy: Option<F>,
        // It may go on after its body: then the class must not be lost.
        class: Option<Class>,
        #[pin]
        rest: Rest,
    }
}

impl<F, Rest: Copies<Copy = F>> Copies for Slot<F, Rest> {
    type Copy = F;

    const EMPTY: Self = Self {
        copy: None,
        class: None,
        rest: Rest::EMPTY,
    };

    fn start(self: Pin<&mut Self>, number: u32, copy: F) {
        let mut this = self.project();
        match number.checked_sub(1) {
            None => this.copy.set(Some(copy)),
            Some(number) => this.rest.start(number, copy),
        }
    }

    #[inline]
    fn poll<T, E>(
        self: Pin<&mut Self>,
        from: u32,
        cx: &mut Context<'_>,
    ) -> Poll<Ended<Outcome<T, E>>>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        let mut this = self.project();
        if from == 0
            && let Some(copy) = this.copy.as_mut().as_pin_mut()
        {
            body::clear_class();
            let polled = copy.poll(cx);
            *this.class = body::said().or(*this.class);
            if let Poll::Ready(outcome) = polled {
                this.copy.set(None);
                return Poll::Ready(Ended {
                    copy: 0,
                    outcome,
                    class: this.class.unwrap_or_default(),
                });
            }
        }
        let ended = this.rest.poll(from.saturating_sub(1), cx);
        ended.map(|ended| Ended {
            copy: ended.copy + 1,
            ..ended
        })
    }

    fn clear(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.copy.set(None);
        this.rest.clear();
    }
}

/// Room for any number of copies, each in a box that is made when it starts.
#[derive(Debug)]
pub struct Later<F>(Option<Boxed<F>>);

type Boxed<F> = Pin<Box<Slot<F, Later<F>>>>;

impl<F> Copies for Later<F> {
    type Copy = F;

    const EMPTY: Self = Self(None);

    fn start(mut self: Pin<&mut Self>, number: u32, copy: F) {
        let slot = self.0.get_or_insert_with(|| Box::pin(Slot::EMPTY));
        slot.as_mut().start(number, copy);
    }

    #[inline]
    fn poll<T, E>(
        mut self: Pin<&mut Self>,
        from: u32,
        cx: &mut Context<'_>,
    ) -> Poll<Ended<Outcome<T, E>>>
    where
        F: Future<Output = Outcome<T, E>>,
    {
        match &mut self.0 {
            Some(slot) => slot.as_mut().poll(from, cx),
            None => Poll::Pending,
        }
    }

    fn clear(mut self: Pin<&mut Self>) {
        self.0 = None;
    }
}
