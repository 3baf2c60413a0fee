//! The policies, each in a file of its own: its arguments, its rules, its tokens. Here is what they
//! have in common.

pub(crate) mod bulkhead;
pub(crate) mod circuit_breaker;
pub(crate) mod fallback;
pub(crate) mod hedge;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod timeout;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit, Path};

use crate::arguments::Arguments;
use crate::budget::Purse;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
use crate::grammar::vocabulary::Vocabulary;
use crate::held::is_static;
use crate::key::ungrouped;
use crate::scope::Scope;
use crate::written::Written;

/// The word of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Retry,
    Timeout,
    CircuitBreaker,
    Bulkhead,
    RateLimit,
    Hedge,
    Fallback,
}

impl Policy {
    const ALL: [Self; 7] = [
        Self::Retry,
        Self::Timeout,
        Self::CircuitBreaker,
        Self::Bulkhead,
        Self::RateLimit,
        Self::Hedge,
        Self::Fallback,
    ];

    pub(crate) fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::Retry => &retry::VOCABULARY,
            Self::Timeout => &timeout::VOCABULARY,
            Self::CircuitBreaker => &circuit_breaker::VOCABULARY,
            Self::Bulkhead => &bulkhead::VOCABULARY,
            Self::RateLimit => &rate_limit::VOCABULARY,
            Self::Hedge => &hedge::VOCABULARY,
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
        matches!(
            self,
            Self::Timeout | Self::CircuitBreaker | Self::Bulkhead | Self::RateLimit
        )
    }
}

/// One policy of a stack, as its attribute describes it.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a stack has a handful of them, for the length of one expansion"
)]
pub(crate) enum Layer {
    Retry(retry::Retry),
    Timeout(timeout::Timeout),
    CircuitBreaker(circuit_breaker::CircuitBreaker),
    Bulkhead(bulkhead::Bulkhead),
    RateLimit(rate_limit::RateLimit),
    Hedge(hedge::Hedge),
    Fallback(fallback::Fallback),
}

impl Layer {
    /// The policy that the arguments of its attribute describe.
    pub(crate) fn read(
        policy: Policy,
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        match policy {
            Policy::Retry => Self::Retry(retry::Retry::read(arguments, scope, diagnostics)),
            Policy::Timeout => Self::Timeout(timeout::Timeout::read(arguments, diagnostics)),
            Policy::CircuitBreaker => Self::CircuitBreaker(circuit_breaker::CircuitBreaker::read(
                arguments,
                scope,
                diagnostics,
            )),
            Policy::Bulkhead => {
                Self::Bulkhead(bulkhead::Bulkhead::read(arguments, scope, diagnostics))
            }
            Policy::RateLimit => {
                Self::RateLimit(rate_limit::RateLimit::read(arguments, scope, diagnostics))
            }
            Policy::Hedge => Self::Hedge(hedge::Hedge::read(arguments, scope, diagnostics)),
            Policy::Fallback => Self::Fallback(fallback::Fallback::read(arguments, diagnostics)),
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        match self {
            Self::Retry(_) => Policy::Retry,
            Self::Timeout(_) => Policy::Timeout,
            Self::CircuitBreaker(_) => Policy::CircuitBreaker,
            Self::Bulkhead(_) => Policy::Bulkhead,
            Self::RateLimit(_) => Policy::RateLimit,
            Self::Hedge(_) => Policy::Hedge,
            Self::Fallback(_) => Policy::Fallback,
        }
    }

    /// What rustdoc shows of it.
    pub(crate) fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::default();
        match self {
            Self::Retry(retry) => retry.describe(&mut parameters),
            Self::Timeout(timeout) => timeout.describe(&mut parameters),
            Self::CircuitBreaker(breaker) => breaker.describe(&mut parameters),
            Self::Bulkhead(bulkhead) => bulkhead.describe(&mut parameters),
            Self::RateLimit(limit) => limit.describe(&mut parameters),
            Self::Hedge(hedge) => hedge.describe(&mut parameters),
            Self::Fallback(fallback) => fallback.describe(&mut parameters),
        }
        parameters
    }

