//! Counts: whole numbers of calls, places or attempts.

/// What a number is told that is less than nothing; it is written without its minus here.
pub(crate) fn negative_count(number: &str) -> String {
    format!("`-{number}` is not a count: a count is 1 or more")
}

/// What a number is told that is too large.
pub(crate) fn large_count(number: &str) -> String {
    format!(
        "`{number}` is out of range: a count is between 1 and {}",
        u32::MAX
    )
}

/// What a number in quotes is told.
pub(crate) fn quoted_count(text: &str) -> String {
    format!("a count is written without quotes: `{}`", text.trim())
}
