//! Shared instances: one name, one instance in the whole process.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::OnceLock;

use super::index::Index;
#[cfg(feature = "config")]
use super::site::named;
use super::site::{Instance, Layer, Rank, Role, SITES};
use crate::attribute::Beside;
use crate::budget::RetryBudget;
use crate::bulkhead::{self, Bulkhead};
use crate::circuit_breaker::{self, CircuitBreaker};
use crate::conflict::Conflict;
use crate::event::{self, Event};
use crate::function::Function;
use crate::isolation;
use crate::keyed::{Key, Keyed, OfKey, of};
#[cfg(feature = "config")]
use crate::overrides::Reach;
use crate::rate_limit::{self, RateLimiter};

/// What an attribute with a `name` expands to. At its first call it finds out which instance the name
/// stands for, and then it is one atomic load away from it.
///
/// Every site brings an instance of its own, as a `static`; the one that the registry chooses serves all
/// who say the same name. So nothing is ever allocated, and nothing is looked up by its name twice.
#[derive(Debug)]
pub struct Shared<P: 'static> {
    own: P,
    role: Role,
    instance: OnceLock<&'static P>,
}

impl<P: 'static> Shared<P> {
    /// An attribute with settings.
    pub const fn declared(own: P) -> Self {
        Self {
            own,
            role: Role::Declared,
            instance: OnceLock::new(),
        }
    }

    /// An attribute with nothing but the name.
    pub const fn referred(own: P) -> Self {
        Self {
            own,
            role: Role::Referred,
            instance: OnceLock::new(),
        }
    }
}

impl<P: Named> Shared<P> {
    /// The instance that the name stands for.
    #[inline]
    pub fn get(&self) -> &P {
        #[cfg(feature = "testing")]
        if let Some(isolation) = isolation::current() {
            let instance = isolation.resolved(&self.own, || P::choose(&self.own, self.role));
            return instance.unwrap_or(&self.own);
        }
        match self.instance.get() {
            Some(instance) => instance,
            None => self.resolve(),
        }
    }

    /// Where the linker collects no sites a name stands for its own.
    #[cold]
    #[inline(never)]
    fn resolve(&self) -> &P {
        match P::choose(&self.own, self.role) {
            Some(instance) => self.instance.get_or_init(|| instance),
            None => &self.own,
        }
    }

    /// The declaration that the name stands for.
    fn in_force(&self) -> &P {
        find(self.own.name()).map_or(&self.own, |(instance, _)| instance)
    }
}

/// What a name stands for, as its site finds out that has this one of its own.
fn choose<P: Named>(own: &P, own_role: Role) -> Option<&'static P> {
    let (instance, role) = find::<P>(own.name())?;
    if own_role == Role::Declared && !own.agrees_with(instance) {
        event::emit_loudly(|| Event::Conflict {
            conflict: own.conflict_with(instance),
            function: function_of(own),
        });
    }
    if role == Role::Referred {
        instance.undeclared(own);
    }
    Some(instance)
}

/// It is used as the instance that its name stands for. So the name is resolved before what that is put
/// around is made, which then is made where it stays: nothing comes between that could unwind.
impl<P: Named> Deref for Shared<P> {
    type Target = P;

    #[inline]
    fn deref(&self) -> &P {
        self.get()
    }
}

impl<P: Named + Keyed> Shared<P> {
    /// The instance of a key, of the instance that the name stands for.
    #[inline]
    pub fn of<K: Key + ?Sized>(&'static self, key: &K) -> OfKey<P> {
        of(self.get(), key)
    }
}

/// The instance that a name stands for: a `static` first, then what an attribute declares, then what
/// one refers to; of equals the smallest site. In an isolated test it is the test's own copy of that.
pub(super) fn find<P: Named>(name: &str) -> Option<(&'static P, Role)> {
    let (instance, role) = index::<P>().get(name)?;
    Some((isolation::here(instance), role))
}

