//! Values as a file or a variable holds them, and what they are as values of attributes.

use std::fmt;
use std::time::Duration;

use crate::grammar;

/// A value before anybody knows what it is to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw {
    Text(String),
    /// As it is written: it may be larger than any integer.
    Integer(String),
    Float(f64),
    Flag(bool),
    List(Vec<Raw>),
    /// Of a kind that no key has, by its name.
    Other(&'static str),
    /// Of a variable, which has no kinds: it is what it has to be.
    Loose(String),
}

impl Raw {
    /// A word of a variable as what it looks like.
    fn tightened(&self) -> Self {
        let Self::Loose(text) = self else {
            return self.clone();
        };
        let trimmed = text.trim();
        let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Integer(trimmed.to_owned());
        }
        let is_number = |byte: u8| byte.is_ascii_digit() || b".-+eE".contains(&byte);
        match trimmed.parse() {
            Ok(number) if trimmed.bytes().all(is_number) => Self::Float(number),
            _ => Self::Text(text.clone()),
        }
    }

    pub(crate) fn duration(&self) -> Result<Duration, String> {
        match self.tightened() {
            Self::Text(text) => grammar::duration(&text),
            Self::Integer(number) => Err(grammar::unitless(&number)),
            Self::Float(number) => Err(grammar::unitless(&number.to_string())),
            other => Err(other.wrong_kind("a duration", "\"250ms\"")),
        }
    }

    pub(crate) fn ratio(&self) -> Result<f64, String> {
        match self.tightened() {
            Self::Text(text) => grammar::ratio(&text),
            Self::Float(share) if share.is_nan() => Err(grammar::no_ratio("nan")),
            Self::Float(share) => Ok(share),
            // Nothing and all can be meant in one way only.
            Self::Integer(number) if number == "0" => Ok(0.0),
            Self::Integer(number) if number == "1" => Ok(1.0),
            Self::Integer(number) => Err(grammar::whole_ratio(&number)),
            other => Err(other.wrong_kind("a ratio", "\"50%\"")),
        }
    }

    pub(super) fn count(&self) -> Result<u32, String> {
        match self.tightened() {
            Self::Integer(number) => match number.strip_prefix('-') {
                Some(number) => Err(grammar::negative_count(number)),
                None => number.parse().map_err(|_| grammar::large_count(&number)),
            },
            Self::Text(text) if text.trim().parse::<u32>().is_ok() => {
                Err(grammar::quoted_count(&text))
            }
            other => Err(other.wrong_kind("a count", "3")),
        }
    }

    pub(super) fn factor(&self) -> Result<f64, String> {
        match self.tightened() {
            Self::Float(factor) => Ok(factor),
            Self::Integer(number) => Ok(number.parse().unwrap_or(f64::NAN)),
            other => Err(other.wrong_kind("a factor", "2.0")),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, String> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            Self::Loose(text) if text.trim() == "true" => Ok(true),
            Self::Loose(text) if text.trim() == "false" => Ok(false),
            other => Err(format!("expected `true` or `false`, and this is {other}")),
        }
    }

    pub(super) fn text(&self, what: &str, example: &str) -> Result<String, String> {
        match self {
            Self::Text(text) | Self::Loose(text) => Ok(text.clone()),
            other => Err(other.wrong_kind(what, example)),
        }
    }

    /// A list of words; of a variable, with commas between them.
    pub(super) fn words(&self, example: &str) -> Result<Vec<String>, String> {
        match self {
            Self::Loose(text) => Ok(text.split(',').map(|word| word.trim().to_owned()).collect()),
            Self::List(words) => words
                .iter()
                .map(|word| word.text("a word", "\"error\""))
                .collect(),
            other => Err(other.wrong_kind("a list of words", example)),
        }
    }

    /// As a file would say it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Loose(text) if ["true", "false"].contains(&text.trim()) => text.trim().to_owned(),
            Self::Loose(_) => self.tightened().shown(),
            Self::Text(text) => format!("{:?}", shortened(text)),
            Self::Integer(number) => number.clone(),
            Self::Float(number) => format!("{number:?}"),
            Self::Flag(flag) => flag.to_string(),
            Self::List(values) => {
                let values: Vec<_> = values.iter().map(Self::shown).collect();
                format!("[{}]", values.join(", "))
            }
            Self::Other(kind) => (*kind).to_owned(),
        }
    }

    fn wrong_kind(&self, expected: &str, example: &str) -> String {
        format!("expected {expected}, as in {example}, and this is {self}")
    }
}

/// What it is, to whom it is refused.
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Loose(text) if text.is_empty() => f.write_str("empty"),
            Self::Text(text) => write!(f, "the text {:?}", shortened(text)),
            Self::Loose(text) => write!(f, "{:?}", shortened(text)),
            Self::Integer(number) => write!(f, "the number {}", shortened(number)),
            Self::Float(number) => write!(f, "the number {number:?}"),
            Self::Flag(flag) => write!(f, "`{flag}`"),
            Self::List(_) => f.write_str("a list"),
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// A message must not grow with what it is about.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
