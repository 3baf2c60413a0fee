//! Spells the names that every expansion shares: the only place that knows where the runtime keeps
//! what is generated for.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::Path;

use crate::written::first_span;

/// The end of the [`import`] that every expansion begins with, by which a second expansion knows that a
/// first one was here. A name alone could be the user's.
const IMPORT: [&str; 3] = ["__private", "as", "__rt"];

/// The argument of a mention: it keeps an import used, and expands to nothing.
const USED: &str = "__resilient_used";

/// The `use` by which the rest of an expansion reaches the runtime.
///
/// It is absolute, so that a local `resilient_runtime` is not in its way, and one short name, so
/// that expansions read well.
pub(crate) fn import(krate: Option<&Path>) -> TokenStream {
    let span = Span::mixed_site();
    let krate = krate.map_or_else(
        || quote_spanned!(span=> ::resilient_runtime),
        ToTokens::to_token_stream,
    );
    quote_spanned!(span=> use #krate::__private as __rt;)
}

/// Whether an expansion of ours is somewhere in these tokens.
pub(crate) fn expanded_in(tokens: TokenStream) -> bool {
    let mut seen = 0;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => {
            let is = |at: usize| ident == IMPORT[at];
            seen = match seen {
                seen if is(seen) => seen + 1,
                _ => usize::from(is(0)),
            };
            seen == IMPORT.len()
        }
        TokenTree::Group(group) => {
            seen = 0;
            expanded_in(group.stream())
        }
        TokenTree::Punct(_) | TokenTree::Literal(_) => {
            seen = 0;
            false
        }
    })
}

/// The mention of an attribute that another one has taken off the function.
///
/// Without it the user's import would be reported as unused, and an attribute of another crate that
/// merely has the same last segment would be swallowed: here it meets an item that it does not
/// expect, and says so.
pub(crate) fn mention(attribute: &Path) -> TokenStream {
    // Where the user wrote it: there is what another crate's attribute has to say.
    let span = Span::mixed_site().located_at(first_span(attribute));
    let used = Ident::new(USED, span);
    quote_spanned!(span=> #[#attribute(#used)] const _: () = ();)
}

/// Whether an attribute is called by a [`mention`].
pub(crate) fn is_mention(arguments: &TokenStream) -> bool {
    let mut tokens = arguments.clone().into_iter();
    matches!((tokens.next(), tokens.next()), (Some(TokenTree::Ident(ident)), None) if ident == USED)
}
