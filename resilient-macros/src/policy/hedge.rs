//! `#[hedge(after = "50ms")]`: copies what takes long.

use std::time::Duration;

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Lit, Meta};

use crate::arguments::Arguments;
use crate::budget::{Budget, Purse};
use crate::builder::Builder;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
use crate::grammar;
pub(crate) use crate::grammar::vocabulary::HEDGE as VOCABULARY;
use crate::held::{Constant, Held, Names};
use crate::key::{Callable, Words};
use crate::literal::Copies;
use crate::policy::{
    is_generic, read_instance, refuse_generic, refuse_run_time, refuse_settings, tokens,
};
use crate::rule;
use crate::scope::Scope;
use crate::written::{Written, first_span, literal};

/// Copies beside the first call: one cuts most of the tail.
const DEFAULT_MAX: u32 = 1;

/// What an instance says for itself.
const SETTINGS: [&str; 3] = ["after", "initial", "max"];

/// When the next copy starts: after so long, or after a measured percentile.
#[derive(Debug)]
enum After {
    Delay(Written<Duration>),
    Percentile { percent: f64, expr: Expr },
}

impl FromMeta for After {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Written::from_meta(item).map(Self::Delay);
        };
        let Some((Lit::Str(text), _)) = literal(&pair.value) else {
            return Written::from_meta(item).map(Self::Delay);
        };
        let text = text.value();
        let fault = |text: &str| Err(Error::custom(text).with_span(&pair.value));
        match grammar::percentile(&text) {
            None => Written::from_meta(item).map(Self::Delay),
            Some(Err(text)) => fault(&text),
            Some(Ok(percent)) => match rule::percentile(percent) {
                Some(refused) => fault(refused.as_str()),
                None => Ok(Self::Percentile {
                    percent,
                    expr: pair.value.clone(),
                }),
            },
        }
    }
}

impl ToTokens for After {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Delay(delay) => delay.expr.to_tokens(tokens),
            Self::Percentile { expr, .. } => expr.to_tokens(tokens),
        }
    }
}

/// A hedge, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Hedge {
    #[darling(skip)]
    instance: Option<Expr>,
    after: Option<After>,
    initial: Option<Written<Duration>>,
    max: Option<Written<Copies>>,
    when: Option<Callable>,
    budget: Option<Budget>,
    clone: Words,
}

impl Hedge {
    pub(crate) fn read(
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let instance = read_instance(arguments, VOCABULARY.attribute, diagnostics);
        let hedge = Self {
            instance,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        hedge.check(arguments, scope, diagnostics);
        hedge
    }

    fn check(&self, arguments: &Arguments, scope: &Scope, diagnostics: &mut Diagnostics) {
        self.clone.refuse_twice(diagnostics);
        refuse_run_time("max", self.max.as_ref(), scope, diagnostics);
        refuse_generic("percentile", self.initial.as_ref(), scope, diagnostics);
        if self.instance.is_some() {
            refuse_settings(VOCABULARY.attribute, arguments, &SETTINGS, diagnostics);
            return;
        }
        // A key with a faulty value is written all the same.
        let written = |key: &str| arguments.find(key);
        match (&self.after, written("initial")) {
            (Some(After::Percentile { expr, .. }), None) => {
                diagnostics.error(expr, grammar::PERCENTILE_WITHOUT_INITIAL);
            }
            (Some(After::Delay(_)), Some(initial)) => {
                diagnostics.error(initial.path(), grammar::INITIAL_WITHOUT_PERCENTILE);
            }
            _ => {}
        }
        if written("after").is_none()
            && arguments.positional.is_empty()
            && arguments.is_understood(&VOCABULARY)
        {
            let fault = "`#[hedge]` needs `after`: after how long a copy is worth a call depends on \
                         the callee\n\
                         Write how long most calls take, as in `after = \"50ms\"`, or let it be \
                         measured: `after = \"p95\", initial = \"50ms\"`.";
            diagnostics.error(&arguments.attribute, fault);
        }
    }

    pub(crate) fn cloned(&self) -> &[Ident] {
        &self.clone.0
    }

    /// The delay, if it is written as a duration.
    pub(crate) fn written_delay(&self) -> Option<&Written<Duration>> {
        match &self.after {
            Some(After::Delay(delay)) => Some(delay),
            _ => None,
        }
    }

    /// The delay that is written, where it is one and the same for each call: a literal, or a constant.
    fn delay(&self, scope: &Scope) -> Option<&Written<Duration>> {
        let delay = self.written_delay()?;
        let is_run_time = delay.is_constant() && scope.is_run_time(&delay.expr);
        (!is_run_time).then_some(delay)
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        if let Some(instance) = &self.instance {
            parameters.value(instance);
        } else {
            parameters.key("after", self.after.as_ref());
            parameters.key("initial", tokens(self.initial.as_ref()));
            parameters.or("max", tokens(self.max.as_ref()), "1");
        }
        parameters.key("when", self.when.as_ref().map(|Callable(when)| when));
        match &self.budget {
            Some(budget) => parameters.key("budget", Some(budget)),
            None if self.instance.is_none() => {
                parameters.say("10% of the calls and 10 a second");
            }
            None => {}
        }
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let max = match (&self.instance, &self.max) {
            (Some(_), _) => None,
            (None, None) => Some(DEFAULT_MAX),
            (None, Some(max)) => max.value.map(|Copies(max)| max),
        };
        let delay = self.written_delay().and_then(|delay| delay.value);
        // The last copy starts when all delays have passed, or when all before it have ended.
        let in_turn = inner
            .time
            .zip(max)
            .map(|(time, max)| time.saturating_mul(max + 1));
        let by_delays = inner
            .time
            .zip(max)
            .zip(delay)
            .map(|((time, max), delay)| delay.saturating_mul(max).saturating_add(time));
        Worst {
            calls: inner
                .calls
                .zip(max)
                .map(|(calls, max)| calls.saturating_mul(u64::from(max) + 1)),
            time: in_turn.into_iter().chain(by_delays).min(),
        }
    }

    /// What its extra calls are taken from.
    pub(crate) fn purse(&self) -> Purse<'_> {
        Purse::of(self.budget.as_ref(), self.instance.as_ref())
    }

