//! The contenders: each way to call the service, and how it is shown.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};

use super::{fault::Fault, gateway::Gateway};

/// One way to call.
#[derive(Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// What it does, for people.
    pub(crate) does: &'static str,
    pub(crate) call: fn(Arc<Gateway>) -> BoxFuture<'static, Result<(), Fault>>,
}

/// Contenders that are shown side by side.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) contenders: &'static [Contender],
}

macro_rules! contender {
    ($name:literal, $does:literal, $gateway:ident => $call:expr) => {
        Contender {
            name: $name,
            does: $does,
            call: |$gateway| async move { $call.await }.boxed(),
        }
    };
}

pub(crate) const GROUPS: [Group; 6] = [
    Group {
        name: "without retries",
        contenders: &[
            contender!("nothing", "no policy at all", gateway => gateway.plain()),
            contender!("timeout", "a timeout, as each attempt has from here on", gateway => gateway.timeout()),
        ],
    },
    Group {
        name: "with retries",
        contenders: &[
            contender!("at once", "retries without a delay", gateway => gateway.at_once()),
            contender!("exponential", "retries after a delay, each time twice as long", gateway => gateway.exponential()),
        ],
    },
    Group {
        name: "with retries at random times",
        contenders: &[
            contender!("jitter", "retries after up to that long, at random", gateway => gateway.jitter()),
            contender!("backon", "the same by the crate `backon`", gateway => (gateway.peers.backon)()),
        ],
    },
    Group {
        name: "with retries within a budget",
        contenders: &[
            contender!("budget", "as “jitter”, as many as a budget allows to all calls of a gateway", gateway => gateway.budget()),
            contender!("tower", "the same by the crate `tower`", gateway => (gateway.peers.tower)()),
        ],
    },
    Group {
        name: "with a circuit breaker",
        contenders: &[
            contender!("breaker", "none for a while, when half of the calls have failed", gateway => gateway.breaker()),
            contender!("retry, breaker", "“budget” over “breaker”", gateway => gateway.retry_and_breaker()),
            contender!("seatbelt", "as “breaker”, by the crate `seatbelt`", gateway => (gateway.peers.seatbelt)()),
        ],
    },
    Group {
        name: "with a bulkhead",
        contenders: &[
            contender!("bulkhead", "no more than so many calls at once from each gateway", gateway => gateway.bulkhead()),
            contender!("adaptive", "as many as the latency allows, all defaults", gateway => gateway.adaptive()),
            contender!("whole stack", "timeout, “budget”, “breaker”, “bulkhead”, timeout", gateway => gateway.stack()),
        ],
    },
];

/// All of them, in order.
pub(crate) fn all() -> impl Iterator<Item = &'static Contender> {
    GROUPS.iter().flat_map(|group| group.contenders)
}