/// The instances that all names stand for, by name; in an isolated test its own copies of them.
pub(super) fn all<P: Named>() -> impl Iterator<Item = &'static P> {
    originals().map(|instance| isolation::here(instance))
}

/// The instances that all names stand for, by name, in tests as well.
pub(crate) fn originals<P: Named>() -> impl Iterator<Item = &'static P> {
    index().iter().map(|(instance, _)| instance)
}

/// The index of one kind, made once: the sites of a binary never change. It is made outside of the cell, as
/// an instance that is made at its first use runs code of users.
pub(super) fn index<P: Named>() -> &'static Index<P> {
    let cell = P::index();
    if let Some(index) = cell.get() {
        return index;
    }
    let chosen = Index::of(&spoken_of(), P::name);
    cell.get_or_init(|| chosen)
}

/// Everything in the binary that speaks of an instance of this kind.
pub(super) fn spoken_of<P: Named>() -> Vec<(&'static P, Role, Rank)> {
    let mut spoken = Vec::new();
    // A loop, as adapters would be compiled anew with each kind.
    for site in SITES {
        let rank = site.rank();
        for instance in site.instances() {
            if let Some((instance, role)) = P::of(instance) {
                spoken.push((instance, role, rank));
            }
        }
    }
    spoken
}

/// The names that are spoken of.
#[cfg(feature = "testing")]
pub(crate) fn names_of<P: Named>() -> impl Iterator<Item = &'static str> {
    spoken_of::<P>()
        .into_iter()
        .map(|(instance, ..)| instance.name())
}

/// A policy that is shared by name.
pub trait Named: Sized + Send + Sync + 'static {
    #[doc(hidden)]
    const POLICY: &'static str;
    #[doc(hidden)]
    fn of(instance: Instance) -> Option<(&'static Self, Role)>;
    #[doc(hidden)]
    fn name(&self) -> &str;
    #[doc(hidden)]
    fn declared(&self) -> &'static Location<'static>;
    #[doc(hidden)]
    fn agrees_with(&self, other: &Self) -> bool;
    /// Another declaration holds, and this one disagrees with it.
    #[doc(hidden)]
    fn conflict_with(&self, holds: &Self) -> Conflict {
        Conflict::between(Self::POLICY, self.name(), holds.declared(), self.declared())
    }
    /// Nothing in the binary declares it, as whoever has this one found out.
    #[doc(hidden)]
    fn undeclared(&self, _own: &Self) {}
    /// What its name stands for. It is said of each kind here, so that none of it is compiled with those who call it.
    #[doc(hidden)]
    fn choose(&self, role: Role) -> Option<&'static Self>;
    /// Where its index is kept.
    #[doc(hidden)]
    fn index() -> &'static OnceLock<Index<Self>>;
}

impl Named for CircuitBreaker {
    const POLICY: &'static str = circuit_breaker::POLICY;
    fn of(instance: Instance) -> Option<(&'static Self, Role)> {
        match instance {
            Instance::CircuitBreaker(breaker, role) => Some((breaker, role)),
            _ => None,
        }
    }
    fn choose(&self, role: Role) -> Option<&'static Self> {
        choose(self, role)
    }
    fn index() -> &'static OnceLock<Index<Self>> {
        static INDEX: OnceLock<Index<CircuitBreaker>> = OnceLock::new();
        &INDEX
    }
    fn name(&self) -> &str {
        self.name()
    }
    fn declared(&self) -> &'static Location<'static> {
        self.declared()
    }
    fn agrees_with(&self, other: &Self) -> bool {
        self.agrees_with(other)
    }
}

