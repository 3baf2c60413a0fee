//! Circuit breakers and bulkheads as components of a report.

use std::fmt::Write as _;

use tokio::time::Instant;

use super::report::{Component, Kind, Status};
use crate::bulkhead::Bulkhead;
use crate::circuit::CircuitState;
use crate::circuit_breaker::{CircuitBreaker, CircuitSnapshot};
use crate::keyed::{Keyed, OfKey};
use crate::name::Name;
use crate::rounded::Rounded;

/// A breaker as readiness sees it: down only while it lets nothing in and time alone will not change
/// that at the next call.
pub(super) fn circuit_breaker(breaker: &CircuitBreaker, critical: bool, now: Instant) -> Component {
    let snapshot = breaker.snapshot();
    let (mut status, mut detail) = circuit(&snapshot);
    let is_shut = |key: &CircuitBreaker| circuit(&key.snapshot()).0 == Status::Down;
    if status == Status::Down {
        status = through(breaker.is_off(), breaker.is_shadow(), &mut detail);
    } else if status == Status::Up && of_keys(&breaker.keys(), is_shut, "open", &mut detail) {
        through(breaker.is_off(), breaker.is_shadow(), &mut detail);
        status = Status::Degraded;
    }
    Component {
        kind: Kind::CircuitBreaker,
        name: Name::from(breaker.name().to_owned()),
        status,
        critical,
        detail,
        age: Some(now.saturating_duration_since(snapshot.since)),
    }
}

fn circuit(snapshot: &CircuitSnapshot) -> (Status, String) {
    let opened = snapshot
        .reason
        .map_or_else(String::new, |reason| format!(": {reason}"));
    match snapshot.state {
        CircuitState::Closed => (Status::Up, "closed".to_owned()),
        // Not ready, it would get no call, and only a call can close it.
        CircuitState::Open if snapshot.probe_due => (
            Status::Degraded,
            format!("open{opened}; its break is over, the next call is a probe"),
        ),
        CircuitState::Open => {
            let left = Rounded(snapshot.retry_after.unwrap_or_default());
            (Status::Down, format!("open{opened}; next probe in {left}"))
        }
        CircuitState::HalfOpen => (
            Status::Degraded,
            format!("half-open{opened}; its probes decide"),
        ),
        CircuitState::ForcedOpen => (Status::Down, "forced open by an operator".to_owned()),
        CircuitState::ForcedClosed => (
            Status::Degraded,
            "forced closed by an operator: every call goes through, and none is recorded"
                .to_owned(),
        ),
    }
}

/// A bulkhead: down while the next call finds no place.
pub(super) fn bulkhead(bulkhead: &Bulkhead, critical: bool) -> Component {
    let (in_flight, waiting) = (bulkhead.in_flight(), bulkhead.waiting());
    let limit = bulkhead.limit();
    let mut detail = match (limit, waiting) {
        (UNLIMITED.., _) => format!("{in_flight} in flight, of no limit"),
        (_, 0) => format!("{in_flight} of {limit} in flight"),
        _ => format!("{in_flight} of {limit} in flight, {waiting} waiting"),
    };
    let mut status = Status::Up;
    if is_full(bulkhead) {
        status = through(bulkhead.is_off(), bulkhead.is_shadow(), &mut detail);
    } else if of_keys(&bulkhead.keys(), is_full, "full", &mut detail) {
        through(bulkhead.is_off(), bulkhead.is_shadow(), &mut detail);
        status = Status::Degraded;
    }
    Component {
        kind: Kind::Bulkhead,
        name: Name::from(bulkhead.name().to_owned()),
        status,
        critical,
        detail,
        age: None,
    }
}

fn is_full(bulkhead: &Bulkhead) -> bool {
    bulkhead.in_flight() >= bulkhead.limit() || bulkhead.waiting() > 0
}

/// Tells of the keys whose next call would find no way in, if there are any. They gate nothing, however many
/// they are: a new key's call would go through.
fn of_keys<P: Keyed>(
    keys: &[OfKey<P>],
    is_shut: impl Fn(&P) -> bool,
    word: &str,
    detail: &mut String,
) -> bool {
    let mut shut: Vec<_> = keys.iter().filter(|key| is_shut(key)).collect();
    shut.sort_by_key(|key| key.key());
    if shut.is_empty() {
        return false;
    }
    let short = |key: &&OfKey<P>| key.key().chars().take(SHOWN).collect::<String>();
    let told: Vec<_> = shut.iter().take(TOLD).map(short).collect();
    let more = if shut.len() > TOLD { ", …" } else { "" };
    let (shut, all, told) = (shut.len(), keys.len(), told.join(", "));
    let _ = write!(detail, "; {shut} of {all} keys {word}: {told}{more}");
    true
}

/// So many keys are told of by their text, and so much of it: a report is read by people.
const TOLD: usize = 3;
const SHOWN: usize = 64;

/// What would let no call in is down, unless it is switched off or a shadow.
fn through(is_off: bool, is_shadow: bool, detail: &mut String) -> Status {
    if is_off {
        detail.push_str("; switched off: it lets calls through");
        Status::Degraded
    } else if is_shadow {
        detail.push_str("; a shadow: it lets calls through all the same");
        Status::Degraded
    } else {
        Status::Down
    }
}

/// The limit of a bulkhead that is declared nowhere.
const UNLIMITED: usize = u32::MAX as usize;
