//! What only expansions need: the checks of a function's signature, and the one conversion at the end.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::budget::RetryBudget;
use crate::class::{Class, Classify};
use crate::error::Rejected;
use crate::outcome::{Failure, Outcome};
use crate::registry::Layer;
use crate::retry::{Attempts, Retry};

/// The policies by the words of their attributes: layers that have no settings to look at.
#[allow(non_camel_case_types, reason = "they read like the attributes")]
pub mod policy {
    macro_rules! policies {
        ($($word:ident)*) => {$(
            #[doc = concat!("`#[", stringify!($word), "]`")]
            #[derive(Debug)]
            pub struct $word;

            impl super::Layer for $word {
                fn policy(&self) -> &'static str {
                    stringify!($word)
                }
            }
        )*};
    }

    policies! { retry timeout circuit_breaker bulkhead rate_limit hedge fallback retry_budget hedge_budget }
}

/// What an annotated function returns. By a trait, not by its spelling: any alias of `Result` will do.
#[diagnostic::on_unimplemented(
    message = "a policy has to see whether a call failed, and this function returns `{Self}`",
    label = "must be `Result<T, E>`, or an alias of one",
    note = "write `Result<{Self}, YourError>`, and `Ok(..)` around what it returns"
)]
pub trait ReturnsResult {
    /// Its value.
    type Ok;
    /// Its error.
    type Err;

    #[doc(hidden)]
    fn from_result(result: Result<Self::Ok, Self::Err>) -> Self;
}

impl<T, E> ReturnsResult for Result<T, E> {
    type Ok = T;
    type Err = E;

    #[inline]
    fn from_result(result: Self) -> Self {
        result
    }
}

/// An error type that a rejection can become.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a rejection by a policy of this stack",
    label = "the error type `{Self}` must be `From<resilient_runtime::Rejected>`",
    note = "add a variant to it: `#[error(transparent)] Rejected(#[from] resilient_runtime::Rejected)`",
    note = "for a foreign type write `rejected = path` in the attribute, with `fn path(rejected: Rejected) -> {Self}`; for a generic one `where E: From<Rejected>`",
    note = "or put an unconditional `#[fallback(..)]` on top of the stack"
)]
pub trait AcceptsRejected: Sized {
    #[doc(hidden)]
    fn from_rejected(rejected: Rejected) -> Self;
}

// It keeps rustc from explaining the bound of this impl in place of the text above.
#[diagnostic::do_not_recommend]
impl<E: From<Rejected>> AcceptsRejected for E {
    fn from_rejected(rejected: Rejected) -> Self {
        rejected.into()
    }
}

/// The end of a stack: a rejection becomes the function's own error.
#[inline]
pub fn finish<R>(outcome: Outcome<R::Ok, R::Err>) -> R
where
    R: ReturnsResult,
    R::Err: AcceptsRejected,
{
    R::from_result(outcome.map_err(error_of::<R>))
}

/// The end of a stack with `rejected = path`.
#[inline]
pub fn finish_with<R>(
    outcome: Outcome<R::Ok, R::Err>,
    convert: impl FnOnce(Rejected) -> R::Err,
) -> R
where
    R: ReturnsResult,
{
    R::from_result(outcome.map_err(|failure| error_of_with::<R>(failure, convert)))
}

/// The end of a stack in which nothing rejects.
#[inline]
pub fn finish_infallible<R>(outcome: Outcome<R::Ok, R::Err>) -> R
where
    R: ReturnsResult,
{
    finish_with::<R>(outcome, |rejected| {
        unreachable!("no policy of this stack rejects: {rejected}")
    })
}

/// A failure as the function's own error.
pub fn error_of<R>(failure: Failure<R::Err>) -> R::Err
where
    R: ReturnsResult,
    R::Err: AcceptsRejected,
{
    error_of_with::<R>(failure, AcceptsRejected::from_rejected)
}

/// A failure as the function's own error, with `rejected = path`.
pub fn error_of_with<R>(
    failure: Failure<R::Err>,
    convert: impl FnOnce(Rejected) -> R::Err,
) -> R::Err
where
    R: ReturnsResult,
{
    match failure {
        Failure::Error(error) => error,
        Failure::Rejected(rejected) => convert(rejected),
    }
}

/// What a fallback's `when` says. It sees a rejection as the error that it would become.
pub fn runs_when<R>(failure: &Failure<R::Err>, when: impl FnOnce(&R::Err) -> bool) -> bool
where
    R: ReturnsResult,
    R::Err: AcceptsRejected,
{
    runs_when_with::<R>(failure, when, AcceptsRejected::from_rejected)
}

