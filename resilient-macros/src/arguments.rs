//! Reads what stands between an attribute's parentheses: keys and positional values, each with its
//! own tokens.

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, MacroDelimiter, Meta, MetaList, MetaNameValue, Path, Token, token};

use crate::diagnostics::Diagnostics;
use crate::grammar::vocabulary::Vocabulary;
use crate::scope::Scope;

/// The keys that are legal in any attribute, and hold for its whole stack.
pub(crate) const STACK_KEYS: &[&str] = &["crate", "rejected", "classify"];

impl Vocabulary {
    /// Whether a word without `=` is a key.
    fn is_key(&self, word: &Ident, scope: &Scope) -> bool {
        let is = |known: &str| word == known;
        let own = self.keys.iter().chain(STACK_KEYS).any(|known| is(known))
            || self.reserved.iter().any(|(known, _)| is(known));
        if self.words_are_values {
            own && !scope.is_argument(word)
        } else {
            own || !is_name(word, scope)
        }
    }
}

/// The arguments of one attribute.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Where the attribute stands: for what is missing. None for the one that is being expanded, as
    /// rustc shows that one by itself.
    pub(crate) attribute: TokenStream,
    keys: Vec<Meta>,
    pub(crate) positional: Vec<Expr>,
    /// Whether a part did not parse.
    is_broken: bool,
}

enum Argument {
    Key(Meta),
    Value(Expr),
}

impl Arguments {
    /// Splits the tokens at their commas. A part that does not parse is a fault of its own: the
    /// others are still read.
    pub(crate) fn parse(
        tokens: TokenStream,
        vocabulary: &Vocabulary,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut arguments = Self::default();
        let tokens = ending_in_itself(tokens);
        let parser = |input: ParseStream<'_>| {
            let content;
            syn::parenthesized!(content in input);
            let input = &content;
            while !input.is_empty() {
                match argument(input, vocabulary, scope)
                    .and_then(|argument| comma(input).map(|()| argument))
                {
                    Ok(Argument::Key(key)) => arguments.keys.push(key),
                    Ok(Argument::Value(value)) => arguments.positional.push(value),
                    Err(fault) => {
                        arguments.is_broken = true;
                        diagnostics.push(fault);
                        skip_to_comma(input);
                    }
                }
            }
            Ok(())
        };
        if let Err(fault) = parser.parse2(tokens) {
            diagnostics.push(fault);
        }
        arguments
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.positional.is_empty() && !self.is_broken
    }

    /// Whether every part was understood: only then can it be said that something is missing.
    pub(crate) fn is_understood(&self, vocabulary: &Vocabulary) -> bool {
        let reserved = vocabulary.reserved.iter().map(|(word, _)| word);
        let known = || vocabulary.keys.iter().chain(reserved.clone());
        let is_known = |key: &Meta| known().any(|word| key.path().is_ident(word));
        !self.is_broken && self.keys.iter().all(is_known)
    }

    /// A key as it was written, whatever its value is worth.
    pub(crate) fn find(&self, word: &str) -> Option<&Meta> {
        self.keys.iter().find(|key| key.path().is_ident(word))
    }

    /// Takes out the keys that hold for the whole stack.
    pub(crate) fn take_stack_keys(&mut self) -> Self {
        let keys = self
            .keys
            .extract_if(.., |key| {
                STACK_KEYS.iter().any(|word| key.path().is_ident(word))
            })
            .collect();
        Self {
            keys,
            ..Self::default()
        }
    }

    /// The keys as a struct of spanned values. What is faulty is reported and left out, so that the
    /// rules still see the rest.
    pub(crate) fn keys<K: FromMeta + Default>(
        &self,
        vocabulary: &Vocabulary,
        diagnostics: &mut Diagnostics,
    ) -> K {
        let mut good: Vec<NestedMeta> = Vec::new();
        let mut seen: Vec<&Path> = Vec::new();
        for key in &self.keys {
            let path = key.path();
            let find = |table: &[(&str, &'static str)]| {
                table
                    .iter()
                    .find(|(word, _)| path.is_ident(word))
                    .map(|row| row.1)
            };
            if seen.contains(&path) {
                let name = path
                    .get_ident()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                diagnostics.error(
                    path,
                    format!("`{name}` is written twice: which one holds?\nRemove one of them."),
                );
            } else if let Some(lacks) = find(vocabulary.reserved) {
                let name = path
                    .get_ident()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                diagnostics.error(
                    path,
                    format!(
                        "`{name}` is reserved: this version has no {lacks}\n\
                         Remove it: nothing would act on it."
                    ),
                );
            } else if let Some(advice) = find(vocabulary.foreign) {
                diagnostics.error(path, advice);
            } else {
                let key = NestedMeta::Meta(key.clone());
                match K::from_list(std::slice::from_ref(&key)) {
                    Ok(_) => good.push(key),
                    Err(faults) => {
                        let faults = faults.add_sibling_alts_for_unknown_field(STACK_KEYS);
                        let is_word = matches!(key, NestedMeta::Meta(Meta::Path(_)));
                        diagnostics.arguments(vocabulary, is_word, faults);
                    }
                }
            }
            seen.push(path);
        }
        K::from_list(&good).unwrap_or_default()
    }
}

