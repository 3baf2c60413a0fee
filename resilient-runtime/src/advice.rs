//! Advice, as the notes of constants that are `deprecated`: an expansion that mentions one is warned of.

/// A `retry` with no `timeout` in its stack.
#[deprecated(
    note = "no `#[timeout]` is in this stack: a call that hangs is never retried. Put one beneath the `#[retry]` (`#[allow(deprecated)]` on the function silences this)"
)]
pub const RETRY_WITHOUT_TIMEOUT: () = ();

/// A `retry` without `jitter` over what others share.
#[deprecated(
    note = "callers who fail together retry together: add `jitter`, or write `jitter = \"none\"` (`#[allow(deprecated)]` on the function silences this)"
)]
pub const RETRY_WITHOUT_JITTER: () = ();

/// A `retry` over another one.
#[deprecated(
    note = "retries multiply: with the one above, this makes over 10 calls of one. Keep one of them, or lower `max` (`#[allow(deprecated)]` on the function silences this)"
)]
pub const RETRIES_MULTIPLY: () = ();
