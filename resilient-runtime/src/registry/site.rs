//! Sites: every annotated function of the binary, known before its first call.

use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::attribute::{Attribute, Beside, Budget};
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::function::Function;
use crate::hedge::Hedge;
#[cfg(feature = "config")]
use crate::overrides::{Reach, Reached};
use crate::rate_limit::RateLimiter;
use crate::retry::Retry;
use crate::timeout::Timeout;

/// All sites of the binary, collected by the linker.
#[linkme::distributed_slice]
pub static SITES: [Site];

/// Package, file, line and column.
pub(super) type Rank = (&'static str, &'static str, u32, u32);

/// An annotated function, or a `static` marked `#[shared]`.
pub struct Site {
    function: Function,
    layers: &'static [&'static dyn Layer],
    is_function: bool,
}

impl Site {
    /// The site of the function whose body `marker` stands in.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn new<F>(_marker: &'static F, layers: &'static [&'static dyn Layer]) -> Self {
        Self {
            function: Function::of::<F>(),
            layers,
            is_function: true,
        }
    }

    /// The site of a `static` marked `#[shared]`, beside which `marker` stands.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn shared<F>(_marker: &'static F, layers: &'static [&'static dyn Layer]) -> Self {
        Self {
            function: Function::of::<F>(),
            layers,
            is_function: false,
        }
    }

    pub(super) fn is_function(&self) -> bool {
        self.is_function
    }

    /// The function's path, as far as the compiler tells it: `shop::pricing::Client::quote`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.function.path()
    }

    /// The source file, as the compiler was given it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.function.file()
    }

    /// The line of its topmost attribute.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.function.line()
    }

    /// The function, as events name it.
    #[must_use]
    pub fn function(&'static self) -> &'static Function {
        &self.function
    }

    /// The words of its stack, outermost first.
    pub fn stack(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.layers.iter().map(|layer| layer.policy())
    }

    /// What its policies are set to, outermost first, each in the words of its attribute, defaults and
    /// all: `timeout("2s")`. Predicates, hooks and what is known only when the function is called are
    /// `..` or left out. In the alternate form, `{:#}`, one setting a line.
    pub fn settings(&self) -> impl Iterator<Item = Settings> + use<> {
        self.layers.iter().copied().map(Settings)
    }

    /// The names of the shared instances in its stack.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.layers
            .iter()
            .filter_map(|layer| layer.instance())
            .map(|instance| instance.name())
    }

    /// The policies of its stack, outermost first, and how overrides reach each.
    #[cfg(feature = "config")]
    pub(crate) fn reached(&'static self) -> impl Iterator<Item = (&'static str, Reached)> {
        let layers = self.layers.iter();
        layers.map(|layer| (layer.policy(), layer.reach().0))
    }

    pub(super) fn instances(&'static self) -> impl Iterator<Item = Instance> {
        self.layers.iter().filter_map(|layer| layer.instance())
    }

    #[cfg(any(feature = "testing", feature = "metrics"))]
    pub(super) fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        for layer in self.layers {
            layer.keeps(keep);
        }
    }

    /// Which of two declarations holds does not depend on traffic: the smaller site does.
    pub(super) fn rank(&self) -> Rank {
        let location = self.function.location();
        (
            self.function.package(),
            location.file(),
            location.line(),
            location.column(),
        )
    }
}

impl AsRef<Function> for Site {
    #[inline]
    fn as_ref(&self) -> &Function {
        &self.function
    }
}

/// As its path.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.path())
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("path", &self.path())
            .field("location", &self.function.location())
            .field("stack", &self.stack().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What one policy of a stack is set to, in the words of its attribute.
#[derive(Clone, Copy)]
pub struct Settings(&'static dyn Layer);

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(Beside::default(), f)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Puts an annotated function into [`SITES`], with the layers of its stack, outermost first; or a `shared`
/// `static`. It stands in the function's body, so that the site knows where it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    (shared $instance:expr) => {
        $crate::__private::site! { = $crate::__private::Site::shared(&|| (), &[$instance]) }
    };
    (= $site:expr) => {
        #[$crate::__private::linkme::distributed_slice($crate::__private::SITES)]
        #[linkme(crate = $crate::__private::linkme)]
        static __SITE: $crate::__private::Site = $site;
    };
    ($($layer:expr),* $(,)?) => {
        $crate::__private::site! { = $crate::__private::Site::new(&|| (), &[$($layer),*]) }
    };
}

