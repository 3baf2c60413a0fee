//! What a stack adds to the size of a future: a constant, whatever the size of the body.

use std::hint::black_box;

use resilient_runtime::{
    CircuitBreaker, Rejected, bulkhead, circuit_breaker, fallback, hedge, retry, timeout,
};
use tokio::task::yield_now;

struct Code(#[expect(dead_code, reason = "makes it one word")] usize);

impl From<Rejected> for Code {
    fn from(_: Rejected) -> Self {
        Self(0)
    }
}

/// One function for each stack, with the same body of `KEPT` bytes and a little.
macro_rules! functions {
    ($($name:ident: $(#[$($policy:tt)*])*;)*) => {$(
        $(#[$($policy)*])*
        async fn $name<const KEPT: usize>(order: &str) -> Result<usize, Code> {
            let kept = [0_u8; KEPT];
            yield_now().await;
            Ok(order.len() + black_box(&kept).len())
        }
    )*};
}

functions! {
    bare: ;
    three:
        #[retry(max = 3, backoff = "exp", jitter)]
        #[circuit_breaker(name = "size-three")]
        #[timeout("500ms")];
    hedged:
        #[hedge(after = "50ms")];
    six:
        #[fallback(value = 0)]
        #[timeout("2s")]
        #[retry(max = 3, backoff = "exp", jitter)]
        #[circuit_breaker(name = "size-six")]
        #[bulkhead(name = "size-six", max_concurrent = 20)]
        #[timeout("500ms")];
}

/// How much larger than without attributes, in bytes, for a body of this size.
macro_rules! grows_by {
    ($stack:ident, $body:literal) => {{
        // What a suspended body keeps besides the array.
        const KEPT: usize = $body - 48;
        let bare = size_of_val(&bare::<KEPT>("tea"));
        assert!(
            bare.abs_diff($body) <= 32,
            "a body of {bare} bytes in place of {}",
            $body
        );
        size_of_val(&$stack::<KEPT>("tea")) - bare
    }};
}

#[test]
fn retry_breaker_and_timeout_add_at_most_256_bytes() {
    let sizes = [
        grows_by!(three, 88),
        grows_by!(three, 280),
        grows_by!(three, 1048),
    ];
    assert!(sizes.iter().all(|size| *size <= 256), "{sizes:?}");
}

/// A copy needs as much room as the call.
#[test]
fn a_hedge_adds_a_body_and_at_most_384_bytes() {
    let sizes = [
        grows_by!(hedged, 88) - 88,
        grows_by!(hedged, 280) - 280,
        grows_by!(hedged, 1048) - 1048,
    ];
    assert!(sizes.iter().all(|size| *size <= 384), "{sizes:?}");
}

#[test]
fn the_stack_of_the_readme_adds_at_most_448_bytes() {
    let sizes = [
        grows_by!(six, 88),
        grows_by!(six, 280),
        grows_by!(six, 1048),
    ];
    assert!(sizes.iter().all(|size| *size <= 448), "{sizes:?}");
}

#[test]
fn what_a_stack_adds_does_not_depend_on_the_body() {
    assert_eq!(grows_by!(three, 88), grows_by!(three, 1048));
    assert_eq!(grows_by!(six, 88), grows_by!(six, 1048));
}

/// 256 by itself. The tests have the features `health` and `metrics`, for which it has a flag and a meter more.
/// What it owns besides is in `tests/allocations.rs`.
#[test]
fn a_circuit_breaker_is_at_most_256_bytes_and_what_features_add() {
    const FLAG: usize = 8;
    const METER: usize = 16;
    let size = size_of::<CircuitBreaker>();
    assert!(size <= 256 + FLAG + METER, "{size}");
}
