//! One line of the story: who says it, and its text.

use std::fmt;

use resilient_runtime::event::Event;

use crate::client::Answer;

/// What is said while a call runs.
pub(crate) enum Line {
    /// The server's line about one request.
    Server(String),
    /// What a policy did.
    Policy(Event),
    /// What the caller got.
    Answer(String),
}

impl Line {
    pub(crate) fn speaker(&self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            Self::Policy(_) => "policy",
            Self::Answer(_) => "answer",
        }
    }

    /// Without the numbers that differ from call to call, so that many calls can be summed up.
    pub(crate) fn in_brief(&self) -> String {
        match self {
            Self::Policy(Event::BulkheadWaited { name, .. }) => {
                format!("{name}: a place came free after a while")
            }
            line => line.to_string(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(text) | Self::Answer(text) => f.write_str(text),
            Self::Policy(event) => event.fmt(f),
        }
    }
}

impl From<&Answer> for Line {
    fn from(answer: &Answer) -> Self {
        Self::Answer(match answer {
            Ok(quote) => quote.to_string(),
            Err(error) => format!("error: {error}"),
        })
    }
}

/// The text in lines of at most `width` characters, broken between words.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one at least");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
