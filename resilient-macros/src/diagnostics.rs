//! Collects every fault of a stack, so that one pass reports them all.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::grammar::vocabulary::Vocabulary;
use crate::rule::Text;

/// The faults found so far. It must be [finished](Self::finish): a fault that nobody looks at would
/// be a program that compiles.
#[must_use]
#[derive(Debug)]
pub(crate) struct Diagnostics {
    faults: Option<Vec<syn::Error>>,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self {
            faults: Some(Vec::new()),
        }
    }

    /// A fault, shown on these tokens. Its message says what, why, and the way out, in at most
    /// three lines.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// What a rule says against a value, if it does.
    #[expect(
        clippy::large_types_passed_by_value,
        reason = "there is a text only where something is wrong"
    )]
    pub(crate) fn refuse(&mut self, at: impl ToTokens, fault: Option<Text>) {
        if let Some(fault) = fault {
            self.error(at, fault.as_str());
        }
    }

    /// A fault, shown at a span: for what has no tokens of its own.
    pub(crate) fn error_at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, fault: syn::Error) {
        self.faults.get_or_insert_default().push(fault);
    }

    /// What darling found in the arguments of `attribute`, in our words where its own say less than
    /// a user needs.
    pub(crate) fn arguments(
        &mut self,
        vocabulary: &Vocabulary,
        is_word: bool,
        faults: darling::Error,
    ) {
        let Vocabulary {
            attribute, keys, ..
        } = vocabulary;
        for fault in faults.flatten() {
            let fault = syn::Error::from(fault);
            let text = fault.to_string();
            match text.strip_prefix("Unknown field: ") {
                Some(unknown) => {
                    let (key, suggestion) = unknown.split_once('.').unwrap_or((unknown, ""));
                    let suggestion = if suggestion.contains("Did you mean") {
                        suggestion
                    } else {
                        ""
                    };
                    let all = keys
                        .iter()
                        .map(|key| format!("`{key}`"))
                        .collect::<Vec<_>>()
                        .join(", ");
                    let mut known = if all.is_empty() && !suggestion.is_empty() {
                        String::new()
                    } else if all.is_empty() {
                        "\nIt has no keys of its own: remove this one.".to_owned()
                    } else {
                        format!("\nIts keys are {all}.")
                    };
                    if is_word && suggestion.is_empty() && keys.contains(&"name") {
                        let name = key.trim_matches('`');
                        known = format!("{known} A name is written `name = \"{name}\"`.");
                    }
                    self.error_at(
                        fault.span(),
                        format!("`#[{attribute}]` has no key {key}.{suggestion}{known}"),
                    );
                }
                None => self.push(fault),
            }
        }
    }

    /// All faults as the `compile_error!`s to emit, or nothing when there are none.
    pub(crate) fn finish(mut self) -> Option<TokenStream> {
        let faults = self.faults.take().unwrap_or_default();
        let errors: TokenStream = faults.iter().map(syn::Error::to_compile_error).collect();
        (!faults.is_empty()).then_some(errors)
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(
            self.faults.is_none() || std::thread::panicking(),
            "the diagnostics were dropped without being finished"
        );
    }
}
