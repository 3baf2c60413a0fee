//! `#[fallback(path)]`: what to answer in the place of an error.

use darling::FromMeta;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use crate::answer::{Answer, Value};
use crate::arguments::Arguments;
use crate::cause::Causes;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
pub(crate) use crate::grammar::vocabulary::FALLBACK as VOCABULARY;
use crate::key::{Callable, Flag, Words};
use crate::returns::{Finish, Returns};
use crate::scope::Scope;

#[derive(Default, FromMeta)]
#[darling(default)]
struct Keys {
    value: Option<Value>,
    with_error: Flag,
    when: Option<Callable>,
    on: Option<Causes>,
    clone: Words,
}

/// A fallback, as its attribute describes it.
#[derive(Debug)]
pub(crate) struct Fallback {
    answer: Answer,
    when: Option<Callable>,
    on: Option<Causes>,
    clone: Words,
}

impl Fallback {
    pub(crate) fn read(arguments: &Arguments, diagnostics: &mut Diagnostics) -> Self {
        let keys: Keys = arguments.keys(&VOCABULARY, diagnostics);
        let Flag(with_error) = keys.with_error;
        let answer = Answer::read(arguments, keys.value, with_error, diagnostics);
        if let (true, Some(flag), false) = (
            with_error,
            arguments.find("with_error"),
            matches!(answer, Answer::Function { .. } | Answer::Unknown),
        ) {
            diagnostics.error(
                flag,
                "`with_error` hands the error to a function, and there is none\n\
                 Remove it: a closure has the error as its argument.",
            );
        }
        keys.clone.refuse_twice(diagnostics);
        if let Some(on) = &keys.on {
            on.check(&Causes::OF_FALLBACK, diagnostics);
        }
        Self {
            answer,
            when: keys.when,
            on: keys.on,
            clone: keys.clone,
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
        match &self.answer {
            Answer::Value(value) if self.is_unconditional() => Some(value),
            _ => None,
        }
    }

    /// Whether it is called with the function's arguments.
    pub(crate) fn calls(&self) -> bool {
        matches!(self.answer, Answer::Function { .. })
    }

    /// At the top of a stack: the outcome as what the function returns.
    ///
    /// What needs no answer leaves early, so that the future keeps no room for it while the
    /// fallback runs.
    pub(crate) fn finish(
        &self,
        arguments: &[TokenStream],
        returns: &Returns,
        end: &Finish,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let leave = |value: &TokenStream| quote_spanned!(span=> return #value);
        let end = (!self.is_unconditional()).then_some(end);
        let binding = end.map(|end| &end.binding);
        let failed = self.failed(&leave, end.map(|end| &end.call), returns, scope);
        let answer = self.answer.emit(arguments, returns, scope);
        quote_spanned!(span=> #binding #failed #answer)
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        self.answer.describe(parameters);
        parameters.key("when", self.when.as_ref().map(|Callable(when)| when));
        if let Some(on) = &self.on {
            parameters.say(&on.describe());
        }
    }

    /// What it calls may take for ever, but is not the body.
    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let time = inner.time.filter(|_| self.answer.is_at_once());
        Worst { time, ..inner }
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
        let future = self.answer.future(arguments, returns, scope);
        // A value says nothing of the type of the error: it is that of the outcome left alone.
        let outcome = quote_spanned!(span=> outcome);
        let pass = (future.is_none() || !self.is_unconditional()).then_some(&outcome);
        let failed = self.failed(&leave, pass, returns, scope);
        let answer = match future {
            Some(future) => {
                let body = body(&future);
                quote_spanned!(span=> #body.await)
            }
            // A value has no error: it is an outcome as it stands.
            None => self.answer.emit(arguments, returns, scope),
        };
        quote_spanned!(span=> 'fallback: { #failed #answer })
    }

    /// The statements after which there is a failure to answer. `leave` ends the block: with the
    /// value, or, where this fallback may leave failures alone, with `pass` of the outcome.
    fn failed(
        &self,
        leave: &dyn Fn(&TokenStream) -> TokenStream,
        pass: Option<&TokenStream>,
        returns: &Returns,
        scope: &Scope,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let good = leave(&quote_spanned!(span=> __rt::Ok(value)));
        let looked_at = self.answer.looks_at_failure();
        let pass = match pass {
            None if !looked_at => {
                let value = quote_spanned!(span=> __rt::value_of(__rt::here!(), outcome));
                return quote_spanned!(span=> if let __rt::Some(value) = #value { #good; });
            }
            None => quote_spanned!(span=> __rt::Ok(value) => #good),
            Some(outcome) => {
                let left_alone = leave(outcome);
                quote_spanned!(span=> outcome => #left_alone)
            }
        };
        let condition = (!self.is_unconditional()).then(|| self.condition(returns, scope));
        let guard = condition.map(|condition| quote_spanned!(span=> if #condition));
        let failed = quote_spanned!(span=> __rt::Err(failure) #guard);
        if looked_at {
            quote_spanned!(span=>
                let failure = match outcome { #failed => failure, #pass };
                __rt::served(__rt::here!(), &failure);
            )
        } else {
            // Nothing of the failure is kept while the fallback runs.
            quote_spanned!(span=> match outcome { #failed => __rt::served(__rt::here!(), &failure), #pass })
        }
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
}
