//! What a key can hold besides a literal: a name, a predicate, a path, words.

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Path, Token};

use crate::diagnostics::Diagnostics;
use crate::rule;
use crate::scope::Scope;
use crate::written::{key, last_span, literal, needs_value};

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

/// A word that says all by itself: `with_error`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flag(pub(crate) bool);

impl FromMeta for Flag {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        if let Meta::Path(_) = item {
            return Ok(Self(true));
        }
        let word = key(item);
        let fault = format!("`{word}` is a word without a value\nWrite `{word}` alone.");
        Err(Error::custom(fault).with_span(item))
    }
}

/// A predicate or hook: a path or a closure literal.
#[derive(Debug, Clone)]
pub(crate) struct Callable(pub(crate) Expr);

impl FromMeta for Callable {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "path::to::it"));
        };
        if let expr @ (Expr::Path(_) | Expr::Closure(_)) = ungrouped(&pair.value) {
            return Ok(Self(expr.clone()));
        }
        let example = match &*key(item) {
            "rejected" => "|rejected| PriceError::Rejected(rejected)",
            "classify" => "|error| error.class()",
            "when_ok" | "failure_when_ok" => "|value| value.is_busy()",
            "delay_from" => "|error| error.retry_after()",
            "on_retry" => "|event| log(event)",
            _ => "|error| error.is_transient()",
        };
        let fault = format!("expected a path to a function, or a closure, as in `{example}`");
        Err(Error::custom(fault).with_span(&pair.value))
    }
}

impl ToTokens for Callable {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl Callable {
    /// As a closure, so that what does not fit is said once, and at the user's path.
    pub(crate) fn emit(&self, scope: &Scope) -> TokenStream {
        let tokens = scope.localize(self.0.to_token_stream());
        if matches!(self.0, Expr::Closure(_)) {
            return tokens;
        }
        let at = Span::mixed_site().located_at(last_span(&self.0));
        quote_spanned!(at=> |it| #tokens(it))
    }
}

/// A plain path: of a crate.
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

/// The word that was probably meant, by darling's measure, as for keys.
pub(crate) fn nearest<'w>(
    word: &str,
    mut known: impl Iterator<Item = &'w str> + Clone,
) -> Option<&'w str> {
    let known_words: Vec<&str> = known.clone().collect();
    let fault = Error::unknown_value_with_alts(word, &known_words).to_string();
    let (_, near) = fault.split_once("Did you mean `")?;
    let (near, _) = near.split_once('`')?;
    known.find(|word| *word == near)
}

/// The end of a message about a word that is unknown.
pub(crate) fn did_you_mean<'w>(
    word: &str,
    known: impl Iterator<Item = &'w str> + Clone,
    quote: char,
) -> String {
    nearest(word, known).map_or(String::new(), |near| {
        format!(". Did you mean {quote}{near}{quote}?")
    })
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
        let words = parser.parse2(list.tokens.clone()).map_err(|fault| {
            Error::custom(format!(
                "`{key}(..)` takes plain words, with commas between them and no quotes"
            ))
            .with_span(&fault.span())
        })?;
        let words: Vec<Ident> = words.into_iter().collect();
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
