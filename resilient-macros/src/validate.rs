//! The rules across policies, and between a stack and the function it stands on.

use std::time::Duration;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Pat, Receiver, ReceiverKind, Type};

use crate::diagnostics::Diagnostics;
use crate::item::{Function, Shape};
use crate::key::{Name, did_you_mean};
use crate::keyed::Key;
use crate::pattern;
use crate::policy::{Layer, known};
use crate::rule;
use crate::written::Written;

/// Rules across the stack: orders and values that can never do what they say.
pub(crate) fn stack(layers: &[Layer], diagnostics: &mut Diagnostics) {
    nested_timeouts(layers, diagnostics);
    used_up_timeouts(layers, diagnostics);
    hedges_and_timeouts(layers, diagnostics);
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

/// A hedge whose delay a timeout never lets pass.
fn hedges_and_timeouts(layers: &[Layer], diagnostics: &mut Diagnostics) {
    for (i, layer) in layers.iter().enumerate() {
        let Layer::Hedge(hedge) = layer else { continue };
        let Some((delay, at)) = known(hedge.written_delay()) else {
            continue;
        };
        let above = limits(&layers[..i]).map(|(_, limit, _)| limit).min();
        let refused = above.and_then(|limit| rule::hedge_beneath_timeout(delay, limit));
        let beneath = limits(Layer::until_one_lasts_longer(&layers[i + 1..]));
        let beneath = beneath.map(|(_, limit, _)| limit).min();
        let refused = refused.or(beneath.and_then(|limit| rule::hedge_over_timeout(delay, limit)));
        diagnostics.refuse(at, refused);
    }
}

/// A fallback that can't fail, beneath a retry or a hedge that looks at failures only.
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
                Layer::Hedge(_) => {
                    // Rejections end a hedged call, they start nothing.
                    if !between.contains(&"timeout") {
                        diagnostics.error(
                            value,
                            "beneath a `#[hedge]` this value hides every failure: none would start \
                             a copy\n\
                             Move the `#[fallback]` above the `#[hedge]`.",
                        );
                        break;
                    }
                }
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
            Layer::Retry(_) | Layer::Timeout(_) | Layer::Hedge(_) | Layer::Fallback(_) => continue,
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
    changed_arguments(layers, function, &inputs, &cloned, diagnostics);
    if layers.iter().any(|layer| matches!(layer, Layer::Hedge(_))) {
        changed_at_once(function, &inputs, diagnostics);
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

/// Arguments that the function changes, where it may run again.
fn changed_arguments(
    layers: &[Layer],
    function: &Function,
    inputs: &[(Pat, Option<Type>)],
    cloned: &[&Ident],
    diagnostics: &mut Diagnostics,
) {
    let hedges = layers.iter().any(|layer| matches!(layer, Layer::Hedge(_)));
    let again = layers
        .iter()
        .find(|layer| matches!(layer, Layer::Retry(_) | Layer::Hedge(_)));
    let Some(again) = again.map(|layer| layer.policy().word()) else {
        return;
    };
    if let Some(Receiver {
        mutability: Some(mutability),
        kind: ReceiverKind::Value,
        ..
    }) = function.receiver()
    {
        let or = if hedges {
            ""
        } else {
            ", or `&mut self` if that is what you mean"
        };
        diagnostics.error(
            mutability,
            format!("attempt 2 would see what attempt 1 did to `self`\nTake `&self`{or}."),
        );
    }
    let names = inputs.iter().flat_map(|(pattern, ty)| {
        // What `&mut` means to a hedge is said by itself.
        let is_own = hedges && !ty.as_ref().is_some_and(pattern::is_mut_reference);
        let names = pattern::bindings(pattern, ty.as_ref());
        names.into_iter().map(move |name| (name, is_own))
    });
    for (name, is_own) in names.filter(|(name, _)| !cloned.contains(&name.ident)) {
        // A reference can be pointed elsewhere by one attempt after the other, but not by two at once.
        let mutability = if is_own {
            name.mutability
        } else {
            name.own_mut
        };
        if let Some(mutability) = mutability {
            let name = name.ident;
            diagnostics.error(
                mutability,
                format!(
                    "attempt 2 would see what attempt 1 did to `{name}`\n\
                     Clone it for each attempt by `clone({name})` in `#[{again}]`, or take it without \
                     `mut`."
                ),
            );
        }
    }
}

/// References by which two copies of a call would change one thing at the same time.
fn changed_at_once(
    function: &Function,
    inputs: &[(Pat, Option<Type>)],
    diagnostics: &mut Diagnostics,
) {
    let fault = |what: &str, way_out: &str| {
        format!(
            "two copies of a call under `#[hedge]` would change {what} at the same time\n{way_out}"
        )
    };
    if let Some(receiver) = function.receiver() {
        let is_mut = match &receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
            ReceiverKind::Typed(_, ty) => pattern::is_mut_reference(ty),
            _ => false,
        };
        if is_mut {
            diagnostics.error(
                receiver,
                fault(
                    "`self`",
                    "Take `&self`, and change what has to change behind a lock.",
                ),
            );
        }
    }
    for (pattern, ty) in inputs {
        // What stands before the tail of an `impl Future` runs once, and may change it.
        let names = pattern::bindings(pattern, ty.as_ref());
        let is_copied = function.shape != Shape::Future
            || names.iter().any(|name| function.body.says(name.ident));
        let ty = ty.as_ref().filter(|_| is_copied);
        if let Some(ty) = ty.filter(|ty| pattern::is_mut_reference(ty)) {
            let what = match pattern {
                Pat::Ident(name) => format!("`{}`", name.ident),
                _ => "this argument".to_owned(),
            };
            diagnostics.error(
                ty,
                fault(
                    &what,
                    "Take `&T`, or give back in the result what is to be changed.",
                ),
            );
        }
    }
}