/// The site that stands beside it, when it is asked for. A macro, so that nothing is said of a site that
/// could not be made for want of this crate.
#[doc(hidden)]
#[macro_export]
macro_rules! __here {
    () => {
        || &__SITE
    };
}

/// One policy of a stack.
pub trait Layer: Sync {
    /// The word of its attribute.
    fn policy(&self) -> &'static str;

    /// The shared instance that it names.
    fn instance(&'static self) -> Option<Instance> {
        None
    }

    /// Names the instances that tests must not meet in: the one that it names, and the function's own.
    #[doc(hidden)]
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        if let Some(instance) = self.instance() {
            keep(Kept::Instance(instance));
        }
    }

    /// How overrides reach it.
    #[cfg(feature = "config")]
    #[doc(hidden)]
    fn reach(&'static self) -> Reach {
        match self.policy() {
            "fallback" => Reach::FALLBACK,
            _ => Reach::UNKNOWN,
        }
    }

    /// What it is set to, in the words of its attribute.
    #[doc(hidden)]
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = Attribute::new(f, self.policy()).say("..");
        beside.say(it, None).finish()
    }
}

/// What others share, by its name.
#[cfg(feature = "config")]
pub(super) fn named(policy: &'static str, name: &'static str) -> Reach {
    Reach(Reached::Named { policy, name })
}

/// A named instance, as one site or `static` speaks of it.
#[derive(Debug, Clone, Copy)]
pub enum Instance {
    /// Of a circuit breaker.
    CircuitBreaker(&'static CircuitBreaker, Role),
    /// Of a bulkhead.
    Bulkhead(&'static Bulkhead, Role),
    /// Of a rate limiter.
    RateLimiter(&'static RateLimiter, Role),
    /// Of a retry budget.
    RetryBudget(&'static RetryBudget, Role),
}

/// What tests must not meet in.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// What a name stands for, or what has none.
    Instance(Instance),
    /// What one function has measured, and its own budget.
    Hedge(&'static Hedge),
}

/// How somebody speaks of a named instance. The first of these that there is decides for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A user's `static`.
    Static,
    /// An attribute with settings.
    Declared,
    /// An attribute with nothing but the name.
    Referred,
}

impl Instance {
    fn name(&self) -> &'static str {
        match self {
            Self::CircuitBreaker(breaker, _) => breaker.name(),
            Self::Bulkhead(bulkhead, _) => bulkhead.name(),
            Self::RateLimiter(limiter, _) => limiter.name(),
            Self::RetryBudget(budget, _) => budget.name(),
        }
    }
}

/// What a `const` or a `static` may hold in the place of a policy itself.
impl<L: Layer> Layer for &'static L {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        (**self).reach()
    }
    fn policy(&self) -> &'static str {
        (**self).policy()
    }
    fn instance(&'static self) -> Option<Instance> {
        (**self).instance()
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        (**self).keeps(keep);
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).describe(beside, f)
    }
}

impl<L: Layer + Send> Layer for LazyLock<L> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        (**self).reach()
    }
    fn policy(&self) -> &'static str {
        (**self).policy()
    }
    fn instance(&'static self) -> Option<Instance> {
        (**self).instance()
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        (**self).keeps(keep);
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).describe(beside, f)
    }
}

impl<L: Layer + Send> Layer for Arc<L> {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        (**self).reach()
    }
    fn policy(&self) -> &'static str {
        (**self).policy()
    }
    fn instance(&'static self) -> Option<Instance> {
        (**self).instance()
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        (**self).keeps(keep);
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).describe(beside, f)
    }
}

impl Layer for Retry {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        if self.can_change() {
            Reach(Reached::Own(self))
        } else {
            Reach::UNKNOWN
        }
    }
    fn policy(&self) -> &'static str {
        "retry"
    }
    fn instance(&'static self) -> Option<Instance> {
        let budget = self.own_budget()?;
        Some(Instance::RetryBudget(budget, Role::Static))
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Retry::describe(self, beside, f)
    }
}