impl Named for Bulkhead {
    const POLICY: &'static str = bulkhead::POLICY;
    fn of(instance: Instance) -> Option<(&'static Self, Role)> {
        match instance {
            Instance::Bulkhead(bulkhead, role) => Some((bulkhead, role)),
            _ => None,
        }
    }
    fn choose(&self, role: Role) -> Option<&'static Self> {
        choose(self, role)
    }
    fn index() -> &'static OnceLock<Index<Self>> {
        static INDEX: OnceLock<Index<Bulkhead>> = OnceLock::new();
        &INDEX
    }
    fn name(&self) -> &str {
        self.name()
    }
    fn declared(&self) -> &'static Location<'static> {
        self.declared()
    }
    fn agrees_with(&self, other: &Self) -> bool {
        self.agrees_with(other)
    }
    fn undeclared(&self, own: &Self) {
        undeclared(self, own);
    }
}

impl Named for RateLimiter {
    const POLICY: &'static str = rate_limit::POLICY;
    fn of(instance: Instance) -> Option<(&'static Self, Role)> {
        match instance {
            Instance::RateLimiter(limiter, role) => Some((limiter, role)),
            _ => None,
        }
    }
    fn choose(&self, role: Role) -> Option<&'static Self> {
        choose(self, role)
    }
    fn index() -> &'static OnceLock<Index<Self>> {
        static INDEX: OnceLock<Index<RateLimiter>> = OnceLock::new();
        &INDEX
    }
    fn name(&self) -> &str {
        self.name()
    }
    fn declared(&self) -> &'static Location<'static> {
        self.declared()
    }
    fn agrees_with(&self, other: &Self) -> bool {
        self.agrees_with(other)
    }
    fn undeclared(&self, own: &Self) {
        undeclared(self, own);
    }
}

impl Named for RetryBudget {
    const POLICY: &'static str = "retry_budget";
    fn of(instance: Instance) -> Option<(&'static Self, Role)> {
        match instance {
            Instance::RetryBudget(budget, role) => Some((budget, role)),
            _ => None,
        }
    }
    fn choose(&self, role: Role) -> Option<&'static Self> {
        choose(self, role)
    }
    fn index() -> &'static OnceLock<Index<Self>> {
        static INDEX: OnceLock<Index<RetryBudget>> = OnceLock::new();
        &INDEX
    }
    fn name(&self) -> &str {
        self.name()
    }
    fn declared(&self) -> &'static Location<'static> {
        self.declared()
    }
    fn agrees_with(&self, other: &Self) -> bool {
        self.agrees_with(other)
    }
}

/// The function whose attribute this instance is the own one of. Looked for among all sites: a mistake is
/// found out at a site's first call only.
fn function_of<P: Named>(own: &P) -> Option<&'static Function> {
    let is_own = |instance| P::of(instance).is_some_and(|(other, _)| std::ptr::eq(other, own));
    let site = SITES.iter().find(|site| site.instances().any(is_own))?;
    site.is_function().then(|| site.function())
}

/// Says of an instance that has to be declared that it is not, as the function with this one found out.
fn undeclared<P: Named>(instance: &P, own: &P) {
    event::emit_loudly(|| Event::Undeclared {
        policy: P::POLICY,
        name: instance.name().to_owned().into(),
        function: function_of(own),
    });
}

impl Layer for Shared<CircuitBreaker> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        named(CircuitBreaker::POLICY, self.own.name())
    }
    fn policy(&self) -> &'static str {
        CircuitBreaker::POLICY
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::CircuitBreaker(&self.own, self.role))
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_force().describe(beside, f)
    }
}

impl Layer for Shared<Bulkhead> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        named(Bulkhead::POLICY, self.own.name())
    }
    fn policy(&self) -> &'static str {
        Bulkhead::POLICY
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::Bulkhead(&self.own, self.role))
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_force().describe(beside, f)
    }
}

impl Layer for Shared<RateLimiter> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        named(RateLimiter::POLICY, self.own.name())
    }
    fn policy(&self) -> &'static str {
        RateLimiter::POLICY
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::RateLimiter(&self.own, self.role))
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_force().describe(beside, f)
    }
}

impl Layer for Shared<RetryBudget> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        named(RetryBudget::POLICY, self.own.name())
    }
    fn policy(&self) -> &'static str {
        RetryBudget::POLICY
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::RetryBudget(&self.own, self.role))
    }
}
