//! What the names in an attribute's expressions mean, by the function that it stands on.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;

/// What expressions in an attribute may name.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    arguments: Vec<Ident>,
    generics: Vec<Ident>,
    self_is_renamed: bool,
}

impl Scope {
    pub(crate) fn new(arguments: Vec<Ident>, generics: Vec<Ident>, self_is_renamed: bool) -> Self {
        Self {
            arguments,
            generics,
            self_is_renamed,
        }
    }

    pub(crate) fn is_argument(&self, word: &Ident) -> bool {
        self.arguments.contains(word)
    }

    /// Whether the tokens name the receiver or an argument: then their value is known at run time
    /// only.
    pub(crate) fn is_run_time(&self, tokens: impl ToTokens) -> bool {
        mentions(tokens.into_token_stream(), &|ident| {
            ident == "self" || self.is_argument(ident)
        })
    }

    /// Whether the tokens depend on `Self`, on a generic parameter of the function, or say so: then
    /// no `static` can hold them.
    pub(crate) fn is_generic(&self, tokens: impl ToTokens) -> bool {
        let tokens = tokens.into_token_stream();
        let first = tokens.clone().into_iter().next();
        matches!(first, Some(TokenTree::Ident(ident)) if ident == "const")
            || mentions(tokens, &|ident| {
                ident == "Self" || self.generics.contains(ident)
            })
    }

    /// The tokens as they must stand inside the body: `#[async_trait]` has renamed the body's
    /// `self`, and not ours.
    pub(crate) fn localize(&self, tokens: TokenStream) -> TokenStream {
        if !self.self_is_renamed {
            return tokens;
        }
        let localize = |token| match token {
            TokenTree::Ident(ident) if ident == "self" => Ident::new("__self", ident.span()).into(),
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), self.localize(group.stream()));
                renamed.set_span(group.span());
                renamed.into()
            }
            token => token,
        };
        tokens.into_iter().map(localize).collect()
    }
}

/// Whether a name is used, other than as a field, a method, or behind a path.
fn mentions(tokens: TokenStream, is: &dyn Fn(&Ident) -> bool) -> bool {
    let mut after_dot = false;
    tokens.into_iter().any(|token| {
        let hidden = std::mem::replace(
            &mut after_dot,
            matches!(&token, TokenTree::Punct(p) if p.as_char() == '.' || p.as_char() == ':'),
        );
        match token {
            TokenTree::Ident(ident) => !hidden && is(&ident),
            TokenTree::Group(group) => mentions(group.stream(), is),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}
