//! Values as they were written: what is known of them now, with their tokens for any later message,
//! or the constant that rustc will check.

use darling::{Error, FromMeta};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit, Meta, Stmt, UnOp};

use crate::rule::Text;
use crate::scope::Scope;

/// A kind of value that can be written as a literal.
pub(crate) trait Value: Sized {
    /// How one is written: the end of messages about what is not one.
    const EXAMPLE: &'static str;

    /// What the literal means, or what is wrong with it, why, and the way out.
    fn read(literal: &Lit, negative: bool) -> Result<Self, String>;

    /// What the rule of a key says against this value: the very rule that the builders hold
    /// constants to.
    fn refuse(&self, key: &str) -> Option<Text>;

    /// The tokens of the value in an expansion.
    fn emit(&self, span: Span) -> TokenStream;
}

/// A value, and the expression that it was written as. Without a value it is a constant, which
/// rustc evaluates.
#[derive(Debug, Clone)]
pub(crate) struct Written<T> {
    pub(crate) value: Option<T>,
    pub(crate) expr: Expr,
}

impl<T: Value> Written<T> {
    /// The value of a key. A positional one goes by the word of its attribute.
    pub(crate) fn read(expr: &Expr, key: &str) -> darling::Result<Self> {
        let read = |(literal, negative)| {
            let value = T::read(literal, negative)?;
            match value.refuse(key) {
                Some(fault) => Err(fault.as_str().to_owned()),
                None => Ok(value),
            }
        };
        let value = literal(expr).map(read).transpose();
        Ok(Self {
            value: value.map_err(|fault| Error::custom(fault).with_span(expr))?,
            expr: expr.clone(),
        })
    }

    /// Whether rustc alone knows the value.
    pub(crate) fn is_constant(&self) -> bool {
        self.value.is_none()
    }

    /// The value in an expansion, on the user's own tokens: what rustc has to say about it is said
    /// there.
    pub(crate) fn emit(&self, scope: &Scope) -> TokenStream {
        match &self.value {
            Some(value) => value.emit(self.span()),
            None => constant(&self.expr, scope),
        }
    }

    /// The user's place, in our hygiene.
    pub(crate) fn span(&self) -> Span {
        Span::mixed_site().located_at(first_span(&self.expr))
    }
}

impl<T: Value> FromMeta for Written<T> {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::NameValue(pair) => Self::read(&pair.value, &key(item)),
            Meta::Path(_) | Meta::List(_) => Err(needs_value(item, T::EXAMPLE)),
        }
    }
}

/// The word before `=`.
pub(crate) fn key(item: &Meta) -> String {
    let key = item.path().get_ident();
    key.map(ToString::to_string).unwrap_or_default()
}

pub(crate) fn needs_value(item: &Meta, example: &str) -> Error {
    let key = key(item);
    Error::custom(format!("`{key}` needs a value, as in `{key} = {example}`")).with_span(item)
}

/// The first token's place: on stable Rust, all that there is of a place for several tokens.
pub(crate) fn first_span(tokens: &impl ToTokens) -> Span {
    tokens
        .to_token_stream()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}

/// The last token's place.
pub(crate) fn last_span(tokens: &impl ToTokens) -> Span {
    tokens
        .to_token_stream()
        .into_iter()
        .last()
        .map_or_else(Span::call_site, |token| token.span())
}

/// A literal, behind the parentheses and invisible groups that macros put around it, and whether a
/// minus stands before it.
pub(crate) fn literal(expr: &Expr) -> Option<(&Lit, bool)> {
    match expr {
        Expr::Lit(literal) => Some((&literal.lit, false)),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            literal(&unary.expr).map(|(lit, minus)| (lit, !minus))
        }
        _ => None,
    }
}

/// A constant expression in an expansion. `const { N }` was a way to say where it is evaluated: its
/// block is not needed twice.
fn constant(expr: &Expr, scope: &Scope) -> TokenStream {
    let tokens = match expr {
        Expr::Const(block) => match &block.block.stmts[..] {
            [Stmt::Expr(only, None)] => only.to_token_stream(),
            _ => block.block.to_token_stream(),
        },
        expr => expr.to_token_stream(),
    };
    scope.localize(tokens)
}
