//! The words of `on(..)`: by what a call can have failed.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::diagnostics::Diagnostics;
use crate::key::Words;

/// The words, and the runtime's names for them.
const TABLE: [(&str, &str); 6] = [
    ("error", "Error"),
    ("timeout", "Timeout"),
    ("circuit_open", "CircuitOpen"),
    ("bulkhead_full", "BulkheadFull"),
    ("rate_limited", "RateLimited"),
    ("in_flight", "InFlight"),
];

/// `on(error, timeout)`.
#[derive(Debug)]
pub(crate) struct Causes(Vec<Ident>);

impl Causes {
    /// A call that is in flight elsewhere is waited for, not repeated.
    pub(crate) const OF_RETRY: [&str; 5] = [
        "error",
        "timeout",
        "circuit_open",
        "bulkhead_full",
        "rate_limited",
    ];
    pub(crate) const OF_FALLBACK: [&str; 6] = [
        "error",
        "timeout",
        "circuit_open",
        "bulkhead_full",
        "rate_limited",
        "in_flight",
    ];

    pub(crate) fn read(words: Words, allowed: &[&str], diagnostics: &mut Diagnostics) -> Self {
        words.refuse_twice(diagnostics);
        let Words(mut words) = words;
        words.retain(|word| {
            let known = allowed.iter().any(|known| word == known);
            if !known {
                let all = allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                diagnostics.error(word, format!("`{word}` is nothing that a call can fail by\nThe words of `on(..)` are {all}."));
            }
            known
        });
        Self(words)
    }

    pub(crate) fn contains(&self, cause: &str) -> bool {
        self.0.iter().any(|word| word == cause)
    }

    pub(crate) fn emit(&self) -> TokenStream {
        let span = Span::mixed_site();
        let causes = self.0.iter().filter_map(|word| {
            let (_, cause) = TABLE.iter().find(|(known, _)| word == known)?;
            let cause = Ident::new(cause, span);
            Some(quote_spanned!(span=> __resilient::Cause::#cause))
        });
        quote_spanned!(span=> &[#(#causes),*])
    }
}
