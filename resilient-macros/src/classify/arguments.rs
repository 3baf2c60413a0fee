//! What our attributes take in their parentheses: a field, named by a key.

use darling::{Error, FromMeta};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Expr, Meta};

use super::field::Reference;
use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::grammar::vocabulary::Vocabulary;
use crate::key::PathValue;
use crate::scope::Scope;

pub(crate) const THROTTLED: Vocabulary = Vocabulary {
    attribute: "throttled",
    keys: &["retry_after"],
    reserved: &[],
    foreign: &[
        ("after", THE_FIELD),
        ("delay", THE_FIELD),
        ("delay_from", THE_FIELD),
        ("field", THE_FIELD),
    ],
    // `#[throttled(after)]`: a field, without its key.
    words_are_values: true,
};

const THE_FIELD: &str = "the field that says how long to wait is named by `retry_after`\nWrite \
                         `#[throttled(retry_after = field)]`.";

pub(crate) const CLASSIFY: Vocabulary = Vocabulary {
    attribute: "classify",
    keys: &["delegate", "crate"],
    reserved: &[],
    foreign: &[
        (
            "transient",
            "this is an attribute of its own: `#[transient]`",
        ),
        (
            "throttled",
            "this is an attribute of its own: `#[throttled]`",
        ),
        ("answered", "this is an attribute of its own: `#[answered]`"),
        (
            "permanent",
            "this is an attribute of its own: `#[permanent]`",
        ),
        ("ignored", "this is an attribute of its own: `#[ignored]`"),
    ],
    words_are_values: false,
};

#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ThrottledKeys {
    pub(crate) retry_after: Option<Reference>,
}

#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ClassifyKeys {
    pub(crate) delegate: Option<Delegate>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<PathValue>,
}

/// `delegate`, or `delegate = field`.
#[derive(Debug)]
pub(crate) struct Delegate(pub(crate) Option<Reference>);

impl FromMeta for Delegate {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self(None)),
            Meta::NameValue(_) => Reference::from_meta(item).map(|field| Self(Some(field))),
            Meta::List(_) => Err(Error::custom(
                "`delegate` names a field by `=`: `#[classify(delegate = field)]`",
            )
            .with_span(item)),
        }
    }
}

/// What stands in the parentheses, and whether all of it could be read.
pub(crate) fn read(
    attribute: &Attribute,
    vocabulary: &Vocabulary,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(Arguments, bool)> {
    let word = vocabulary.attribute;
    let tokens = match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let fault = format!(
                "`#[{word}]` takes its arguments in parentheses: `#[{word}({key} = field)]`"
            );
            diagnostics.error(pair, fault);
            return None;
        }
    };
    let is_empty = tokens.is_empty();
    let arguments = Arguments::parse(tokens, vocabulary, &Scope::default(), diagnostics);
    for value in &arguments.positional {
        let field = match value {
            Expr::Path(_) | Expr::Lit(_) => value.to_token_stream().to_string(),
            _ => "field".to_owned(),
        };
        let fault = format!("a field is named by a key\nWrite `#[{word}({key} = {field})]`.");
        diagnostics.error(value, fault);
    }
    let good = arguments.positional.is_empty() && (is_empty || !arguments.is_empty());
    Some((arguments, good))
}