/// One argument: `key = value`, `key(..)`, `key`, or a value.
fn argument(
    input: ParseStream<'_>,
    vocabulary: &Vocabulary,
    scope: &Scope,
) -> syn::Result<Argument> {
    if !input.peek(Ident::peek_any) {
        return input.parse().map(Argument::Value);
    }
    if input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]) {
        let key = input.call(Ident::parse_any)?;
        let eq_token = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new_spanned(
                &key,
                format!("`{key} =` has no value"),
            ));
        }
        let value = input.parse()?;
        return Ok(Argument::Key(Meta::NameValue(MetaNameValue {
            path: key.into(),
            eq_token,
            value,
        })));
    }
    if input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let (key, colon) = (input.call(Ident::parse_any)?, input.parse::<Token![:]>()?);
        let fault = format!("a value stands after `=`: write `{key} = ..`");
        return Err(syn::Error::new_spanned(colon, fault));
    }
    if input.peek2(Token![==]) {
        let key = input.call(Ident::parse_any)?;
        let fault = format!("a value stands after one `=`: write `{key} = ..`");
        return Err(syn::Error::new(input.span(), fault));
    }
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any)?;
    let is_key = vocabulary.is_key(&word, scope);
    if is_key && ahead.peek(token::Paren) {
        let path = input.call(Ident::parse_any)?.into();
        let tokens;
        let paren = syn::parenthesized!(tokens in input);
        let list = MetaList {
            path,
            delimiter: MacroDelimiter::Paren(paren),
            tokens: tokens.parse()?,
        };
        return Ok(Argument::Key(Meta::List(list)));
    }
    if is_key && (ahead.is_empty() || ahead.peek(Token![,])) {
        return Ok(Argument::Key(Meta::Path(
            input.call(Ident::parse_any)?.into(),
        )));
    }
    input.parse().map(Argument::Value)
}

/// Whether a word names something in scope: an argument of the function, or what is not spelled
/// like a key.
fn is_name(word: &Ident, scope: &Scope) -> bool {
    word == "self" || scope.is_argument(word) || word.to_string().starts_with(char::is_uppercase)
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    match input.parse::<Token![,]>() {
        Ok(_) => Ok(()),
        Err(fault) => Err(syn::Error::new(
            fault.span(),
            "expected a comma between two arguments, or `=` between a key and its value",
        )),
    }
}

/// The tokens in a group that is where the last of them is: what ends too early has no tokens of its
/// own, and is shown there.
fn ending_in_itself(tokens: TokenStream) -> TokenStream {
    let end = match tokens.clone().into_iter().last() {
        Some(TokenTree::Group(group)) => group.span_close(),
        Some(token) => token.span(),
        None => Span::call_site(),
    };
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(end);
    TokenTree::Group(group).into()
}

fn skip_to_comma(input: ParseStream<'_>) {
    // Neither parse can fail here: there is a token left.
    while !input.is_empty() && input.parse::<Token![,]>().is_err() {
        let _ = input.parse::<TokenTree>();
    }
}
