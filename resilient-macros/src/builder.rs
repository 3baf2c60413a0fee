//! The calls by which an expansion builds a policy.
//!
//! ```text
//! Retry::new(3).delay(Duration::from_secs(1)).max_duration(Duration::from_secs(5))
//! { let policy = Retry::new(3); let policy = policy.delay(DELAY); policy.max_duration(LIMIT) }
//! ```
//!
//! With a constant among its values a chain is taken apart: rustc shows what it finds wrong with a
//! call on all of the call, and a chain begins where its first value stands.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::scope::Scope;
use crate::written::{Value, Written};

pub(crate) struct Builder<'a> {
    new: TokenStream,
    calls: Vec<(Span, TokenStream)>,
    has_constant: bool,
    scope: &'a Scope,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(new: TokenStream, scope: &'a Scope) -> Self {
        Self {
            new,
            calls: Vec::new(),
            has_constant: false,
            scope,
        }
    }

    /// A setting, if it is written. What rustc finds wrong with a constant is shown on its tokens.
    pub(crate) fn set<T: Value>(self, method: &str, value: Option<&Written<T>>) -> Self {
        let Some(value) = value else { return self };
        let (span, argument) = (value.span(), value.emit(self.scope));
        let method = Ident::new(method, span);
        self.with(value, quote_spanned!(span=> .#method(#argument)))
    }

    /// A call with a value that may be a constant.
    pub(crate) fn with<T: Value>(self, value: &Written<T>, call: TokenStream) -> Self {
        let has_constant = self.has_constant || value.is_constant();
        Self {
            has_constant,
            ..self.call(value.span(), call)
        }
    }

    /// Any other call.
    pub(crate) fn call(mut self, span: Span, call: TokenStream) -> Self {
        self.calls.push((span, call));
        self
    }

    pub(crate) fn has_settings(&self) -> bool {
        !self.calls.is_empty()
    }

    pub(crate) fn finish(self) -> TokenStream {
        let Self { new, mut calls, .. } = self;
        if !self.has_constant {
            let calls = calls.iter().map(|(_, call)| call);
            return quote_spanned!(Span::mixed_site()=> #new #(#calls)*);
        }
        let last = calls
            .pop()
            .map(|(at, call)| quote_spanned!(at=> policy #call));
        let steps = calls
            .iter()
            .map(|(at, call)| quote_spanned!(*at=> let policy = policy #call;));
        quote_spanned!(Span::mixed_site()=> { let policy = #new; #(#steps)* #last })
    }
}
