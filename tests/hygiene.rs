//! Whatever is in scope where an attribute stands, it means the same; and no lint has anything to say of it.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod support;

use resilient_runtime::{bulkhead, circuit_breaker, fallback, rate_limit, retry, timeout};
use support::{
    Callee,
    Fault::{self, Failed},
    fails, ok,
};

/// A module whose names are not what they seem.
mod collisions {
    #![expect(dead_code, unused_macros, reason = "they are only in the way")]

    use crate::support::{Callee, Fault};

    mod alloc {}
    mod core {}
    mod futures {}
    mod linkme {}
    mod resilient_runtime {}
    mod std {}
    mod tokio {}

    struct Break;
    struct Box;
    struct Bulkhead;
    struct RateLimiter;
    struct Clone;
    struct Default;
    struct Drop;
    struct Duration;
    struct Err;
    struct Failure;
    struct Fn;
    struct From;
    struct Future;
    struct Instant;
    struct Into;
    struct None;
    struct Ok;
    struct Option;
    struct Pin;
    struct Rejected;
    struct Result;
    struct Retry;
    struct Send;
    struct Site;
    struct Some;
    struct String;
    struct Sync;
    struct Timeout;
    struct Vec;

    const BULKHEAD: () = ();
    const RATE_LIMIT: () = ();
    const CIRCUIT_BREAKER: () = ();
    const FALLBACK: () = ();
    const RETRY: () = ();
    static SITE: () = ();
    static SITES: () = ();
    const TIMEOUT: () = ();

    fn body() {}
    fn bulkhead() {}
    fn rate_limit() {}
    fn circuit_breaker() {}
    fn drop() {}
    fn fallback() {}
    fn finish() {}
    fn instance() {}
    fn retry() {}
    fn timeout() {}

    macro_rules! assert {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! matches {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }
    macro_rules! panic {
        () => {};
    }
    macro_rules! vec {
        () => {};
    }

    type Ended<T> = ::core::result::Result<T, Fault>;

    fn often<E>(_: &E) -> bool {
        true
    }

    fn seldom<T>(_: &T) -> bool {
        false
    }

    #[::resilient_runtime::fallback(cached, on(circuit_open, bulkhead_full))]
    #[::resilient_runtime::timeout("2s")]
    #[::resilient_runtime::retry(
        max = 3,
        backoff = "exp",
        delay = "10ms",
        jitter,
        when = often,
        when_ok = seldom,
        clone(order)
    )]
    #[::resilient_runtime::circuit_breaker(
        name = "hygiene",
        failure_rate = "90%",
        failure_when = often,
        failure_when_ok = seldom
    )]
    #[::resilient_runtime::bulkhead(max_concurrent = 20, max_wait = "10ms")]
    #[::resilient_runtime::rate_limit("100/s", burst = 20, max_wait = "10ms")]
    #[::resilient_runtime::timeout("500ms")]
    pub(super) async fn call(mut order: ::std::string::String, callee: &Callee) -> Ended<u32> {
        order.push('!');
        callee.call().await
    }

    async fn cached(_: ::std::string::String, _: &Callee) -> Ended<u32> {
        ::core::future::ready(::core::result::Result::Ok(99)).await
    }
}

