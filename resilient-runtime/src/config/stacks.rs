//! The rules across a stack, on what it will be: what the macros hold literals to, and `check` constants.

use super::inventory::{Function, Inventory};
use super::plan::Plans;
use super::source::{Fault, Source};
use crate::overrides::{Facts, Reached, Target};
use crate::rule::{self, Delays, Text};

/// The keys that decide on the delays of a retry.
const DELAYS: [&str; 6] = ["delay", "max", "factor", "max_delay", "backoff", "jitter"];
const AFTER: [&str; 1] = ["after"];

/// One policy of a stack.
#[derive(Clone, Copy)]
struct Layer {
    word: &'static str,
    target: Option<&'static dyn Target>,
    written: Facts,
    will_be: Facts,
}

pub(super) fn check(inventory: &Inventory, plans: &Plans, faults: &mut Vec<Fault>) {
    for function in &inventory.functions {
        let layers = layers(inventory, function, plans);
        let stack = Stack {
            function,
            layers: &layers,
            plans,
        };
        for (at, layer) in layers.iter().enumerate() {
            stack.timeout(at, layer, faults);
            stack.hedge(at, layer, faults);
        }
    }
}

fn layers(inventory: &Inventory, function: &Function, plans: &Plans) -> Vec<Layer> {
    let layers = function.layers.iter().map(|(word, reached)| {
        let target = match *reached {
            Reached::Own(target) => Some(target),
            Reached::Named { policy, name } => {
                let mut named = inventory.instances.iter();
                let it = named.find(|it| it.kind == policy && it.name == name);
                it.map(|it| it.target)
            }
            Reached::Nothing(_) => None,
        };
        Layer {
            word,
            target,
            written: target.map_or(Facts::None, Target::written_facts),
            will_be: target.map_or(Facts::None, |target| plans.facts(target)),
        }
    });
    layers.collect()
}

struct Stack<'s> {
    function: &'s Function,
    layers: &'s [Layer],
    plans: &'s Plans,
}

impl Stack<'_> {
    /// Says what is wrong between two policies, at the first of these keys that is overridden. What is
    /// wrong as it is written has been allowed for a reason that is not seen here, a hook for example.
    fn refuse(
        &self,
        places: [(&Layer, &[&str]); 2],
        (written, will_be): (Option<Text>, Option<Text>),
        faults: &mut Vec<Fault>,
    ) {
        let (Some(fault), None) = (will_be, written) else {
            return;
        };
        let source = places
            .iter()
            .find_map(|(layer, keys)| self.plans.source(layer.target?, keys));
        let source: &Source = match source {
            Some(source) => source,
            None => return,
        };
        let text = format!(
            "{}\nThis is in the stack of `{}`.",
            fault.as_str(),
            self.function.site
        );
        faults.push(Fault::new(source, text));
    }

    /// A timeout, against those above it and the retries beneath it.
    fn timeout(&self, at: usize, this: &Layer, faults: &mut Vec<Fault>) {
        for above in &self.layers[..at] {
            let rule = |inner: Facts, outer: Facts| match (inner, outer) {
                (Facts::Timeout(inner), Facts::Timeout(outer)) => {
                    rule::nested_timeouts(inner, outer)
                }
                _ => None,
            };
            let verdicts = (
                rule(this.written, above.written),
                rule(this.will_be, above.will_be),
            );
            self.refuse([(this, &AFTER), (above, &AFTER)], verdicts, faults);
        }
        for beneath in &self.layers[at + 1..] {
            let rule = |timeout: Facts, retry: Facts| match (timeout, retry) {
                (Facts::Timeout(limit), Facts::Retry(Some(delays))) => {
                    self.known(beneath, delays).beneath(limit)
                }
                _ => None,
            };
            let verdicts = (
                rule(this.written, beneath.written),
                rule(this.will_be, beneath.will_be),
            );
            self.refuse([(this, &AFTER), (beneath, &DELAYS)], verdicts, faults);
        }
    }

    /// The delays whose number is known: a `max` that is not written contradicts nothing, but the first
    /// retry is what a retry is for.
    fn known(&self, retry: &Layer, delays: Delays) -> Delays {
        let says = retry.target.is_some_and(|target| {
            target.says("max") || self.plans.source(target, &["max"]).is_some()
        });
        Delays {
            retries: if says { delays.retries } else { 1 },
            ..delays
        }
    }

    /// The delay of a hedge, against the timeouts around it, and those beneath it that end every copy.
    fn hedge(&self, at: usize, this: &Layer, faults: &mut Vec<Fault>) {
        for above in &self.layers[..at] {
            let rule = |hedge: Facts, timeout: Facts| match (hedge, timeout) {
                (Facts::Hedge(Some(after)), Facts::Timeout(limit)) => {
                    rule::hedge_beneath_timeout(after, limit)
                }
                _ => None,
            };
            let verdicts = (
                rule(this.written, above.written),
                rule(this.will_be, above.will_be),
            );
            self.refuse([(this, &AFTER), (above, &AFTER)], verdicts, faults);
        }
        let beneath = &self.layers[at + 1..];
        let lasts = |layer: &Layer| match layer.will_be {
            Facts::Waits(waits) => waits,
            _ => ["retry", "hedge", "fallback"].contains(&layer.word),
        };
        let end = beneath.iter().position(lasts).unwrap_or(beneath.len());
        for over in &beneath[..end] {
            let rule = |hedge: Facts, timeout: Facts| match (hedge, timeout) {
                (Facts::Hedge(Some(after)), Facts::Timeout(limit)) => {
                    rule::hedge_over_timeout(after, limit)
                }
                _ => None,
            };
            let verdicts = (
                rule(this.written, over.written),
                rule(this.will_be, over.will_be),
            );
            self.refuse([(this, &AFTER), (over, &AFTER)], verdicts, faults);
        }
    }
}
