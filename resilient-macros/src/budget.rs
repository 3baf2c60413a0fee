//! `budget = ..`: a shared retry budget, by its name or as an instance.

use darling::{Error, FromMeta};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Lit, LitStr, Meta};

use crate::held::{Held, Names};
use crate::key::ungrouped;
use crate::rule;
use crate::scope::Scope;
use crate::written::{literal, needs_value};

/// Whose budget it is.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "a policy has one, for the length of one expansion"
)]
pub(crate) enum Budget {
    Name(LitStr),
    Instance(Expr),
}

impl FromMeta for Budget {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "\"payments\""));
        };
        let value = ungrouped(&pair.value);
        let fault = |text: &str| Error::custom(text).with_span(value);
        match literal(value) {
            None => Ok(Self::Instance(value.clone())),
            Some((Lit::Str(name), false)) => match rule::name(&name.value()) {
                Some(refused) => Err(fault(refused.as_str())),
                None => Ok(Self::Name(name.clone())),
            },
            Some(_) => Err(fault(
                "a `budget` is shared, so this is its name, as in \"payments\", or the path of a \
                 `static`\n\
                 Write how large it is where it is declared: \
                 `RetryBudget::new(\"payments\").ratio(0.2).min_per_second(10)`.",
            )),
        }
    }
}

impl ToTokens for Budget {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Name(name) => name.to_tokens(tokens),
            Self::Instance(instance) => instance.to_tokens(tokens),
        }
    }
}

/// What a policy's extra calls may be taken from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purse<'a> {
    /// Nothing, or what is its own.
    Own,
    Written(&'a Budget),
    /// What the instance that it is given brings.
    Brought,
}

impl<'a> Purse<'a> {
    pub(crate) fn of(budget: Option<&'a Budget>, instance: Option<&Expr>) -> Self {
        match (budget, instance) {
            (Some(budget), _) => Self::Written(budget),
            (None, Some(_)) => Self::Brought,
            (None, None) => Self::Own,
        }
    }

    /// Whether the two may be one budget. Only two names are known to differ.
    pub(crate) fn may_be(self, other: Self) -> bool {
        match (self, other) {
            (Self::Own, _) | (_, Self::Own) => false,
            (Self::Written(Budget::Name(one)), Self::Written(Budget::Name(other))) => {
                one.value() == other.value()
            }
            _ => true,
        }
    }
}

impl Budget {
    /// What holds it, beside the policy that it is of; its handle is a `&RetryBudget`.
    fn hold(&self, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        match self {
            Self::Name(name) => {
                let ty = quote_spanned!(span=> __rt::Shared<__rt::RetryBudget>);
                // A name alone says nothing of the settings: they are whatever its declaration says.
                let value =
                    quote_spanned!(span=> __rt::Shared::referred(__rt::RetryBudget::new(#name)));
                let held = names.in_static(&ty, &value);
                let handle = &held.handle;
                Held {
                    handle: quote_spanned!(span=> #handle.get()),
                    ..held
                }
            }
            Self::Instance(instance) => {
                let held = names.instance(instance, scope);
                let Some(at) = held.instance else {
                    let handle = &held.handle;
                    return Held {
                        handle: quote_spanned!(span=> &#handle),
                        ..held
                    };
                };
                // A `static` has its type checked once, where it is given a name.
                let (name, ty, budget) = (names.local(), names.ty(at), &held.handle);
                Held {
                    local: quote_spanned!(at=> let #name: &#ty = &#budget;),
                    handle: name.to_token_stream(),
                    ..held
                }
            }
        }
    }

    /// The policy with its budget, which has these names: held together, and one layer for the registry.
    pub(crate) fn beside(&self, policy: Held, names: &Names, scope: &Scope) -> Held {
        let span = Span::mixed_site();
        let budget = self.hold(names, scope);
        let (items, locals) = ([&budget.item, &policy.item], [&budget.local, &policy.local]);
        let (layer, listed) = (&policy.listed, &budget.listed);
        Held {
            item: quote_spanned!(span=> #(#items)*),
            local: quote_spanned!(span=> #(#locals)*),
            listed: quote_spanned!(span=> &__rt::Budgeted(#layer, #listed)),
            budget: Some(budget.handle),
            ..policy
        }
    }
}