    pub(crate) fn hold(&self, names: &Names, scope: &Scope) -> Held {
        let held = match &self.instance {
            Some(instance) => names.instance(instance, scope),
            None => self.tune(self.hold_alone(names, scope), names, scope),
        };
        match &self.budget {
            Some(budget) => budget.beside(held, &names.of("hedge_budget"), scope),
            None => held,
        }
    }

    /// The `static` that all calls share, with what is known before the first of them.
    fn hold_alone(&self, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let new = match &self.after {
            Some(After::Percentile { percent, .. }) => {
                let initial = self.initial.as_ref();
                let at = initial.map_or(span, Written::span);
                let mut percent = Literal::f64_unsuffixed(*percent);
                percent.set_span(at);
                let initial = initial.map(|initial| initial.emit(scope));
                quote_spanned!(at=> __rt::Hedge::at_percentile(#percent, #initial))
            }
            Some(After::Delay(delay)) if self.is_static(scope) => {
                let (at, delay) = (delay.span(), delay.emit(scope));
                quote_spanned!(at=> __rt::Hedge::new(#delay))
            }
            _ => quote_spanned!(span=> __rt::Hedge::at_run_time()),
        };
        let max = self.max.as_ref();
        let hedge = if is_generic(max, scope) {
            // Whoever overrides settings is told so.
            quote_spanned!(span=> #new.max_at_run_time())
        } else {
            Builder::new(new, scope).set("max", max).finish()
        };
        Held {
            // A constant can't look into a `static` that counts calls: it looks at the delay.
            constant: self.delay(scope).map(|delay| Constant {
                reference: delay.emit(scope),
                is_generic: is_generic(Some(delay), scope),
            }),
            ..names.in_static(&quote_spanned!(span=> __rt::Hedge), &hedge)
        }
    }

    /// Whether the delay can stand in a `static`.
    fn is_static(&self, scope: &Scope) -> bool {
        self.delay(scope)
            .is_some_and(|delay| !is_generic(Some(delay), scope))
    }

    /// What is known in a call only, or for a type only, is said for each call.
    fn tune(&self, held: Held, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let after = self.written_delay().filter(|_| !self.is_static(scope));
        let after = after.map(|delay| {
            let (at, value) = (delay.span(), delay.emit(scope));
            let value = match self.delay(scope) {
                Some(_) => quote_spanned!(at=> const { __rt::check::after(#value) }),
                None => value,
            };
            quote_spanned!(at=> .after(#value))
        });
        let max = self.max.as_ref().filter(|max| is_generic(Some(max), scope));
        let max = max.map(|max| {
            let (at, value) = (max.span(), max.emit(scope));
            quote_spanned!(at=> .max(const { __rt::check::copies(#value) }))
        });
        if after.is_none() && max.is_none() {
            return held;
        }
        let handle = &held.handle;
        let tuned = names.in_local(&quote_spanned!(span=> #handle.tuned()#after #max));
        Held {
            item: held.item,
            listed: held.listed,
            constant: held.constant,
            ..tuned
        }
    }

    /// The copies of what is inside. `open` is where the user's statements begin: what rustc says of
    /// the closure is said there.
    pub(crate) fn wrap(
        &self,
        held: &Held,
        inner: &TokenStream,
        open: Span,
        scope: &Scope,
    ) -> TokenStream {
        let (span, handle) = (Span::mixed_site(), &held.handle);
        let at = held.instance.unwrap_or(span);
        let within = held.budget.as_ref().zip(self.budget.as_ref());
        let within = within.map(|(budget, written)| {
            let at = span.located_at(first_span(written));
            quote_spanned!(at=> .within(#budget))
        });
        let run = match &self.max {
            Some(max) if max.value == Some(Copies(2)) => "run_three",
            _ => "run",
        };
        let (run, bars) = (
            Ident::new(run, at),
            quote_spanned!(span.located_at(open)=> ||),
        );
        // What is wrong with a hook is said where it is written.
        let when = self.when.as_ref().map(|when| {
            let (at, hook) = (span.located_at(first_span(when)), when.emit(scope));
            quote_spanned!(at=> .when(#hook))
        });
        quote_spanned!(at=> #handle #within.#run(#bars #inner)#when)
    }
}
