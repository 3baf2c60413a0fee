//! Where a value comes from, and what is wrong with it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Where a value of a configuration stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// A file, or a text with a name; as a whole, where no place in it is to blame.
    #[non_exhaustive]
    File {
        /// As it was given.
        name: Arc<str>,
        /// Line and column, both counted from 1, the column in characters.
        place: Option<(u32, u32)>,
    },
    /// A variable of the environment.
    #[non_exhaustive]
    Variable {
        /// The whole name.
        name: Arc<str>,
    },
}

impl Source {
    pub(super) fn whole(name: &Arc<str>) -> Self {
        Self::File {
            name: Arc::clone(name),
            place: None,
        }
    }

    pub(super) fn variable(name: &str) -> Self {
        Self::Variable { name: name.into() }
    }
}

/// `resilient.toml:12:3`, or the name of the variable.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                name,
                place: Some((line, column)),
            } => write!(f, "{name}:{line}:{column}"),
            Self::File { name, place: None } | Self::Variable { name } => f.write_str(name),
        }
    }
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    source: Source,
    text: String,
}

impl Fault {
    pub(super) fn new(source: &Source, text: impl Into<String>) -> Self {
        Self {
            source: source.clone(),
            text: text.into(),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What is wrong, why, and the way out.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.replace('\n', "\n  ");
        write!(f, "{}: {text}", self.source)
    }
}

/// All that is wrong with a configuration: nothing of it is in force, and what was before still is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(Vec<Fault>);

impl Errors {
    /// What is wrong, in the order in which it stands there: files before variables.
    pub(super) fn of(mut faults: Vec<Fault>) -> Self {
        faults.sort_by(|one, other| one.source.cmp(&other.source));
        faults.dedup();
        Self(faults)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

/// One fault after the other, each from a new line on.
impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let line = if at > 0 { "\n" } else { "" };
            write!(f, "{line}{fault}")?;
        }
        Ok(())
    }
}

impl Error for Errors {}
