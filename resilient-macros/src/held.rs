//! How a policy is held in an expansion: by a `static`, by a local, or by the user.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Path};

use crate::key::ungrouped;
use crate::scope::Scope;
use crate::written::first_span;

/// How a policy is held in an expansion.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The `static` that holds it, if it has one of its own.
    pub(crate) item: TokenStream,
    /// The `let` that holds it, if it is made or found when the function is called.
    pub(crate) local: TokenStream,
    /// What it is called from there on.
    pub(crate) handle: TokenStream,
    /// Its entry in the site's list of layers.
    pub(crate) listed: TokenStream,
    /// Where it was handed in, if it was.
    instance: Option<Span>,
}

impl Held {
    /// The policy around what is inside of it. What is wrong with an instance is said where it was
    /// handed in.
    pub(crate) fn around(&self, inner: &TokenStream) -> TokenStream {
        let (span, handle) = (self.instance.unwrap_or_else(Span::mixed_site), &self.handle);
        quote_spanned!(span=> #handle.around(#inner))
    }
}

/// The two names that a policy may get in an expansion, numbered where the word occurs more than
/// once.
#[derive(Debug)]
pub(crate) struct Names {
    word: &'static str,
    number: Option<usize>,
}

impl Names {
    pub(crate) fn new(word: &'static str, number: Option<usize>) -> Self {
        Self { word, number }
    }

    /// `__RETRY`: an item is seen by the user's statements, so it has a name that is not theirs.
    fn item(&self) -> Ident {
        let number = self
            .number
            .map_or(String::new(), |number| format!("_{number}"));
        Ident::new(
            &format!("__{}{number}", self.word.to_uppercase()),
            Span::mixed_site(),
        )
    }

    /// `retry`: hygiene hides a local from the user's statements.
    fn local(&self) -> Ident {
        let number = self
            .number
            .map_or(String::new(), |number| format!("_{number}"));
        Ident::new(&format!("{}{number}", self.word), Span::mixed_site())
    }

    fn word(&self) -> Ident {
        Ident::new(self.word, Span::mixed_site())
    }

    /// Held by a `static` of the function's own.
    pub(crate) fn in_static(&self, ty: &TokenStream, value: &TokenStream) -> Held {
        let (span, name) = (Span::mixed_site(), self.item());
        Held {
            item: quote_spanned!(span=> static #name: #ty = #value;),
            handle: name.to_token_stream(),
            listed: quote_spanned!(span=> &#name),
            ..Held::default()
        }
    }

    /// Made anew for each call: what depends on `Self`, generics or arguments can't be in a
    /// `static`.
    pub(crate) fn in_local(&self, value: &TokenStream) -> Held {
        let (span, name, word) = (Span::mixed_site(), self.local(), self.word());
        Held {
            local: quote_spanned!(span=> let #name = #value;),
            handle: name.to_token_stream(),
            listed: quote_spanned!(span=> &__rt::policy::#word),
            ..Held::default()
        }
    }

    /// Held by nothing: it has no settings.
    pub(crate) fn unheld(&self) -> Held {
        let (span, word) = (Span::mixed_site(), self.word());
        Held {
            listed: quote_spanned!(span=> &__rt::policy::#word),
            ..Held::default()
        }
    }

    /// Held by the user: in a `static`, or by any expression of such a type.
    pub(crate) fn instance(&self, expr: &Expr, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let at = span.located_at(first_span(expr));
        if let Expr::Path(path) = ungrouped(expr)
            && is_static(&path.path)
            && !scope.is_generic(expr)
        {
            return Held {
                handle: expr.to_token_stream(),
                listed: quote_spanned!(at=> &#expr),
                instance: Some(at),
                ..Held::default()
            };
        }
        let found = scope.localize(expr.to_token_stream());
        let found = match ungrouped(expr) {
            Expr::Path(_)
            | Expr::Field(_)
            | Expr::MethodCall(_)
            | Expr::Call(_)
            | Expr::Index(_) => found,
            _ => quote_spanned!(span=> (#found)),
        };
        self.in_local(&quote_spanned!(at=> __rt::instance(&#found)))
    }
}

/// A `static` is known by its spelling: `PAYMENTS`.
fn is_static(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
