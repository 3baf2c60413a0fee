//! Retries beneath retries: the attempts of one function within an attempt of another multiply.
//!
//! Who retries stands in a thread-local cell for the length of one poll of its attempt, as deadlines do.
//! So a retry that starts beneath one of another stack finds it there, and tells of the two, once.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
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
use crate::polled::Polled;
use crate::within;

/// Who retries. It is known by its address.
#[derive(Clone, Copy)]
enum Retrier {
    Function(&'static Function),
    /// Where a policy is declared.
    Place(&'static Location<'static>),
}

/// Stands in the place of a function where a retry by hand makes an attempt: of that the other cell tells.
static HAND: Function = Function::of::<ByHand>();

thread_local! {
    static BY_HAND: Cell<Option<ByHand>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct ByHand {
    declared: &'static Location<'static>,
    /// The level of its stack: retries over each other in one stack are there to be seen, and meant.
    level: u32,
}

/// While this lives, the body of an attempt is polled that a function makes: what is beneath belongs to other stacks.
struct Attempting {
    outer: Option<&'static Function>,
}

impl Attempting {
    #[inline(always)]
    fn of(function: &'static Function) -> Self {
        Polled::now(|polled| {
            polled.level.set(polled.level.get().wrapping_add(1));
            let outer = polled.retrying.replace(Some(function));
            Self { outer }
        })
    }
}

impl Drop for Attempting {
    #[inline(always)]
    fn drop(&mut self) {
        Polled::now(|polled| {
            polled.level.set(polled.level.get().wrapping_sub(1));
            polled.retrying.set(self.outer);
        });
    }
}

/// While this lives, an attempt is polled that a retry by hand makes.
pub(crate) struct AttemptingByHand {
    function: Option<&'static Function>,
    outer: Option<ByHand>,
}

impl AttemptingByHand {
    pub(crate) fn at(declared: &'static Location<'static>) -> Self {
        let level = deadline::level();
        Self {
            function: Polled::now(|polled| polled.retrying.replace(Some(&HAND))),
            outer: BY_HAND.replace(Some(ByHand { declared, level })),
        }
    }
}

impl Drop for AttemptingByHand {
    fn drop(&mut self) {
        Polled::now(|polled| polled.retrying.set(self.function));
        BY_HAND.set(self.outer);
    }
}

/// A function starts to retry: is it beneath another one that does?
#[inline(always)]
fn start(inner: &'static Function) {
    if let Some(outer) = Polled::now(|polled| polled.retrying.get()) {
        tell(outer, Retrier::Function(inner), Some(inner));
    }
}

/// The same of a retry by hand.
pub(crate) fn start_by_hand(declared: &'static Location<'static>) {
    if let Some(outer) = Polled::now(|polled| polled.retrying.get()) {
        tell(outer, Retrier::Place(declared), within::current());
    }
}

#[cold]
#[inline(never)]
fn tell(outer: &'static Function, inner: Retrier, function: Option<&'static Function>) {
    let outer = match BY_HAND.get() {
        Some(by_hand) if *outer == HAND => {
            if by_hand.level == deadline::level() {
                return;
            }
            Retrier::Place(by_hand.declared)
        }
        _ => Retrier::Function(outer),
    };
    if event::are_warnings_heard() && is_new(outer, inner) {
        event::emit_loudly(|| Event::RetryAmplified {
            outer: outer.to_string().into(),
            inner: inner.to_string().into(),
            function,
        });
    }
}

/// As events name it.
impl fmt::Display for Retrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(function) => function.fmt(f),
            Self::Place(declared) => declared.fmt(f),
        }
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
    match retrier {
        Retrier::Function(function) => std::ptr::from_ref(function).addr(),
        Retrier::Place(declared) => std::ptr::from_ref(declared).addr(),
    }
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
#[inline(always)]
pub fn retried<S, C, F, T, E>(site: S, classify: C, future: F) -> Retried<S, F, C>
where
    S: Site,
    C: Fn(&E) -> Class,
    F: Future<Output = Result<T, E>>,
{
    Retried {
        site,
        future,
        classify,
    }
}

impl<S, F, C, T, E> Future for Retried<S, F, C>
where
    S: Site,
    F: Future<Output = Result<T, E>>,
    C: Fn(&E) -> Class,
{
    type Output = Outcome<T, E>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let function = this.site.function();
            // Here, and not where it is made: what could unwind there would keep the body from being made where
            // it stays.
            start(function);
            let _attempting = Attempting::of(function);
            this.future.poll(cx)
        };
        body::told(polled, &*this.classify)
    }
}
