//! `#[retry(max = 3)]`: calls again what failed.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::arguments::Arguments;
use crate::backoff::{Backoff, Jitter};
use crate::budget::{Budget, Purse};
use crate::builder::Builder;
use crate::cause::Causes;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
pub(crate) use crate::grammar::vocabulary::RETRY as VOCABULARY;
use crate::held::{Held, Names};
use crate::key::{Callable, Words};
use crate::literal::{Count, Factor};
use crate::policy::{is_generic, known, read_instance, refuse_run_time, refuse_settings, tokens};
use crate::returns::{Finish, Returns};
use crate::rule::{self, DEFAULT_FACTOR, DEFAULT_MAX_DELAY, Delays};
use crate::scope::Scope;
use crate::written::{Written, first_span};

/// Retries after the first call: three, as four calls in all ride out a restart, and more would
/// multiply an outage's load.
const DEFAULT_MAX: u32 = 3;
/// The runtime's default.
const DEFAULT_DELAY: Duration = Duration::from_millis(100);

/// What an instance says for itself.
const SETTINGS: [&str; 8] = [
    "max",
    "delay",
    "factor",
    "max_delay",
    "max_duration",
    "backoff",
    "jitter",
    "on",
];

/// A retry, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
#[expect(clippy::struct_field_names, reason = "they are named like the keys")]
pub(crate) struct Retry {
    #[darling(skip)]
    instance: Option<Expr>,
    max: Option<Written<Count>>,
    backoff: Option<Backoff>,
    delay: Option<Written<Duration>>,
    factor: Option<Written<Factor>>,
    max_delay: Option<Written<Duration>>,
    jitter: Option<Jitter>,
    max_duration: Option<Written<Duration>>,
    when: Option<Callable>,
    when_ok: Option<Callable>,
    delay_from: Option<Callable>,
    on_retry: Option<Callable>,
    budget: Option<Budget>,
    on: Option<Causes>,
    clone: Words,
}

