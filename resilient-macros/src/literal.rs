//! What literals mean: durations, ratios, counts and factors, and how each is told what is wrong
//! with it.

use std::time::Duration;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Lit;

use crate::grammar;
use crate::rule::{self, Text};
use crate::written::Value;

impl Value for Duration {
    const EXAMPLE: &'static str = "\"250ms\"";

    fn read(literal: &Lit, _negative: bool) -> Result<Self, String> {
        let text = match literal {
            Lit::Str(text) => text.value(),
            Lit::Int(number) => return Err(unquoted(number.base10_digits(), number.suffix())),
            Lit::Float(number) => return Err(unquoted(number.base10_digits(), number.suffix())),
            _ => return Err(wrong_kind("a duration", Self::EXAMPLE)),
        };
        grammar::duration(&text)
    }

    fn refuse(&self, key: &str) -> Option<Text> {
        match key {
            "timeout" => rule::timeout(*self),
            "delay" => rule::delay(*self),
            "max_delay" => rule::max_delay(*self),
            "max_duration" => rule::max_duration(*self),
            "break_duration" => rule::break_duration(*self),
            "max_wait" => rule::max_wait(*self),
            "window" => rule::window_time(*self),
            "slow_call" => rule::slow_call(*self),
            "after" => rule::after(*self),
            "initial" => rule::initial(*self),
            _ => None,
        }
    }

