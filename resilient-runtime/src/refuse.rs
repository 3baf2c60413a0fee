//! How a builder refuses a value that breaks a rule. In a constant the panic is a compile error, with
//! the words that the macros have for a literal.

use crate::rule::Text;

/// Panics with what is wrong, if anything is, at whoever called the builder.
#[track_caller]
pub(crate) const fn refuse(fault: Option<Text>) {
    if let Some(text) = fault {
        panic!("{}", text.as_str());
    }
}
