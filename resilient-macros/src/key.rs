//! What a key can hold besides a literal: a name, a predicate, a path, words.

use darling::{Error, FromMeta};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Path, Token};

use crate::diagnostics::Diagnostics;
use crate::rule;
use crate::scope::Scope;
use crate::written::{literal, needs_value};

/// The name of a shared instance.
#[derive(Debug, Clone)]
pub(crate) struct Name(pub(crate) syn::LitStr);

impl FromMeta for Name {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "\"payments\""));
        };
        let fault = |text: &str| Error::custom(text).with_span(&pair.value);
        let Some((Lit::Str(name), false)) = literal(&pair.value) else {
            return Err(fault(
                "a name is a string literal, so that it can be known before the first call\n\
                 To refer to a `static`, write its path in place of the key: `PAYMENTS`.",
            ));
        };
        let text = name.value();
        match rule::name(&text) {
            Some(refused) => Err(fault(refused.as_str())),
            None => Ok(Self(name.clone())),
        }
    }
}

/// A predicate or hook: a path or a closure literal.
#[derive(Debug, Clone)]
pub(crate) struct Callable(pub(crate) Expr);

impl FromMeta for Callable {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "is_transient"));
        };
        match ungrouped(&pair.value) {
            expr @ (Expr::Path(_) | Expr::Closure(_)) => Ok(Self(expr.clone())),
            _ => Err(Error::custom(
                "expected a path to a function, or a closure, as in `|error| error.is_transient()`",
            )
            .with_span(&pair.value)),
        }
    }
}

impl Callable {
    pub(crate) fn emit(&self, scope: &Scope) -> TokenStream {
        scope.localize(self.0.to_token_stream())
    }
}

/// A plain path: of a crate, or of a function.
#[derive(Debug, Clone)]
pub(crate) struct PathValue(pub(crate) Path);

impl FromMeta for PathValue {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "path::to::it"));
        };
        match ungrouped(&pair.value) {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            _ => Err(Error::custom("expected a path, without quotes").with_span(&pair.value)),
        }
    }
}

/// An expression without the invisible group that a macro put around it.
pub(crate) fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        expr => expr,
    }
}

/// Words in parentheses: `on(error, timeout)`, `clone(order)`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(pub(crate) Vec<Ident>);

impl FromMeta for Words {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let key = item
            .path()
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        let Meta::List(list) = item else {
            return Err(
                Error::custom(format!("`{key}` takes words in parentheses: `{key}(..)`"))
                    .with_span(item),
            );
        };
        let parser = |input: syn::parse::ParseStream<'_>| {
            Punctuated::<Ident, Token![,]>::parse_terminated_with(input, Ident::parse_any)
        };
        let words: Vec<Ident> = parser.parse2(list.tokens.clone())?.into_iter().collect();
        if words.is_empty() {
            return Err(Error::custom(format!(
                "`{key}()` names nothing\nRemove it, or name something."
            ))
            .with_span(item));
        }
        Ok(Self(words))
    }
}

impl Words {
    /// Reports the words that occur more than once.
    pub(crate) fn refuse_twice(&self, diagnostics: &mut Diagnostics) {
        let Self(words) = self;
        for (i, word) in words.iter().enumerate() {
            if words[..i].contains(word) {
                diagnostics.error(
                    word,
                    format!("`{word}` is named twice\nRemove one of them."),
                );
            }
        }
    }
}
