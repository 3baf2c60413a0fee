//! What is wrong with the names of a binary, before its first call.

use std::fmt;

use super::index::Index;
use super::shared::{Named, find, index, spoken_of};
use super::site::Role;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::conflict::Conflict;
use crate::near::misspelt;
use crate::rate_limit::RateLimiter;

/// Checks every name in the binary: that all who declare it say the same, that what has to be declared
/// is, and that no name which is declared nowhere is nearly one that is (`paymets` beside `payments`).
/// One test catches them all:
///
/// ```
/// assert!(resilient_runtime::registry::verify().is_ok());
/// ```
///
/// # Errors
///
/// All conflicts, each with the places to look at.
pub fn verify() -> Result<(), Conflicts> {
    let mut conflicts = disagreements::<CircuitBreaker>();
    conflicts.extend(disagreements::<Bulkhead>());
    conflicts.extend(disagreements::<RateLimiter>());
    conflicts.extend(disagreements::<RetryBudget>());
    conflicts.extend(undeclared::<Bulkhead>());
    conflicts.extend(undeclared::<RateLimiter>());
    conflicts.extend(near_misses::<CircuitBreaker>());
    conflicts.extend(near_misses::<RetryBudget>());
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(Conflicts(conflicts))
    }
}

fn disagreements<P: Named>() -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for (instance, role, _) in spoken_of::<P>() {
        if role != Role::Referred
            && let Some((holds, _)) = find::<P>(instance.name())
            && !instance.agrees_with(holds)
        {
            conflicts.push(instance.conflict_with(holds));
        }
    }
    conflicts
}

/// What is only referred to, of a policy that has to be declared.
fn undeclared<P: Named>() -> Vec<Conflict> {
    let names = index::<P>();
    let only_referred_to = referred_to(names);
    only_referred_to
        .map(|instance| undeclared_as(instance, misspelt(instance.name(), declared(names))))
        .collect()
}

/// What is only referred to, and is nearly the name of what is declared: of a policy that has defaults.
fn near_misses<P: Named>() -> Vec<Conflict> {
    let names = index::<P>();
    referred_to(names)
        .filter_map(|instance| {
            let meant = misspelt(instance.name(), declared(names))?;
            Some(undeclared_as(instance, Some(meant)))
        })
        .collect()
}

fn referred_to<P: Named>(names: &'static Index<P>) -> impl Iterator<Item = &'static P> {
    let referred = names.iter().filter(|(_, role)| *role == Role::Referred);
    referred.map(|(instance, _)| instance)
}

fn declared<P: Named>(names: &'static Index<P>) -> impl Iterator<Item = &'static str> {
    let declared = names.iter().filter(|(_, role)| *role != Role::Referred);
    declared.map(|(instance, _)| instance.name())
}

fn undeclared_as<P: Named>(instance: &P, meant: Option<&str>) -> Conflict {
    Conflict::undeclared(P::POLICY, instance.name(), instance.declared(), meant)
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Conflicts(Vec<Conflict>);

impl Conflicts {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Conflict> {
        self.0.iter()
    }
}

impl fmt::Display for Conflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, conflict) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            conflict.fmt(f)?;
        }
        Ok(())
    }
}
