//! Settings as they are written, and what stands in their place.
//!
//! Without the feature `config` nothing ever does, and what is written is all that there is. With it, who
//! reads loads one number: 0 for what is written, or where in a table the override is.

#[cfg(feature = "config")]
use crate::overrides::{Index, Override, Tabled};

/// The settings of an instance.
#[derive(Debug)]
pub(crate) struct InForce<S> {
    written: S,
    #[cfg(feature = "config")]
    index: Index,
}

impl<S: Copy> InForce<S> {
    pub(crate) const fn of(written: S) -> Self {
        Self {
            written,
            #[cfg(feature = "config")]
            index: Index::new(),
        }
    }

    /// What the code says.
    pub(crate) const fn written(&self) -> &S {
        &self.written
    }

    /// For builders.
    pub(crate) const fn written_mut(&mut self) -> &mut S {
        &mut self.written
    }

    /// The same settings, for another instance.
    pub(crate) fn anew(&self) -> Self {
        Self {
            written: self.written,
            #[cfg(feature = "config")]
            index: self.index.anew(),
        }
    }
}

/// The settings of what must be a plain constant, or be copied: what may change stands apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InForceApart<S> {
    written: S,
    #[cfg(feature = "config")]
    index: Option<&'static Index>,
}

impl<S: Copy> InForceApart<S> {
    pub(crate) const fn of(written: S) -> Self {
        Self {
            written,
            #[cfg(feature = "config")]
            index: None,
        }
    }

    /// What the code says.
    pub(crate) const fn written(&self) -> &S {
        &self.written
    }

    /// For builders.
    pub(crate) const fn written_mut(&mut self) -> &mut S {
        &mut self.written
    }
}

#[cfg(not(feature = "config"))]
macro_rules! as_written {
    ($($kind:ident)*) => {$(
        impl<S> $kind<S> {
            /// What holds.
            #[inline(always)]
            pub(crate) const fn get(&self) -> &S {
                &self.written
            }

            /// What holds, and whether the policy is switched off.
            #[inline(always)]
            pub(crate) const fn look(&self) -> (&S, bool) {
                (&self.written, false)
            }

            /// Whether the policy is switched off.
            #[inline(always)]
            #[allow(clippy::unused_self, reason = "with the feature `config` it is asked")]
            pub(crate) const fn is_off(&self) -> bool {
                false
            }
        }
    )*};
}

#[cfg(not(feature = "config"))]
as_written! { InForce InForceApart }

#[cfg(feature = "config")]
impl<S: Tabled> InForce<S> {
    /// What holds.
    #[inline]
    pub(crate) fn get(&self) -> &S {
        self.look().0
    }

    /// What holds, and whether the policy is switched off.
    #[inline]
    pub(crate) fn look(&self) -> (&S, bool) {
        look(&self.written, &self.index)
    }

    /// Whether the policy is switched off.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.look().1
    }

    /// Puts this in the place of what is written; or nothing any more.
    pub(crate) fn set(&self, new: Option<Override<S>>) {
        self.index.set(new.map(|new| S::table().intern(new)));
    }
}

#[cfg(feature = "config")]
impl<S: Tabled> InForceApart<S> {
    /// What may change is here.
    pub(crate) const fn by(mut self, index: &'static Index) -> Self {
        self.index = Some(index);
        self
    }

    /// Whether it can change at all.
    pub(crate) const fn can_change(&self) -> bool {
        self.index.is_some()
    }

    /// What holds.
    #[inline]
    pub(crate) fn get(&self) -> &S {
        self.look().0
    }

    /// What holds, and whether the policy is switched off.
    #[inline]
    pub(crate) fn look(&self) -> (&S, bool) {
        match self.index {
            Some(index) => look(&self.written, index),
            None => (&self.written, false),
        }
    }

    /// Whether the policy is switched off.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.look().1
    }

    /// Puts this in the place of what is written; or nothing any more.
    pub(crate) fn set(&self, new: Option<Override<S>>) {
        if let Some(index) = self.index {
            index.set(new.map(|new| S::table().intern(new)));
        }
    }
}

#[cfg(feature = "config")]
#[inline]
fn look<'s, S: Tabled>(written: &'s S, index: &Index) -> (&'s S, bool) {
    match index.get() {
        None => (written, false),
        Some(index) => overridden(written, index),
    }
}

#[cfg(feature = "config")]
#[inline(never)]
fn overridden<S: Tabled>(written: &S, index: std::num::NonZeroU32) -> (&S, bool) {
    // An index is given out after its entry was made, so there always is one.
    S::table()
        .get(index)
        .map_or((written, false), |it| (&it.settings, it.is_off))
}

/// An equal declaration is one that says the same, whatever overrides it.
impl<S: PartialEq> PartialEq for InForceApart<S> {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl<S: Eq> Eq for InForceApart<S> {}

/// A policy of an expansion, which can be overridden: with a number of its own beside it.
#[cfg(feature = "config")]
#[doc(hidden)]
#[macro_export]
macro_rules! __own {
    ($policy:expr) => {
        $policy.by({
            static INDEX: $crate::__private::Index = $crate::__private::Index::new();
            &INDEX
        })
    };
}

/// A policy of an expansion, which nothing overrides without the feature `config`.
#[cfg(not(feature = "config"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __own {
    ($policy:expr) => {
        $policy
    };
}
