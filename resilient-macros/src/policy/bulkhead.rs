//! `#[bulkhead(name = "db", max_concurrent = 20)]`: so many calls at a time.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use crate::arguments::{Arguments, Vocabulary};
use crate::builder::Builder;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
use crate::held::{Held, Names};
use crate::key::{Flag, Name};
use crate::keyed::{self, Key};
use crate::literal::Count;
use crate::policy::{read_instance, refuse_generic, refuse_settings, tokens};
use crate::scope::Scope;
use crate::written::Written;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "bulkhead",
    keys: &[
        "name",
        "max_concurrent",
        "max_wait",
        "max_queue",
        "key",
        "max_keys",
        "shadow",
    ],
    reserved: &[
        ("adaptive", "limit that follows the measured latency"),
        ("min", "adaptive limit, and so no lower bound for one"),
        (
            "max",
            "adaptive limit, and so no upper bound for one (the fixed one is `max_concurrent`)",
        ),
        ("initial", "adaptive limit, and so no first value for one"),
    ],
    foreign: &[
        ("limit", "the number of calls at a time is `max_concurrent`"),
        (
            "max_concurrency",
            "the number of calls at a time is `max_concurrent`",
        ),
        (
            "max_calls",
            "the number of calls at a time is `max_concurrent`",
        ),
        ("timeout", "how long a call waits for a place is `max_wait`"),
    ],
    words_are_values: false,
};

/// A bulkhead, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Bulkhead {
    #[darling(skip)]
    pub(crate) instance: Option<Expr>,
    pub(crate) name: Option<Name>,
    max_concurrent: Option<Written<Count>>,
    max_wait: Option<Written<Duration>>,
    max_queue: Option<Written<Count>>,
    pub(crate) key: Option<Key>,
    max_keys: Option<Written<Count>>,
    shadow: Flag,
}

impl Bulkhead {
    pub(crate) fn read(
        arguments: &Arguments,
        scope: &Scope,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let instance = read_instance(arguments, VOCABULARY.attribute, diagnostics);
        let bulkhead = Self {
            instance,
            ..arguments.keys(&VOCABULARY, diagnostics)
        };
        bulkhead.check(arguments, diagnostics);
        for count in [
            &bulkhead.max_concurrent,
            &bulkhead.max_queue,
            &bulkhead.max_keys,
        ] {
            refuse_generic("bulkhead", count.as_ref(), scope, diagnostics);
        }
        refuse_generic("bulkhead", bulkhead.max_wait.as_ref(), scope, diagnostics);
        bulkhead
    }

    /// Whether a call may wait for a place, as far as is known here.
    pub(crate) fn may_wait(&self) -> bool {
        self.max_wait.is_some() || self.max_concurrent.is_none()
    }

    fn check(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        let (max_wait, max_queue) = (
            tokens(self.max_wait.as_ref()),
            tokens(self.max_queue.as_ref()),
        );
        if let (Some(queue), None) = (arguments.find("max_queue"), arguments.find("max_wait"))
            && arguments.is_understood(&VOCABULARY)
        {
            diagnostics.error(
                queue.path(),
                "`max_queue` without `max_wait`: without a time to wait, nobody queues\n\
                 Add `max_wait`, or remove `max_queue`.",
            );
        }
        keyed::check(arguments, diagnostics);
        if self.instance.is_some() {
            let settings = [
                "name",
                "max_concurrent",
                "max_wait",
                "max_queue",
                "max_keys",
                "shadow",
            ];
            refuse_settings(VOCABULARY.attribute, arguments, &settings, diagnostics);
        } else if arguments.find("max_concurrent").is_none() && arguments.is_understood(&VOCABULARY)
        {
            let shadow = arguments
                .find("shadow")
                .map(|shadow| quote::ToTokens::to_token_stream(shadow.path()));
            let max_keys = tokens(self.max_keys.as_ref());
            if let Some(setting) = max_wait.or(max_queue).or(max_keys).or(shadow) {
                diagnostics.error(
                    setting,
                    "a bulkhead with settings is declared here, and `max_concurrent` is missing\n\
                     Add it, or refer to a declared bulkhead by `name` alone.",
                );
            } else if arguments.positional.is_empty() && arguments.find("name").is_none() {
                diagnostics.error(
                    &arguments.attribute,
                    "`#[bulkhead]` needs `max_concurrent`: how many calls the callee can take at \
                     a time\n\
                     Write it, as in `max_concurrent = 20`, or refer to a declared bulkhead by \
                     `name`.",
                );
            }
        }
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        let key = self.key.as_ref().map(|Key(key)| key);
        if let Some(instance) = &self.instance {
            parameters.value(instance);
            return parameters.key("key", key);
        }
        parameters.key("name", self.name.as_ref().map(|Name(name)| name));
        match &self.max_concurrent {
            Some(_) => {
                parameters.key("max_concurrent", tokens(self.max_concurrent.as_ref()));
                match &self.max_wait {
                    Some(_) => parameters.key("max_wait", tokens(self.max_wait.as_ref())),
                    None => parameters.say("nobody waits"),
                }
                parameters.key("max_queue", tokens(self.max_queue.as_ref()));
                if self.key.is_some() {
                    parameters.or("max_keys", tokens(self.max_keys.as_ref()), "1024");
                }
                if let Flag(true) = self.shadow {
                    parameters.say("`shadow`");
                }
            }
            None => parameters.say("as it is declared elsewhere"),
        }
        parameters.key("key", key);
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let wait = match (&self.max_concurrent, &self.max_wait) {
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
        let ty = quote_spanned!(span=> __rt::Bulkhead);
        let shared = quote_spanned!(span=> __rt::Shared<#ty>);
        let Some(max_concurrent) = &self.max_concurrent else {
            let name = self.name.as_ref().map(|Name(name)| name);
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::referred(#ty::referred(#name))),
            );
        };
        let (at, limit) = (max_concurrent.span(), max_concurrent.emit(scope));
        // What rustc finds wrong with a constant is shown on its tokens.
        let new = quote_spanned!(at=> __rt::Bulkhead);
        let build = |new: TokenStream| {
            let builder = Builder::new(new, scope);
            let builder = builder.set("max_wait", self.max_wait.as_ref());
            let builder = builder.set("max_queue", self.max_queue.as_ref());
            let builder = builder.set("max_keys", self.max_keys.as_ref());
            match self.shadow {
                Flag(true) => builder.call(span, quote_spanned!(span=> .shadow())),
                Flag(false) => builder,
            }
            .finish()
        };
        if let Some(Name(name)) = &self.name {
            let bulkhead = build(quote_spanned!(at=> #new::new(#name, #limit)));
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::declared(#bulkhead)),
            );
        }
        // The text is only for people: what makes it private is that it is this `static`.
        let path = format!("::{function}");
        let name = quote_spanned!(span=> ::core::concat!(::core::module_path!(), #path));
        let bulkhead = build(quote_spanned!(at=> #new::private(#name, #limit)));
        names.in_static(&ty, &bulkhead)
    }
}
