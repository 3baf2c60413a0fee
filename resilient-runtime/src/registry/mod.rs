//! The registry: every annotated function and every named instance of the binary.
//!
//! Nothing registers itself at run time. Sites and `static`s are collected by the linker, so that what a
//! name stands for is known before the first call, and does not depend on which call comes first.
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

mod shared;
mod site;
mod verify;

pub use crate::conflict::Conflict;
pub use shared::{Named, Shared};
pub use site::{Budgeted, Instance, Layer, Role, SITES, Site};
pub use verify::{Conflicts, verify};

use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::rate_limit::RateLimiter;

/// Every annotated function of the binary, called or not.
pub fn sites() -> impl Iterator<Item = &'static Site> {
    SITES.iter().filter(|site| site.is_function())
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