#[tokio::test(start_paused = true)]
async fn names_in_scope_have_no_effect() {
    let callee = Callee::new([fails(1), ok(2)]);
    assert_eq!(collisions::call("tea".to_owned(), &callee).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn names_of_arguments_and_generics_have_no_effect() {
    #[fallback(async |error| Err(error))]
    #[timeout("2s")]
    #[retry(delay = "10ms")]
    #[circuit_breaker(name = "hygiene-arguments", min_calls = 50)]
    #[bulkhead(max_concurrent = 20)]
    async fn call<E, F, R, T>(
        attempt: T,
        attempts: F,
        outcome: E,
        (classify, failure, error): (u32, u32, R),
        callee: &Callee,
    ) -> Result<u32, Fault>
    where
        E: Into<u32> + Copy,
        F: Into<u32> + Copy,
        R: Into<u32> + Copy,
        T: Into<u32> + Copy,
    {
        let circuit_breaker = attempt.into() + attempts.into() + outcome.into();
        let value = circuit_breaker + classify + failure + error.into();
        Ok(value + callee.call().await?)
    }

    let callee = Callee::new([fails(1), ok(600)]);
    assert_eq!(
        call(1_u8, 2_u16, 3_u32, (4, 5, '\u{6}'), &callee).await,
        Ok(621)
    );
}

#[tokio::test(start_paused = true)]
async fn names_in_the_body_have_no_effect() {
    #[fallback(async |error| Err(error))]
    #[timeout("2s")]
    #[retry(delay = "10ms")]
    #[circuit_breaker(name = "hygiene-body", min_calls = 50)]
    #[bulkhead(max_concurrent = 20)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        use std::result::Result as Outcome;

        const RETRY: u32 = 1;
        static TIMEOUT: u32 = 2;

        struct Break(u32);

        fn body(Break(value): &Break) -> Outcome<u32, Fault> {
            value.checked_add(0).ok_or(Fault::Unexpected)
        }

        let (outcome, attempt) = (RETRY + TIMEOUT, Break(4));
        Ok(outcome + body(&attempt)? + callee.call().await?)
    }

    let callee = Callee::new([fails(1), ok(10)]);
    assert_eq!(call(&callee).await, Ok(17));
}

/// Attributes and functions that come out of a macro.
macro_rules! functions {
    ($($(#[$attribute:meta])* fn $name:ident($callee:ident) $body:block)*) => {$(
        $(#[$attribute])*
        async fn $name($callee: &Callee) -> Result<u32, Fault> $body
    )*};
}

#[tokio::test(start_paused = true)]
async fn attributes_may_come_out_of_a_macro() {
    functions! {
        #[timeout("50ms")]
        #[retry(max = 1, delay = "10ms")]
        fn passed(callee) { callee.call().await }
    }

    assert_eq!(passed(&Callee::new([fails(1), ok(2)])).await, Ok(2));
}

mod reexport {
    pub(crate) mod inner {
        pub(crate) use resilient_runtime as resilience;
    }
}

#[tokio::test(start_paused = true)]
async fn crate_says_where_the_runtime_is() {
    use reexport::inner::resilience;

    #[resilience::timeout("50ms")]
    #[resilience::retry(max = 1, delay = "10ms", crate = crate::reexport::inner::resilience)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::new([fails(1), ok(2)])).await, Ok(2));
}

/// Attributes by every kind of path, in one stack.
#[tokio::test(start_paused = true)]
async fn siblings_are_known_by_their_last_segment() {
    mod local {
        pub(super) use resilient_runtime::timeout;
    }

    #[local::timeout("50ms")]
    #[::resilient_runtime::retry(max = 1, delay = "20ms")]
    #[self::timeout("40ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1).after(10), ok(2).after(30)]);
    assert_eq!(call(&callee).await, Err(Fault::TimedOut(50)));
}

// ------------------------------------------------------------------------------- for the lints

/// To a lint this closure is `recover`; to the attribute that would be an `async fn` of the same arguments.
#[tokio::test(start_paused = true)]
async fn a_closure_is_not_taken_for_a_path() {
    fn recover(error: Fault) -> Result<u32, Fault> {
        if error == Failed(1) {
            Ok(2)
        } else {
            Err(error)
        }
    }

    #[fallback(|error| recover(error))]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    assert_eq!(call(&Callee::failing()).await, Ok(2));
}

/// Every policy over a body that is easily misread as useless, unreachable, or unfinished.
macro_rules! silent_under {
    ($($module:ident: $(#[$($policy:tt)*])*;)*) => {$(
        mod $module {
            #[allow(clippy::wildcard_imports, reason = "each stack needs others of the attributes")]
            use super::*;

            $(#[$($policy)*])*
            async fn never_returns(callee: &Callee) -> Result<u32, Fault> {
                callee.call().await?;
                panic!("not in this test")
            }

            $(#[$($policy)*])*
            async fn returns_nothing(callee: &Callee) -> Result<(), Fault> {
                callee.call().await?;
                Ok(())
            }

            $(#[$($policy)*])*
            async fn infers(callee: &Callee) -> Result<Vec<u32>, Fault> {
                callee.call().await.into_iter().map(Ok).collect()
            }

            $(#[$($policy)*])*
            async fn returns_early(callee: &Callee) -> Result<u32, Fault> {
                let value = callee.call().await?;
                if value > 100 {
                    return Err(Failed(value));
                }
                Ok(value)
            }

            $(#[$($policy)*])*
            async fn ignores(_: u32, _order: &str, callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            $(#[$($policy)*])*
            #[must_use = "as `Result` is"]
            async fn lends(callee: &Callee) -> Result<&Callee, Fault> {
                callee.call().await.map(|_| callee)
            }

            #[tokio::test(start_paused = true)]
            async fn is_silent() {
                let callee = &Callee::new([fails(1)].into_iter().cycle());
                assert!(never_returns(callee).await.is_err());
                let callee = &Callee::always(ok(1));
                assert_eq!(returns_nothing(callee).await, Ok(()));
                assert_eq!(infers(callee).await, Ok(vec![1]));
                assert_eq!(returns_early(callee).await, Ok(1));
                assert_eq!(ignores(1, "tea", callee).await, Ok(1));
                assert!(lends(callee).await.is_ok());
            }
        }
    )*};
}

silent_under! {
    a_retry: #[retry(max = 1, delay = "1ms")];
    a_timeout: #[timeout("1s")];
    a_circuit_breaker: #[circuit_breaker(name = "hygiene-silent", min_calls = 50)];
    a_bulkhead: #[bulkhead(max_concurrent = 5)];
    a_rate_limit: #[rate_limit("100/s", burst = 5)];
    a_fallback: #[fallback(async |error| Err(error))];
    the_stack:
        #[fallback(async |error| Err(error))]
        #[timeout("2s")]
        #[retry(max = 1, delay = "1ms")]
        #[circuit_breaker(name = "hygiene-silent-stack", min_calls = 50)]
        #[bulkhead(max_concurrent = 5)]
        #[rate_limit("100/s")]
        #[timeout("1s")];
}
