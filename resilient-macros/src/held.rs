//! How a policy is held in an expansion: by a `static`, by a local, or by the user.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::key::ungrouped;
use crate::keyed::Key;
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
    /// How a constant refers to it, if one can.
    pub(crate) constant: Option<Constant>,
    /// Its budget from there on, if it has one: a `&RetryBudget`.
    pub(crate) budget: Option<TokenStream>,
    /// Where it was handed in, if it was.
    pub(crate) instance: Option<Span>,
}

/// A reference to a policy that stands in a constant.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) reference: TokenStream,
    /// Whether it depends on generics: then an item can't hold it.
    pub(crate) is_generic: bool,
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

    /// The same place in the stack, for another word.
    pub(crate) fn of(&self, word: &'static str) -> Self {
        Self {
            word,
            number: self.number,
        }
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
    pub(crate) fn local(&self) -> Ident {
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
        let reference = quote_spanned!(span=> &#name);
        Held {
            item: quote_spanned!(span=> static #name: #ty = #value;),
            handle: name.to_token_stream(),
            listed: reference.clone(),
            constant: Some(Constant {
                reference,
                is_generic: false,
            }),
            ..Held::default()
        }
    }

    /// The same, for a policy without state of its own: what may override it stands beside it, so that
    /// constants can look at what is written.
    pub(crate) fn in_plain_static(&self, ty: &TokenStream, value: &TokenStream) -> Held {
        self.in_static(ty, &quote_spanned!(Span::mixed_site()=> __rt::own!(#value)))
    }

    /// A constant that depends on `Self` or on generics: no `static` can hold it.
    pub(crate) fn in_const(&self, value: &TokenStream) -> Held {
        let span = Span::mixed_site();
        Held {
            constant: Some(Constant {
                reference: quote_spanned!(span=> &#value),
                is_generic: true,
            }),
            ..self.in_local(&quote_spanned!(span=> const { #value }))
        }
    }

    /// Made anew for each call: what depends on arguments can't be a constant at all.
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
        if is_static(expr) && !scope.is_generic(expr) {
            let ty = self.ty(at);
            // A retry's attempts are asked of the type by its name: that check is enough.
            let checks = self.word != "retry";
            let check = checks.then(|| quote_spanned!(at=> let _: &#ty = &#expr;));
            return Held {
                handle: expr.to_token_stream(),
                local: check.unwrap_or_default(),
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
        let ty = self.ty(at);
        self.in_local(&quote_spanned!(at=> __rt::instance::<#ty, _>(&#found)))
    }

    /// The instance of a key in the place of the one that is held; that one, if there is no key.
    pub(crate) fn of_key(&self, held: Held, key: Option<&Key>, scope: &Scope) -> Held {
        let Some(key) = key else { return held };
        // What can't be a key is said where it is written.
        let at = Span::mixed_site().located_at(first_span(&key.0));
        let (name, of, found) = (self.local(), &held.handle, &held.local);
        let text = scope.localize(key.0.to_token_stream());
        let text = if key.is_one_operand() {
            text
        } else {
            quote_spanned!(at=> (#text))
        };
        let (span, layer, written) = (Span::mixed_site(), &held.listed, &key.0);
        Held {
            // Outside of what is polled as the function's; and it may have to tell of a key without room.
            local: quote_spanned!(at=> #found let #name = {
                let _within = __rt::within(__rt::here!());
                #of.of(&#text)
            };),
            handle: name.to_token_stream(),
            listed: quote_spanned!(span=> &__rt::ByKey(#layer, ::core::stringify!(#written))),
            ..held
        }
    }

    /// The runtime's type of such a policy.
    pub(crate) fn ty(&self, at: Span) -> TokenStream {
        let ty = match self.word {
            "retry" => "Retry",
            "circuit_breaker" => "CircuitBreaker",
            "bulkhead" => "Bulkhead",
            "rate_limit" => "RateLimiter",
            "hedge" => "Hedge",
            "retry_budget" | "hedge_budget" => "RetryBudget",
            _ => "Timeout",
        };
        let ty = Ident::new(ty, at);
        quote_spanned!(at=> __rt::#ty)
    }
}

/// A `static` is known by its spelling: `PAYMENTS`.
pub(crate) fn is_static(expr: &Expr) -> bool {
    let Expr::Path(path) = ungrouped(expr) else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
