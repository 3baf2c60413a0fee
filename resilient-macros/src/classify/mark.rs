//! Reads our attributes, whatever they stand on: `attributes → marks`. Whether a mark may stand
//! where it does is not decided here.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta, Path};

use super::arguments::{self, CLASSIFY, ClassifyKeys, Delegate, THROTTLED, ThrottledKeys};
use super::field::Reference;
use crate::diagnostics::Diagnostics;
use crate::key::PathValue;

/// The classes that a word can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    Transient,
    Answered,
    Permanent,
    Ignored,
}

/// The words of our attributes, in the order of the classes.
pub(crate) const WORDS: [&str; 6] = [
    "transient",
    "throttled",
    "answered",
    "permanent",
    "ignored",
    "classify",
];

/// What a mark says of a class.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    Plain(Plain),
    Throttled(Option<Reference>),
    Delegate(Option<Reference>),
    /// A fault was reported: it is not known what was meant.
    Faulty,
}

/// One attribute of ours that says a class.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) word: String,
    pub(crate) said: Said,
    /// The whole attribute, for messages.
    pub(crate) tokens: TokenStream,
}

/// All attributes of ours on one thing.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pub(crate) classes: Vec<Mark>,
    /// `crate = path`, with the key's tokens.
    krate: Option<(Path, TokenStream)>,
}

impl Marks {
    pub(crate) fn krate(&self) -> Option<&Path> {
        self.krate.as_ref().map(|(path, _)| path)
    }

    /// The tokens of `crate = path`.
    pub(crate) fn krate_tokens(&self) -> Option<&TokenStream> {
        self.krate.as_ref().map(|(_, tokens)| tokens)
    }
}

/// The word of an attribute, if it is a single one.
pub(crate) fn word_of(attribute: &Attribute) -> Option<String> {
    Some(attribute.path().get_ident()?.unraw().to_string())
}

/// The attribute's word, if it is one of ours.
pub(crate) fn own_word(attribute: &Attribute) -> Option<String> {
    word_of(attribute).filter(|word| WORDS.contains(&word.as_str()))
}

pub(crate) fn read_all(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Marks {
    let mut marks = Marks::default();
    for attribute in attributes {
        let Some(word) = own_word(attribute) else {
            continue;
        };
        let said = match word.as_str() {
            "transient" => plain(Plain::Transient, &word, attribute, diagnostics),
            "answered" => plain(Plain::Answered, &word, attribute, diagnostics),
            "permanent" => plain(Plain::Permanent, &word, attribute, diagnostics),
            "ignored" => plain(Plain::Ignored, &word, attribute, diagnostics),
            "throttled" => throttled(attribute, diagnostics),
            _ => match classify(attribute, &mut marks, diagnostics) {
                Some(said) => said,
                None => continue,
            },
        };
        marks.classes.push(Mark {
            word,
            said,
            tokens: attribute.to_token_stream(),
        });
    }
    marks
}

/// A class that has no arguments.
fn plain(class: Plain, word: &str, attribute: &Attribute, diagnostics: &mut Diagnostics) -> Said {
    let at = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => list.tokens.clone(),
        Meta::NameValue(pair) => pair.to_token_stream(),
        Meta::Path(_) | Meta::List(_) => return Said::Plain(class),
    };
    let is_delay =
        |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "retry_after");
    let way_out = if at.clone().into_iter().any(is_delay) {
        "What asks for a delay is `#[throttled(retry_after = field)]`.".to_owned()
    } else {
        format!("Write `#[{word}]`.")
    };
    diagnostics.error(at, format!("`#[{word}]` takes no arguments\n{way_out}"));
    Said::Faulty
}

fn throttled(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Said {
    let Some((arguments, good)) =
        arguments::read(attribute, &THROTTLED, "retry_after", diagnostics)
    else {
        return Said::Faulty;
    };
    let keys: ThrottledKeys = arguments.keys(&THROTTLED, diagnostics);
    // What is left of faulty arguments is none, and would read like a bare attribute.
    if good && (arguments.is_empty() || keys.retry_after.is_some()) {
        Said::Throttled(keys.retry_after)
    } else {
        Said::Faulty
    }
}

/// `None` where the attribute says nothing of a class.
fn classify(
    attribute: &Attribute,
    marks: &mut Marks,
    diagnostics: &mut Diagnostics,
) -> Option<Said> {
    let Some((arguments, good)) = arguments::read(attribute, &CLASSIFY, "delegate", diagnostics)
    else {
        return Some(Said::Faulty);
    };
    if good && arguments.is_empty() {
        diagnostics.error(
            attribute,
            "`#[classify]` says nothing\nWrite `#[classify(delegate)]` to ask a field for the \
             class, or `#[classify(crate = path)]` on the type.",
        );
        return Some(Said::Faulty);
    }
    let keys: ClassifyKeys = arguments.keys(&CLASSIFY, diagnostics);
    if let (Some(PathValue(path)), Some(key)) = (keys.krate, arguments.find("crate")) {
        if marks.krate.is_some() {
            let fault = "`crate` is written twice: which one holds?\nRemove one of them.";
            diagnostics.error(key, fault);
        }
        marks.krate = Some((path, key.to_token_stream()));
    }
    match keys.delegate {
        Some(Delegate(field)) => Some(Said::Delegate(field)),
        None if arguments.find("crate").is_some() && arguments.find("delegate").is_none() => None,
        None => Some(Said::Faulty),
    }
}
