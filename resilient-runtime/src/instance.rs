//! Instances by expression: `#[circuit_breaker(self.breaker)]`.

use std::sync::{Arc, LazyLock};

use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::retry::Retry;
use crate::timeout::Timeout;

/// What the expression may be: a policy in place, or behind `&`, `Arc`, `Box` or `LazyLock`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no instance of a policy",
    label = "must be a `CircuitBreaker`, `Bulkhead`, `Retry` or `Timeout`, or `&`, `Arc`, `Box`, `LazyLock` of one"
)]
pub trait Instance {
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

        impl<'p> Instance for &'p $policy {
            type Handle<'a> = &'p $policy where 'p: 'a;

            fn handle(&self) -> &'p $policy {
                self
            }
        }

        impl Instance for Arc<$policy> {
            type Handle<'a> = Self;

            fn handle(&self) -> Self {
                Self::clone(self)
            }
        }
    )*};
    (borrowed $policy:ident, $place:ty) => {
        impl Instance for $place {
            type Handle<'a> = &'a $policy;

            fn handle(&self) -> &$policy {
                self
            }
        }
    };
}

instances! { Retry Timeout CircuitBreaker Bulkhead }

/// The instance that an attribute's expression stands for, resolved before the body borrows anything.
pub fn instance<I: Instance>(instance: &I) -> I::Handle<'_> {
    instance.handle()
}