impl Retry {
    pub(crate) fn read(
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let instance = read_instance(arguments, VOCABULARY.attribute, diagnostics);
        let retry = Self {
            instance,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        retry.check(arguments, diagnostics);
        refuse_run_time("max", retry.max.as_ref(), scope, diagnostics);
        refuse_run_time("factor", retry.factor.as_ref(), scope, diagnostics);
        for (key, duration) in [
            ("delay", &retry.delay),
            ("max_delay", &retry.max_delay),
            ("max_duration", &retry.max_duration),
        ] {
            refuse_run_time(key, duration.as_ref(), scope, diagnostics);
        }
        if let Some(Jitter::Ratio(ratio)) = &retry.jitter {
            refuse_run_time("jitter", Some(ratio), scope, diagnostics);
        }
        retry
    }

    fn check(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        self.clone.refuse_twice(diagnostics);
        if let Some(on) = &self.on {
            on.check(&Causes::OF_RETRY, diagnostics);
        }
        // A backoff with a faulty value is not the default one.
        let backoff = match (&self.backoff, arguments.find("backoff")) {
            (None, Some(_)) => None,
            (backoff, _) => Some(backoff.clone().unwrap_or_default()),
        };
        for key in ["delay", "factor", "jitter"] {
            if let (Some(backoff), Some(written)) = (&backoff, arguments.find(key))
                && let Some(fault) = backoff.refuses(key)
            {
                diagnostics.error(written.path(), fault);
            }
        }
        if let Some(delay) = self.delay.as_ref().and_then(|delay| delay.value) {
            if let Some((max, at)) = known(self.max_delay.as_ref()) {
                diagnostics.refuse(at, rule::delay_in_max_delay(delay, max));
            }
            if let Some((max, at)) = known(self.max_duration.as_ref()) {
                diagnostics.refuse(at, rule::delay_in_max_duration(delay, max));
            }
        }
        if self.instance.is_some() {
            refuse_settings(VOCABULARY.attribute, arguments, &SETTINGS, diagnostics);
        }
    }

    pub(crate) fn cloned(&self) -> &[Ident] {
        &self.clone.0
    }

    /// Whether it may retry a success.
    pub(crate) fn looks_at_values(&self) -> bool {
        self.when_ok.is_some()
    }

    /// Whether it retries such a failure.
    pub(crate) fn retries(&self, cause: &str) -> bool {
        // With an instance, that is for the instance to say.
        self.instance.is_some()
            || self
                .on
                .as_ref()
                .map_or(matches!(cause, "error" | "timeout"), |on| {
                    on.contains(cause)
                })
    }

    /// Whether it could have jitter, and nobody has said anything of it.
    pub(crate) fn lacks_jitter(&self) -> bool {
        let backoff = self.backoff.clone().unwrap_or_default();
        self.instance.is_none() && self.jitter.is_none() && backoff.reads("jitter")
    }

    /// How many calls it makes of one, at most, if that is known.
    pub(crate) fn calls(&self) -> Option<u32> {
        match (&self.instance, &self.max) {
            (Some(_), _) => None,
            (None, None) => Some(DEFAULT_MAX + 1),
            (None, Some(max)) => max.value.map(|Count(max)| max + 1),
        }
    }

    /// Whether its delays are written, and nothing can change them.
    fn is_fixed(&self) -> bool {
        let random = self
            .jitter
            .as_ref()
            .is_some_and(|jitter| !matches!(jitter, Jitter::None));
        self.delay.is_some() && !random && self.delay_from.is_none() && self.instance.is_none()
    }

    /// The delays before each retry, where nothing can change them, as far as they are known now.
    pub(crate) fn fixed_delays(&self) -> Option<Delays> {
        let delay = self.delay.as_ref()?.value?;
        let cap = match &self.max_delay {
            None => DEFAULT_MAX_DELAY.max(delay),
            Some(cap) => cap.value?,
        };
        // A `max` that is not written does not contradict anything, but the first retry is what a
        // retry is for.
        let max = self.max.as_ref().and_then(|max| max.value);
        self.is_fixed().then_some(Delays {
            growth: self.backoff.clone().unwrap_or_default().growth()?,
            delay,
            factor: match &self.factor {
                None => DEFAULT_FACTOR,
                Some(factor) => factor.value?.0,
            },
            cap,
            retries: max.map_or(1, |Count(max)| max),
        })
    }

    /// The check of its delays that rustc has to make, as they hang on a constant, or on `limit`
    /// if that is one.
    pub(crate) fn delays_check(&self, limit_is_constant: bool) -> Option<&'static str> {
        let is_constant = limit_is_constant
            || self.max.as_ref().is_some_and(Written::is_constant)
            || self.factor.as_ref().is_some_and(Written::is_constant)
            || [&self.delay, &self.max_delay]
                .into_iter()
                .flatten()
                .any(Written::is_constant);
        (is_constant && self.is_fixed()).then_some(match self.max {
            Some(_) => "delays",
            None => "first_delay",
        })
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        if let Some(instance) = &self.instance {
            parameters.value(instance);
        } else {
            let backoff = self.backoff.clone().unwrap_or_default();
            parameters.or("max", tokens(self.max.as_ref()), "3");
            parameters.key("backoff", Some(backoff.describe()));
            // A default gives way to what is written.
            let written = |duration: &Option<Written<Duration>>| {
                duration.as_ref().and_then(|written| written.value)
            };
            let cap = DEFAULT_MAX_DELAY.max(written(&self.delay).unwrap_or_default());
            let half = written(&self.max_duration).map_or(Duration::MAX, |max| max / 2);
            let delay = DEFAULT_DELAY
                .min(written(&self.max_delay).unwrap_or(cap))
                .min(half);
            let default =
                |duration| format!("{:?}", humantime::format_duration(duration).to_string());
            if backoff.reads("delay") {
                parameters.or("delay", tokens(self.delay.as_ref()), &default(delay));
            }
            if backoff.reads("factor") {
                parameters.or("factor", tokens(self.factor.as_ref()), "2.0");
            }
            parameters.or("max_delay", tokens(self.max_delay.as_ref()), &default(cap));
            if backoff.reads("jitter") {
                let jitter = self.jitter.as_ref().map(Jitter::describe);
                parameters.or("jitter", jitter, "\"none\"");
            }
            parameters.key("max_duration", tokens(self.max_duration.as_ref()));
            parameters.say(
                &self
                    .on
                    .as_ref()
                    .map_or("`on(error, timeout)`".to_owned(), Causes::describe),
            );
        }
        let hooks = [
            ("when", &self.when),
            ("when_ok", &self.when_ok),
            ("delay_from", &self.delay_from),
        ];
        for (key, hook) in hooks {
            parameters.key(key, hook.as_ref().map(|Callable(hook)| hook));
        }
        parameters.key("budget", self.budget.as_ref());
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let max = match (&self.instance, &self.max) {
            (Some(_), _) => None,
            (None, None) => Some(DEFAULT_MAX),
            (None, Some(max)) => max.value.map(|Count(max)| max),
        };
        let known = |duration: &Option<Written<Duration>>, default| match duration {
            Some(written) => written.value,
            None => default,
        };
        let cap = known(
            &self.max_delay,
            known(&self.delay, Some(Duration::ZERO)).map(|delay| delay.max(DEFAULT_MAX_DELAY)),
        );
        // Every delay may be as long as the cap: a callee may have asked for that.
        let by_delays = inner.time.zip(cap).zip(max).map(|((time, cap), max)| {
            time.saturating_mul(max + 1)
                .saturating_add(cap.saturating_mul(max))
        });
        // No retry starts after `max_duration`, but the last one may take its time.
        let by_limit = inner
            .time
            .zip(known(&self.max_duration, None))
            .map(|(time, limit)| limit.saturating_add(time));
        Worst {
            calls: inner
                .calls
                .zip(max)
                .map(|(calls, max)| calls.saturating_mul(u64::from(max) + 1)),
            time: by_delays.into_iter().chain(by_limit).min(),
        }
    }

