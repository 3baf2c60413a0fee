//! A conflict: one name that does not mean one thing.

use std::fmt;
use std::panic::Location;

/// One name that does not mean one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    policy: &'static str,
    name: String,
    holds: Option<&'static Location<'static>>,
    other: &'static Location<'static>,
    /// A name that is declared, and is nearly this one.
    meant: Option<String>,
}

impl Conflict {
    /// Two declarations that disagree; the first one holds.
    pub(crate) fn between(
        policy: &'static str,
        name: &str,
        holds: &'static Location<'static>,
        other: &'static Location<'static>,
    ) -> Self {
        Self {
            policy,
            name: name.to_owned(),
            holds: Some(holds),
            other,
            meant: None,
        }
    }

    /// A name that is only referred to.
    pub(crate) fn undeclared(
        policy: &'static str,
        name: &str,
        refers: &'static Location<'static>,
        meant: Option<&str>,
    ) -> Self {
        Self {
            policy,
            name: name.to_owned(),
            holds: None,
            other: refers,
            meant: meant.map(str::to_owned),
        }
    }

    /// The policy, by the word of its attribute.
    pub(crate) fn policy(&self) -> &'static str {
        self.policy
    }

    /// The name in question.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            policy,
            name,
            holds,
            other,
            meant,
        } = self;
        match (holds, meant) {
            (Some(holds), _) => write!(
                f,
                "{policy} `{name}` is declared with different settings: {holds} holds, {other} says otherwise; \
                 write the settings in one place, and only the name in the others"
            ),
            (None, Some(meant)) => write!(
                f,
                "{policy} `{name}` is declared nowhere; did you mean `{meant}`? {other} only refers to it: \
                 write the name that is meant, or declare this one there"
            ),
            (None, None) => write!(
                f,
                "{policy} `{name}` is declared nowhere: {other} only refers to it; \
                 write {} there, or check the spelling",
                match *policy {
                    "rate_limit" => "its rate",
                    _ => "`max_concurrent`",
                }
            ),
        }
    }
}
