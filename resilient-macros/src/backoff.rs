//! The delays of a retry: the words for them, which keys each reads, and how long they are where
//! nothing is left to chance.

use std::time::Duration;

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use crate::builder::Builder;
use crate::key::{did_you_mean, ungrouped};
use crate::literal::{Factor, Ratio};
use crate::rule::Growth;
use crate::scope::Scope;
use crate::written::Written;

/// How delays grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Exponential,
    Linear,
    Constant,
    Fibonacci,
    Decorrelated,
    None,
    Function,
}

/// One row of the table mode × key.
struct Row {
    mode: Mode,
    /// The words for it; the first one is shown in messages.
    words: &'static [&'static str],
    /// The keys that it reads. (`max_delay` is read by all: a server's own delay is held against
    /// it.)
    reads: &'static [&'static str],
    /// Why it reads no others.
    because: &'static str,
    /// The runtime's builder for it, and for it with its delay.
    builders: (&'static str, &'static str),
}

const TABLE: [Row; 7] = [
    Row {
        mode: Mode::Exponential,
        words: &["exp", "exponential"],
        reads: &["delay", "factor", "jitter"],
        because: "",
        builders: ("Exponential", "delay"),
    },
    Row {
        mode: Mode::Linear,
        words: &["linear"],
        reads: &["delay", "jitter"],
        because: "its delays grow by `delay` each time",
        builders: ("Linear", "linear"),
    },
    Row {
        mode: Mode::Constant,
        words: &["constant"],
        reads: &["delay", "jitter"],
        because: "its delays do not grow",
        builders: ("Constant", "constant"),
    },
    Row {
        mode: Mode::Fibonacci,
        words: &["fibonacci"],
        reads: &["delay", "jitter"],
        because: "its delays grow by the one before",
        builders: ("Fibonacci", "fibonacci"),
    },
    Row {
        mode: Mode::Decorrelated,
        words: &["decorrelated"],
        reads: &["delay"],
        because: "its delays are random between `delay` and three times the one before",
        builders: ("Decorrelated", "decorrelated"),
    },
    Row {
        mode: Mode::None,
        words: &["none"],
        reads: &[],
        because: "there is no delay",
        builders: ("None", ""),
    },
    Row {
        mode: Mode::Function,
        words: &[],
        reads: &["jitter"],
        because: "the function says each delay",
        builders: ("", ""),
    },
];

/// `backoff = "exp"`, or a function of the attempt.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    mode: Mode,
    expr: Option<Expr>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            mode: Mode::Exponential,
            expr: None,
        }
    }
}

impl FromMeta for Backoff {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let words = || TABLE.iter().flat_map(|row| row.words);
        let all = || {
            words()
                .map(|word| format!("\"{word}\""))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let Meta::NameValue(pair) = item else {
            return Err(
                Error::custom("`backoff` needs a value, as in `backoff = \"exp\"`").with_span(item),
            );
        };
        let value = ungrouped(&pair.value);
        let mode = match value {
            Expr::Path(_) => Mode::Function,
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => word(text, &all(), words())?,
            _ => {
                let fault = format!(
                    "a `backoff` is one of {}\n\
                     or the path of a function from the attempt's number to its delay: `fn(u32) \
                     -> Duration`.",
                    all()
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

fn word<'a>(
    text: &LitStr,
    all: &str,
    words: impl Iterator<Item = &'a &'static str> + Clone,
) -> darling::Result<Mode> {
    let value = text.value();
    if let Some(row) = TABLE.iter().find(|row| row.words.contains(&value.as_str())) {
        return Ok(row.mode);
    }
    let near = did_you_mean(&value, words.copied(), '"');
    Err(Error::custom(format!(
        "`\"{value}\"` is no backoff{near}\nIt is one of {all}, or the path of a function."
    ))
    .with_span(text))
}

impl Backoff {
    fn row(&self) -> &'static Row {
        // Every mode has a row; a test holds it to that.
        TABLE
            .iter()
            .find(|row| row.mode == self.mode)
            .unwrap_or(&TABLE[0])
    }

    pub(crate) fn is_generic(&self, scope: &Scope) -> bool {
        self.mode == Mode::Function && scope.is_generic(&self.expr)
    }

    /// What is wrong with a key beside this backoff, if it does not read it.
    pub(crate) fn refuses(&self, key: &str) -> Option<String> {
        let row = self.row();
        if row.reads.contains(&key) {
            return None;
        }
        let mode = row
            .words
            .first()
            .map_or("a function as `backoff`".to_owned(), |word| {
                format!("`backoff = \"{word}\"`")
            });
        let others: Vec<String> = TABLE
            .iter()
            .filter(|row| row.reads.contains(&key))
            .filter_map(|row| Some(format!("\"{}\"", row.words.first()?)))
            .collect();
        let (because, others) = (row.because, others.join(", "));
        Some(format!(
            "`{key}` is not read with {mode}: {because}\n\
             Remove it, or choose a backoff that reads it: {others}."
        ))
    }

    /// As it is written, or would be.
    pub(crate) fn describe(&self) -> TokenStream {
        match (&self.expr, self.row().words.first()) {
            (Some(expr), _) => expr.to_token_stream(),
            (None, word) => word.to_token_stream(),
        }
    }

    pub(crate) fn reads(&self, key: &str) -> bool {
        self.row().reads.contains(&key)
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
        let (mode, with_delay) = self.row().builders;
        match (self.mode, delay, factor) {
            (Mode::None, ..) => retry.call(span, quote_spanned!(span=> .no_delay())),
            (Mode::Function, ..) => {
                let function = scope.localize(self.expr.to_token_stream());
                retry.call(span, quote_spanned!(span=> .backoff(#function)))
            }
            (Mode::Exponential, Some(delay), Some(factor))
                if !delay.is_constant() && !factor.is_constant() =>
            {
                let (at, delay, factor) = (delay.span(), delay.emit(scope), factor.emit(scope));
                retry.call(at, quote_spanned!(at=> .exponential(#delay, #factor)))
            }
            (Mode::Exponential, ..) => retry.set(with_delay, delay).set("factor", factor),
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
            Mode::Exponential => Some(Growth::Exponential),
            Mode::Linear => Some(Growth::Linear),
            Mode::Constant => Some(Growth::Constant),
            Mode::Fibonacci => Some(Growth::Fibonacci),
            Mode::Decorrelated | Mode::None | Mode::Function => None,
        }
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
                    let near = did_you_mean(other, ["full", "equal", "none"].into_iter(), '"');
                    let fault = format!(
                        "`\"{other}\"` is no jitter{near}\n\
                         It is one of \"full\", \"equal\", \"none\", or a ratio such as \"25%\"."
                    );
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