    /// What it makes of the worst case of what is beneath it.
    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        match self {
            Self::Retry(retry) => retry.worst(inner),
            Self::Timeout(timeout) => timeout.worst(inner),
            Self::Bulkhead(bulkhead) => bulkhead.worst(inner),
            Self::RateLimit(limit) => limit.worst(inner),
            Self::Hedge(hedge) => hedge.worst(inner),
            Self::Fallback(fallback) => fallback.worst(inner),
            // It may shorten a call, never lengthen it.
            Self::CircuitBreaker(_) => inner,
        }
    }

    /// Whether it asks what class an error has.
    pub(crate) fn classifies(&self) -> bool {
        match self {
            Self::Retry(_) | Self::CircuitBreaker(_) | Self::Hedge(_) => true,
            Self::Bulkhead(bulkhead) => bulkhead.classifies(),
            Self::Timeout(_) | Self::RateLimit(_) | Self::Fallback(_) => false,
        }
    }

    /// What its extra calls are taken from.
    pub(crate) fn purse(&self) -> Purse<'_> {
        match self {
            Self::Retry(retry) => retry.purse(),
            Self::Hedge(hedge) => hedge.purse(),
            _ => Purse::Own,
        }
    }

    /// Whether other functions may hold the same instance.
    pub(crate) fn is_shared(&self) -> bool {
        let (name, instance) = match self {
            Self::CircuitBreaker(breaker) => (&breaker.name, &breaker.instance),
            Self::Bulkhead(bulkhead) => (&bulkhead.name, &bulkhead.instance),
            Self::RateLimit(limit) => (&limit.name, &limit.instance),
            Self::Retry(_) | Self::Timeout(_) | Self::Hedge(_) | Self::Fallback(_) => return false,
        };
        name.is_some() || instance.as_ref().is_some_and(is_static)
    }

    /// The layers down to the first that may take longer than a timeout beneath it: by another
    /// attempt, a wait, or an answer of its own.
    pub(crate) fn until_one_lasts_longer(layers: &[Self]) -> &[Self] {
        let end = layers.iter().position(|layer| match layer {
            Self::Retry(_) | Self::Hedge(_) | Self::Fallback(_) => true,
            Self::Bulkhead(bulkhead) => bulkhead.may_wait(),
            Self::RateLimit(limit) => limit.may_wait(),
            Self::Timeout(_) | Self::CircuitBreaker(_) => false,
        });
        &layers[..end.unwrap_or(layers.len())]
    }

    /// The arguments that are cloned for each attempt.
    pub(crate) fn cloned(&self) -> &[Ident] {
        match self {
            Self::Retry(retry) => retry.cloned(),
            Self::Hedge(hedge) => hedge.cloned(),
            Self::Fallback(fallback) => fallback.cloned(),
            Self::Timeout(_) | Self::CircuitBreaker(_) | Self::Bulkhead(_) | Self::RateLimit(_) => {
                &[]
            }
        }
    }
}

/// A value that is known now, and where it is written.
pub(crate) fn known<T: Copy>(written: Option<&Written<T>>) -> Option<(T, &Expr)> {
    let written = written?;
    Some((written.value?, &written.expr))
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
            format!(
                "a {what} is shared by all calls, so its settings can't depend on `Self` or on \
                 generics\n\
                 Write a literal or a plain constant, or hand in an instance of your own."
            ),
        );
    } else if let Some(Written { value: None, expr }) = value
        && scope.is_run_time(expr)
    {
        diagnostics.error(
            expr,
            format!(
                "a {what} is shared by all calls, so its settings can't depend on `self` or on an \
                 argument\n\
                 Write a literal or a constant, or hand in an instance of your own."
            ),
        );
    }
}

/// Refuses settings that are known when the function is called only.
pub(crate) fn refuse_run_time<T>(
    key: &str,
    value: Option<&Written<T>>,
    scope: &Scope,
    diagnostics: &mut Diagnostics,
) {
    if let Some(Written { value: None, expr }) = value
        && scope.is_run_time(expr)
    {
        diagnostics.error(
            expr,
            format!(
                "`{key}` is decided before the first call, and this is known in one only\n\
                 Write a literal or a constant, or hand in an instance of your own."
            ),
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
        let is_text = matches!(literal.lit, Lit::Str(_));
        let key = match attribute {
            "retry" if is_text => "delay",
            "hedge" if is_text => "after",
            "retry" | "hedge" => "max",
            "bulkhead" if !is_text => "max_concurrent",
            "circuit_breaker" if !is_text => "consecutive_failures",
            _ => "name",
        };
        diagnostics.error(
            instance,
            format!(
                "a positional argument of `#[{attribute}]` is an instance, and this is a literal\n\
                 Write which value it is, as in `{key} = {}`.",
                literal.to_token_stream()
            ),
        );
        return None;
    }
    Some(instance.clone())
}

/// Refuses keys that describe an instance where one is handed in.
pub(crate) fn refuse_settings(
    attribute: &str,
    arguments: &Arguments,
    settings: &[&str],
    diagnostics: &mut Diagnostics,
) {
    for key in settings {
        if let Some(written) = arguments.find(key) {
            diagnostics.error(
                written.path(),
                format!(
                    "`{key}` is a setting of the instance that `#[{attribute}]` is given: nothing \
                     would act on it here\n\
                     Write it where the instance is declared."
                ),
            );
        }
    }
}

/// The tokens of a setting, if it is written.
pub(crate) fn tokens<T>(written: Option<&Written<T>>) -> Option<TokenStream> {
    written.map(|written| written.expr.to_token_stream())
}
