//! Where a fallback's answer comes from: a function, a value, or a closure; and its tokens.

use darling::FromMeta;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprClosure, Meta};

use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::docs::Parameters;
use crate::key::ungrouped;
use crate::policy::fallback;
use crate::returns::Returns;
use crate::scope::Scope;
use crate::written::{first_span, last_span};

/// Any expression.
#[derive(Debug)]
pub(crate) struct Value(Expr);

impl FromMeta for Value {
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

/// Where a fallback's answer comes from.
#[derive(Debug)]
pub(crate) enum Answer {
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

impl Answer {
    pub(crate) fn read(
        arguments: &Arguments,
        value: Option<Value>,
        with_error: bool,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut sources = arguments.positional.iter();
        let first = sources.next();
        for more in sources {
            diagnostics.error(
                more,
                "`#[fallback]` falls back to one thing\n\
                 For a chain, write a second `#[fallback]` above this one.",
            );
        }
        match (first.map(ungrouped), value) {
            (Some(_), Some(Value(value))) => {
                diagnostics.error(
                    value,
                    "`#[fallback]` falls back to one thing, and here is a value beside a function\n\
                     Remove one of them.",
                );
                Self::Unknown
            }
            (Some(callee @ (Expr::Path(_) | Expr::Field(_))), None) => Self::Function {
                callee: callee.clone(),
                with_error,
            },
            (Some(Expr::Closure(closure)), None) => {
                if closure.inputs.len() != 1 {
                    let fault = "the closure of a `#[fallback]` takes one argument: the error\n\
                                 Write `|error| ..`, or `|_| ..`. The function's arguments are in \
                                 scope.";
                    diagnostics.error(closure, fault);
                }
                Self::Closure(closure.clone())
            }
            (Some(other), None) => {
                diagnostics.error(
                    other,
                    "expected a path to a function of the same arguments, or a closure over the \
                     error\n\
                     A value to fall back to is written `value = ..`.",
                );
                Self::Unknown
            }
            (None, Some(Value(value))) => Self::Value(value),
            (None, None) => {
                let is_said = ["value", "stale"]
                    .iter()
                    .any(|key| arguments.find(key).is_some());
                if !is_said && arguments.is_understood(&fallback::VOCABULARY) {
                    let fault = "`#[fallback]` needs something to fall back to\n\
                                 Write the path of a function of the same arguments, `value = ..`, \
                                 or a closure over the error.";
                    diagnostics.error(&arguments.attribute, fault);
                }
                Self::Unknown
            }
        }
    }

    /// Whether it is given the failure.
    pub(crate) fn looks_at_failure(&self) -> bool {
        matches!(
            self,
            Self::Closure(_)
                | Self::Function {
                    with_error: true,
                    ..
                }
        )
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        match self {
            Self::Function { callee, with_error } => {
                parameters.value(callee);
                if *with_error {
                    parameters.say("which is given the error");
                }
            }
            Self::Value(value) => parameters.key("value", Some(value)),
            Self::Closure(closure) => parameters.value(closure),
            Self::Unknown => {}
        }
    }

    /// Whether it is there without a call.
    pub(crate) fn is_at_once(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// The answer, of the function's own return type.
    pub(crate) fn emit(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        match self {
            Self::Value(value) => {
                let value = scope.localize(value.to_token_stream());
                quote_spanned!(span=> __rt::Ok(#value))
            }
            Self::Closure(closure) if closure.asyncness.is_none() => {
                called(closure, returns, scope)
            }
            Self::Function { .. } | Self::Closure(_) | Self::Unknown => {
                let future = self.future(arguments, returns, scope);
                let at = self.span();
                quote_spanned!(at=> #future.await)
            }
        }
    }

    /// Where the answer is written.
    fn span(&self) -> Span {
        match self {
            Self::Function { callee, .. } => our_span(callee),
            Self::Closure(closure) => our_span(&closure.body),
            Self::Value(value) => our_span(value),
            Self::Unknown => Span::mixed_site(),
        }
    }

    /// The answer as a future, where it is more than a value.
    pub(crate) fn future(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        scope: &Scope,
    ) -> Option<TokenStream> {
        let span = Span::mixed_site();
        match self {
            Self::Function { callee, with_error } => {
                let error = with_error.then(|| returns.error());
                let at = self.span();
                // What does not fit is said at the path, and not where the arguments are declared.
                let arguments = arguments.iter().map(|argument| moved(argument, at));
                let arguments = arguments.chain(error);
                let callee = scope.localize(callee.to_token_stream());
                Some(quote_spanned!(at=> #callee(#(#arguments),*)))
            }
            Self::Closure(closure) if closure.asyncness.is_some() => {
                // An async closure that is called at once is an async block; as a block its future
                // stays `Send` where it can.
                let (capture, input) = (&closure.capture, &closure.inputs);
                let (pin, error) = (returns.pin(), returns.error());
                // Its braces are those of the block: twice they would be a warning.
                let body = match &*closure.body {
                    Expr::Block(body) if body.label.is_none() && body.attrs.is_empty() => {
                        let statements = &body.block.stmts;
                        quote_spanned!(span=> #(#statements)*)
                    }
                    body => body.to_token_stream(),
                };
                let body = scope.localize(body);
                Some(quote_spanned!(span=> async #capture { #pin let #input = #error; #body }))
            }
            Self::Closure(closure) => {
                let result = called(closure, returns, scope);
                Some(quote_spanned!(span=> async { #result }))
            }
            Self::Value(_) | Self::Unknown => None,
        }
    }
}

/// A closure that is called with the error. It is `or_else` that tells it the type of its argument.
fn called(closure: &ExprClosure, returns: &Returns, scope: &Scope) -> TokenStream {
    let (span, end, error) = (
        Span::mixed_site().located_at(first_span(&closure.body)),
        our_span(&closure.body),
        returns.error(),
    );
    let mut closure = closure.clone();
    // Ours, or clippy would say that `|error| recover(error)` is `recover`: here that is another form.
    closure.inputs_begin.span = Span::mixed_site().located_at(closure.inputs_begin.span);
    let closure = scope.localize(closure.to_token_stream());
    // From the body's first token to its last.
    let argument = quote_spanned!(end=> (#closure));
    quote_spanned!(span=> __rt::Err(#error).or_else #argument)
}

/// The place of the user's tokens, in our hygiene: what does not fit is said there.
fn our_span(tokens: &impl ToTokens) -> Span {
    Span::mixed_site().located_at(last_span(tokens))
}

/// The same tokens in another place, each with its own hygiene.
fn moved(tokens: &TokenStream, at: Span) -> TokenStream {
    let moved = |token| match token {
        TokenTree::Group(group) => {
            let mut moved_group = Group::new(group.delimiter(), moved(&group.stream(), at));
            moved_group.set_span(group.span().located_at(at));
            TokenTree::Group(moved_group)
        }
        mut token => {
            token.set_span(token.span().located_at(at));
            token
        }
    };
    tokens.clone().into_iter().map(moved).collect()
}
