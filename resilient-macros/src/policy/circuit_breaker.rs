//! `#[circuit_breaker(name = "payments")]`: no calls to what has just failed too often.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, Lit, Meta};

use crate::arguments::Arguments;
use crate::builder::Builder;
use crate::diagnostics::Diagnostics;
use crate::docs::Parameters;
use crate::grammar;
pub(crate) use crate::grammar::vocabulary::CIRCUIT_BREAKER as VOCABULARY;
use crate::held::{Held, Names};
use crate::key::{Callable, Flag, Name};
use crate::keyed::{self, Key};
use crate::literal::{Count, Factor, Ratio};
use crate::policy::{known, read_instance, refuse_generic, refuse_settings, tokens};
use crate::rule;
use crate::scope::Scope;
use crate::written::{Written, first_span, literal};

/// What is looked at: the last so many calls, or the calls of the last so long. A constant is a number
/// of calls.
#[derive(Debug)]
enum Window {
    Calls(Written<Count>),
    Time(Written<Duration>),
}

impl FromMeta for Window {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        // A number in quotes is a number of calls that need none.
        if let Meta::NameValue(pair) = item
            && let Some((Lit::Str(text), _)) = literal(&pair.value)
            && text.value().parse::<u64>().is_err()
        {
            return Written::from_meta(item).map(Self::Time);
        }
        Written::from_meta(item).map(Self::Calls)
    }
}

/// A circuit breaker, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct CircuitBreaker {
    #[darling(skip)]
    pub(crate) instance: Option<Expr>,
    pub(crate) name: Option<Name>,
    failure_rate: Option<Written<Ratio>>,
    window: Option<Window>,
    min_calls: Option<Written<Count>>,
    consecutive_failures: Option<Written<Count>>,
    break_duration: Option<Written<Duration>>,
    half_open_calls: Option<Written<Count>>,
    slow_call: Option<Written<Duration>>,
    slow_call_rate: Option<Written<Ratio>>,
    break_backoff: Option<Written<Factor>>,
    max_break_duration: Option<Written<Duration>>,
    pub(crate) key: Option<Key>,
    max_keys: Option<Written<Count>>,
    shadow: Flag,
    failure_when: Option<Callable>,
    failure_when_ok: Option<Callable>,
}

