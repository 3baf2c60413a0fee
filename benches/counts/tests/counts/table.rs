//! What was counted, by row.

use std::collections::BTreeMap;
use std::fmt;

/// What there is to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Instructions,
    ClockReads,
    Allocations,
    Future,
    Code,
    Static,
}

impl What {
    pub(crate) const ALL: [Self; 6] = [
        Self::Instructions,
        Self::ClockReads,
        Self::Allocations,
        Self::Future,
        Self::Code,
        Self::Static,
    ];

    /// As `ceilings.toml` has it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::ClockReads => "clock_reads",
            Self::Allocations => "allocations",
            Self::Future => "future_bytes",
            Self::Code => "code_bytes",
            Self::Static => "static_bytes",
        }
    }

    /// Whether the next compiler may make it more or less.
    pub(crate) fn is_the_compilers(self) -> bool {
        matches!(self, Self::Instructions | Self::Code)
    }
}

/// Rows in the order in which the program names them.
#[derive(Default)]
pub(crate) struct Table {
    names: Vec<String>,
    counts: BTreeMap<(String, What), i64>,
}

impl Table {
    pub(crate) fn set(&mut self, name: &str, what: What, count: u64) {
        if !self.names.iter().any(|it| it == name) {
            self.names.push(name.to_owned());
        }
        let count = i64::try_from(count).expect("a count is no address");
        self.counts.insert((name.to_owned(), what), count);
    }

    pub(crate) fn get(&self, name: &str, what: What) -> Option<i64> {
        self.counts.get(&(name.to_owned(), what)).copied()
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows that are calls.
    pub(crate) fn rows(&self) -> Vec<String> {
        let is_row = |name: &&String| self.get(name, What::Future).is_some();
        self.names.iter().filter(is_row).cloned().collect()
    }

    /// Leaves of each call what it costs beyond the same call without a policy.
    pub(crate) fn subtract_bare(&mut self) {
        for row in self.rows() {
            let bare = bare(&row);
            if row == bare {
                continue;
            }
            for what in What::ALL {
                if let Some(bare) = self.get(bare, what)
                    && let Some(count) = self.counts.get_mut(&(row.clone(), what))
                {
                    *count -= bare;
                }
            }
        }
    }
}

/// The row without a policy that a row is compared with.
pub(crate) fn bare(row: &str) -> &'static str {
    if row.ends_with("_suspended") {
        "bare_suspended"
    } else {
        "bare"
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:34}", "")?;
        for what in What::ALL {
            write!(f, "{:>14}", what.key())?;
        }
        for name in &self.names {
            write!(f, "\n{name:34}")?;
            for what in What::ALL {
                match self.get(name, what) {
                    Some(count) => write!(f, "{count:>14}")?,
                    None => write!(f, "{:>14}", "")?,
                }
            }
        }
        writeln!(f)
    }
}
