//! The rules across policies, and between a stack and the function it stands on.

use std::time::Duration;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Receiver, ReceiverKind};

use crate::diagnostics::Diagnostics;
use crate::item::Function;
use crate::key::{Name, did_you_mean};
use crate::keyed::Key;
use crate::pattern;
use crate::policy::Layer;
use crate::rule;
use crate::written::Written;

/// Rules across the stack: orders and values that can never do what they say.
pub(crate) fn stack(layers: &[Layer], diagnostics: &mut Diagnostics) {
    nested_timeouts(layers, diagnostics);
    used_up_timeouts(layers, diagnostics);
    unseen_failures(layers, diagnostics);
    same_instances(layers, diagnostics);
}

/// The limits that are known now, with the layers beneath each.
fn limits(layers: &[Layer]) -> impl Iterator<Item = (&Written<Duration>, Duration, &[Layer])> {
    layers
        .iter()
        .enumerate()
        .filter_map(|(i, layer)| match layer {
            Layer::Timeout(timeout) => {
                let limit = timeout.limit.as_ref()?;
                Some((limit, limit.value?, &layers[i + 1..]))
            }
            _ => None,
        })
}

fn nested_timeouts(layers: &[Layer], diagnostics: &mut Diagnostics) {
    let mut shortest: Option<Duration> = None;
    for (inner, limit, _) in limits(layers) {
        if let Some(outer) = shortest {
            diagnostics.refuse(&inner.expr, rule::nested_timeouts(limit, outer));
        }
        shortest = Some(shortest.map_or(limit, |outer| outer.min(limit)));
    }
}

fn used_up_timeouts(layers: &[Layer], diagnostics: &mut Diagnostics) {
    for (timeout, limit, beneath) in limits(layers) {
        for layer in beneath {
            if let Layer::Retry(retry) = layer
                && let Some(delays) = retry.fixed_delays()
            {
                diagnostics.refuse(&timeout.expr, delays.beneath(limit));
            }
        }
    }
}

/// A fallback that can't fail, beneath a retry that looks at failures only.
fn unseen_failures(layers: &[Layer], diagnostics: &mut Diagnostics) {
    for (i, layer) in layers.iter().enumerate() {
        let Layer::Fallback(fallback) = layer else {
            continue;
        };
        let Some(value) = fallback.infallible() else {
            continue;
        };
        // The next retry above it, as long as nothing between the two gives that retry a failure of
        // its own.
        let mut between = Vec::new();
        for above in layers[..i].iter().rev() {
            match above {
                Layer::Timeout(_) => between.push("timeout"),
                Layer::CircuitBreaker(_) => between.push("circuit_open"),
                Layer::Bulkhead(_) => between.push("bulkhead_full"),
                Layer::RateLimit(_) => between.push("rate_limited"),
                Layer::Fallback(_) => {}
                Layer::Retry(retry) => {
                    if !retry.looks_at_values() && !between.iter().any(|cause| retry.retries(cause))
                    {
                        diagnostics.error(
                            value,
                            "beneath a `#[retry]` this value hides every failure: nothing would \
                             ever be retried\n\
                             Move the `#[fallback]` above the `#[retry]`, or say which successes \
                             to retry by `when_ok`.",
                        );
                    }
                    break;
                }
            }
        }
    }
}

/// One instance twice in one stack: a bulkhead would wait for itself, a breaker and a rate limiter
/// count every call twice.
fn same_instances(layers: &[Layer], diagnostics: &mut Diagnostics) {
    let mut seen: Vec<(&str, String, Option<String>)> = Vec::new();
    for layer in layers {
        let (name, instance, key) = match layer {
            Layer::CircuitBreaker(breaker) => (&breaker.name, &breaker.instance, &breaker.key),
            Layer::Bulkhead(bulkhead) => (&bulkhead.name, &bulkhead.instance, &bulkhead.key),
            Layer::RateLimit(limit) => (&limit.name, &limit.instance, &limit.key),
            Layer::Retry(_) | Layer::Timeout(_) | Layer::Fallback(_) => continue,
        };
        let (tokens, identity) = match (name, instance) {
            (Some(Name(name)), _) => (name.to_token_stream(), format!("{:?}", name.value())),
            (None, Some(instance)) => (
                instance.to_token_stream(),
                instance.to_token_stream().to_string(),
            ),
            (None, None) => continue,
        };
        let (word, why) = match layer {
            Layer::Bulkhead(_) => (
                "bulkhead",
                "a call would take two places of it, and wait for itself",
            ),
            _ => (layer.policy().word(), "it would count every call twice"),
        };
        // By host and by tenant, or by host and for all together: these are different instances.
        let key = key
            .as_ref()
            .map(|Key(key)| key.to_token_stream().to_string());
        let this = (word, identity, key);
        if seen.contains(&this) {
            diagnostics.error(
                tokens,
                format!(
                    "this is the second `#[{word}]` of {} in one stack: {why}\n\
                     Remove one of them, or give it another name.",
                    this.1
                ),
            );
        }
        seen.push(this);
    }
}

/// Rules between the stack and the function's arguments.
pub(crate) fn function(layers: &[Layer], function: &Function, diagnostics: &mut Diagnostics) {
    let inputs = function.inputs();
    let names: Vec<_> = inputs
        .iter()
        .flat_map(|(pattern, ty)| pattern::bindings(pattern, ty.as_ref()))
        .collect();
    let cloned: Vec<&Ident> = layers.iter().flat_map(Layer::cloned).collect();
    for word in &cloned {
        if *word == "self" {
            diagnostics.error(
                word,
                "`self` can't be cloned for each attempt: the attempts would work on different \
                 ones\n\
                 Take `&self`.",
            );
        } else if !names.iter().any(|name| name.ident == *word) {
            let all: Vec<String> = names.iter().map(|name| name.ident.to_string()).collect();
            let near = did_you_mean(&word.to_string(), all.iter().map(String::as_str), '`');
            let known = all
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let known = if known.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {known}")
            };
            diagnostics.error(
                word,
                format!("`{word}` is no argument of this function: {known}{near}"),
            );
        }
    }
    if layers.iter().any(|layer| matches!(layer, Layer::Retry(_))) {
        if let Some(Receiver {
            mutability: Some(mutability),
            kind: ReceiverKind::Value,
            ..
        }) = function.receiver()
        {
            diagnostics.error(
                mutability,
                "attempt 2 would see what attempt 1 did to `self`\n\
                 Take `&self`, or `&mut self` if that is what you mean.",
            );
        }
        for name in names.iter().filter(|name| !cloned.contains(&name.ident)) {
            if let Some(mutability) = &name.own_mut {
                let name = name.ident;
                diagnostics.error(
                    mutability,
                    format!(
                        "attempt 2 would see what attempt 1 did to `{name}`\n\
                         Clone it for each attempt by `clone({name})` in `#[retry]`, or take it \
                         without `mut`."
                    ),
                );
            }
        }
    }
    if layers
        .iter()
        .any(|layer| matches!(layer, Layer::Fallback(fallback) if fallback.calls()))
    {
        for (pattern, _) in &inputs {
            let mut whole = pattern.clone();
            pattern::name_wildcards(&mut whole, &mut 0);
            if pattern::rebuild(&whole).is_none() {
                diagnostics.error(
                    pattern,
                    "a `#[fallback]` by path is given this argument, and this pattern can't be \
                     made a value again\n\
                     Name the argument, and take it apart in the body.",
                );
            }
        }
    }
}