impl CircuitBreaker {
    pub(crate) fn read(
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let instance = read_instance(arguments, VOCABULARY.attribute, diagnostics);
        let breaker = Self {
            instance,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        breaker.check(arguments, scope, diagnostics);
        breaker
    }

    /// Whether a hook looks at the receiver or an argument: then the body can't take them with it.
    pub(crate) fn looks_at_arguments(&self, scope: &Scope) -> bool {
        let hooks = [&self.failure_when, &self.failure_when_ok];
        hooks
            .into_iter()
            .flatten()
            .any(|Callable(hook)| scope.is_run_time(hook))
    }

    fn window_calls(&self) -> Option<&Written<Count>> {
        match &self.window {
            Some(Window::Calls(calls)) => Some(calls),
            _ => None,
        }
    }

    fn window_time(&self) -> Option<&Written<Duration>> {
        match &self.window {
            Some(Window::Time(length)) => Some(length),
            _ => None,
        }
    }

    fn settings(&self) -> [(&'static str, Option<TokenStream>); 10] {
        [
            ("failure_rate", tokens(self.failure_rate.as_ref())),
            (
                "window",
                tokens(self.window_calls()).or(tokens(self.window_time())),
            ),
            ("min_calls", tokens(self.min_calls.as_ref())),
            (
                "consecutive_failures",
                tokens(self.consecutive_failures.as_ref()),
            ),
            ("break_duration", tokens(self.break_duration.as_ref())),
            ("half_open_calls", tokens(self.half_open_calls.as_ref())),
            ("slow_call", tokens(self.slow_call.as_ref())),
            ("slow_call_rate", tokens(self.slow_call_rate.as_ref())),
            ("break_backoff", tokens(self.break_backoff.as_ref())),
            (
                "max_break_duration",
                tokens(self.max_break_duration.as_ref()),
            ),
        ]
    }

    fn check(&self, arguments: &Arguments, scope: &Scope, diagnostics: &mut Diagnostics) {
        if self.instance.is_some() {
            refuse_settings(VOCABULARY.attribute, arguments, &["name"], diagnostics);
            let settings = self.settings().map(|(key, _)| key);
            refuse_settings(VOCABULARY.attribute, arguments, &settings, diagnostics);
            let others = ["max_keys", "shadow"];
            refuse_settings(VOCABULARY.attribute, arguments, &others, diagnostics);
        } else if arguments.positional.is_empty()
            && arguments.find("name").is_none()
            && arguments.is_understood(&VOCABULARY)
        {
            diagnostics.error(
                &arguments.attribute,
                "`#[circuit_breaker]` needs a `name`: the breaker of a callee is shared by all \
                 that call it\n\
                 Write one, as in `name = \"payments\"`, or the path of a `static`.",
            );
        }
        keyed::check(arguments, diagnostics);
        // A key with a faulty value is written all the same.
        let written = |key: &str| arguments.find(key).is_some();
        let rates = written("failure_rate") || written("slow_call");
        // A key that nothing reads is a mistake about what trips.
        if written("consecutive_failures") && !rates {
            for key in grammar::NOT_OF_A_RUN {
                if let Some(written) = arguments.find(key) {
                    diagnostics.error(written.path(), grammar::not_of_a_run(key));
                }
            }
        }
        for (key, needs, because) in grammar::BREAKER_NEEDS {
            if let (Some(key), false) = (arguments.find(key), written(needs)) {
                diagnostics.error(key.path(), grammar::needs(because, needs));
            }
        }
        if let (Some((Count(min), at)), Some((Count(window), _))) =
            (known(self.min_calls.as_ref()), known(self.window_calls()))
        {
            diagnostics.refuse(at, rule::min_calls_in_window(min, window));
        }
        if let (Some((first, _)), Some((max, at))) = (
            known(self.break_duration.as_ref()),
            known(self.max_break_duration.as_ref()),
        ) {
            diagnostics.refuse(at, rule::break_in_max_break(first, max));
        }
        let what = "circuit breaker";
        refuse_generic(what, self.failure_rate.as_ref(), scope, diagnostics);
        refuse_generic(what, self.slow_call_rate.as_ref(), scope, diagnostics);
        refuse_generic(what, self.break_backoff.as_ref(), scope, diagnostics);
        for duration in [
            &self.break_duration,
            &self.slow_call,
            &self.max_break_duration,
        ] {
            refuse_generic(what, duration.as_ref(), scope, diagnostics);
        }
        for count in [
            self.window_calls(),
            self.min_calls.as_ref(),
            self.consecutive_failures.as_ref(),
            self.half_open_calls.as_ref(),
            self.max_keys.as_ref(),
        ] {
            refuse_generic(what, count, scope, diagnostics);
        }
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        if let Some(instance) = &self.instance {
            parameters.value(instance);
        } else {
            parameters.key("name", self.name.as_ref().map(|Name(name)| name));
            let (settings, Flag(shadow)) = (self.settings(), self.shadow);
            let max_keys = tokens(self.max_keys.as_ref());
            let says_nothing = settings.iter().all(|(_, written)| written.is_none());
            if !shadow && says_nothing && max_keys.is_none() {
                parameters.say("as it is declared elsewhere, or by default");
            } else {
                self.describe_settings(settings, parameters);
                if self.key.is_some() {
                    parameters.or("max_keys", max_keys, "1024");
                }
                if shadow {
                    parameters.say("`shadow`");
                }
            }
        }
        parameters.key("key", self.key.as_ref().map(|Key(key)| key));
        let hooks = [
            ("failure_when", &self.failure_when),
            ("failure_when_ok", &self.failure_when_ok),
        ];
        for (key, hook) in hooks {
            parameters.key(key, hook.as_ref().map(|Callable(hook)| hook));
        }
    }

    fn describe_settings(
        &self,
        settings: [(&'static str, Option<TokenStream>); 10],
        parameters: &mut Parameters,
    ) {
        let by_rate = self.consecutive_failures.is_none() || self.failure_rate.is_some();
        for (key, written) in settings {
            let default = match key {
                "failure_rate" if by_rate => "\"50%\"",
                "window" if by_rate || self.slow_call.is_some() => "100",
                "break_duration" => "\"30s\"",
                "half_open_calls" => "3",
                "slow_call_rate" if self.slow_call.is_some() => "\"100%\"",
                _ => {
                    parameters.key(key, written);
                    continue;
                }
            };
            parameters.or(key, written, default);
        }
    }

    pub(crate) fn hold(&self, names: &Names, scope: &Scope) -> Held {
        let held = match &self.instance {
            Some(instance) => names.instance(instance, scope),
            None => self.declare(names, scope),
        };
        names.of_key(held, self.key.as_ref(), scope)
    }

    fn declare(&self, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let name = self.name.as_ref().map(|Name(name)| name);
        let new = quote_spanned!(span=> __rt::CircuitBreaker::new(#name));
        let breaker = Builder::new(new, scope)
            .set("failure_rate", self.failure_rate.as_ref())
            .set("window_calls", self.window_calls())
            .set("window_time", self.window_time())
            .set("min_calls", self.min_calls.as_ref())
            .set("consecutive_failures", self.consecutive_failures.as_ref())
            .set("break_duration", self.break_duration.as_ref())
            .set("half_open_calls", self.half_open_calls.as_ref())
            .set("break_backoff", self.break_backoff.as_ref())
            .set("max_break_duration", self.max_break_duration.as_ref())
            .set("max_keys", self.max_keys.as_ref());
        let breaker = match &self.slow_call {
            Some(line) => self.slow_call(breaker, line, scope),
            None => breaker,
        };
        let breaker = match self.shadow {
            Flag(true) => breaker.call(span, quote_spanned!(span=> .shadow())),
            Flag(false) => breaker,
        };
        let ty = quote_spanned!(span=> __rt::Shared<__rt::CircuitBreaker>);
        // A name alone says nothing of the settings: they are whatever its declaration says.
        let declares = breaker.has_settings();
        let breaker = breaker.finish();
        let value = if declares {
            quote_spanned!(span=> __rt::Shared::declared(#breaker))
        } else {
            quote_spanned!(span=> __rt::Shared::referred(#breaker))
        };
        names.in_static(&ty, &value)
    }

    fn slow_call<'a>(
        &self,
        breaker: Builder<'a>,
        line: &Written<Duration>,
        scope: &Scope,
    ) -> Builder<'a> {
        let (at, shown) = (line.span(), line.emit(scope));
        match &self.slow_call_rate {
            None => breaker.with(line, quote_spanned!(at=> .slow_call(#shown, 1.0))),
            Some(rate) => {
                let share = rate.emit(scope);
                // Each of the two may be a constant.
                let call = quote_spanned!(at=> .slow_call(#shown, #share));
                if line.is_constant() {
                    breaker.with(line, call)
                } else {
                    breaker.with(rate, call)
                }
            }
        }
    }

    pub(crate) fn wrap(&self, held: &Held, inner: &TokenStream, scope: &Scope) -> TokenStream {
        let (span, around) = (Span::mixed_site(), held.around(inner));
        let hook = |name: &str, hook: &Option<Callable>| {
            // What is wrong with a hook is said where it is written.
            let hook = hook.as_ref()?;
            let at = span.located_at(first_span(&hook.0));
            let (name, hook) = (proc_macro2::Ident::new(name, at), hook.emit(scope));
            Some(quote_spanned!(at=> .#name(#hook)))
        };
        let (error, value) = (
            hook("failure_when", &self.failure_when),
            hook("failure_when_ok", &self.failure_when_ok),
        );
        quote_spanned!(span=> #around #error #value)
    }
}
