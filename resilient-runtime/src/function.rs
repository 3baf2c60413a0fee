//! Functions: the annotated ones, as events name them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;

#[cfg(feature = "metrics")]
use crate::meter;

/// An annotated function: its path, and where it stands in the source. Events say by it whose stack they are
/// of: see [`Event::function`](crate::event::Event::function).
///
/// There is one for each function in the source, however many instances its generics have. Two are equal if
/// they are the same one.
pub struct Function {
    path: fn() -> &'static str,
    location: &'static Location<'static>,
    #[cfg(feature = "metrics")]
    meter: meter::OfFunction,
}

impl Function {
    /// The function whose site, a `static` called `__SITE`, `F` stands in.
    #[track_caller]
    pub(crate) const fn of<F>() -> Self {
        Self {
            path: std::any::type_name::<F>,
            location: Location::caller(),
            #[cfg(feature = "metrics")]
            meter: meter::OfFunction::new(),
        }
    }

    /// Its path, as far as the compiler tells it: `shop::pricing::Client::quote`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        let path = (self.path)();
        let mut path = path.rfind("::__SITE").map_or(path, |end| &path[..end]);
        // The blocks that its body is in, and the item that registers a `static`.
        while let Some(shorter) = ["::{{closure}}", "::_"]
            .iter()
            .find_map(|block| path.strip_suffix(block))
        {
            path = shorter;
        }
        path
    }

    /// The source file, as the compiler was given it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// The line of its topmost attribute, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The package that it is in.
    pub(crate) fn package(&self) -> &'static str {
        let path = (self.path)().trim_start_matches('<');
        path.split("::").next().unwrap_or(path)
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn meter(&self) -> &meter::OfFunction {
        &self.meter
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self).hash(state);
    }
}

/// As its path.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.path())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({} at {})", self.path(), self.location)
    }
}

/// Where a function is found: what expansions name as `here!()`.
pub trait Site: Copy + Unpin {
    #[doc(hidden)]
    fn function(&self) -> &'static Function;
}

impl<S, R> Site for S
where
    S: Fn() -> &'static R + Copy + Unpin,
    R: AsRef<Function> + 'static,
{
    #[inline]
    fn function(&self) -> &'static Function {
        self().as_ref()
    }
}
