//! `#[bulkhead(name = "db", max_concurrent = 20)]`: so many calls at a time.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use crate::arguments::Arguments;
use crate::builder::Builder;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
use crate::grammar;
pub(crate) use crate::grammar::vocabulary::BULKHEAD as VOCABULARY;
use crate::held::{Held, Names};
use crate::key::{Flag, Name};
use crate::keyed::{self, Key};
use crate::literal::{Count, Places};
use crate::policy::{known, read_instance, refuse_generic, refuse_settings, tokens};
use crate::rule;
use crate::scope::Scope;
use crate::written::Written;

/// The keys that say something of an adaptive limit.
const BOUNDS: [&str; 3] = ["min", "max", "initial"];

/// A bulkhead, as its attribute describes it.
#[derive(Debug, Default, FromMeta)]
#[darling(default)]
pub(crate) struct Bulkhead {
    #[darling(skip)]
    pub(crate) instance: Option<Expr>,
    pub(crate) name: Option<Name>,
    max_concurrent: Option<Written<Count>>,
    adaptive: Flag,
    min: Option<Written<Places>>,
    max: Option<Written<Places>>,
    initial: Option<Written<Places>>,
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
        for bound in [&bulkhead.min, &bulkhead.max, &bulkhead.initial] {
            refuse_generic("bulkhead", bound.as_ref(), scope, diagnostics);
        }
        refuse_generic("bulkhead", bulkhead.max_wait.as_ref(), scope, diagnostics);
        bulkhead
    }

    fn check(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        let (max_wait, max_queue) = (
            tokens(self.max_wait.as_ref()),
            tokens(self.max_queue.as_ref()),
        );
        if let (Some(queue), None) = (arguments.find("max_queue"), arguments.find("max_wait"))
            && arguments.is_understood(&VOCABULARY)
        {
            diagnostics.error(queue.path(), grammar::QUEUE_WITHOUT_WAIT);
        }
        keyed::check(arguments, diagnostics);
        if self.instance.is_some() {
            // A key is no setting: it says which of the instance's own a call is for.
            let keys = VOCABULARY.keys.iter().copied();
            let settings: Vec<&str> = keys.filter(|key| *key != "key").collect();
            refuse_settings(VOCABULARY.attribute, arguments, &settings, diagnostics);
            return;
        }
        if arguments.find("adaptive").is_some() {
            self.check_bounds(arguments, diagnostics);
            return;
        }
        for key in BOUNDS {
            if let Some(written) = arguments.find(key) {
                diagnostics.refuse(written.path(), Some(rule::not_adaptive(key)));
            }
        }
        let is_bounded = BOUNDS.iter().any(|key| arguments.find(key).is_some());
        if arguments.find("max_concurrent").is_none()
            && !is_bounded
            && arguments.is_understood(&VOCABULARY)
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

    fn check_bounds(&self, arguments: &Arguments, diagnostics: &mut Diagnostics) {
        if let Some(fixed) = arguments.find("max_concurrent") {
            diagnostics.error(fixed.path(), grammar::FIXED_AND_ADAPTIVE);
        }
        let value = |bound: &Option<Written<Places>>| {
            known(bound.as_ref()).map(|(Places(places), _)| places)
        };
        let (min, max) = (value(&self.min), value(&self.max));
        if let (Some((Places(min), at)), Some(max)) = (known(self.min.as_ref()), max) {
            diagnostics.refuse(at, rule::min_in_max(min, max));
        }
        if let Some((Places(initial), at)) = known(self.initial.as_ref()) {
            diagnostics.refuse(at, rule::initial_in_bounds(initial, min, max));
        }
    }

    /// Whether it declares a bulkhead, and does not refer to one.
    fn declares(&self) -> bool {
        self.max_concurrent.is_some() || self.adaptive.0
    }

    /// Whether a call may wait for a place, as far as is known here.
    pub(crate) fn may_wait(&self) -> bool {
        self.max_wait.is_some() || !self.declares()
    }

    /// Whether it asks what class an error has: an adaptive limit does, and what is declared elsewhere
    /// may be one.
    pub(crate) fn classifies(&self) -> bool {
        self.max_concurrent.is_none()
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        let key = self.key.as_ref().map(|Key(key)| key);
        if let Some(instance) = &self.instance {
            parameters.value(instance);
            return parameters.key("key", key);
        }
        parameters.key("name", self.name.as_ref().map(|Name(name)| name));
        if self.declares() {
            if let Flag(true) = self.adaptive {
                self.describe_bounds(parameters);
            }
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
        } else {
            parameters.say("as it is declared elsewhere");
        }
        parameters.key("key", key);
    }

    /// With those defaults that nothing that is written moves.
    fn describe_bounds(&self, parameters: &mut Parameters) {
        parameters.say("`adaptive`");
        let (min, max, initial) = (
            tokens(self.min.as_ref()),
            tokens(self.max.as_ref()),
            tokens(self.initial.as_ref()),
        );
        let (moves_max, moves_initial) = (
            min.is_some() || initial.is_some(),
            min.is_some() || max.is_some(),
        );
        parameters.or("min", min, "1");
        match max {
            None if moves_max => {}
            max => parameters.or("max", max, "1000"),
        }
        match initial {
            None if moves_initial => {}
            initial => parameters.or("initial", initial, "20"),
        }
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let wait = match (self.declares(), &self.max_wait) {
            // What is declared elsewhere may wait for as long as it says there.
            (false, _) => None,
            (true, None) => Some(Duration::ZERO),
            (true, Some(wait)) => wait.value,
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
        let name = self.name.as_ref().map(|Name(name)| name);
        if !self.declares() {
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::referred(#ty::referred(#name))),
            );
        }
        // What rustc finds wrong with a constant is shown on its tokens.
        let limit = self.max_concurrent.as_ref();
        let at = limit.map_or(span, Written::span);
        let limit = limit.map(|limit| limit.emit(scope));
        let new = |name: TokenStream, is_private: bool| {
            let ty = quote_spanned!(at=> __rt::Bulkhead);
            match (&limit, is_private) {
                (Some(limit), true) => quote_spanned!(at=> #ty::private(#name, #limit)),
                (Some(limit), false) => quote_spanned!(at=> #ty::new(#name, #limit)),
                (None, true) => quote_spanned!(at=> #ty::adaptive_private(#name)),
                (None, false) => quote_spanned!(at=> #ty::adaptive(#name)),
            }
        };
        if let Some(name) = name {
            let bulkhead = self.build(new(quote_spanned!(at=> #name), false), scope);
            return names.in_static(
                &shared,
                &quote_spanned!(span=> __rt::Shared::declared(#bulkhead)),
            );
        }
        // The text is only for people: what makes it private is that it is this `static`.
        let path = format!("::{function}");
        let name = quote_spanned!(span=> ::core::concat!(::core::module_path!(), #path));
        names.in_static(&ty, &self.build(new(name, true), scope))
    }

    fn build(&self, new: TokenStream, scope: &Scope) -> TokenStream {
        let builder = Builder::new(new, scope)
            .set("min", self.min.as_ref())
            .set("max", self.max.as_ref())
            .set("initial", self.initial.as_ref())
            .set("max_wait", self.max_wait.as_ref())
            .set("max_queue", self.max_queue.as_ref())
            .set("max_keys", self.max_keys.as_ref());
        let span = Span::mixed_site();
        match self.shadow {
            Flag(true) => builder.call(span, quote_spanned!(span=> .shadow())),
            Flag(false) => builder,
        }
        .finish()
    }
}
