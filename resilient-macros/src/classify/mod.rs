//! `#[derive(Classify)]`, on one screen: `type → subject → marks → decisions → impl`.
//!
//! Whatever is wrong, the type still gets an `impl Classify`, beside the errors: nothing else
//! breaks by it.

mod arguments;
mod decide;
mod expand;
mod field;
mod mark;
mod subject;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use self::subject::Subject;
use crate::diagnostics::Diagnostics;

/// Expands the derive. It stands beside the type, so the type is no part of what it gives back.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it has the shape of an entry point"
)]
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let expansion = catch_unwind(AssertUnwindSafe(|| run(item.clone())));
    expansion.unwrap_or_else(|_| {
        let fault = "`#[derive(Classify)]` panicked: this is a bug in resilient-macros, not in \
                     your code\nPlease report it, with the type it stands on.";
        syn::Error::new(Span::call_site(), fault).into_compile_error()
    })
}

fn run(item: TokenStream) -> TokenStream {
    let subject = match Subject::parse(item) {
        Ok(subject) => subject,
        Err(fault) => return fault.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::new();
    let marks = mark::read_all(subject.attributes(), &mut diagnostics);
    let decisions = decide::all(&subject, &marks, &mut diagnostics);
    let errors = diagnostics.finish();
    let decisions = errors.is_none().then_some(decisions).flatten();
    let implementation = expand::implementation(&subject, marks.krate(), decisions.as_deref());
    quote!(#errors #implementation)
}
