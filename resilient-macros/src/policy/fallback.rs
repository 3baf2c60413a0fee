//! `#[fallback(path)]`: what to answer in the place of an error.

use darling::FromMeta;
use darling::util::Flag;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprClosure, Meta};

use crate::arguments::{Arguments, Vocabulary};
use crate::cause::Causes;
use crate::diagnostics::Diagnostics;
use crate::key::{Callable, Words, ungrouped};
use crate::returns::{Finish, Returns};
use crate::scope::Scope;
use crate::stack::Entry;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "fallback",
    keys: &["value", "with_error", "when", "on", "clone"],
    reserved: &[("stale", "last good value to serve")],
    foreign: &[
        (
            "with",
            "a function to fall back to is written without a key: `#[fallback(path)]`",
        ),
        ("default", "a value to fall back to is `value = ..`"),
    ],
    // `#[fallback(cached_quote)]`: a function.
    words_are_values: true,
};

#[derive(Default, FromMeta)]
#[darling(default)]
struct Keys {
    value: Option<Answer>,
    with_error: Flag,
    when: Option<Callable>,
    on: Option<Words>,
    clone: Option<Words>,
}

/// Any expression.
struct Answer(Expr);

impl FromMeta for Answer {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::NameValue(pair) => Ok(Self(pair.value.clone())),
            _ => Err(darling::Error::custom(
                "`value` needs an expression, as in `value = Vec::new()`",
            )
            .with_span(item)),
        }
    }
}

/// Where the answer comes from.
#[derive(Debug)]
enum Source {
    /// An `async fn` of the same arguments.
    Function {
        callee: Expr,
        with_error: bool,
    },
    Value(Expr),
    Closure(ExprClosure),
    /// A fault was reported.
    Unknown,
}

/// A fallback, as its attribute describes it.
#[derive(Debug)]
pub(crate) struct Fallback {
    source: Source,
    when: Option<Callable>,
    on: Option<Causes>,
    clone: Words,
}

impl Fallback {
    pub(crate) fn read(
        entry: &Entry,
        arguments: &Arguments,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let keys: Keys = arguments.keys(&VOCABULARY, diagnostics);
        let mut sources = arguments.positional.iter();
        let first = sources.next();
        for more in sources {
            diagnostics.error(more, "`#[fallback]` falls back to one thing\nFor a chain, write a second `#[fallback]` above this one.");
        }
        let with_error = keys.with_error.is_present();
        let source = match (first.map(ungrouped), keys.value) {
            (Some(_), Some(Answer(value))) => {
                diagnostics.error(value, "`#[fallback]` falls back to one thing, and here is a value beside a function\nRemove one of them.");
                Source::Unknown
            }
            (Some(callee @ (Expr::Path(_) | Expr::Field(_))), None) => Source::Function {
                callee: callee.clone(),
                with_error,
            },
            (Some(Expr::Closure(closure)), None) => {
                if closure.inputs.len() != 1 {
                    diagnostics.error(closure, "the closure of a `#[fallback]` takes one argument: the error\nWrite `|error| ..`, or `|_| ..`. The function's arguments are in scope.");
                }
                Source::Closure(closure.clone())
            }
            (Some(other), None) => {
                diagnostics.error(other, "expected a path to a function of the same arguments, or a closure over the error\nA value to fall back to is written `value = ..`.");
                Source::Unknown
            }
            (None, Some(Answer(value))) => Source::Value(value),
            (None, None) => {
                if arguments.find("value").is_none() && arguments.find("stale").is_none() {
                    diagnostics.error(entry.tokens(), "`#[fallback]` needs something to fall back to\nWrite the path of a function of the same arguments, `value = ..`, or a closure over the error.");
                }
                Source::Unknown
            }
        };
        if let (true, Some(flag), false) = (
            with_error,
            arguments.find("with_error"),
            matches!(source, Source::Function { .. } | Source::Unknown),
        ) {
            diagnostics.error(flag, "`with_error` hands the error to a function, and there is none\nRemove it: a closure has the error as its argument.");
        }
        let clone = keys.clone.unwrap_or_default();
        clone.refuse_twice(diagnostics);
        let on = keys
            .on
            .map(|words| Causes::read(words, &Causes::OF_FALLBACK, diagnostics));
        Self {
            source,
            when: keys.when,
            on,
            clone,
        }
    }

    pub(crate) fn cloned(&self) -> &[Ident] {
        &self.clone.0
    }

