//! The words of `on(..)`: by what a call can have failed.

use darling::FromMeta;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Meta;

use crate::diagnostics::Diagnostics;
use crate::key::{Words, did_you_mean};

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
pub(crate) struct Causes(Words);

impl FromMeta for Causes {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        Words::from_meta(item).map(Self)
    }
}

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

    /// Reports the words that are none of these.
    pub(crate) fn check(&self, allowed: &[&str], diagnostics: &mut Diagnostics) {
        let Self(words) = self;
        words.refuse_twice(diagnostics);
        for word in &words.0 {
            if !allowed.iter().any(|known| word == known) {
                let all: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
                let near = did_you_mean(&word.to_string(), allowed.iter().copied(), '`');
                let fault = format!(
                    "`{word}` is nothing that a call can fail by{near}\n\
                     The words of `on(..)` are {}.",
                    all.join(", "),
                );
                diagnostics.error(word, fault);
            }
        }
    }

    pub(crate) fn contains(&self, cause: &str) -> bool {
        self.0.0.iter().any(|word| word == cause)
    }

    /// As it is written.
    pub(crate) fn describe(&self) -> String {
        let words: Vec<String> = self.0.0.iter().map(ToString::to_string).collect();
        format!("`on({})`", words.join(", "))
    }

    pub(crate) fn emit(&self) -> TokenStream {
        let span = Span::mixed_site();
        let causes = self.0.0.iter().filter_map(|word| {
            let (_, cause) = TABLE.iter().find(|(known, _)| word == known)?;
            let cause = Ident::new(cause, span);
            Some(quote_spanned!(span=> __rt::Cause::#cause))
        });
        quote_spanned!(span=> &[#(#causes),*])
    }
}
