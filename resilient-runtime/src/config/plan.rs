//! What sources say → a change of every policy that they speak of, held to all rules. Nothing is changed
//! here.

use std::collections::BTreeMap;

use super::inventory::Inventory;
use super::said::{ENABLED, Said, Sayings};
use super::source::{Fault, Source};
use super::stacks;
use crate::overrides::{Facts, Given, Plan, Target};

/// Which policy it is.
pub(super) type Id = (usize, &'static str);

pub(super) fn id(target: &'static dyn Target) -> Id {
    (target.address(), target.policy())
}

/// What one policy becomes.
pub(super) struct Planned {
    pub(super) target: &'static dyn Target,
    pub(super) name: &'static str,
    pub(super) plan: Plan,
    /// Each key, as it is shown, and where it stands.
    pub(super) values: BTreeMap<String, (String, Source)>,
}

/// What all policies become that anything is said of.
#[derive(Default)]
pub(super) struct Plans(pub(super) BTreeMap<Id, Planned>);

impl Plans {
    /// By what is said, later sources before earlier ones: what they hide is not looked at. Or all that is
    /// wrong.
    pub(super) fn of(inventory: &Inventory, sources: Vec<Sayings<'_>>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut said: BTreeMap<Id, BTreeMap<String, Said>> = BTreeMap::new();
        for source in sources {
            faults.extend(source.faults);
            for one in source.said {
                let values = said.entry(id(one.target)).or_default();
                values.insert(one.entry.key.clone(), one);
            }
        }
        let mut plans = BTreeMap::new();
        for (id, values) in said {
            plans.extend(planned(values, &mut faults).map(|planned| (id, planned)));
        }
        let plans = Self(plans);
        // Rules across a stack speak of values that are what they should be.
        if faults.is_empty() {
            stacks::check(inventory, &plans, &mut faults);
        }
        if faults.is_empty() {
            Ok(plans)
        } else {
            Err(faults)
        }
    }

    /// What the rules across a stack look at, as it will be: none where the policy is switched off.
    pub(super) fn facts(&self, target: &'static dyn Target) -> Facts {
        match self.0.get(&id(target)) {
            Some(planned) if planned.plan.is_off => Facts::None,
            Some(planned) => planned.plan.facts,
            None => target.written_facts(),
        }
    }

    /// Where one of these keys of a policy is overridden: the first that is.
    pub(super) fn source(&self, target: &'static dyn Target, keys: &[&str]) -> Option<&Source> {
        let values = &self.0.get(&id(target))?.values;
        let keys = keys.iter().chain([&ENABLED]);
        keys.filter_map(|key| values.get(*key))
            .map(|(_, source)| source)
            .next()
    }
}

fn planned(values: BTreeMap<String, Said>, faults: &mut Vec<Fault>) -> Option<Planned> {
    let said: Vec<Said> = values.into_values().collect();
    let first = said.first()?;
    let (target, name) = (first.target, first.name);
    let mut given = Given::new(said.iter().map(|said| &said.entry));
    let plan = target.plan(&mut given);
    for (at, fault) in given.faults() {
        faults.push(Fault::new(&said[at].source, fault));
    }
    let shown = |said: Said| (said.entry.key, (said.entry.raw.shown(), said.source));
    Some(Planned {
        target,
        name,
        plan,
        values: said.into_iter().map(shown).collect(),
    })
}
