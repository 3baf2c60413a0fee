//! The overrides in force, and how others come into force in their place.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::{Id, Plans};
use super::source::Source;
use super::sources::Sources;
use crate::event::{self, Event};
use crate::overrides::Target;

/// What is in force, of one policy.
pub(super) struct Held {
    target: &'static dyn Target,
    name: &'static str,
    values: BTreeMap<String, (String, Source)>,
}

struct State {
    sources: Option<Sources>,
    held: BTreeMap<Id, Held>,
}

static STATE: Mutex<State> = Mutex::new(State {
    sources: None,
    held: BTreeMap::new(),
});

/// No code of users runs under it, and nothing that can panic half-way, so that a poisoned one is as good
/// as new.
fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the overrides in force were read from.
pub(super) fn sources() -> Option<Sources> {
    lock().sources.clone()
}

/// Where the value of a key comes from that is overridden.
pub(super) fn source(id: Id, key: &str) -> Option<Source> {
    let state = lock();
    let (_, source) = state.held.get(&id)?.values.get(key)?;
    Some(source.clone())
}

/// Makes the changes. Without sources, what was read last stays what is read again.
pub(super) fn apply(sources: Option<Sources>, Plans(plans): Plans) -> Applied {
    let mut later = Vec::new();
    let mut changes = Vec::new();
    let mut state = lock();
    state.sources = sources.or(state.sources.take());
    let mut before = std::mem::take(&mut state.held);
    for (id, planned) in plans {
        let old = before
            .remove(&id)
            .map(|held| held.values)
            .unwrap_or_default();
        let is_another = difference(
            planned.target,
            planned.name,
            &old,
            &planned.values,
            &mut changes,
        );
        // What is as it was is left alone.
        if is_another {
            planned.plan.put(&mut later);
        }
        let held = Held {
            target: planned.target,
            name: planned.name,
            values: planned.values,
        };
        state.held.insert(id, held);
    }
    for held in before.into_values() {
        let none = BTreeMap::new();
        difference(held.target, held.name, &held.values, &none, &mut changes);
        held.target.clear(&mut later);
    }
    drop(state);
    // Now anybody may be told, and may ask for another change.
    for tell in later {
        tell();
    }
    for change in &changes {
        event::emit_loudly(|| change.event());
    }
    Applied(changes)
}

/// What is different between the two.
fn difference(
    target: &'static dyn Target,
    name: &'static str,
    old: &BTreeMap<String, (String, Source)>,
    new: &BTreeMap<String, (String, Source)>,
    changes: &mut Vec<Change>,
) -> bool {
    let before = changes.len();
    let change = |key: &str, value: Option<&str>, source: &Source| Change {
        policy: target.policy(),
        name,
        key: key.to_owned(),
        value: value.map(str::to_owned),
        source: source.clone(),
    };
    for (key, (value, source)) in new {
        if old.get(key).is_none_or(|(old, _)| old != value) {
            changes.push(change(key, Some(value), source));
        }
    }
    for (key, (_, source)) in old {
        if !new.contains_key(key) {
            changes.push(change(key, None, source));
        }
    }
    changes.len() > before
}

/// One override that came into force, or is not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The policy, by the word of its attribute.
    pub policy: &'static str,
    /// The name of the instance, or the path of the function.
    pub name: &'static str,
    /// The key.
    pub key: String,
    /// Its value, as a file would say it; `None` of one that is not overridden any more.
    pub value: Option<String>,
    /// Where it stands, or stood.
    pub source: Source,
}

impl Change {
    fn event(&self) -> Event {
        Event::OverrideApplied {
            policy: self.policy,
            name: self.name.into(),
            key: self.key.clone().into(),
            value: self.value.clone().map(Into::into),
            source: self.source.to_string().into(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event().fmt(f)
    }
}

/// What a configuration has changed. It may be nothing: what was in force before and still is said is
/// left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied(Vec<Change>);

impl Applied {
    /// One after the other.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }
}

/// A change a line.
impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing has changed");
        }
        for (at, change) in self.0.iter().enumerate() {
            let line = if at > 0 { "\n" } else { "" };
            write!(f, "{line}{change}")?;
        }
        Ok(())
    }
}