/// What a fallback's `when` says, with `rejected = path`.
pub fn runs_when_with<R>(
    failure: &Failure<R::Err>,
    when: impl FnOnce(&R::Err) -> bool,
    convert: impl FnOnce(Rejected) -> R::Err,
) -> bool
where
    R: ReturnsResult,
{
    match failure {
        Failure::Error(error) => when(error),
        Failure::Rejected(rejected) => when(&convert(rejected.clone())),
    }
}

/// What `clone(..)` names.
#[diagnostic::on_unimplemented(
    message = "an argument of type `{Self}` can't be cloned for each attempt",
    label = "it is named in `clone(..)`, so it must be `Clone`"
)]
pub trait Fresh: Sized {
    #[doc(hidden)]
    fn fresh(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Fresh for T {
    fn fresh(&self) -> Self {
        self.clone()
    }
}

/// A copy for one attempt.
pub fn fresh<T: Fresh>(original: &mut T) -> T {
    original.fresh()
}

/// A copy for one that runs at the same time as others. It is no `Copy`, whatever it holds, so that a
/// block that uses it takes it along.
#[derive(Debug)]
pub struct Copied<T>(T);

/// A copy for one that runs at the same time as others.
pub fn copied<T: Fresh>(original: &mut T) -> Copied<T> {
    Copied(original.fresh())
}

/// What was copied.
pub fn taken<T>(Copied(copy): Copied<T>) -> T {
    copy
}

/// Attempts whose types are known, so that hooks may be closures without types.
#[must_use]
#[inline]
pub fn attempts<R>(retry: &Retry) -> Attempts<'_, R::Ok, R::Err>
where
    R: ReturnsResult,
{
    retry.attempts()
}

/// The same, with the budget that the attribute names.
#[must_use]
#[inline]
pub fn attempts_within<'r, R>(
    retry: &'r Retry,
    budget: &'r RetryBudget,
) -> Attempts<'r, R::Ok, R::Err>
where
    R: ReturnsResult,
{
    retry.attempts_within(budget)
}

/// `classify = |error| ..`: here a closure is told the type of what it classifies. It is asked once for
/// each attempt, and so it must be `Copy`, as one is that only borrows.
#[inline]
pub fn classify_by<R, C>(classify: C) -> C
where
    R: ReturnsResult,
    C: Fn(&R::Err) -> Class + Copy,
{
    classify
}

/// `rejected = |rejected| ..`: here a closure is told the type of what it converts to.
#[inline]
pub fn reject_by<R, C>(convert: C) -> C
where
    R: ReturnsResult,
    C: FnOnce(Rejected) -> R::Err,
{
    convert
}

/// A value that is never looked at: it tells the compiler what a body returns, and that it is a `Result`
/// before anything else could be wrong with it.
#[cold]
pub fn never<R: ReturnsResult>() -> Result<R::Ok, R::Err> {
    unreachable!("it stands behind `if false`")
}

/// Finds how to classify the errors of a function that returns `R`: by `Classify`, where the signature
/// shows that they have it, else as transient. An inherent method wins over one behind `Deref`, so the
/// choice is made where the function is written, with no trait to import.
#[derive(Debug)]
pub struct ClassOf<R>(Unclassed, PhantomData<fn() -> R>);

impl<R> ClassOf<R> {
    /// Of functions that return `R`.
    #[must_use]
    #[inline]
    #[expect(clippy::new_without_default, reason = "expansions alone make one")]
    pub const fn new() -> Self {
        Self(Unclassed, PhantomData)
    }
}

impl<T, E: Classify> ClassOf<Result<T, E>> {
    /// By `Classify`.
    #[inline]
    pub fn classifier(&self) -> impl Fn(&E) -> Class + Copy + Send + Sync + use<T, E> {
        E::class
    }
}

/// Errors whose class nobody has said.
#[derive(Debug)]
pub struct Unclassed;

impl Unclassed {
    /// As transient.
    #[inline]
    #[allow(clippy::unused_self, reason = "it is found by `Deref`")]
    pub fn classifier<E>(&self) -> impl Fn(&E) -> Class + Copy + Send + Sync + use<E> {
        |_: &E| Class::Transient
    }
}

impl<R> Deref for ClassOf<R> {
    type Target = Unclassed;
    fn deref(&self) -> &Unclassed {
        &self.0
    }
}

/// Ties a signature that cannot be written (`Result<impl Trait, E>`) to the future that has it.
pub fn tie<R, F: Future<Output = R>>(_: PhantomData<fn() -> R>, future: F) -> (ClassOf<R>, F) {
    (ClassOf::new(), future)
}
