//! How a builder refuses a value that breaks a rule. In a constant the panic is a compile error, with
//! the words that the macros have for a literal.

use crate::rule::Text;

/// Panics with what is wrong, if anything is, at whoever called the builder.
#[track_caller]
#[expect(
    clippy::large_types_passed_by_value,
    reason = "there is a text only where something is wrong"
)]
pub(crate) const fn refuse(fault: Option<Text>) {
    if let Some(text) = fault {
        panic!("{}", text.as_str());
    }
}
