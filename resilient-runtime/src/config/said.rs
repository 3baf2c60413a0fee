//! What sources say: a value for a key of a policy, and where it stands.

use super::inventory::{Function, Inventory, Spelling, listed};
use super::source::{Fault, Source};
use crate::grammar::vocabulary::{self, Vocabulary};
use crate::near::did_you_mean;
use crate::overrides::{Entry, Raw, Reached, Target, shortened};

/// A value for a key of a policy.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) target: &'static dyn Target,
    /// What it is called by people: the instance's name, or the function's path.
    pub(super) name: &'static str,
    pub(super) entry: Entry,
    pub(super) source: Source,
}

/// The key by which every policy is switched off and on.
pub(super) const ENABLED: &str = "enabled";

/// Gathers what sources say, and what is wrong with how they say it.
pub(super) struct Sayings<'i> {
    pub(super) inventory: &'i Inventory,
    pub(super) said: Vec<Said>,
    pub(super) faults: Vec<Fault>,
}

impl<'i> Sayings<'i> {
    pub(super) fn new(inventory: &'i Inventory) -> Self {
        Self {
            inventory,
            said: Vec::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, source: &Source, text: impl Into<String>) {
        self.faults.push(Fault::new(source, text));
    }

    /// The instance of this name.
    pub(super) fn instance(
        &mut self,
        kind: &str,
        name: &str,
        spelling: Spelling,
        at: &Source,
    ) -> Option<(&'static dyn Target, &'static str)> {
        match self.inventory.instance(kind, name, spelling) {
            Ok(target) => {
                let named = self.inventory.instances.iter();
                let mut named = named.filter(|it| it.kind == kind);
                let it = named.find(|it| it.target.address() == target.address())?;
                Some((target, it.name))
            }
            Err(fault) => {
                self.fault(at, fault);
                None
            }
        }
    }

    /// The function of this path.
    pub(super) fn function(
        &mut self,
        path: &str,
        spelling: Spelling,
        at: &Source,
    ) -> Option<&'i Function> {
        let found = self.inventory.function(path, spelling);
        found.map_err(|fault| self.fault(at, fault)).ok()
    }

    /// The policy of a function's stack: the only one of this word, or the one of this number from the
    /// top.
    pub(super) fn layer(
        &mut self,
        function: &Function,
        word: &str,
        number: Option<usize>,
        at: &Source,
    ) -> Option<&'static dyn Target> {
        let found = picked(function, word, number).and_then(|reached| {
            let path = function.site.path();
            reachable(self.inventory, word, path, reached)
        });
        found.map_err(|fault| self.fault(at, fault)).ok()
    }

    /// A value for a key.
    pub(super) fn key(
        &mut self,
        (target, name): (&'static dyn Target, &'static str),
        key: &str,
        raw: Raw,
        at_key: &Source,
        source: Source,
    ) {
        if let Some(fault) = unknown(target, key) {
            self.fault(at_key, fault);
            return;
        }
        let key = key.to_owned();
        let same = |said: &&Said| {
            said.target.address() == target.address()
                && said.target.policy() == target.policy()
                && said.entry.key == key
        };
        if let Some(first) = self.said.iter().find(same) {
            let text = format!(
                "`{key}` of this `{}` is said twice: which one holds?\n\
                 It is said at {} as well: remove one of them.",
                target.policy(),
                first.source
            );
            self.fault(at_key, text);
            return;
        }
        self.said.push(Said {
            target,
            name,
            entry: Entry { key, raw },
            source,
        });
    }
}

/// One of the policies of a word in a stack.
fn picked(function: &Function, word: &str, number: Option<usize>) -> Result<Reached, String> {
    let (layers, path) = (function.of(word), function.site.path());
    let several = layers.len();
    match number {
        _ if layers.is_empty() => Err(function.no_layer(word)),
        None if several == 1 => Ok(layers[0]),
        None => Err(format!(
            "`{path}` has {several} of `{word}`, and nothing says which is meant\n\
             Number them from the top: `{word}.1` is the outermost, `{word}.{several}` the innermost."
        )),
        Some(number) => {
            let picked = number.checked_sub(1).and_then(|at| layers.get(at));
            picked.copied().ok_or_else(|| {
                format!(
                    "`{path}` has {several} of `{word}`, and this is number {number}\n\
                     They are numbered from the top, beginning with 1."
                )
            })
        }
    }
}

/// The policy itself, if it is this function's own.
fn reachable(
    inventory: &Inventory,
    word: &str,
    path: &str,
    reached: Reached,
) -> Result<&'static dyn Target, String> {
    match reached {
        Reached::Own(target) => match inventory.holders(target) {
            0 | 1 => Ok(target),
            holders => Err(format!(
                "this `{word}` is one `static` of {holders} functions: it would change for all of them\n\
                 Give each its own, by the keys of the attribute."
            )),
        },
        Reached::Named { policy, name } => Err(format!(
            "this `{policy}` is shared by all that call it `{name}`\n\
             Write `[{policy}.{name:?}]`: it holds for all of them."
        )),
        Reached::Nothing(why) => Err(format!("the `{word}` of `{path}` {why}")),
    }
}

/// What is wrong with a key that its policy has not.
fn unknown(target: &dyn Target, key: &str) -> Option<String> {
    let known = || target.keys().iter().copied().chain([ENABLED]);
    if known().any(|known| known == key) {
        return None;
    }
    if let Some((_, why)) = target.fixed().iter().find(|(fixed, _)| *fixed == key) {
        return Some(format!("`{key}` {why}"));
    }
    let foreign = vocabulary(target.policy()).map_or(&[][..], |words| words.foreign);
    if let Some((_, advice)) = foreign.iter().find(|(word, _)| *word == key) {
        return Some((*advice).to_owned());
    }
    Some(format!(
        "`{}` is no key of `{}`{}\nIts keys are {}.",
        shortened(key),
        target.policy(),
        did_you_mean(key, known(), '`'),
        listed(known())
    ))
}

fn vocabulary(policy: &str) -> Option<&'static Vocabulary> {
    [
        &vocabulary::RETRY,
        &vocabulary::TIMEOUT,
        &vocabulary::CIRCUIT_BREAKER,
        &vocabulary::BULKHEAD,
        &vocabulary::RATE_LIMIT,
        &vocabulary::HEDGE,
    ]
    .into_iter()
    .find(|words| words.attribute == policy)
}
