//! The section "Resilience" that rustdoc shows of an annotated function: its stack as a table, and how
//! many calls and how long the worst case is.
//!
//! Only a function that has docs gets it: on one without, it would silence `missing_docs`, and hide the
//! docs that a method inherits from its trait.

use std::fmt::Write as _;
use std::time::Duration;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Lit, Meta};

use crate::policy::Layer;

/// What a policy is set to, for people: keys with their values, defaults included.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<String>);

impl Parameters {
    /// A value without a key.
    pub(crate) fn value(&mut self, value: impl ToTokens) {
        self.0.push(code(&value.to_token_stream().to_string()));
    }

    /// A key with what is written for it, if it is.
    pub(crate) fn key(&mut self, key: &str, written: Option<impl ToTokens>) {
        if let Some(value) = written {
            let value = value.to_token_stream();
            self.0.push(code(&format!("{key} = {value}")));
        }
    }

    /// A key with what is written for it, or its default.
    pub(crate) fn or(&mut self, key: &str, written: Option<impl ToTokens>, default: &str) {
        if written.is_none() {
            self.0.push(code(&format!("{key} = {default}")));
        }
        self.key(key, written);
    }

    /// Words.
    pub(crate) fn say(&mut self, words: &str) {
        self.0.push(words.to_owned());
    }
}

/// The worst case of what is beneath a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worst {
    /// How often the body may run, where that is known.
    pub(crate) calls: Option<u64>,
    /// How long it may take, where that is bounded.
    pub(crate) time: Option<Duration>,
}

impl Worst {
    /// Of a body: it may take for ever.
    const BODY: Self = Self {
        calls: Some(1),
        time: None,
    };
}

/// The attributes of a function, with the section after its docs.
pub(crate) fn with_section(attributes: &[Attribute], layers: &[Layer]) -> TokenStream {
    let Some(last) = attributes.iter().rposition(is_text) else {
        return quote!(#(#attributes)*);
    };
    let (docs, others) = attributes.split_at(last + 1);
    let section = section(layers);
    quote!(#(#docs)* #[doc = #section] #(#others)*)
}

/// Whether an attribute is documentation with something in it.
fn is_text(attribute: &Attribute) -> bool {
    let Meta::NameValue(pair) = &attribute.meta else {
        return false;
    };
    let says_nothing = matches!(
        &pair.value,
        Expr::Lit(literal) if matches!(&literal.lit, Lit::Str(text) if text.value().trim().is_empty())
    );
    attribute.path().is_ident("doc") && !says_nothing
}

fn section(layers: &[Layer]) -> String {
    let mut section = "\n\n# Resilience\n\n| policy | set to |\n|---|---|\n".to_owned();
    for layer in layers {
        let Parameters(parameters) = layer.parameters();
        // A string takes all that is written to it.
        let _ = writeln!(
            section,
            "| `{}` | {} |",
            layer.policy().word(),
            parameters.join(", ")
        );
    }
    let answers = matches!(layers.first(), Some(Layer::Fallback(_)));
    let beneath = if answers { &layers[1..] } else { layers };
    let worst = beneath
        .iter()
        .rfold(Worst::BODY, |inner, layer| layer.worst(inner));
    section.push_str(&worst_case(worst, answers));
    section
}

fn worst_case(worst: Worst, answers: bool) -> String {
    let calls = worst.calls.map(|calls| match calls {
        1 => "1 call".to_owned(),
        calls => format!("{calls} calls"),
    });
    let time = worst
        .time
        .map(|time| format!("at most {}", humantime::format_duration(time)));
    let known: Vec<String> = calls.into_iter().chain(time).collect();
    let then = if answers { ", then the fallback" } else { "" };
    if known.is_empty() {
        return String::new();
    }
    format!("\nThe worst case: {}{then}.", known.join(", "))
}

/// As code that may stand in a cell of a table: on one line, its bars escaped.
fn code(text: &str) -> String {
    let text = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|");
    // Two backticks hold one.
    if text.contains('`') {
        return format!("`` {text} ``");
    }
    format!("`{text}`")
}
