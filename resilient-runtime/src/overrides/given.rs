//! The values that a policy is given in the place of its own, and what is wrong with them.

use std::time::Duration;

use super::Raw;
use crate::grammar;
use crate::near::did_you_mean;
use crate::rule::{self, Text};

/// The value of one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) raw: Raw,
}

/// What a policy is given: each of its keys once. It asks for what it knows, and each of its answers
/// about what can't be is kept with the entry that it is about.
pub(crate) struct Given<'e> {
    entries: Vec<&'e Entry>,
    faults: Vec<(usize, String)>,
}

impl<'e> Given<'e> {
    pub(crate) fn new(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            faults: Vec::new(),
        }
    }

    /// What is wrong, by the place of the entry.
    pub(crate) fn faults(self) -> Vec<(usize, String)> {
        self.faults
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key == key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Says what is wrong with the value of a key.
    pub(crate) fn fault(&mut self, key: &str, fault: impl Into<String>) {
        if let Some(at) = self.find(key) {
            self.faults.push((at, fault.into()));
        }
    }

    /// Says what is wrong between the values of these keys, at the first of them that is given.
    #[expect(
        clippy::large_types_passed_by_value,
        reason = "there is a text only where something is wrong"
    )]
    pub(crate) fn refuse(&mut self, keys: &[&str], fault: Option<Text>) {
        if let Some(fault) = fault
            && let Some(key) = keys.iter().find(|key| self.has(key))
        {
            self.fault(key, fault.as_str());
        }
    }

    fn read<T>(&mut self, key: &str, read: impl FnOnce(&Raw) -> Result<T, String>) -> Option<T> {
        let at = self.find(key)?;
        match read(&self.entries[at].raw) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push((at, fault));
                None
            }
        }
    }

    pub(crate) fn duration(
        &mut self,
        key: &str,
        rule: fn(Duration) -> Option<Text>,
    ) -> Option<Duration> {
        self.read(key, |raw| kept(raw.duration()?, rule))
    }

    pub(crate) fn count(&mut self, key: &str, rule: fn(u32) -> Option<Text>) -> Option<u32> {
        self.read(key, |raw| kept(raw.count()?, rule))
    }

    pub(crate) fn ratio(&mut self, key: &str) -> Option<f64> {
        self.read(key, |raw| kept(raw.ratio()?, rule::ratio))
    }

    pub(crate) fn factor(&mut self, key: &str) -> Option<f64> {
        self.read(key, |raw| kept(raw.factor()?, rule::factor))
    }

    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, Raw::flag)
    }

    /// So many calls in so long.
    pub(crate) fn rate(&mut self, key: &str) -> Option<(u32, Duration)> {
        self.read(key, |raw| {
            let text = match raw {
                Raw::Integer(number) => number.clone(),
                Raw::Float(number) => number.to_string(),
                raw => raw.text("a rate", "\"100/s\"")?,
            };
            let rate = grammar::rate(&text)?;
            kept(rate, |(calls, period)| rule::rate(calls, period))
        })
    }

    /// A number of calls, or a time.
    pub(crate) fn count_or_duration<T>(
        &mut self,
        key: &str,
        count: impl FnOnce(u32) -> Result<T, String>,
        duration: impl FnOnce(Duration) -> Result<T, String>,
    ) -> Option<T> {
        self.read(key, |raw| {
            let is_text = match raw {
                Raw::Text(text) | Raw::Loose(text) => text.trim().parse::<u64>().is_err(),
                _ => false,
            };
            if is_text {
                duration(raw.duration()?)
            } else {
                count(raw.count()?)
            }
        })
    }

    /// A value that is read by its own rules.
    pub(crate) fn by<T>(
        &mut self,
        key: &str,
        what: &str,
        example: &str,
        read: impl FnOnce(&str, &Raw) -> Result<T, String>,
    ) -> Option<T> {
        self.read(key, |raw| read(&raw.text(what, example)?, raw))
    }

    /// A value of any kind.
    pub(crate) fn raw<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&Raw) -> Result<T, String>,
    ) -> Option<T> {
        self.read(key, read)
    }

    /// The words of a list, each one of these.
    pub(crate) fn words(&mut self, key: &str, known: &[&'static str]) -> Option<Vec<String>> {
        self.read(key, |raw| {
            let words = raw.words("[\"error\", \"timeout\"]")?;
            for word in &words {
                if !known.contains(&word.as_str()) {
                    let near = did_you_mean(word, known.iter().copied(), '"');
                    let all: Vec<_> = known.iter().map(|word| format!("\"{word}\"")).collect();
                    return Err(format!(
                        "`\"{word}\"` is nothing that a call can fail by{near}\n\
                         The words of `{key}` are {}.",
                        all.join(", ")
                    ));
                }
            }
            if words.is_empty() {
                return Err(format!(
                    "`{key}` with nothing in it retries nothing\n\
                     Name what is retried, or write `enabled = false`."
                ));
            }
            Ok(words)
        })
    }
}

/// A value that keeps to its rule.
pub(crate) fn kept<T: Copy>(value: T, rule: impl FnOnce(T) -> Option<Text>) -> Result<T, String> {
    match rule(value) {
        Some(fault) => Err(fault.as_str().to_owned()),
        None => Ok(value),
    }
}
