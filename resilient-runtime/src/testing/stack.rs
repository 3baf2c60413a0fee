//! The stack of a function, as a text for snapshots.

use std::fmt;

use super::near;
use crate::registry::{self, Site};

#[doc(inline)]
pub use crate::__stack_of as stack_of;

/// The [`Stack`] of an annotated function: `stack_of!(quote)`, `stack_of!(Client::quote)`,
/// `stack_of!(<Client as Pricing>::quote)`, `stack_of!(get::<u32>)`.
///
/// A function that has `impl Trait` arguments, and one that cannot be named here, is given by its path as
/// text: `stack_of!("shop::pricing::quote")`.
///
/// # Panics
///
/// No annotated function is called like that, or several blocks of one function have one each.
///
/// ```
/// use resilient_runtime::{bulkhead, fallback, retry, testing, timeout};
///
/// #[fallback(value = 0)]
/// #[timeout("2s")]
/// #[retry(max = 2, jitter)]
/// #[bulkhead(name = "stock", max_concurrent = 20)]
/// async fn stock(sku: &str) -> Result<u32, std::io::Error> {
///     Ok(sku.len() as u32)
/// }
///
/// # fn main() {
/// assert_eq!(
///     testing::stack_of!(stock).to_string(),
///     r#"fallback(..)
/// timeout("2s")
/// retry(max = 2, backoff = "exp", delay = "100ms", factor = 2.0, max_delay = "10s", jitter = "full", on(error, timeout))
/// bulkhead(name = "stock", max_concurrent = 20)"#
/// );
/// # }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __stack_of {
    ($path:literal) => {
        $crate::testing::Stack::at($path)
    };
    ($function:expr $(,)?) => {
        $crate::testing::Stack::at(::core::any::type_name_of_val(&$function))
    };
}

/// The policies of a function, outermost first, each with its settings in the words of its attribute.
/// Its text is one line for each; `{:?}` is a list of them.
///
/// Settings are those in force: defaults, and what another place declares for a name. What is known only
/// when the function is called is `..`; predicates and hooks are left out. Keys are told by their
/// expression, spaced as the compiler does, and budgets by their name.
#[derive(Clone, Copy)]
pub struct Stack(&'static Site);

impl Stack {
    /// Of the annotated function of this path: see [`stack_of!`].
    ///
    /// # Panics
    ///
    /// There is none, or there are several.
    #[must_use]
    #[track_caller]
    pub fn at(path: &str) -> Self {
        match registry::sites_of(path)[..] {
            [site] => Self(site),
            [] => {
                let paths = registry::sites().map(Site::path);
                let hint = near::hint(path, paths);
                panic!("no annotated function is called `{path}`{hint}")
            }
            [one, other, ..] => panic!(
                "`{path}` is the path of several functions, at {}:{} and {}:{}: find it in `registry::sites()`",
                one.file(),
                one.line(),
                other.file(),
                other.line()
            ),
        }
    }
}

impl From<&'static Site> for Stack {
    fn from(site: &'static Site) -> Self {
        Self(site)
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, settings) in self.0.settings().enumerate() {
            write!(f, "{}{settings}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.settings()).finish()
    }
}
