//! Every policy, and the whole stack, on every shape of function: it compiles, it can be spawned, and wherever the
//! first error leaves the body, it is retried where a retry stands.
#![allow(
    clippy::pedantic,
    clippy::style,
    clippy::complexity,
    reason = "these are the shapes that functions have, and not the ones that they should have"
)]

mod support;

#[macro_use]
mod shapes {
    #[macro_use]
    mod arguments;
    #[macro_use]
    mod bodies;
    #[macro_use]
    mod methods;
    #[macro_use]
    mod returns;
    #[macro_use]
    mod traits;
}

/// What the shapes are made of.
mod parts {
    pub(crate) use std::{
        fmt::Display, future::Future, pin::Pin, rc::Rc, sync::Arc, time::Duration,
    };

    pub(crate) use async_trait::async_trait;
    pub(crate) use resilient_runtime::{
        Classify, Rejected, bulkhead, circuit_breaker, fallback, hedge, rate_limit, retry, timeout,
    };

    pub(crate) use crate::support::{
        Callee,
        Fault::{self, Failed},
        fails, ok,
    };

    /// What a shape ends in when its callee fails once, and its policies retry or do not.
    pub(crate) const fn expected(retried: bool) -> Result<u32, Fault> {
        if retried { Ok(2) } else { Err(Failed(1)) }
    }
}

/// A shape, and a call of it that can be spawned.
macro_rules! spawned {
    ($retried:literal, $name:ident, |$callee:ident| $call:expr, { $($shape:tt)* }) => {
        #[tokio::test(start_paused = true)]
        async fn $name() {
            $($shape)*

            let $callee = Arc::new(Callee::new([fails(1), ok(2)]));
            let call = async move { $call.await };
            assert_eq!(tokio::spawn(call).await.unwrap(), expected($retried));
        }
    };
}

/// A shape, and a call of it that stays on its thread.
macro_rules! local {
    ($retried:literal, $name:ident, |$callee:ident| $call:expr, { $($shape:tt)* }) => {
        #[tokio::test(start_paused = true)]
        async fn $name() {
            $($shape)*

            let $callee = Arc::new(Callee::new([fails(1), ok(2)]));
            assert_eq!($call.await, expected($retried));
        }
    };
}

/// Shapes that change what they were given, unless two of them would at the same time.
macro_rules! unless_hedged {
    ([#[hedge $($any:tt)*] $($attributes:tt)*] $($shapes:tt)*) => {};
    ([$($attributes:tt)*] $($shapes:tt)*) => { $($shapes)* };
}

/// A module for each policy: its attributes, and its attributes where the body consumes or changes `order`.
macro_rules! under {
    ($order:ident: $($policy:ident ($retried:literal): $attributes:tt, $cloning:tt;)*) => {$(
        mod $policy {
            mod arguments {
                use crate::parts::*;
                arguments!($retried, $order, $attributes, $cloning);
            }
            mod bodies {
                use crate::parts::*;
                bodies!($retried, $order, $attributes, $cloning);
            }
            mod methods {
                use crate::parts::*;
                methods!($retried, $order, $attributes, $cloning);
            }
            mod returns {
                use crate::parts::*;
                returns!($retried, $order, $attributes, $cloning);
            }
            mod traits {
                use crate::parts::*;
                traits!($retried, $order, $attributes, $cloning);
            }
        }
    )*};
}

under! { order:
    a_retry (true):
        [#[retry(max = 2, delay = "1ms")]],
        [#[retry(max = 2, delay = "1ms", clone(order))]];
    a_timeout (false):
        [#[timeout("1s")]],
        [#[timeout("1s")]];
    a_circuit_breaker (false):
        [#[circuit_breaker(name = "shapes", consecutive_failures = 1000)]],
        [#[circuit_breaker(name = "shapes", consecutive_failures = 1000)]];
    a_bulkhead (false):
        [#[bulkhead(max_concurrent = 100, max_wait = "1s")]],
        [#[bulkhead(max_concurrent = 100, max_wait = "1s")]];
    a_rate_limit (false):
        [#[rate_limit("1000/s", max_wait = "1s")]],
        [#[rate_limit("1000/s", max_wait = "1s")]];
    a_hedge (true):
        [#[hedge(after = "1s")]],
        [#[hedge(after = "1s", clone(order))]];
    a_fallback (false):
        [#[fallback(|error| Err(error))]],
        [#[fallback(|error| Err(error), clone(order))]];
    a_hedge_over_others (true):
        [
            #[hedge(after = "1s", max = 3)]
            #[fallback(|error| Err(error))]
            #[retry(max = 1, delay = "1ms")]
            #[timeout("9s")]
        ],
        [
            #[hedge(after = "1s", max = 3, clone(order))]
            #[fallback(|error| Err(error))]
            #[retry(max = 1, delay = "1ms")]
            #[timeout("9s")]
        ];
    the_stack (true):
        [
            #[fallback(|error| Err(error))]
            #[timeout("2s")]
            #[retry(max = 3, backoff = "exp", jitter)]
            #[circuit_breaker(name = "shapes-stack", consecutive_failures = 1000)]
            #[bulkhead(name = "shapes-stack", max_concurrent = 1000)]
            #[rate_limit("100000/s", name = "shapes-stack")]
            #[timeout("500ms")]
        ],
        [
            #[fallback(|error| Err(error), clone(order))]
            #[timeout("2s")]
            #[retry(max = 3, backoff = "exp", jitter, clone(order))]
            #[circuit_breaker(name = "shapes-stack", consecutive_failures = 1000)]
            #[bulkhead(name = "shapes-stack", max_concurrent = 1000)]
            #[rate_limit("100000/s", name = "shapes-stack")]
            #[timeout("500ms")]
        ];
}
