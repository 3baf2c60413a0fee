//! `#[timeout("5s")]`: one duration, for the whole stack beneath it.

use std::time::Duration;

use darling::FromMeta;
use proc_macro2::Span;
use quote::quote_spanned;

use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::docs::{Parameters, Worst};
pub(crate) use crate::grammar::vocabulary::TIMEOUT as VOCABULARY;
use crate::held::{Held, Names};
use crate::scope::Scope;
use crate::written::Written;

#[derive(Default, FromMeta)]
#[darling(default)]
struct Keys {}

/// A timeout, as its attribute describes it.
#[derive(Debug)]
pub(crate) struct Timeout {
    /// `None` only where a fault was reported.
    pub(crate) limit: Option<Written<Duration>>,
}

impl Timeout {
    pub(crate) fn read(arguments: &Arguments, diagnostics: &mut Diagnostics) -> Self {
        let Keys {} = arguments.keys(&VOCABULARY, diagnostics);
        let mut positional = arguments.positional.iter();
        let Some(limit) = positional.next() else {
            if arguments.is_empty() {
                diagnostics.error(
                    &arguments.attribute,
                    "`#[timeout]` needs a duration: there is no default that would fit most calls\n\
                     Write one, as in `#[timeout(\"5s\")]`.",
                );
            }
            return Self { limit: None };
        };
        for more in positional {
            diagnostics.error(
                more,
                "`#[timeout]` takes one duration\n\
                 For a second timeout, write a second `#[timeout]`.",
            );
        }
        match Written::read(limit, VOCABULARY.attribute) {
            Ok(limit) => Self { limit: Some(limit) },
            Err(fault) => {
                diagnostics.arguments(&VOCABULARY, false, fault);
                Self { limit: None }
            }
        }
    }

    pub(crate) fn describe(&self, parameters: &mut Parameters) {
        if let Some(limit) = &self.limit {
            parameters.value(&limit.expr);
        }
    }

    pub(crate) fn worst(&self, inner: Worst) -> Worst {
        let limit = self.limit.as_ref().and_then(|limit| limit.value);
        let time = inner.time.into_iter().chain(limit).min();
        Worst { time, ..inner }
    }

    pub(crate) fn hold(&self, names: &Names, scope: &Scope) -> Held {
        let Some(limit) = &self.limit else {
            return Held::default();
        };
        let (span, value, at) = (Span::mixed_site(), limit.emit(scope), limit.span());
        if limit.is_constant() && scope.is_run_time(&limit.expr) {
            return names.in_local(&quote_spanned!(at=> __rt::Timeout::at_run_time(#value)));
        }
        let timeout = quote_spanned!(at=> __rt::Timeout::new(#value));
        if limit.is_constant() && scope.is_generic(&limit.expr) {
            return names.in_const(&timeout);
        }
        names.in_plain_static(&quote_spanned!(span=> __rt::Timeout), &timeout)
    }
}
