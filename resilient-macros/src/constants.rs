//! The rules across a stack that rustc has to check, as a constant is involved in them: what
//! `validate.rs` says of literals.
//!
//! ```text
//! #[timeout(TOTAL)] #[timeout("1s")]
//!                                      ↓
//! const _: () = __rt::check::nested(&__TIMEOUT_2, &[&__TIMEOUT_1]);
//! ```
//!
//! Literals alone cost nothing here, and what is known at run time only is checked by nobody.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::held::{Constant, Held};
use crate::policy::Layer;
use crate::written::Written;

/// A timeout whose limit rustc knows.
struct Limit<'a> {
    written: &'a Written<Duration>,
    held: &'a Constant,
    /// Where it stands in the stack.
    i: usize,
}

/// The checks of a stack, each on the tokens that a literal would be refused at.
pub(crate) fn checks(layers: &[Layer], held: &[Held]) -> TokenStream {
    let limits: Vec<Limit<'_>> = layers
        .iter()
        .zip(held)
        .enumerate()
        .filter_map(|(i, (layer, held))| match layer {
            Layer::Timeout(timeout) => Some(Limit {
                written: timeout.limit.as_ref()?,
                held: held.constant.as_ref()?,
                i,
            }),
            _ => None,
        })
        .collect();
    let nested = (1..limits.len()).filter_map(|i| nested(&limits[i], &limits[..i]));
    let used_up = limits.iter().flat_map(|limit| used_up(limit, layers, held));
    let hedges = layers.iter().zip(held).enumerate();
    let hedges = hedges.flat_map(|(i, (layer, held))| hedged(i, layer, held, layers, &limits));
    nested.chain(used_up).chain(hedges).collect()
}

fn nested(inner: &Limit<'_>, outer: &[Limit<'_>]) -> Option<TokenStream> {
    let mut timeouts = outer.iter().chain([inner]);
    if !timeouts.clone().any(|limit| limit.written.is_constant()) {
        return None;
    }
    let is_generic = timeouts.any(|limit| limit.held.is_generic);
    let outer = outer.iter().map(|limit| &limit.held.reference);
    let (at, inner) = (inner.written.span(), &inner.held.reference);
    let arguments = quote_spanned!(at=> (#inner, &[#(#outer),*]));
    Some(check(at, "nested", &arguments, is_generic))
}

fn used_up(limit: &Limit<'_>, layers: &[Layer], held: &[Held]) -> Vec<TokenStream> {
    let beneath = layers.iter().zip(held).skip(limit.i + 1);
    let checks = beneath.filter_map(|(layer, held)| {
        let (Layer::Retry(retry), Some(constant)) = (layer, &held.constant) else {
            return None;
        };
        let name = retry.delays_check(limit.written.is_constant())?;
        let (at, timeout) = (limit.written.span(), &limit.held.reference);
        let retry = &constant.reference;
        let arguments = quote_spanned!(at=> (#retry, #timeout));
        let is_generic = constant.is_generic || limit.held.is_generic;
        Some(check(at, name, &arguments, is_generic))
    });
    checks.collect()
}

/// The delay of a hedge, against the timeouts around and beneath it.
fn hedged(
    i: usize,
    layer: &Layer,
    held: &Held,
    layers: &[Layer],
    limits: &[Limit<'_>],
) -> Vec<TokenStream> {
    let (Layer::Hedge(hedge), Some(constant)) = (layer, &held.constant) else {
        return Vec::new();
    };
    let Some(delay) = hedge.written_delay() else {
        return Vec::new();
    };
    let beneath = i + 1 + Layer::until_one_lasts_longer(&layers[i + 1..]).len();
    let checks = limits.iter().filter_map(|limit| {
        let name = match limit.i {
            above if above < i => "hedge_beneath",
            over if over < beneath => "hedge_over",
            _ => return None,
        };
        if !delay.is_constant() && !limit.written.is_constant() {
            return None;
        }
        let (at, value, timeout) = (delay.span(), &constant.reference, &limit.held.reference);
        let is_generic = constant.is_generic || limit.held.is_generic;
        let arguments = quote_spanned!(at=> (#value, #timeout));
        Some(check(at, name, &arguments, is_generic))
    });
    checks.collect()
}

fn check(at: Span, name: &str, arguments: &TokenStream, is_generic: bool) -> TokenStream {
    let name = Ident::new(name, at);
    let call = quote_spanned!(at=> __rt::check::#name #arguments);
    if is_generic {
        // An item can't depend on generics.
        quote_spanned!(at=> const { #call };)
    } else {
        quote_spanned!(at=> const _: () = #call;)
    }
}
