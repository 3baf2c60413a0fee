//! What an isolated test gets anew: every shared instance of the binary, and every one that belongs to
//! one function. Feature `testing`.

use std::sync::LazyLock;

use super::SITES;
use super::shared::Named;
use super::site::{Instance, Site};
use crate::isolation::{self, Originals};

/// All of them, by where they are.
pub(crate) fn originals() -> &'static Originals {
    static ORIGINALS: LazyLock<Originals> = LazyLock::new(|| {
        let mut originals = Originals::new();
        for instance in SITES.iter().flat_map(Site::kept) {
            match instance {
                Instance::CircuitBreaker(breaker, _) => add(&mut originals, breaker),
                Instance::Bulkhead(bulkhead, _) => add(&mut originals, bulkhead),
            }
        }
        originals
    });
    &ORIGINALS
}

fn add<P: Named>(originals: &mut Originals, original: &'static P) {
    // It is never freed: calls hold `&'static` to it, and may outlive the test in another task.
    let make = || -> isolation::Stored { Box::leak(Box::new(original.anew())) };
    originals.insert(isolation::key(original), Box::new(make));
}
