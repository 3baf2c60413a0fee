//! Expansions without a compiler: source text in, formatted text or faults out.

mod advice;
mod arguments;
mod constants;
mod docs;
mod example;
mod faults;
mod fuzz;
mod half_typed;
mod nonsense;
mod shapes;
mod snapshots;

use std::ops::Range;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{File, Meta};

use crate::attribute;
use crate::item::Item;
use crate::policy::Policy;

/// What an item with attributes of ours expands to. The topmost attribute is the one that rustc
/// would call.
fn expand(source: &str) -> TokenStream {
    expand_tokens(source.parse().expect("the source has no unknown tokens"))
}

fn expand_tokens(source: TokenStream) -> TokenStream {
    expand_with(source, false)
}

/// The same, with the feature `advice` as an argument.
fn expand_with(source: TokenStream, advises: bool) -> TokenStream {
    let mut item = Item::parse(source);
    let top = item
        .attributes
        .iter()
        .position(|attribute| Policy::named_by(attribute.path()).is_some());
    let top = item
        .attributes
        .remove(top.expect("an attribute of ours is on it"));
    let policy = Policy::named_by(top.path()).expect("it was found by its name");
    let arguments = match top.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    attribute::expand_with(policy, arguments, quote::quote!(#item), advises)
}

/// The expansion, formatted. A method is shown in an `impl`.
fn formatted(source: &str) -> String {
    let expansion = expand(source);
    let file = syn::parse2(expansion.clone())
        .or_else(|_| syn::parse2(quote::quote!(impl S { #expansion })));
    unparsed(file.expect("an expansion is an item"))
}

/// A file, formatted: what stands in `pin!(..)` too, which formatters leave as it is.
fn unparsed(file: File) -> String {
    const STAND_IN: &str = "pin__";
    let file = syn::parse2(pins_as(STAND_IN, file.into_token_stream()));
    let text = prettyplease::unparse(&file.expect("a call stands in for a macro"));
    text.replace(&format!("{STAND_IN}("), "pin!(")
}

fn pins_as(name: &str, tokens: TokenStream) -> TokenStream {
    let mut replaced: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_pin = match replaced.as_slice() {
            [.., pin, mark] => pin.to_string() == "pin" && mark.to_string() == "!",
            _ => false,
        };
        match token {
            TokenTree::Group(group) => {
                if after_pin {
                    replaced.truncate(replaced.len() - 2);
                    replaced.push(Ident::new(name, group.span()).into());
                }
                let inner = pins_as(name, group.stream());
                replaced.push(Group::new(group.delimiter(), inner).into());
            }
            token => replaced.push(token),
        }
    }
    replaced.into_iter().collect()
}

/// The tokens without the mentions of siblings, which expand to nothing.
fn without_mentions(tokens: TokenStream) -> TokenStream {
    let is_mention = |token: &TokenTree| {
        matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
            && token.to_string().contains("(__resilient_used)")
    };
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // `#` `[path(__resilient_used)]` `const` `_` `:` `()` `=` `()` `;`
    while let Some(at) = tokens.iter().position(is_mention) {
        tokens.drain(at - 1..=at + 7);
    }
    let within = |token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_mentions(group.stream()));
            inner.set_span(group.span());
            inner.into()
        }
        token => token,
    };
    tokens.into_iter().map(within).collect()
}

/// The messages of all faults that are reported.
fn faults(source: &str) -> Vec<String> {
    messages(expand(source))
}

fn messages(tokens: TokenStream) -> Vec<String> {
    let located = located(tokens).into_iter();
    located.map(|(message, _)| message).collect()
}

/// The messages of all faults, with the bytes of the source that each is shown on: none for the
/// attribute that is expanded, as rustc shows that one by itself.
fn located(tokens: TokenStream) -> Vec<(String, Range<usize>)> {
    let mut messages = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if token.to_string() == "compile_error"
            && let Some(message) = tokens.nth(1)
            && let proc_macro2::TokenTree::Group(message) = message
            && let Ok(text) = syn::parse2::<syn::LitStr>(message.stream())
        {
            let end = message.span().byte_range().end;
            messages.push((text.value(), token.span().byte_range().start..end));
        }
    }
    messages
}
