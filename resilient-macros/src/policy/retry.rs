//! `#[retry(max = 3)]`: calls again what failed.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::arguments::{Arguments, Vocabulary};
use crate::backoff::{Backoff, Jitter};
use crate::cause::Causes;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
use crate::held::{Held, Names};
use crate::key::{Callable, Words};
use crate::literal::{Count, Factor};
use crate::policy::{is_generic, read_instance, refuse_settings, tokens};
use crate::returns::Returns;
use crate::scope::Scope;
use crate::written::{Written, set};

/// Retries after the first call: three, as four calls in all ride out a restart, and more would
/// multiply an outage's load.
const DEFAULT_MAX: u32 = 3;
/// More than this is a loop with a bug in it, or a job for a queue.
const LARGEST_MAX: u32 = 100;
/// The runtime's default growth and cap, for arithmetic over delays that are written.
const DEFAULT_FACTOR: f64 = 2.0;
const DEFAULT_DELAY: Duration = Duration::from_millis(100);
const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(10);

const MAX: &str = "the number of retries is `max`: calls after the first one, so `max = 3` makes \
                   up to 4 calls\n\
                   Write `max = ..`.";

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "retry",
    keys: &[
        "max",
        "backoff",
        "delay",
        "factor",
        "max_delay",
        "jitter",
        "max_duration",
        "when",
        "when_ok",
        "delay_from",
        "on_retry",
        "on",
        "clone",
    ],
    reserved: &[("budget", "shared retry budgets")],
    foreign: &[
        ("max_attempts", MAX),
        ("max_retries", MAX),
        ("attempts", MAX),
        ("retries", MAX),
        ("times", MAX),
        (
            "retry_if",
            "which errors are retried is `when`, a predicate over the error",
        ),
        ("base_delay", "the first delay is `delay`"),
        ("initial_delay", "the first delay is `delay`"),
        (
            "timeout",
            "a limit on all attempts is `max_duration`, or a `#[timeout]` above; one on each \
             attempt is a `#[timeout]` beneath",
        ),
    ],
    words_are_values: false,
};

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
    on: Option<Causes>,
    clone: Words,
}