    /// What its extra calls are taken from.
    pub(crate) fn purse(&self) -> Purse<'_> {
        Purse::of(self.budget.as_ref(), self.instance.as_ref())
    }

    pub(crate) fn hold(&self, names: &Names, scope: &Scope) -> Held {
        let held = self.hold_alone(names, scope);
        match &self.budget {
            Some(budget) => budget.beside(held, &names.of("retry_budget"), scope),
            None => held,
        }
    }

    fn hold_alone(&self, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        if let Some(instance) = &self.instance {
            return names.instance(instance, scope);
        }
        let (at, max) = match &self.max {
            Some(max) => (max.span(), max.emit(scope)),
            None => (
                span,
                proc_macro2::Literal::u32_unsuffixed(DEFAULT_MAX).into_token_stream(),
            ),
        };
        let retry = Builder::new(quote_spanned!(at=> __rt::Retry::new(#max)), scope);
        let backoff = self.backoff.clone().unwrap_or_default();
        let retry = backoff
            .build(retry, self.delay.as_ref(), self.factor.as_ref(), scope)
            .set("max_delay", self.max_delay.as_ref());
        let retry = match &self.jitter {
            Some(jitter) => jitter.build(retry, scope),
            None => retry,
        };
        let mut retry = retry.set("max_duration", self.max_duration.as_ref());
        if let Some(on) = &self.on {
            let causes = on.emit();
            retry = retry.call(span, quote_spanned!(span=> .on(#causes)));
        }
        let retry = retry.finish();
        if self.is_generic(scope) {
            return names.in_const(&retry);
        }
        names.in_plain_static(&quote_spanned!(span=> __rt::Retry), &retry)
    }

    fn is_generic(&self, scope: &Scope) -> bool {
        let backoff = self
            .backoff
            .as_ref()
            .is_some_and(|backoff| backoff.is_generic(scope));
        let jitter = match &self.jitter {
            Some(Jitter::Ratio(ratio)) => is_generic(Some(ratio), scope),
            _ => false,
        };
        let durations = [&self.delay, &self.max_delay, &self.max_duration];
        is_generic(self.max.as_ref(), scope)
            || is_generic(self.factor.as_ref(), scope)
            || durations
                .into_iter()
                .any(|duration| is_generic(duration.as_ref(), scope))
            || backoff
            || jitter
    }

    /// What is kept from attempt to attempt.
    pub(crate) fn attempts(&self, held: &Held, returns: &Returns, scope: &Scope) -> TokenStream {
        let (span, handle) = (Span::mixed_site(), &held.handle);
        let handed_in = self.instance.as_ref();
        let handed_in = handed_in.map(|instance| span.located_at(first_span(instance)));
        let hooks = [
            ("when", &self.when),
            ("when_ok", &self.when_ok),
            ("delay_from", &self.delay_from),
            ("on_retry", &self.on_retry),
        ];
        let of_budget = self.budget.as_ref().zip(held.budget.as_ref());
        let mut attempts = of_budget.map(|(written, budget)| {
            let at = span.located_at(first_span(written));
            returns.attempts_within(handle, budget, handed_in.unwrap_or(at))
        });
        for (name, hook) in hooks {
            if let Some(hook) = hook {
                // What is wrong with a hook is said where it is written.
                let at = span.located_at(first_span(&hook.0));
                let (name, hook) = (Ident::new(name, at), hook.emit(scope));
                let before =
                    attempts.unwrap_or_else(|| returns.attempts(handle, handed_in.unwrap_or(at)));
                attempts = Some(quote_spanned!(at=> #before.#name(#hook)));
            }
        }
        let of_instance = handed_in.map(|at| quote_spanned!(at=> __rt::Retry::attempts(&#handle)));
        attempts
            .or(of_instance)
            .unwrap_or_else(|| quote_spanned!(span=> #handle.attempts()))
    }

    /// An attempt of which its budget knows, where policies beneath may have the same. It is that of these attempts.
    pub(crate) fn counted(attempts: &TokenStream, attempt: &TokenStream) -> TokenStream {
        quote_spanned!(Span::mixed_site()=> __rt::counted(#attempts.budget(), #attempt))
    }

    /// The loop over attempts that are futures.
    pub(crate) fn repeat(attempt: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        quote_spanned!(span=> loop {
            let attempt = #attempt;
            // In a statement of its own: an outcome is not held through the pause.
            let pause = match attempts.settle(attempt.await) {
                __rt::Break(outcome) => break outcome,
                __rt::Continue(pause) => pause,
            };
            pause.await;
        })
    }

    /// The loop over attempts that are futures, at the top of a call, which leaves it with what `end` makes of its
    /// outcome, if anything. What the user has written for that is left for when the attempt is gone, as it may use
    /// what the attempt borrows.
    pub(crate) fn repeat_of_call(attempt: &TokenStream, end: Option<&Finish>) -> TokenStream {
        let span = Span::mixed_site();
        let outcome = quote_spanned!(span=> outcome);
        let (at_once, after_it) = match end {
            None => (&outcome, &outcome),
            Some(end) if end.is_users => (&outcome, &end.call),
            Some(end) => (&end.call, &outcome),
        };
        quote_spanned!(span=> loop {
            let pause = match call.attempt(__rt::pin!(#attempt), move |outcome| #at_once).await {
                __rt::Break(outcome) => break #after_it,
                __rt::Continue(__rt::None) => continue,
                __rt::Continue(__rt::Some(pause)) => pause,
            };
            pause.await;
        })
    }

    /// The loop over attempts that are statements, and end in an outcome.
    pub(crate) fn repeat_statements(attempt: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        quote_spanned!(span=> loop {
            let outcome = #attempt;
            let pause = match attempts.settle(outcome) {
                __rt::Break(outcome) => break outcome,
                __rt::Continue(pause) => pause,
            };
            pause.await;
        })
    }
}
