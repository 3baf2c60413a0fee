//! Advice about stacks that are legal and unwise, behind the feature `advice`.
//!
//! A macro has no warnings of its own on stable Rust. So an expansion mentions a constant that is
//! `deprecated`, with the advice as its note: `#[allow(deprecated)]` on the function silences it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::policy::Layer;

/// So many calls for one are still a retry; more are a storm.
const MANY_CALLS: u32 = 10;

/// The advice that a stack needs, each piece on the attribute that it is about. `spans` are those of
/// the attributes.
pub(crate) fn given(layers: &[Layer], spans: &[Span]) -> TokenStream {
    let has_timeout = layers
        .iter()
        .any(|layer| matches!(layer, Layer::Timeout(_)));
    let mut calls = 1;
    let mut advice = TokenStream::new();
    for (i, (layer, span)) in layers.iter().zip(spans).enumerate() {
        let Layer::Retry(retry) = layer else { continue };
        let mut say = |what: &str| {
            let at = Span::mixed_site().located_at(*span);
            let what = Ident::new(what, at);
            advice.extend(quote_spanned!(at=> const _: () = __rt::advice::#what;));
        };
        if !has_timeout {
            say("RETRY_WITHOUT_TIMEOUT");
        }
        if retry.lacks_jitter() && layers[i + 1..].iter().any(Layer::is_shared) {
            say("RETRY_WITHOUT_JITTER");
        }
        // What a constant or an instance says is not known here.
        let above = calls;
        calls *= retry.calls().unwrap_or(1);
        if calls > above && above > 1 && calls > MANY_CALLS {
            say("RETRIES_MULTIPLY");
        }
    }
    advice
}
