//! Collects the attributes of one stack: takes the siblings off the function, and reads them all,
//! top to bottom.

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Meta, Path};

use crate::arguments::{Arguments, STACK_KEYS};
use crate::diagnostics::Diagnostics;
use crate::grammar::vocabulary::Vocabulary;
use crate::item::Item;
use crate::key::{Callable, PathValue};
use crate::policy::{Layer, Policy};
use crate::scope::Scope;
use crate::written::first_span;

/// One attribute of a stack.
#[derive(Debug)]
struct Entry {
    policy: Policy,
    arguments: TokenStream,
    /// `None` for the attribute that is being expanded: rustc shows it by itself.
    attribute: Option<Attribute>,
}

/// The attributes of one function, top to bottom.
#[derive(Debug)]
pub(crate) struct Stack {
    entries: Vec<Entry>,
}

/// What any attribute may say for the whole stack.
#[derive(Debug, Default)]
pub(crate) struct StackKeys {
    pub(crate) krate: Option<Path>,
    pub(crate) rejected: Option<Callable>,
    pub(crate) classify: Option<Callable>,
}

#[derive(Default, FromMeta)]
#[darling(default)]
struct Keys {
    #[darling(rename = "crate")]
    krate: Option<PathValue>,
    rejected: Option<Callable>,
    classify: Option<Callable>,
}

impl Stack {
    /// Takes the siblings of the attribute at hand off the item. They stand beneath it, so it is
    /// the outermost.
    ///
    /// A sibling is known by the last segment of its path: the macro can't know what a path means.
    pub(crate) fn take(
        policy: Policy,
        arguments: TokenStream,
        item: &mut Item,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut entries = vec![Entry {
            policy,
            arguments,
            attribute: None,
        }];
        item.attributes.retain(|attribute| {
            let Some(policy) = Policy::named_by(attribute.path()) else {
                return true;
            };
            let arguments = match &attribute.meta {
                Meta::Path(_) => TokenStream::new(),
                Meta::List(list) => list.tokens.clone(),
                Meta::NameValue(pair) => {
                    let word = policy.word();
                    diagnostics.error(
                        pair,
                        format!("`#[{word}]` takes its arguments in parentheses: `#[{word}(..)]`"),
                    );
                    TokenStream::new()
                }
            };
            entries.push(Entry {
                policy,
                arguments,
                attribute: Some(attribute.clone()),
            });
            false
        });
        Self { entries }
    }

    /// The paths by which the user wrote the siblings.
    pub(crate) fn siblings(&self) -> impl Iterator<Item = &Path> {
        self.entries
            .iter()
            .filter_map(|entry| Some(entry.attribute.as_ref()?.path()))
    }

    /// Where the attributes stand.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.entries.iter().map(|entry| match &entry.attribute {
            Some(attribute) => first_span(attribute.path()),
            None => Span::call_site(),
        })
    }

    /// Reads the arguments of every attribute. All faults of the whole stack are found.
    pub(crate) fn read(
        &self,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Layer>, StackKeys) {
        let mut keys = StackKeys::default();
        let layers = self.entries.iter().filter_map(|entry| {
            // What stands after `=` was refused: nothing more is to say of it.
            if let Some(Meta::NameValue(_)) = entry.attribute.as_ref().map(|found| &found.meta) {
                return None;
            }
            let (policy, vocabulary) = (entry.policy, entry.policy.vocabulary());
            let tokens = entry.arguments.clone();
            let mut arguments = Arguments::parse(tokens, vocabulary, scope, diagnostics);
            arguments.attribute = entry.attribute.to_token_stream();
            keys.add(&arguments.take_stack_keys(), vocabulary, diagnostics);
            Some(Layer::read(policy, &arguments, scope, diagnostics))
        });
        let layers = layers.collect();
        (layers, keys)
    }
}

impl StackKeys {
    fn add(
        &mut self,
        arguments: &Arguments,
        vocabulary: &Vocabulary,
        diagnostics: &mut Diagnostics,
    ) {
        let vocabulary = Vocabulary {
            keys: STACK_KEYS,
            reserved: &[],
            foreign: &[],
            ..*vocabulary
        };
        let Keys {
            krate,
            rejected,
            classify,
        } = arguments.keys(&vocabulary, diagnostics);
        let krate = krate.map(|PathValue(path)| path);
        add("crate", &mut self.krate, krate, diagnostics);
        add("rejected", &mut self.rejected, rejected, diagnostics);
        add("classify", &mut self.classify, classify, diagnostics);
    }
}

/// Sets what one attribute says for the whole stack, unless another one has said it.
fn add<T: ToTokens>(
    key: &str,
    slot: &mut Option<T>,
    value: Option<T>,
    diagnostics: &mut Diagnostics,
) {
    match (&slot, value) {
        (Some(_), Some(again)) => diagnostics.error(
            again,
            format!(
                "`{key}` is written in two attributes of one stack, and holds for all of it\n\
                 Remove one of them."
            ),
        ),
        (None, Some(value)) => *slot = Some(value),
        (_, None) => {}
    }
}

/// Where an attribute of ours is expanded a second time on one function, under a name that the
/// first expansion did not know.
pub(crate) fn refuse_renamed(policy: Policy, diagnostics: &mut Diagnostics) {
    let word = policy.word();
    diagnostics.error_at(
        Span::call_site(),
        format!(
            "this `#[{word}]` has another name here, and so the attribute on top can't see it: \
             the order would not be what you read\n\
             Call it `{word}`, or put it on top of the stack."
        ),
    );
}
