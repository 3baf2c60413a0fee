//! The policies, each in a file of its own: its arguments, its rules, its tokens. Here is what they have in common.

pub(crate) mod bulkhead;
pub(crate) mod circuit_breaker;
pub(crate) mod fallback;
pub(crate) mod retry;
pub(crate) mod timeout;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Path};

use crate::arguments::{Arguments, Vocabulary};
use crate::diagnostics::Diagnostics;
use crate::key::ungrouped;
use crate::scope::Scope;
use crate::stack::Entry;
use crate::written::{Written, first_span};

/// The word of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Retry,
    Timeout,
    CircuitBreaker,
    Bulkhead,
    Fallback,
}

impl Policy {
    const ALL: [Self; 5] = [
        Self::Retry,
        Self::Timeout,
        Self::CircuitBreaker,
        Self::Bulkhead,
        Self::Fallback,
    ];

    pub(crate) fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::Retry => &retry::VOCABULARY,
            Self::Timeout => &timeout::VOCABULARY,
            Self::CircuitBreaker => &circuit_breaker::VOCABULARY,
            Self::Bulkhead => &bulkhead::VOCABULARY,
            Self::Fallback => &fallback::VOCABULARY,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        self.vocabulary().attribute
    }

    /// The policy that an attribute's path names, by its last segment.
    pub(crate) fn named_by(path: &Path) -> Option<Self> {
        let last = &path.segments.last()?.ident;
        Self::ALL.into_iter().find(|policy| last == policy.word())
    }

    /// Whether it can end a call by a rejection of its own.
    pub(crate) fn rejects(self) -> bool {
        matches!(self, Self::Timeout | Self::CircuitBreaker | Self::Bulkhead)
    }

    /// Whether it asks what class an error has.
    pub(crate) fn classifies(self) -> bool {
        matches!(self, Self::Retry | Self::CircuitBreaker)
    }
}

/// One policy of a stack, as its attribute describes it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a stack has a handful of them, for the length of one expansion"
)]
pub(crate) enum Layer {
    Retry(retry::Retry),
    Timeout(timeout::Timeout),
    CircuitBreaker(circuit_breaker::CircuitBreaker),
    Bulkhead(bulkhead::Bulkhead),
    Fallback(fallback::Fallback),
}

impl Layer {
    pub(crate) fn read(
        entry: &Entry,
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        match entry.policy {
            Policy::Retry => Self::Retry(retry::Retry::read(arguments, diagnostics)),
            Policy::Timeout => Self::Timeout(timeout::Timeout::read(entry, arguments, diagnostics)),
            Policy::CircuitBreaker => Self::CircuitBreaker(circuit_breaker::CircuitBreaker::read(
                entry,
                arguments,
                scope,
                diagnostics,
            )),
            Policy::Bulkhead => Self::Bulkhead(bulkhead::Bulkhead::read(
                entry,
                arguments,
                scope,
                diagnostics,
            )),
            Policy::Fallback => {
                Self::Fallback(fallback::Fallback::read(entry, arguments, diagnostics))
            }
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        match self {
            Self::Retry(_) => Policy::Retry,
            Self::Timeout(_) => Policy::Timeout,
            Self::CircuitBreaker(_) => Policy::CircuitBreaker,
            Self::Bulkhead(_) => Policy::Bulkhead,
            Self::Fallback(_) => Policy::Fallback,
        }
    }

    /// The arguments that are cloned for each attempt.
    pub(crate) fn cloned(&self) -> &[Ident] {
        match self {
            Self::Retry(retry) => retry.cloned(),
            Self::Fallback(fallback) => fallback.cloned(),
            Self::Timeout(_) | Self::CircuitBreaker(_) | Self::Bulkhead(_) => &[],
        }
    }
}

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
    /// The policy around what is inside of it. What is wrong with an instance is said where it was handed in.
    pub(crate) fn around(&self, inner: &TokenStream) -> TokenStream {
        let (span, handle) = (self.instance.unwrap_or_else(Span::mixed_site), &self.handle);
        quote_spanned!(span=> #handle.around(#inner))
    }
}

/// The two names that a policy may get in an expansion, numbered where the word occurs more than once.
#[derive(Debug)]
pub(crate) struct Names {
    word: &'static str,
    number: Option<usize>,
}

impl Names {
    pub(crate) fn new(policy: Policy, number: Option<usize>) -> Self {
        Self {
            word: policy.word(),
            number,
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

    /// Made anew for each call: what depends on `Self`, generics or arguments can't be in a `static`.
    pub(crate) fn in_local(&self, value: &TokenStream) -> Held {
        let (span, name, word) = (Span::mixed_site(), self.local(), self.word());
        Held {
            local: quote_spanned!(span=> let #name = #value;),
            handle: name.to_token_stream(),
            listed: quote_spanned!(span=> &__resilient::policy::#word),
            ..Held::default()
        }
    }

    /// Held by nothing: it has no settings.
    pub(crate) fn unheld(&self) -> Held {
        let (span, word) = (Span::mixed_site(), self.word());
        Held {
            listed: quote_spanned!(span=> &__resilient::policy::#word),
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
        self.in_local(&quote_spanned!(at=> __resilient::instance(&#found)))
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

/// Whether a value can't stand in a `static`.
pub(crate) fn is_generic<T>(value: Option<&Written<T>>, scope: &Scope) -> bool {
    value.is_some_and(|value| value.value.is_none() && scope.is_generic(&value.expr))
}

/// Refuses settings that depend on generics where all calls share one instance.
pub(crate) fn refuse_generic<T>(
    what: &str,
    value: Option<&Written<T>>,
    scope: &Scope,
    diagnostics: &mut Diagnostics,
) {
    if let Some(value) = value
        && is_generic(Some(value), scope)
    {
        diagnostics.error(
            &value.expr,
            format!("a {what} is shared by all calls, so its settings can't depend on `Self` or on generics\nWrite a literal or a plain constant, or hand in an instance of your own."),
        );
    }
}

/// The one positional argument that stands in for a name: a shared instance.
pub(crate) fn read_instance(
    arguments: &Arguments,
    attribute: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Expr> {
    let mut positional = arguments.positional.iter();
    let instance = positional.next()?;
    for more in positional {
        diagnostics.error(
            more,
            format!("`#[{attribute}]` takes one instance\nRemove this one."),
        );
    }
    if let Expr::Lit(literal) = ungrouped(instance) {
        let key = if attribute == "retry" { "max" } else { "name" };
        diagnostics.error(
            instance,
            format!("a positional argument of `#[{attribute}]` is an instance, and this is a literal\nWrite which value it is, as in `{key} = {}`.", literal.to_token_stream()),
        );
        return None;
    }
    Some(instance.clone())
}

/// Refuses keys that describe an instance where one is handed in.
pub(crate) fn refuse_settings(
    attribute: &str,
    settings: &[(&str, Option<TokenStream>)],
    diagnostics: &mut Diagnostics,
) {
    for (key, written) in settings {
        if let Some(value) = written {
            diagnostics.error(
                value,
                format!("`{key}` is a setting of the instance that `#[{attribute}]` is given: nothing would act on it here\nWrite it where the instance is declared."),
            );
        }
    }
}

/// The tokens of a setting, if it is written.
pub(crate) fn tokens<T>(written: Option<&Written<T>>) -> Option<TokenStream> {
    written.map(|written| written.expr.to_token_stream())
}