    fn emit(&self, span: Span) -> TokenStream {
        let number = |n: u64| with_span(Literal::u64_unsuffixed(n), span);
        let (secs, nanos) = (self.as_secs(), u64::from(self.subsec_nanos()));
        let whole = |unit: u64, per_sec: u64| {
            (nanos % unit == 0)
                .then(|| secs.checked_mul(per_sec)?.checked_add(nanos / unit))
                .flatten()
                .map(number)
        };
        if let Some(n) = whole(1_000_000_000, 1) {
            quote_spanned!(span=> __rt::Duration::from_secs(#n))
        } else if let Some(n) = whole(1_000_000, 1_000) {
            quote_spanned!(span=> __rt::Duration::from_millis(#n))
        } else if let Some(n) = whole(1_000, 1_000_000) {
            quote_spanned!(span=> __rt::Duration::from_micros(#n))
        } else {
            let (secs, nanos) = (number(secs), number(nanos));
            quote_spanned!(span=> __rt::Duration::new(#secs, #nanos))
        }
    }
}

fn unquoted(number: &str, unit: &str) -> String {
    let text = format!("{number}{unit}");
    if !unit.is_empty() && humantime::parse_duration(&text).is_ok() {
        format!("a duration is written in quotes: \"{text}\"")
    } else {
        grammar::unitless(number)
    }
}

fn wrong_kind(expected: &str, example: &str) -> String {
    format!("expected {expected}, as in {example}, or a constant")
}

/// A share of a whole, over (0, 1].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Ratio(pub(crate) f64);

impl Value for Ratio {
    const EXAMPLE: &'static str = "\"50%\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let (text, share) = match literal {
            Lit::Str(text) => {
                return grammar::ratio(&text.value()).map(|share| signed(share, negative));
            }
            Lit::Float(number) if !is_float(number.suffix()) => {
                return Err(wrong_kind("a ratio", Self::EXAMPLE));
            }
            Lit::Float(number) => (
                number.to_string(),
                number.base10_parse().unwrap_or(f64::NAN),
            ),
            // Nothing and all can be meant in one way only.
            Lit::Int(number) if matches!(number.base10_digits(), "0" | "1") => (
                number.to_string(),
                number.base10_parse().unwrap_or(f64::NAN),
            ),
            Lit::Int(number) => return Err(grammar::whole_ratio(&number.to_string())),
            _ => return Err(wrong_kind("a ratio", Self::EXAMPLE)),
        };
        if share.is_nan() {
            return Err(grammar::no_ratio(&text));
        }
        Ok(signed(share, negative))
    }

    fn refuse(&self, _key: &str) -> Option<Text> {
        rule::ratio(self.0)
    }

    fn emit(&self, span: Span) -> TokenStream {
        with_span(Literal::f64_unsuffixed(self.0), span)
    }
}

fn signed(share: f64, negative: bool) -> Ratio {
    Ratio(if negative { -share } else { share })
}

/// A number of calls, places or attempts: 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Count(pub(crate) u32);

impl Value for Count {
    const EXAMPLE: &'static str = "3";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        match literal {
            Lit::Int(number) if negative => Err(grammar::negative_count(&number.to_string())),
            Lit::Int(number) if !is_integer(number.suffix()) => {
                let text = number.to_string();
                if humantime::parse_duration(&text).is_ok() {
                    return Err(format!("a duration is written in quotes: \"{text}\""));
                }
                Err(wrong_kind("a count", Self::EXAMPLE))
            }
            Lit::Int(number) => match number.base10_parse::<u32>() {
                Ok(count) => Ok(Self(count)),
                Err(_) => Err(grammar::large_count(&number.to_string())),
            },
            Lit::Str(text) if text.value().trim().parse::<u32>().is_ok() => {
                Err(grammar::quoted_count(&text.value()))
            }
            _ => Err(wrong_kind("a count", Self::EXAMPLE)),
        }
    }

    fn refuse(&self, key: &str) -> Option<Text> {
        let Self(count) = *self;
        let places = usize::try_from(count).unwrap_or(usize::MAX);
        match key {
            "max" => rule::max(count),
            "window" => rule::window(count),
            "min_calls" => rule::min_calls(count),
            "consecutive_failures" => rule::consecutive_failures(count),
            "half_open_calls" => rule::half_open_calls(count),
            "max_keys" => rule::max_keys(count),
            "max_concurrent" => rule::max_concurrent(places),
            "max_queue" => rule::max_queue(places),
            "burst" => rule::burst(count),
            _ => None,
        }
    }

    fn emit(&self, span: Span) -> TokenStream {
        with_span(Literal::u32_unsuffixed(self.0), span)
    }
}

/// A bound of an adaptive limit: 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Places(pub(crate) u32);

impl Value for Places {
    const EXAMPLE: &'static str = "20";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        Count::read(literal, negative).map(|Count(places)| Self(places))
    }

    fn refuse(&self, key: &str) -> Option<Text> {
        match key {
            "min" => rule::adaptive_min(self.0),
            "max" => rule::adaptive_max(self.0),
            "initial" => rule::adaptive_initial(self.0),
            _ => None,
        }
    }

    fn emit(&self, span: Span) -> TokenStream {
        Count(self.0).emit(span)
    }
}

/// A number of copies beside the first call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copies(pub(crate) u32);

impl Value for Copies {
    const EXAMPLE: &'static str = "1";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        Count::read(literal, negative).map(|Count(copies)| Self(copies))
    }

    fn refuse(&self, _key: &str) -> Option<Text> {
        rule::copies(self.0)
    }

    fn emit(&self, span: Span) -> TokenStream {
        Count(self.0).emit(span)
    }
}

/// What a delay is multiplied with: 1 or more, and finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Factor(pub(crate) f64);

impl Value for Factor {
    const EXAMPLE: &'static str = "2.0";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let factor = match literal {
            Lit::Float(number) if is_float(number.suffix()) => {
                number.base10_parse().unwrap_or(f64::NAN)
            }
            Lit::Int(number) if is_integer(number.suffix()) || is_float(number.suffix()) => {
                number.base10_parse().unwrap_or(f64::NAN)
            }
            _ => return Err(wrong_kind("a factor", Self::EXAMPLE)),
        };
        Ok(Self(if negative { -factor } else { factor }))
    }

    fn refuse(&self, _key: &str) -> Option<Text> {
        rule::factor(self.0)
    }

    fn emit(&self, span: Span) -> TokenStream {
        with_span(Literal::f64_unsuffixed(self.0), span)
    }
}

fn with_span(mut literal: Literal, span: Span) -> TokenStream {
    literal.set_span(span);
    literal.into_token_stream()
}

/// Whether a number's suffix is one that an integer may have. Any other could be a unit.
fn is_integer(suffix: &str) -> bool {
    const TYPES: [&str; 13] = [
        "", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    ];
    TYPES.contains(&suffix)
}

fn is_float(suffix: &str) -> bool {
    ["", "f32", "f64"].contains(&suffix)
}