impl Layer for Hedge {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        Reach(Reached::Own(self))
    }
    fn policy(&self) -> &'static str {
        "hedge"
    }
    fn instance(&'static self) -> Option<Instance> {
        let budget = self.own_budget()?;
        Some(Instance::RetryBudget(budget, Role::Static))
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        keep(Kept::Hedge(self));
        if let Some(instance) = self.instance() {
            keep(Kept::Instance(instance));
        }
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hedge::describe(self, beside, f)
    }
}

impl Layer for RetryBudget {
    fn policy(&self) -> &'static str {
        "retry_budget"
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::RetryBudget(self, Role::Static))
    }
}

/// A policy with the budget that its attribute names: one layer, which speaks of the budget.
#[allow(missing_debug_implementations, reason = "a layer has no `Debug`")]
pub struct Budgeted(
    /// The policy.
    pub &'static dyn Layer,
    /// Its budget; one that no `static` holds is a mere word.
    pub &'static dyn Layer,
);

impl Layer for Budgeted {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        self.0.reach()
    }
    fn policy(&self) -> &'static str {
        self.0.policy()
    }
    fn instance(&'static self) -> Option<Instance> {
        self.1.instance()
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        self.0.keeps(keep);
        self.1.keeps(keep);
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.instance().map(|instance| instance.name());
        let budget = Some(Budget::of(name));
        self.0.describe(Beside { budget, ..beside }, f)
    }
}

/// A policy with an instance for each key, and the expression of that.
#[allow(missing_debug_implementations, reason = "a layer has no `Debug`")]
pub struct ByKey(
    /// The policy.
    pub &'static dyn Layer,
    /// As it is written.
    pub &'static str,
);

impl Layer for ByKey {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        self.0.reach()
    }
    fn policy(&self) -> &'static str {
        self.0.policy()
    }
    fn instance(&'static self) -> Option<Instance> {
        self.0.instance()
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        self.0.keeps(keep);
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = Some(self.1);
        self.0.describe(Beside { key, ..beside }, f)
    }
}

impl Layer for Timeout {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        if self.can_change() {
            Reach(Reached::Own(self))
        } else {
            Reach::UNKNOWN
        }
    }
    fn policy(&self) -> &'static str {
        "timeout"
    }
    fn describe(&'static self, _: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Timeout::describe(self, f)
    }
}

impl Layer for CircuitBreaker {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        named("circuit_breaker", self.name())
    }
    fn policy(&self) -> &'static str {
        "circuit_breaker"
    }
    fn instance(&'static self) -> Option<Instance> {
        Some(Instance::CircuitBreaker(self, Role::Static))
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        CircuitBreaker::describe(self, beside, f)
    }
}

impl Layer for Bulkhead {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        if self.is_private() {
            Reach(Reached::Own(self))
        } else {
            named("bulkhead", self.name())
        }
    }
    fn policy(&self) -> &'static str {
        "bulkhead"
    }
    fn instance(&'static self) -> Option<Instance> {
        (!self.is_private()).then_some(Instance::Bulkhead(self, Role::Static))
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        keep(Kept::Instance(Instance::Bulkhead(self, Role::Static)));
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Bulkhead::describe(self, beside, f)
    }
}

impl Layer for RateLimiter {
    #[cfg(feature = "config")]
    fn reach(&'static self) -> Reach {
        if self.is_private() {
            Reach(Reached::Own(self))
        } else {
            named("rate_limit", self.name())
        }
    }
    fn policy(&self) -> &'static str {
        "rate_limit"
    }
    fn instance(&'static self) -> Option<Instance> {
        (!self.is_private()).then_some(Instance::RateLimiter(self, Role::Static))
    }
    fn keeps(&'static self, keep: &mut dyn FnMut(Kept)) {
        keep(Kept::Instance(Instance::RateLimiter(self, Role::Static)));
    }
    fn describe(&'static self, beside: Beside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RateLimiter::describe(self, beside, f)
    }
}
