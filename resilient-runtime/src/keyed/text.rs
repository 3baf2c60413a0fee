//! The text of a key: what tells one from another.

use std::cell::Cell;
use std::fmt::{self, Write as _};

/// What can be a key: anything that is `Display`. Its text is its identity, whole and byte for byte.
///
/// The text is written out once for each look-up, before any lock is taken. A `Display` that fails is
/// known by what it wrote before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a key: what tells keys apart is their text",
    label = "must be `Display`",
    note = "name a field of it that is, as in `key = request.host`, or make a text, as in `key = format!(\"{{:?}}\", value)`"
)]
pub trait Key {
    #[doc(hidden)]
    fn write_to(&self, text: &mut String) -> fmt::Result;
}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display + ?Sized> Key for T {
    #[inline]
    fn write_to(&self, text: &mut String) -> fmt::Result {
        write!(text, "{self}")
    }
}

thread_local! {
    /// Kept from one look-up to the next, so that they allocate nothing.
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

/// No longer buffer is kept: one long key is no reason for each thread to hold so much for ever.
const KEPT: usize = 4096;

/// Calls `with` with the text of a key. A key whose `Display` looks up a key itself finds a buffer of
/// its own.
#[inline]
pub(super) fn with<R>(key: &(impl Key + ?Sized), with: impl FnOnce(&str) -> R) -> R {
    let mut text = BUFFER.try_with(Cell::take).unwrap_or_default();
    text.clear();
    // What it wrote before it failed has to do.
    let _ = key.write_to(&mut text);
    let result = with(&text);
    if text.capacity() <= KEPT {
        let _ = BUFFER.try_with(|buffer| buffer.set(text));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails;

    impl fmt::Display for Fails {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }

    #[test]
    fn a_display_that_fails_is_known_by_what_it_wrote() {
        with(&Fails, |text| assert_eq!(text, "half"));
        with("whole", |text| assert_eq!(text, "whole"));
    }

    struct Nests;

    impl fmt::Display for Nests {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            with("inner", |text| write!(f, "<{text}>"))
        }
    }

    #[test]
    fn a_display_may_look_up_a_key_itself() {
        with(&Nests, |text| assert_eq!(text, "<inner>"));
    }

    #[test]
    fn a_long_key_leaves_no_long_buffer() {
        with(&"k".repeat(KEPT + 1), |text| {
            assert_eq!(text.len(), KEPT + 1);
        });
        assert!(BUFFER.with(Cell::take).capacity() <= KEPT);
    }
}
