//! The registry: every annotated function and every named instance of the binary.
//!
//! Nothing registers itself at run time. Sites and `static`s are collected by the linker, so that what a
//! name stands for is known before the first call, and does not depend on which call comes first.
//!
//! A library that a program depends on and never names is not linked by rustc, and so its functions are not here
//! either: `use library as _;` links it.
//!
//! ```
//! use resilient_runtime::{CircuitBreaker, registry, shared};
//!
//! #[shared]
//! static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
//!
//! let breaker = registry::circuit_breaker("payments").expect("it is marked as shared");
//! breaker.force_open(); // an operator's word
//! assert_eq!(PAYMENTS.state(), resilient_runtime::CircuitState::ForcedOpen);
//! ```

mod index;
#[cfg(feature = "testing")]
mod originals;
mod path;
mod shared;
mod site;
mod verify;

pub use crate::conflict::Conflict;
#[cfg(feature = "testing")]
pub(crate) use originals::originals;
#[cfg(any(feature = "testing", feature = "config"))]
pub(crate) use path::sites_of;
#[cfg(feature = "config")]
pub(crate) use path::spellings;
#[cfg(feature = "testing")]
pub(crate) use shared::names_of;
#[cfg(feature = "config")]
pub(crate) use shared::originals as named_instances;
#[doc(hidden)]
pub use shared::{Named, Shared};
#[cfg(feature = "metrics")]
use site::Kept;
#[doc(hidden)]
pub use site::{Budgeted, ByKey, Instance, Layer, Role, SITES};
pub use site::{Settings, Site};
pub use verify::{Conflicts, verify};

use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
#[cfg(feature = "metrics")]
use crate::function::Function;
use crate::rate_limit::RateLimiter;

/// Every annotated function of the binary, called or not.
pub fn sites() -> impl Iterator<Item = &'static Site> {
    SITES.iter().filter(|site| site.is_function())
}

/// The annotated function of this path, as [`Site::path`] says it, with or without the values of its
/// generics: `shop::pricing::Client::quote`. Of several, as blocks of one function may have them, the
/// first one in the source.
///
/// ```
/// use resilient_runtime::{registry, retry};
///
/// #[retry(max = 2)]
/// async fn quote() -> Result<u32, String> {
///     Ok(7)
/// }
///
/// let path = std::any::type_name_of_val(&quote);
/// let site = registry::site(path).expect("it is annotated");
/// assert!(site.settings().next().unwrap().to_string().starts_with("retry(max = 2, "));
/// ```
#[must_use]
pub fn site(path: &str) -> Option<&'static Site> {
    path::sites_of(path)
        .into_iter()
        .min_by_key(|site| site.rank())
}

/// The circuit breaker that this name stands for.
#[must_use]
pub fn circuit_breaker(name: &str) -> Option<&'static CircuitBreaker> {
    shared::find(name).map(|(breaker, _)| breaker)
}

/// The bulkhead that this name stands for.
#[must_use]
pub fn bulkhead(name: &str) -> Option<&'static Bulkhead> {
    shared::find(name).map(|(bulkhead, _)| bulkhead)
}

/// The rate limiter that this name stands for.
#[must_use]
pub fn rate_limiter(name: &str) -> Option<&'static RateLimiter> {
    shared::find(name).map(|(limiter, _)| limiter)
}

/// The retry budget that this name stands for.
#[must_use]
pub fn retry_budget(name: &str) -> Option<&'static RetryBudget> {
    shared::find(name).map(|(budget, _)| budget)
}

/// The circuit breakers that the names of the binary stand for, called or not, by name.
///
/// ```standalone_crate
/// use resilient_runtime::{CircuitBreaker, registry, shared};
///
/// #[shared]
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
///
/// let names: Vec<_> = registry::circuit_breakers().map(CircuitBreaker::name).collect();
/// assert_eq!(names, ["payments"]);
/// ```
pub fn circuit_breakers() -> impl Iterator<Item = &'static CircuitBreaker> {
    shared::all()
}

/// The bulkheads that the names of the binary stand for, called or not, by name. Those that belong to
/// one function, as they have no name, are not among them.
pub fn bulkheads() -> impl Iterator<Item = &'static Bulkhead> {
    shared::all()
}

/// The rate limiters that the names of the binary stand for, called or not, by name. Those that belong to
/// one function, as they have no name, are not among them.
pub fn rate_limiters() -> impl Iterator<Item = &'static RateLimiter> {
    shared::all()
}

/// The retry budgets that the names of the binary stand for, called or not, by name.
///
/// ```standalone_crate
/// use resilient_runtime::{RetryBudget, registry, shared};
///
/// #[shared]
/// static PAYMENTS: RetryBudget = RetryBudget::new("payments");
///
/// let names: Vec<_> = registry::retry_budgets().map(RetryBudget::name).collect();
/// assert_eq!(names, ["payments"]);
/// ```
pub fn retry_budgets() -> impl Iterator<Item = &'static RetryBudget> {
    shared::all()
}

/// The bulkheads and rate limiters that have no name and belong to one function, with that function.
#[cfg(feature = "metrics")]
pub(crate) fn private_instances(
    bulkhead: &mut dyn FnMut(&'static Bulkhead, &'static Function),
    limiter: &mut dyn FnMut(&'static RateLimiter, &'static Function),
) {
    for site in sites() {
        site.keeps(&mut |kept| match kept {
            Kept::Instance(Instance::Bulkhead(it, _)) if it.is_private() => {
                bulkhead(it, site.function());
            }
            Kept::Instance(Instance::RateLimiter(it, _)) if it.is_private() => {
                limiter(it, site.function());
            }
            _ => {}
        });
    }
}
