//! `key = expr` and `max_keys`: an instance for each key.
//!
//! ```text
//! #[circuit_breaker(name = "hosts", key = host)]
//!                                                  ↓
//! let circuit_breaker = __CIRCUIT_BREAKER.of(&host);
//! ```
//!
//! It is looked up once a call, before the body borrows or consumes what the key is made of.

use darling::{Error, FromMeta};
use quote::ToTokens;
use syn::{Expr, Lit, Meta};

use crate::arguments::Arguments;
use crate::diagnostics::Diagnostics;
use crate::grammar;
use crate::held::is_static;
use crate::key::ungrouped;
use crate::written::{literal, needs_value};

/// The expression of a key.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) Expr);

impl FromMeta for Key {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "host"));
        };
        let fault = |text: String| Err(Error::custom(text).with_span(&pair.value));
        let is_constant = is_static(&pair.value) || matches!(pair.value, Expr::Const(_));
        match literal(&pair.value) {
            Some((Lit::Str(text), _)) => fault(format!(
                "`key = {}` is the same for every call: all would share one instance\n\
                 Write an expression over the arguments, without quotes, as in `key = host`, or leave \
                 it out.",
                text.to_token_stream()
            )),
            Some((literal, _)) => fault(same(literal)),
            None if is_constant => fault(same(&pair.value)),
            None => Ok(Self(pair.value.clone())),
        }
    }
}

fn same(value: &impl ToTokens) -> String {
    format!(
        "`key = {}` is the same for every call: all would share one instance\n\
         Write an expression over the arguments, as in `key = host`, or leave it out.",
        value.to_token_stream()
    )
}

impl Key {
    /// Whether it can follow a `&` as it stands.
    pub(crate) fn is_one_operand(&self) -> bool {
        matches!(
            ungrouped(&self.0),
            Expr::Path(_)
                | Expr::Field(_)
                | Expr::MethodCall(_)
                | Expr::Call(_)
                | Expr::Index(_)
                | Expr::Macro(_)
                | Expr::Reference(_)
                | Expr::Unary(_)
                | Expr::Paren(_)
                | Expr::Tuple(_)
        )
    }
}

/// Refuses a bound on keys where there are none.
pub(crate) fn check(arguments: &Arguments, diagnostics: &mut Diagnostics) {
    if let (Some(bound), None) = (arguments.find("max_keys"), arguments.find("key"))
        // With an instance it is refused as a setting of that. A rate is a literal.
        && arguments.positional.iter().all(|value| literal(value).is_some())
    {
        diagnostics.error(bound.path(), grammar::MAX_KEYS_WITHOUT_KEY);
    }
}
