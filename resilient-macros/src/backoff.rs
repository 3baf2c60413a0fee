//! The delays of a retry: the words for them, which keys each reads, and how long they are where
//! nothing is left to chance.

use std::time::Duration;

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use crate::builder::Builder;
use crate::grammar::{self, Growing};
use crate::key::{did_you_mean, ungrouped};
use crate::literal::{Factor, Ratio};
use crate::rule::Growth;
use crate::scope::Scope;
use crate::written::Written;

/// `backoff = "exp"`, or a function of the attempt.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    mode: Growing,
    expr: Option<Expr>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            mode: Growing::Exponential,
            expr: None,
        }
    }
}

impl FromMeta for Backoff {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(
                Error::custom("`backoff` needs a value, as in `backoff = \"exp\"`").with_span(item),
            );
        };
        let value = ungrouped(&pair.value);
        let mode = match value {
            Expr::Path(_) => Growing::Function,
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => word(text)?,
            _ => {
                let fault = format!(
                    "a `backoff` is one of {}\n\
                     or the path of a function from the attempt's number to its delay: `fn(u32) \
                     -> Duration`.",
                    grammar::all_backoffs()
                );
                return Err(Error::custom(fault).with_span(value));
            }
        };
        Ok(Self {
            mode,
            expr: Some(value.clone()),
        })
    }
}

fn word(text: &LitStr) -> darling::Result<Growing> {
    let value = text.value();
    Growing::of(&value).ok_or_else(|| {
        let near = did_you_mean(&value, Growing::words(), '"');
        Error::custom(grammar::no_backoff(&value, &near)).with_span(text)
    })
}

impl Backoff {
    pub(crate) fn is_generic(&self, scope: &Scope) -> bool {
        self.mode == Growing::Function && scope.is_generic(&self.expr)
    }

    /// What is wrong with a key beside this backoff, if it does not read it.
    pub(crate) fn refuses(&self, key: &str) -> Option<String> {
        self.mode.refuses(key)
    }

    /// As it is written, or would be.
    pub(crate) fn describe(&self) -> TokenStream {
        match (&self.expr, self.mode.word()) {
            (Some(expr), _) => expr.to_token_stream(),
            (None, word) => word.to_token_stream(),
        }
    }

    pub(crate) fn reads(&self, key: &str) -> bool {
        self.mode.reads(key)
    }

    /// The builder calls for it. Only what is written is said: defaults are the runtime's.
    pub(crate) fn build<'a>(
        &self,
        retry: Builder<'a>,
        delay: Option<&Written<Duration>>,
        factor: Option<&Written<Factor>>,
        scope: &Scope,
    ) -> Builder<'a> {
        let span = Span::mixed_site();
        let (mode, with_delay) = builders(self.mode);
        match (self.mode, delay, factor) {
            (Growing::None, ..) => retry.call(span, quote_spanned!(span=> .no_delay())),
            (Growing::Function, ..) => {
                let function = scope.localize(self.expr.to_token_stream());
                retry.call(span, quote_spanned!(span=> .backoff(#function)))
            }
            (Growing::Exponential, Some(delay), Some(factor))
                if !delay.is_constant() && !factor.is_constant() =>
            {
                let (at, delay, factor) = (delay.span(), delay.emit(scope), factor.emit(scope));
                retry.call(at, quote_spanned!(at=> .exponential(#delay, #factor)))
            }
            (Growing::Exponential, ..) => retry.set(with_delay, delay).set("factor", factor),
            (_, Some(_), _) => retry.set(with_delay, delay),
            (_, None, _) => {
                let mode = Ident::new(mode, span);
                retry.call(span, quote_spanned!(span=> .mode(__rt::Mode::#mode)))
            }
        }
    }

    /// How its delays grow, where they are the same each time.
    pub(crate) fn growth(&self) -> Option<Growth> {
        match self.mode {
            Growing::Exponential => Some(Growth::Exponential),
            Growing::Linear => Some(Growth::Linear),
            Growing::Constant => Some(Growth::Constant),
            Growing::Fibonacci => Some(Growth::Fibonacci),
            Growing::Decorrelated | Growing::None | Growing::Function => None,
        }
    }
}

/// The runtime's builder for a mode, and for it with its delay.
fn builders(mode: Growing) -> (&'static str, &'static str) {
    match mode {
        Growing::Exponential => ("Exponential", "delay"),
        Growing::Linear => ("Linear", "linear"),
        Growing::Constant => ("Constant", "constant"),
        Growing::Fibonacci => ("Fibonacci", "fibonacci"),
        Growing::Decorrelated => ("Decorrelated", "decorrelated"),
        Growing::None => ("None", ""),
        Growing::Function => ("", ""),
    }
}

/// `jitter`, `jitter = "full"`, `jitter = "25%"`.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "a retry has one, for the length of one expansion"
)]
pub(crate) enum Jitter {
    Full,
    Equal,
    None,
    Ratio(Written<Ratio>),
}

impl Jitter {
    /// As it is written, or would be.
    pub(crate) fn describe(&self) -> TokenStream {
        match self {
            Self::Full => "full".to_token_stream(),
            Self::Equal => "equal".to_token_stream(),
            Self::None => "none".to_token_stream(),
            Self::Ratio(ratio) => ratio.expr.to_token_stream(),
        }
    }
}

impl FromMeta for Jitter {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let pair = match item {
            // The bare word means what most people mean by it.
            Meta::Path(_) => return Ok(Self::Full),
            Meta::NameValue(pair) => pair,
            Meta::List(_) => {
                return Err(Error::custom(
                    "`jitter` takes its value after `=`, as in `jitter = \"full\"`",
                )
                .with_span(item));
            }
        };
        if let Expr::Lit(literal) = ungrouped(&pair.value)
            && let Lit::Str(text) = &literal.lit
        {
            match text.value().as_str() {
                "full" => return Ok(Self::Full),
                "equal" => return Ok(Self::Equal),
                "none" => return Ok(Self::None),
                other if !other.trim_end().ends_with('%') => {
                    let near = did_you_mean(other, grammar::JITTERS.into_iter(), '"');
                    let fault = grammar::no_jitter(other, &near);
                    return Err(Error::custom(fault).with_span(text));
                }
                _ => {}
            }
        }
        Written::read(&pair.value, "jitter").map(Self::Ratio)
    }
}

impl Jitter {
    pub(crate) fn build<'a>(&self, retry: Builder<'a>, scope: &Scope) -> Builder<'a> {
        let span = Span::mixed_site();
        let jitter = match self {
            Self::Full => quote_spanned!(span=> .jitter(__rt::Jitter::Full)),
            Self::Equal => quote_spanned!(span=> .jitter(__rt::Jitter::Equal)),
            Self::None => quote_spanned!(span=> .jitter(__rt::Jitter::None)),
            Self::Ratio(ratio) => {
                let (at, share) = (ratio.span(), ratio.emit(scope));
                let jitter = quote_spanned!(at=> .jitter(__rt::Jitter::Ratio(#share)));
                return retry.with(ratio, jitter);
            }
        };
        retry.call(span, jitter)
    }
}
