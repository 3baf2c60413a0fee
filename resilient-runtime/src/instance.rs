//! Instances by expression: `#[circuit_breaker(self.breaker)]`.

use std::sync::{Arc, LazyLock};

use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::hedge::Hedge;
use crate::rate_limit::RateLimiter;
use crate::retry::Retry;
use crate::timeout::Timeout;

/// What the expression may be: a policy in place, or behind `&`, `Arc`, `Box` or `LazyLock`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `{Policy}`",
    label = "must be a `{Policy}`, or `&`, `Arc`, `Box`, `LazyLock` of one"
)]
pub trait Instance<Policy> {
    /// What a call holds: it must not keep `self` borrowed where it need not.
    type Handle<'a>
    where
        Self: 'a;

    #[doc(hidden)]
    fn handle(&self) -> Self::Handle<'_>;
}

macro_rules! instances {
    ($($policy:ident)*) => {$(
        instances! { borrowed $policy, $policy }
        instances! { borrowed $policy, Box<$policy> }
        instances! { borrowed $policy, LazyLock<$policy> }

        #[diagnostic::do_not_recommend]
        impl<'p> Instance<$policy> for &'p $policy {
            type Handle<'a> = &'p $policy where 'p: 'a;

            fn handle(&self) -> &'p $policy {
                self
            }
        }

        instances! { behind $policy, Box<$policy> }
        instances! { behind $policy, LazyLock<$policy> }
        instances! { behind $policy, &'p $policy }

        #[diagnostic::do_not_recommend]
        impl<'p> Instance<$policy> for &'p Arc<$policy> {
            type Handle<'a> = Arc<$policy> where 'p: 'a;

            fn handle(&self) -> Arc<$policy> {
                Arc::clone(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Instance<$policy> for Arc<$policy> {
            type Handle<'a> = Self;

            fn handle(&self) -> Self {
                Self::clone(self)
            }
        }
    )*};
    (behind $policy:ident, $place:ty) => {
        #[diagnostic::do_not_recommend]
        impl<'p> Instance<$policy> for &'p $place {
            type Handle<'a> = &'p $policy where 'p: 'a;

            fn handle(&self) -> &'p $policy {
                self
            }
        }
    };
    (borrowed $policy:ident, $place:ty) => {
        #[diagnostic::do_not_recommend]
        impl Instance<$policy> for $place {
            type Handle<'a> = &'a $policy;

            fn handle(&self) -> &$policy {
                self
            }
        }
    };
}

instances! { Retry Timeout CircuitBreaker Bulkhead RateLimiter Hedge RetryBudget }

/// The instance that an attribute's expression stands for, resolved before the body borrows anything.
pub fn instance<Policy, I: Instance<Policy>>(instance: &I) -> I::Handle<'_> {
    instance.handle()
}
