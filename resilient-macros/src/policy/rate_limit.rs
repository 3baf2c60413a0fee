//! `#[rate_limit("100/s")]`: so many calls in so long.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{BinOp, Expr, Lit};

use crate::arguments::Arguments;
use crate::builder::Builder;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
pub(crate) use crate::grammar::vocabulary::RATE_LIMIT as VOCABULARY;
use crate::held::{Held, Names};
use crate::key::{Flag, Name, ungrouped};
use crate::keyed::{self, Key};
use crate::literal::Count;
use crate::policy::{refuse_generic, refuse_settings, tokens};
use crate::rate::Rate;
use crate::scope::Scope;
use crate::written::{Written, literal};

/// A rate limiter, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct RateLimit {
    #[darling(skip)]
    pub(crate) instance: Option<Expr>,
    #[darling(skip)]
    rate: Option<Written<Rate>>,
    pub(crate) name: Option<Name>,
    burst: Option<Written<Count>>,
    max_wait: Option<Written<Duration>>,
    pub(crate) key: Option<Key>,
    max_keys: Option<Written<Count>>,
    shadow: Flag,
}

impl RateLimit {
    pub(crate) fn read(
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let (mut instance, mut rate) = (None, None);
        let mut positional = arguments.positional.iter();
        match positional.next() {
            Some(quotient) if is_quotient(quotient) => {
                let text = quotient.to_token_stream().to_string().replace(' ', "");
                diagnostics.error(quotient, format!("a rate is written in quotes: \"{text}\""));
            }
            Some(written) if literal(written).is_some() => {
                match Written::read(written, VOCABULARY.attribute) {
                    Ok(read) => rate = Some(read),
                    Err(fault) => diagnostics.arguments(&VOCABULARY, false, fault),
                }
            }
            other => instance = other.cloned(),
        }
        for more in positional {
            diagnostics.error(
                more,
                "`#[rate_limit]` takes one rate, or one instance\nRemove this one.",
            );
        }
        let limit = Self {
            instance,
            rate,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        limit.check(arguments, diagnostics);
        for count in [&limit.burst, &limit.max_keys] {
            refuse_generic("rate limiter", count.as_ref(), scope, diagnostics);
        }
        refuse_generic("rate limiter", limit.max_wait.as_ref(), scope, diagnostics);
        limit
    }

    fn check(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        keyed::check(arguments, diagnostics);
        if self.instance.is_some() {
            let settings = ["name", "burst", "max_wait", "max_keys", "shadow"];
            return refuse_settings(VOCABULARY.attribute, arguments, &settings, diagnostics);
        }
        if !arguments.positional.is_empty() || !arguments.is_understood(&VOCABULARY) {
            return;
        }
        let settings = ["burst", "max_wait", "max_keys", "shadow"];
        let setting = settings.iter().find_map(|key| arguments.find(key));
        if let Some(setting) = setting {
            diagnostics.error(
                setting.path(),
                "a rate limiter with settings is declared here, and its rate is missing\n\
                 Add it, as in `#[rate_limit(\"100/s\", ..)]`, or refer to a declared one by `name` \
                 alone.",
            );
        } else if arguments.find("name").is_none() {
            diagnostics.error(
                &arguments.attribute,
                "`#[rate_limit]` needs a rate: how many calls the callee allows in how long\n\
                 Write it, as in `#[rate_limit(\"100/s\")]`, or refer to a declared one by `name`.",
            );
        }
    }

    /// Whether a call may wait for its turn, as far as is known here.
    pub(crate) fn may_wait(&self) -> bool {
        self.max_wait.is_some() || self.rate.is_none()
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        let key = self.key.as_ref().map(|Key(key)| key);
        if let Some(instance) = &self.instance {
            parameters.value(instance);
            return parameters.key("key", key);
        }
        if let Some(rate) = &self.rate {
            parameters.value(&rate.expr);
        }
        parameters.key("name", self.name.as_ref().map(|Name(name)| name));
        if self.rate.is_none() {
            parameters.say("as it is declared elsewhere");
            return parameters.key("key", key);
        }
        parameters.key("burst", tokens(self.burst.as_ref()));
        match &self.max_wait {
            Some(_) => parameters.key("max_wait", tokens(self.max_wait.as_ref())),
            None => parameters.say("nobody waits"),
        }
        if self.key.is_some() {
            parameters.or("max_keys", tokens(self.max_keys.as_ref()), "1024");
        }
        if let Flag(true) = self.shadow {
            parameters.say("`shadow`");
        }
        parameters.key("key", key);
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let wait = match (&self.rate, &self.max_wait) {
            // What is declared elsewhere may wait for as long as it says there.
            (None, _) => None,
            (Some(_), None) => Some(Duration::ZERO),
            (Some(_), Some(wait)) => wait.value,
        };
        let time = inner
            .time
            .zip(wait)
            .map(|(time, wait)| time.saturating_add(wait));
        Worst { time, ..inner }
    }

    pub(crate) fn hold(&self, names: &Names, function: &str, scope: &Scope) -> Held {
        let held = match &self.instance {
            Some(instance) => names.instance(instance, scope),
            None => self.declare(names, function, scope),
        };
        names.of_key(held, self.key.as_ref(), scope)
    }

    fn declare(&self, names: &Names, function: &str, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let ty = quote_spanned!(span=> __rt::RateLimiter);
        let shared = quote_spanned!(span=> __rt::Shared<#ty>);
        let Some(rate) = &self.rate else {
            let name = self.name.as_ref().map(|Name(name)| name);
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::referred(#ty::referred(#name))),
            );
        };
        let rate = rate.emit(scope);
        let build = |new: TokenStream| {
            let builder = Builder::new(new, scope);
            let builder = builder.set("burst", self.burst.as_ref());
            let builder = builder.set("max_wait", self.max_wait.as_ref());
            let builder = builder.set("max_keys", self.max_keys.as_ref());
            match self.shadow {
                Flag(true) => builder.call(span, quote_spanned!(span=> .shadow())),
                Flag(false) => builder,
            }
            .finish()
        };
        if let Some(Name(name)) = &self.name {
            let limiter = build(quote_spanned!(span=> #ty::new(#name, #rate)));
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::declared(#limiter)),
            );
        }
        // The text is only for people: what makes it private is that it is this `static`.
        let path = format!("::{function}");
        let name = quote_spanned!(span=> ::core::concat!(::core::module_path!(), #path));
        let limiter = build(quote_spanned!(span=> #ty::private(#name, #rate)));
        names.in_static(&ty, &limiter)
    }
}

/// `100/s` without its quotes.
fn is_quotient(expr: &Expr) -> bool {
    let Expr::Binary(quotient) = ungrouped(expr) else {
        return false;
    };
    matches!(quotient.op, BinOp::Div(_))
        && matches!(
            literal(&quotient.left),
            Some((Lit::Int(_) | Lit::Float(_), _))
        )
}
