//! What an isolated test gets anew: every shared instance of the binary, and every one that belongs to
//! one function. Feature `testing`.

use std::sync::LazyLock;

use super::SITES;
use super::site::{Instance, Kept};
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::hedge::Hedge;
use crate::isolation::{self, Originals};
use crate::rate_limit::RateLimiter;

/// All of them, by where they are.
pub(crate) fn originals() -> &'static Originals {
    static ORIGINALS: LazyLock<Originals> = LazyLock::new(|| {
        let mut originals = Originals::new();
        for site in SITES {
            site.keeps(&mut |kept| match kept {
                Kept::Instance(Instance::CircuitBreaker(breaker, _)) => {
                    add(&mut originals, breaker, CircuitBreaker::anew);
                }
                Kept::Instance(Instance::Bulkhead(bulkhead, _)) => {
                    add(&mut originals, bulkhead, Bulkhead::anew);
                }
                Kept::Instance(Instance::RateLimiter(limiter, _)) => {
                    add(&mut originals, limiter, RateLimiter::anew);
                }
                Kept::Instance(Instance::RetryBudget(budget, _)) => {
                    add(&mut originals, budget, RetryBudget::anew);
                }
                Kept::Hedge(hedge) => add(&mut originals, hedge, Hedge::anew),
            });
        }
        originals
    });
    &ORIGINALS
}

fn add<P: Send + Sync>(originals: &mut Originals, original: &'static P, anew: fn(&P) -> P) {
    // It is never freed: calls hold `&'static` to it, and may outlive the test in another task.
    let make = move || -> isolation::Stored { Box::leak(Box::new(anew(original))) };
    originals.insert(isolation::key(original), Box::new(make));
}
