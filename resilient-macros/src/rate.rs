//! A rate as a literal: `"100/s"`, `"10/100ms"`.

use std::time::Duration;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::Lit;

use crate::grammar;
use crate::rule::{self, Text};
use crate::written::Value;

/// So many calls in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    calls: u32,
    period: Duration,
}

impl Value for Rate {
    const EXAMPLE: &'static str = "\"100/s\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let (text, minus) = match literal {
            Lit::Str(text) => (text.value(), ""),
            Lit::Int(number) => (number.to_string(), if negative { "-" } else { "" }),
            Lit::Float(number) => (number.to_string(), if negative { "-" } else { "" }),
            _ => return Err(format!("expected a rate, as in {}", Self::EXAMPLE)),
        };
        let text = format!("{minus}{text}");
        let (calls, period) = grammar::rate(&text)?;
        Ok(Self { calls, period })
    }

    fn refuse(&self, _key: &str) -> Option<Text> {
        rule::rate(self.calls, self.period)
    }

    /// As two arguments.
    fn emit(&self, span: Span) -> TokenStream {
        let mut calls = Literal::u32_unsuffixed(self.calls);
        calls.set_span(span);
        let period = self.period.emit(span);
        quote_spanned!(span=> #calls, #period)
    }
}
