//! The pipeline, on one screen: `(arguments, item) → stack → layers → checked → expansion`.
//!
//! Whatever is wrong, the function is given back without our attributes, beside the errors: nothing
//! else breaks by it, and editors keep working in half-typed code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::advice;
use crate::diagnostics::Diagnostics;
use crate::expand;
use crate::item::{Function, Item};
use crate::paths;
use crate::policy::Policy;
use crate::stack::{self, Stack};
use crate::validate;

/// Expands one attribute, and with it all of its stack that stands beneath it.
pub(crate) fn expand(policy: Policy, arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_with(policy, arguments, item, cfg!(feature = "advice"))
}

/// The same, with the feature `advice` as an argument.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it has the shape of an entry point"
)]
pub(crate) fn expand_with(
    policy: Policy,
    arguments: TokenStream,
    item: TokenStream,
    advises: bool,
) -> TokenStream {
    if paths::is_mention(&arguments) {
        return TokenStream::new();
    }
    let expansion = catch_unwind(AssertUnwindSafe(|| {
        run(policy, arguments, item.clone(), advises)
    }));
    expansion.unwrap_or_else(|_| {
        let word = policy.word();
        let fault = format!(
            "`#[{word}]` panicked: this is a bug in resilient-macros, not in your code\n\
             Please report it, with the function it stands on."
        );
        let error = syn::Error::new(Span::call_site(), fault).into_compile_error();
        quote!(#error #item)
    })
}

/// An attribute whose word is kept for a later release: it says so, and leaves the function as it is.
pub(crate) fn reserved(word: &str, item: &TokenStream) -> TokenStream {
    let fault = format!(
        "`#[{word}]` is reserved: this version has nothing that acts on it\n\
         Remove it."
    );
    let error = syn::Error::new(Span::call_site(), fault).into_compile_error();
    quote!(#error #item)
}

fn run(policy: Policy, arguments: TokenStream, item: TokenStream, advises: bool) -> TokenStream {
    let mut diagnostics = Diagnostics::new();
    let mut item = Item::parse(item);
    let stack = Stack::take(policy, arguments, &mut item, &mut diagnostics);
    if paths::expanded_in(item.rest.clone()) {
        stack::refuse_renamed(policy, &mut diagnostics);
    }
    let function = Function::parse(&item, policy.word(), &mut diagnostics);
    let scope = function.as_ref().map(Function::scope).unwrap_or_default();
    let (layers, keys) = stack.read(&scope, &mut diagnostics);
    validate::stack(&layers, &mut diagnostics);
    if let Some(function) = &function {
        validate::function(&layers, function, &mut diagnostics);
    }
    match (diagnostics.finish(), function) {
        (None, Some(function)) => {
            let spans: Vec<Span> = stack.spans().collect();
            let advice = advises.then(|| advice::given(&layers, &spans));
            expand::expand(function, &stack, &layers, &keys, advice.as_ref())
        }
        (errors, function) => {
            // Imports stay used, so that no warning about them stands beside the errors.
            let mentions = stack.siblings().map(paths::mention);
            let mentions = function.is_some().then(|| quote!(#(#mentions)*));
            let item = item.beginning_with(mentions.unwrap_or_default());
            quote!(#errors #item)
        }
    }
}
