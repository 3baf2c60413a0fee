//! A report: what a probe is told, in a form that serialises.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::name::Name;

/// What one of the three probes is told, at one moment.
///
/// Its JSON has the names of the fields here, in this order; they are stable, and new ones may come:
///
/// ```json
/// {
///   "probe": "ready",
///   "status": "down",
///   "components": [
///     {
///       "kind": "circuit_breaker",
///       "name": "payments",
///       "status": "down",
///       "critical": true,
///       "detail": "open: 4 of the last 4 calls failed (100% ≥ 50%); next probe in 29.2s",
///       "age_ms": 800
///     },
///     {
///       "kind": "bulkhead",
///       "name": "db",
///       "status": "up",
///       "critical": false,
///       "detail": "3 of 20 in flight",
///       "age_ms": null
///     },
///     {
///       "kind": "check",
///       "name": "database",
///       "status": "up",
///       "critical": true,
///       "detail": "ok",
///       "age_ms": 61500
///     }
///   ]
/// }
/// ```
///
/// `detail` quotes the errors of your checks: give the whole of it to those who may read them, and the
/// status alone to everybody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The probe that it answers.
    pub probe: Probe,
    /// All in one word: never [`Status::Unknown`].
    pub status: Status,
    /// What it was made of: circuit breakers and bulkheads by name, then checks, oldest first.
    pub components: Vec<Component>,
}

/// The probes of an orchestrator, as Kubernetes has them. As JSON: `"live"`, `"ready"`, `"startup"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Probe {
    /// Whether the process works at all; one that does not is restarted.
    Live,
    /// Whether to send it requests.
    Ready,
    /// Whether it has come up; the other two are not asked before.
    Startup,
}

/// How something is. As JSON: `"up"`, `"degraded"`, `"down"`, `"unknown"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// As it should be.
    Up,
    /// Not as it should be, but it lets calls in; of a report: nothing critical is down.
    Degraded,
    /// It lets no call in, or its check failed; of a report: something critical is.
    Down,
    /// Nobody has looked yet. What is critical is down as long as that, but for liveness: no process
    /// is restarted because a check has not run yet.
    Unknown,
}

/// One thing that a report tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Component {
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    #[serde(serialize_with = "name")]
    pub name: Name,
    /// How it is.
    pub status: Status,
    /// Whether the report is down with it.
    pub critical: bool,
    /// Why it is so, for people.
    pub detail: String,
    /// How long it has been so, as far as that is known: of a circuit breaker since it came into this state,
    /// or was first looked at. As JSON: `age_ms`, in whole milliseconds, or `null`.
    #[serde(rename = "age_ms", serialize_with = "millis")]
    pub age: Option<Duration>,
}

/// What a component is. As JSON: `"circuit_breaker"`, `"bulkhead"`, `"check"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A circuit breaker of the registry.
    CircuitBreaker,
    /// A bulkhead of the registry.
    Bulkhead,
    /// A [`Check`](super::Check) of your own.
    Check,
}

impl Report {
    pub(super) fn of(probe: Probe, components: Vec<Component>) -> Self {
        let weights = || components.iter().map(|component| component.weighs(probe));
        let status = if weights().any(|weight| weight == Status::Down) {
            Status::Down
        } else if weights().any(|weight| weight == Status::Degraded) {
            Status::Degraded
        } else {
            Status::Up
        };
        Self {
            probe,
            status,
            components,
        }
    }

    /// What to answer: that it is not down. What is degraded still works.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.status != Status::Down
    }

    /// The same as a status of HTTP: 200, or 503 when it is down.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        if self.is_up() { 200 } else { 503 }
    }
}

impl Component {
    /// What it makes of the whole.
    fn weighs(&self, probe: Probe) -> Status {
        match self.status {
            Status::Up => Status::Up,
            Status::Unknown if probe == Probe::Live => Status::Up,
            Status::Down | Status::Unknown if self.critical => Status::Down,
            Status::Down | Status::Unknown | Status::Degraded => Status::Degraded,
        }
    }
}

fn name<S: Serializer>(name: &Name, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

#[expect(
    clippy::ref_option,
    reason = "serde's derive hands over a reference to the field"
)]
fn millis<S: Serializer>(age: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
        .serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(status: Status, critical: bool) -> Component {
        Component {
            kind: Kind::Check,
            name: Name::from("database"),
            status,
            critical,
            detail: "as it is".to_owned(),
            age: None,
        }
    }

    /// The status of a report of one component.
    fn of(probe: Probe, status: Status, critical: bool) -> Status {
        Report::of(probe, vec![component(status, critical)]).status
    }

    #[test]
    fn only_what_is_critical_takes_the_report_down() {
        for probe in [Probe::Live, Probe::Ready, Probe::Startup] {
            for critical in [false, true] {
                assert_eq!(of(probe, Status::Up, critical), Status::Up);
                assert_eq!(of(probe, Status::Degraded, critical), Status::Degraded);
            }
            assert_eq!(of(probe, Status::Down, true), Status::Down);
            assert_eq!(of(probe, Status::Down, false), Status::Degraded);
        }
    }

    #[test]
    fn what_nobody_has_looked_at_is_down_but_for_liveness() {
        for (probe, expected) in [
            (Probe::Live, [Status::Up, Status::Up]),
            (Probe::Ready, [Status::Degraded, Status::Down]),
            (Probe::Startup, [Status::Degraded, Status::Down]),
        ] {
            let found = [false, true].map(|critical| of(probe, Status::Unknown, critical));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_worst_component_decides_wherever_it_stands() {
        let report = |statuses: [Status; 3]| {
            let components = statuses.map(|status| component(status, true)).to_vec();
            Report::of(Probe::Ready, components)
        };
        let (up, degraded, down) = (Status::Up, Status::Degraded, Status::Down);
        assert_eq!(report([up, up, up]).status, up);
        assert_eq!(report([up, degraded, up]).status, degraded);
        assert_eq!(report([down, degraded, up]).status, down);
        assert_eq!(report([degraded, up, down]).status, down);
        assert_eq!(report([degraded, up, down]).http_status(), 503);
        assert_eq!(report([up, degraded, up]).http_status(), 200);
        assert_eq!(Report::of(Probe::Live, Vec::new()).status, up);
    }

    #[test]
    fn an_age_too_long_for_its_field_is_the_longest_there_is() {
        let mut oldest = component(Status::Up, true);
        oldest.age = Some(Duration::MAX);
        let json = serde_json::to_value(&oldest).unwrap();
        assert_eq!(json["age_ms"], u64::MAX);
    }
}
