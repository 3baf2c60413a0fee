//! The attributes of `resilient-runtime`.
#![forbid(unsafe_code)]

mod arguments;
mod attribute;
mod backoff;
mod body;
mod cause;
mod diagnostics;
mod expand;
mod item;
mod key;
mod literal;
mod paths;
mod pattern;
mod policy;
mod returns;
mod scope;
mod shared;
mod stack;
#[cfg(test)]
mod tests;
mod validate;
mod written;

use proc_macro::TokenStream;

use crate::policy::Policy;

/// Calls again what failed.
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Retry, arguments.into(), item.into()).into()
}

/// Timeout.
#[proc_macro_attribute]
pub fn timeout(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Timeout, arguments.into(), item.into()).into()
}

/// Breaker.
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::CircuitBreaker, arguments.into(), item.into()).into()
}

/// Bulkhead.
#[proc_macro_attribute]
pub fn bulkhead(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Bulkhead, arguments.into(), item.into()).into()
}

/// Fallback.
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Fallback, arguments.into(), item.into()).into()
}

/// Shared.
#[proc_macro_attribute]
pub fn shared(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shared::expand(arguments.into(), item.into()).into()
}