impl Retry {
    pub(crate) fn read(arguments: &Arguments, diagnostics: &mut Diagnostics) -> Self {
        let instance = read_instance(arguments, VOCABULARY.attribute, diagnostics);
        let retry = Self {
            instance,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        retry.check(arguments, diagnostics);
        retry
    }

    fn check(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        self.clone.refuse_twice(diagnostics);
        if let Some(on) = &self.on {
            on.check(&Causes::OF_RETRY, diagnostics);
        }
        if let Some(Written {
            value: Some(Count(max)),
            expr,
        }) = &self.max
            && *max > LARGEST_MAX
        {
            let fault = format!(
                "`max = {max}` is over {LARGEST_MAX}: so many retries are an outage of their own\n\
                 Write {LARGEST_MAX} or less."
            );
            diagnostics.error(expr, fault);
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
        let show = humantime::format_duration;
        let delay = self.delay.as_ref().and_then(|delay| delay.value);
        if let (
            Some(Written {
                value: Some(max),
                expr,
            }),
            Some(delay),
        ) = (&self.max_delay, delay)
            && *max < delay
        {
            let (max, delay) = (show(*max), show(delay));
            diagnostics.error(
                expr,
                format!(
                    "`max_delay = \"{max}\"` is shorter than the first delay, {delay}\n\
                     Raise it, or shorten `delay`."
                ),
            );
        }
        if let (
            Some(Written {
                value: Some(max),
                expr,
            }),
            Some(delay),
        ) = (&self.max_duration, delay)
            && *max <= delay
        {
            let (max, delay) = (show(*max), show(delay));
            diagnostics.error(
                expr,
                format!(
                    "no retry could ever start: the first delay, {delay}, already takes all of \
                     `max_duration = \"{max}\"`\n\
                     Raise it, or shorten `delay`."
                ),
            );
        }
        if self.instance.is_some() {
            let settings = [
                ("max", tokens(self.max.as_ref())),
                ("delay", tokens(self.delay.as_ref())),
                ("factor", tokens(self.factor.as_ref())),
                ("max_delay", tokens(self.max_delay.as_ref())),
                ("max_duration", tokens(self.max_duration.as_ref())),
                (
                    "backoff",
                    arguments.find("backoff").map(ToTokens::to_token_stream),
                ),
                (
                    "jitter",
                    arguments.find("jitter").map(ToTokens::to_token_stream),
                ),
                ("on", arguments.find("on").map(ToTokens::to_token_stream)),
            ];
            refuse_settings(VOCABULARY.attribute, &settings, diagnostics);
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

    /// The delays before each retry, where they are written and nothing can change them.
    pub(crate) fn fixed_delays(&self) -> Vec<Duration> {
        let random = self
            .jitter
            .as_ref()
            .is_some_and(|jitter| !matches!(jitter, Jitter::None));
        let known = |factor: &Option<Written<Factor>>| {
            factor
                .as_ref()
                .map_or(Some(DEFAULT_FACTOR), |factor| Some(factor.value?.0))
        };
        let (Some(delay), Some(factor)) = (
            self.delay.as_ref().and_then(|delay| delay.value),
            known(&self.factor),
        ) else {
            return Vec::new();
        };
        let cap = match &self.max_delay {
            None => DEFAULT_MAX_DELAY.max(delay),
            Some(Written {
                value: Some(cap), ..
            }) => *cap,
            Some(_) => return Vec::new(),
        };
        // A `max` that is not written does not contradict anything, but the first retry is what a
        // retry is for.
        let max = match &self.max {
            None => 1,
            Some(max) => max.value.map_or(1, |Count(max)| max),
        };
        if random || self.delay_from.is_some() || self.instance.is_some() {
            return Vec::new();
        }
        let backoff = self.backoff.clone().unwrap_or_default();
        (1..=max.min(LARGEST_MAX))
            .map_while(|n| backoff.fixed(n, delay, factor, cap))
            .collect()
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
            let delay = DEFAULT_DELAY.min(written(&self.max_delay).unwrap_or(cap));
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

    pub(crate) fn hold(&self, names: &Names, scope: &Scope) -> Held {
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
        let backoff = self.backoff.clone().unwrap_or_default().emit(
            self.delay.as_ref(),
            self.factor.as_ref(),
            scope,
        );
        let max_delay = set("max_delay", self.max_delay.as_ref(), scope);
        let jitter = self.jitter.as_ref().map(|jitter| jitter.emit(scope));
        let max_duration = set("max_duration", self.max_duration.as_ref(), scope);
        let on = self.on.as_ref().map(|on| {
            let causes = on.emit();
            quote_spanned!(span=> .on(#causes))
        });
        let retry = quote_spanned!(at=> __rt::Retry::new(#max) #backoff #max_delay #jitter #max_duration #on);
        if self.is_generic(scope) {
            return names.in_local(&quote_spanned!(span=> const { #retry }));
        }
        names.in_static(&quote_spanned!(span=> __rt::Retry), &retry)
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
        let hooks = [
            ("when", &self.when),
            ("when_ok", &self.when_ok),
            ("delay_from", &self.delay_from),
            ("on_retry", &self.on_retry),
        ];
        let mut attempts = None;
        for (name, hook) in hooks {
            if let Some(hook) = hook {
                let (name, hook) = (Ident::new(name, span), hook.emit(scope));
                let before = attempts.unwrap_or_else(|| returns.attempts(handle));
                attempts = Some(quote_spanned!(span=> #before.#name(#hook)));
            }
        }
        attempts.unwrap_or_else(|| quote_spanned!(span=> #handle.attempts()))
    }

    /// The loop over attempts that are futures.
    pub(crate) fn repeat(attempt: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        quote_spanned!(span=> loop {
            let attempt = #attempt;
            if let __rt::Break(outcome) = attempts.settle(attempt.await).await { break outcome; }
        })
    }

    /// The loop over attempts that are statements, and end in an outcome.
    pub(crate) fn repeat_statements(attempt: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        quote_spanned!(span=> loop {
            let outcome = #attempt;
            if let __rt::Break(outcome) = attempts.settle(outcome).await { break outcome; }
        })
    }
}