    /// Whether it answers every failure, so that none gets past it.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.when.is_none() && self.on.is_none()
    }

    /// The value of an unconditional `value = ..`: it can't fail.
    pub(crate) fn infallible(&self) -> Option<&Expr> {
        match &self.source {
            Source::Value(value) if self.is_unconditional() => Some(value),
            _ => None,
        }
    }

    /// Whether it is called with the function's arguments.
    pub(crate) fn calls(&self) -> bool {
        matches!(self.source, Source::Function { .. })
    }

    /// At the top of a stack: the outcome as what the function returns.
    ///
    /// What needs no answer leaves early, so that the future keeps no room for it while the fallback runs.
    pub(crate) fn finish(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        end: &Finish,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let leave = |value: &TokenStream| quote_spanned!(span=> return #value);
        let binding = (!self.is_unconditional()).then_some(&end.binding);
        let failed = self.failed(&leave, &end.call, returns, scope);
        let answer = self.answer(arguments, returns, scope);
        quote_spanned!(span=> #binding #failed #answer)
    }

    /// Beneath other policies: the outcome as another outcome. `body` makes one of a future.
    pub(crate) fn recover(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        body: &dyn Fn(&TokenStream) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let leave = |value: &TokenStream| quote_spanned!(span=> break 'fallback #value);
        let failed = self.failed(&leave, &quote_spanned!(span=> outcome), returns, scope);
        let answer = match self.future(arguments, returns, scope) {
            Some(future) => {
                let body = body(&future);
                quote_spanned!(span=> #body.await)
            }
            // A value has no error: it is an outcome as it stands.
            None => self.answer(arguments, returns, scope),
        };
        quote_spanned!(span=> 'fallback: { #failed #answer })
    }

    /// The statements after which there is a failure to answer. `leave` ends the block, with `end` for what this fallback leaves alone.
    fn failed(
        &self,
        leave: &dyn Fn(&TokenStream) -> TokenStream,
        end: &TokenStream,
        returns: &Returns,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let good = leave(&quote_spanned!(span=> __resilient::Ok(value)));
        let looked_at = matches!(
            &self.source,
            Source::Closure(_)
                | Source::Function {
                    with_error: true,
                    ..
                }
        );
        if self.is_unconditional() && !looked_at {
            return quote_spanned!(span=> if let __resilient::Some(value) = __resilient::value_of(outcome) { #good; });
        }
        let arms = if self.is_unconditional() {
            quote_spanned!(span=> __resilient::Ok(value) => #good, __resilient::Err(failure) => failure,)
        } else {
            let (condition, good) = (self.condition(returns, scope), leave(end));
            quote_spanned!(span=> __resilient::Err(failure) if #condition => failure, outcome => #good,)
        };
        quote_spanned!(span=> let failure = match outcome { #arms }; __resilient::served(&failure);)
    }

    fn condition(&self, returns: &Returns, scope: &Scope) -> TokenStream {
        let span = Span::mixed_site();
        let on = self.on.as_ref().map(|on| {
            let causes = on.emit();
            quote_spanned!(span=> failure.is_any(#causes))
        });
        let when = self
            .when
            .as_ref()
            .map(|when| returns.runs_when(&when.emit(scope)));
        match (on, when) {
            (Some(on), Some(when)) => quote_spanned!(span=> #on && #when),
            (on, when) => on.or(when).unwrap_or_default(),
        }
    }

    /// The answer, of the function's own return type.
    fn answer(&self, arguments: &[TokenStream], returns: &Returns, scope: &Scope) -> TokenStream {
        let span = Span::mixed_site();
        match &self.source {
            Source::Value(value) => {
                let value = scope.localize(value.to_token_stream());
                quote_spanned!(span=> __resilient::Ok(#value))
            }
            Source::Closure(closure) if closure.asyncness.is_none() => {
                called(closure, returns, scope)
            }
            Source::Function { .. } | Source::Closure(_) | Source::Unknown => {
                let future = self.future(arguments, returns, scope);
                let at = self.span();
                quote_spanned!(at=> #future.await)
            }
        }
    }

    /// Where the answer is written.
    fn span(&self) -> Span {
        match &self.source {
            Source::Function { callee, .. } => our_span(callee),
            Source::Closure(closure) => our_span(&closure.body),
            Source::Value(value) => our_span(value),
            Source::Unknown => Span::mixed_site(),
        }
    }

    /// The answer as a future, where it is more than a value.
    fn future(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        scope: &Scope,
    ) -> Option<TokenStream> {
        let span = Span::mixed_site();
        match &self.source {
            Source::Function { callee, with_error } => {
                let error = with_error.then(|| returns.error());
                let arguments = arguments.iter().chain(&error);
                let at = self.span();
                let callee = scope.localize(callee.to_token_stream());
                Some(quote_spanned!(at=> #callee(#(#arguments),*)))
            }
            Source::Closure(closure) if closure.asyncness.is_some() => {
                // An async closure that is called at once is an async block; as a block its future stays `Send` where it can.
                let (capture, input) = (&closure.capture, &closure.inputs);
                let (pin, error) = (returns.pin(), returns.error());
                let body = scope.localize(closure.body.to_token_stream());
                Some(quote_spanned!(span=> async #capture { #pin let #input = #error; #body }))
            }
            Source::Closure(closure) => {
                let result = called(closure, returns, scope);
                Some(quote_spanned!(span=> async { #result }))
            }
            Source::Value(_) | Source::Unknown => None,
        }
    }
}

/// A closure that is called with the error. It is `or_else` that tells it the type of its argument.
fn called(closure: &ExprClosure, returns: &Returns, scope: &Scope) -> TokenStream {
    let (span, error) = (our_span(&closure.body), returns.error());
    let closure = scope.localize(closure.to_token_stream());
    quote_spanned!(span=> __resilient::Err(#error).or_else(#closure))
}

/// The place of the user's tokens, in our hygiene: what does not fit is said there.
fn our_span(tokens: &impl ToTokens) -> Span {
    let last = tokens.to_token_stream().into_iter().last();
    Span::mixed_site().located_at(last.map_or_else(Span::call_site, |token| token.span()))
}
