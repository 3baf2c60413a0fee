//! What was declared critical by its name.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::report::{Component, Kind, Status};
use crate::name::Name;
use crate::near::nearest;

static DECLARED: Mutex<Vec<(Kind, Name)>> = Mutex::new(Vec::new());

fn declared() -> MutexGuard<'static, Vec<(Kind, Name)>> {
    DECLARED.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn declare(kind: Kind, name: Name) {
    let mut declared = declared();
    if !declared.iter().any(|other| *other == (kind, name.clone())) {
        declared.push((kind, name));
    }
}

/// The names of this kind that are critical.
pub(super) fn names(kind: Kind) -> Vec<Name> {
    declared()
        .iter()
        .filter(|(of, _)| *of == kind)
        .map(|(_, name)| name.clone())
        .collect()
}

/// Nothing in the binary has this name: a mistake that shows in the first report, not in an outage that
/// gates nothing.
pub(super) fn missing<'a>(
    kind: Kind,
    name: Name,
    others: impl Iterator<Item = &'a str>,
) -> Component {
    let word = match kind {
        Kind::Bulkhead => "bulkhead",
        _ => "circuit breaker",
    };
    let way_out = match nearest(&name, others) {
        Some(other) => format!("did you mean `{other}`?"),
        None => "a `static` that no attribute names has to be `#[shared]`".to_owned(),
    };
    Component {
        kind,
        name,
        status: Status::Down,
        critical: true,
        detail: format!("no {word} of this name is in the binary; {way_out}"),
        age: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nothing_has_is_down_and_says_what_was_meant() {
        for (kind, name, others, detail) in [
            (
                Kind::CircuitBreaker,
                "paymets",
                &["orders", "payments"][..],
                "no circuit breaker of this name is in the binary; did you mean `payments`?",
            ),
            (
                Kind::Bulkhead,
                "db",
                &[],
                "no bulkhead of this name is in the binary; a `static` that no attribute names has \
                 to be `#[shared]`",
            ),
        ] {
            let component = missing(kind, Name::from(name), others.iter().copied());
            assert_eq!(component.status, Status::Down);
            assert!(component.critical);
            assert_eq!(component.detail, detail);
        }
    }

    #[test]
    fn a_name_is_declared_once_for_each_kind() {
        for _ in 0..2 {
            declare(Kind::CircuitBreaker, Name::from("declared"));
            declare(Kind::Bulkhead, Name::from("declared-too"));
        }
        assert_eq!(names(Kind::CircuitBreaker), ["declared"]);
        assert_eq!(names(Kind::Bulkhead), ["declared-too"]);
    }
}
