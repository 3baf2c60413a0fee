//! Retries beneath retries: the attempts of one function within an attempt of another multiply.
//!
//! Who retries stands in a thread-local cell for the length of one poll of its attempt, as deadlines do.
//! So a retry that starts beneath one of another stack finds it there, and tells of the two, once.

use std::cell::Cell;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::body;
use crate::class::Class;
use crate::deadline;
use crate::event::{self, Event};
use crate::function::{Function, Site};
use crate::outcome::Outcome;

/// Who retries: an annotated function, or the place where a policy is declared. It is known by its
/// address.
pub(crate) type Retrier = &'static (dyn Display + Sync);

thread_local! {
    static ABOVE: Cell<Option<Above>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Above {
    retrier: Retrier,
    /// The level of its stack: retries over each other in one stack are there to be seen, and meant.
    level: u32,
}

/// A retry whose attempt is polled while this lives.
pub(crate) struct Attempting {
    outer: Option<Above>,
}

impl Attempting {
    #[inline]
    pub(crate) fn by(retrier: Retrier) -> Self {
        let outer = match ABOVE.get() {
            // Most retries are beneath none: there is nothing to keep.
            None => None,
            Some(_) => above(),
        };
        let level = deadline::level();
        ABOVE.set(Some(Above { retrier, level }));
        Self { outer }
    }
}

impl Drop for Attempting {
    #[inline]
    fn drop(&mut self) {
        match self.outer {
            None => ABOVE.set(None),
            Some(outer) => outer.put_back(),
        }
    }
}

#[cold]
#[inline(never)]
fn above() -> Option<Above> {
    ABOVE.get()
}

impl Above {
    #[cold]
    #[inline(never)]
    fn put_back(self) {
        ABOVE.set(Some(self));
    }
}

/// A retry starts: is it beneath one of another stack?
#[inline]
pub(crate) fn start(inner: Retrier, function: Option<&'static Function>) {
    if let Some(outer) = ABOVE.get()
        && outer.level != deadline::level()
    {
        tell(outer.retrier, inner, function);
    }
}

#[cold]
#[inline(never)]
fn tell(outer: Retrier, inner: Retrier, function: Option<&'static Function>) {
    if event::are_warnings_heard() && is_new(outer, inner) {
        event::emit_loudly(|| Event::RetryAmplified {
            outer: outer.to_string().into(),
            inner: inner.to_string().into(),
            function,
        });
    }
}

/// So many pairs are told of in the life of a process: nobody reads more of them.
const PAIRS: usize = 256;
/// So many places are tried for one.
const TRIES: usize = 16;

/// The pairs that were told of, by a hash: zero is none.
static TOLD: [AtomicUsize; PAIRS] = [const { AtomicUsize::new(0) }; PAIRS];

/// Whether this pair has not been told of, and now is. In a table that is full, it has been.
fn is_new(outer: Retrier, inner: Retrier) -> bool {
    let pair = hash(address(outer), address(inner));
    // What a test hears must not depend on which test came first.
    #[cfg(feature = "testing")]
    if let Some(isolation) = crate::isolation::current() {
        return isolation.is_new(pair);
    }
    for i in 0..TRIES {
        let place = &TOLD[pair.wrapping_add(i) % PAIRS];
        match place.compare_exchange(0, pair, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return true,
            Err(other) if other == pair => return false,
            Err(_) => {}
        }
    }
    false
}

fn address(retrier: Retrier) -> usize {
    std::ptr::from_ref(retrier).addr()
}

/// Never zero. In the order of the two, as who is above whom matters.
fn hash(outer: usize, inner: usize) -> usize {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((outer, inner));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "any bits of a hash are as good as others"
    )]
    let hash = hash as usize;
    hash | 1
}

pin_project! {
    /// The body of a function that is retried: what is called in it is beneath that retry.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Retried<S, F, C> {
        site: S,
        #[pin]
        future: F,
        classify: C,
    }
}

/// An attempt of the function at this site, for expansions. The site is asked for, as a function that
/// only names a `static` takes no room in a future.
#[inline]
pub fn retried<S, R, C, F, T, E>(site: S, classify: C, future: F) -> Retried<S, F, C>
where
    S: Fn() -> &'static R + Site,
    R: Display + Sync + 'static,
    C: Fn(&E) -> Class,
    F: Future<Output = Result<T, E>>,
{
    Retried {
        site,
        future,
        classify,
    }
}

impl<S, R, F, C, T, E> Future for Retried<S, F, C>
where
    S: Fn() -> &'static R + Site,
    R: Display + Sync + 'static,
    F: Future<Output = Result<T, E>>,
    C: Fn(&E) -> Class,
{
    type Output = Outcome<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let (site, function) = ((this.site)(), *this.site);
            // Here, and not where it is made: what could unwind there would keep the body from being made where
            // it stays.
            start(site, Some(function.function()));
            let _attempting = Attempting::by(site);
            let _inside = deadline::Inside::enter();
            this.future.poll(cx)
        };
        body::told(polled, &*this.classify)
    }
}
