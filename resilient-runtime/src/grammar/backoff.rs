//! The words for how delays grow and how they are spread, and which keys each of them reads.

/// How delays grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growing {
    Exponential,
    Linear,
    Constant,
    Fibonacci,
    Decorrelated,
    None,
    Function,
}

/// One row of the table mode × key.
struct Row {
    mode: Growing,
    /// The words for it; the first one is shown in messages.
    words: &'static [&'static str],
    /// The keys that it reads. (`max_delay` is read by all: a server's own delay is held against
    /// it.)
    reads: &'static [&'static str],
    /// Why it reads no others.
    because: &'static str,
}

const TABLE: [Row; 7] = [
    Row {
        mode: Growing::Exponential,
        words: &["exp", "exponential"],
        reads: &["delay", "factor", "jitter"],
        because: "",
    },
    Row {
        mode: Growing::Linear,
        words: &["linear"],
        reads: &["delay", "jitter"],
        because: "its delays grow by `delay` each time",
    },
    Row {
        mode: Growing::Constant,
        words: &["constant"],
        reads: &["delay", "jitter"],
        because: "its delays do not grow",
    },
    Row {
        mode: Growing::Fibonacci,
        words: &["fibonacci"],
        reads: &["delay", "jitter"],
        because: "its delays grow by the one before",
    },
    Row {
        mode: Growing::Decorrelated,
        words: &["decorrelated"],
        reads: &["delay"],
        because: "its delays are random between `delay` and three times the one before",
    },
    Row {
        mode: Growing::None,
        words: &["none"],
        reads: &[],
        because: "there is no delay",
    },
    Row {
        mode: Growing::Function,
        words: &[],
        reads: &["jitter"],
        because: "the function says each delay",
    },
];

/// The words for how delays are spread.
pub(crate) const JITTERS: [&str; 3] = ["full", "equal", "none"];

impl Growing {
    /// The mode that a word stands for.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.words.contains(&word))?;
        Some(row.mode)
    }

    /// All words.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> + Clone {
        TABLE.iter().flat_map(|row| row.words).copied()
    }

    fn row(self) -> &'static Row {
        // Every mode has a row; a test holds it to that.
        TABLE
            .iter()
            .find(|row| row.mode == self)
            .unwrap_or(&TABLE[0])
    }

    /// The word for it, if there is one.
    pub(crate) fn word(self) -> Option<&'static str> {
        self.row().words.first().copied()
    }

    /// Whether it reads this key.
    pub(crate) fn reads(self, key: &str) -> bool {
        self.row().reads.contains(&key)
    }

    /// What is wrong with a key beside this mode, if it does not read it.
    pub(crate) fn refuses(self, key: &str) -> Option<String> {
        let row = self.row();
        if row.reads.contains(&key) {
            return None;
        }
        let mode = self
            .word()
            .map_or("a function as `backoff`".to_owned(), |word| {
                format!("`backoff = \"{word}\"`")
            });
        let others: Vec<String> = TABLE
            .iter()
            .filter(|row| row.reads.contains(&key))
            .filter_map(|row| Some(format!("\"{}\"", row.words.first()?)))
            .collect();
        let (because, others) = (row.because, others.join(", "));
        Some(format!(
            "`{key}` is not read with {mode}: {because}\n\
             Remove it, or choose a backoff that reads it: {others}."
        ))
    }
}

/// All words for a backoff, as messages list them.
pub(crate) fn all_backoffs() -> String {
    Growing::words()
        .map(|word| format!("\"{word}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What an unknown word for a backoff is told; `near` is the end of its first line.
pub(crate) fn no_backoff(word: &str, near: &str) -> String {
    let all = all_backoffs();
    format!("`\"{word}\"` is no backoff{near}\nIt is one of {all}, or the path of a function.")
}

/// What an unknown word for a jitter is told.
pub(crate) fn no_jitter(word: &str, near: &str) -> String {
    format!(
        "`\"{word}\"` is no jitter{near}\n\
         It is one of \"full\", \"equal\", \"none\", or a ratio such as \"25%\"."
    )
}
