//! Variables of the environment → what they say.
//!
//! `RESILIENT__CIRCUIT_BREAKER__PAYMENTS__FAILURE_RATE=30%`: words between `__`, the names among them in
//! the letters and digits that a variable may have.

use std::ffi::OsString;

use super::inventory::{FUNCTION, Inventory, KINDS, Spelling};
use super::said::Sayings;
use super::source::Source;
use crate::overrides::Raw;

const PREFIX: &str = "RESILIENT__";

/// Reads what variables say; those of others are passed over.
pub(super) fn read(variables: &[(OsString, OsString)], sayings: &mut Sayings<'_>) {
    let mut ours: Vec<_> = variables
        .iter()
        .filter_map(|(name, value)| {
            let shown = name.to_string_lossy();
            shown.starts_with(PREFIX).then_some((shown, name, value))
        })
        .collect();
    // A process has them in no order.
    ours.sort();
    for (shown, name, value) in ours {
        let at = Source::variable(&shown);
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            sayings.fault(
                &at,
                "this variable is not UTF-8: nobody can say what it means",
            );
            continue;
        };
        variable(name, value, &at, sayings);
    }
}

fn variable(name: &str, value: &str, at: &Source, sayings: &mut Sayings<'_>) {
    let words: Vec<_> = name
        .strip_prefix(PREFIX)
        .unwrap_or(name)
        .split("__")
        .map(str::to_ascii_lowercase)
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let raw = Raw::Loose(value.to_owned());
    match words[..] {
        _ if words.iter().any(|word| word.is_empty()) => {
            sayings.fault(at, format!("a word between two `__` is empty\n{SCHEME}"));
        }
        [kind, name, key] if KINDS.contains(&kind) => {
            let name = name.to_ascii_uppercase();
            if let Some(target) = sayings.instance(kind, &name, Spelling::Variable, at) {
                sayings.key(target, key, raw, at, at.clone());
            }
        }
        [FUNCTION, path, policy, ref rest @ ..] if rest.len() <= 2 => {
            let path = path.to_ascii_uppercase();
            let Some(function) = sayings.function(&path, Spelling::Variable, at) else {
                return;
            };
            let (number, key) = match *rest {
                [] => (None, None),
                [word] => match word.parse().ok() {
                    Some(number) => (Some(number), None),
                    None => (None, Some(word)),
                },
                [number, key] => {
                    let Ok(parsed) = number.parse() else {
                        sayings.fault(at, format!("`{number}` is no number\n{SCHEME}"));
                        return;
                    };
                    (Some(parsed), Some(key))
                }
                _ => return,
            };
            let Some(target) = sayings.layer(function, policy, number, at) else {
                return;
            };
            match key.or(target.short()) {
                Some(key) => {
                    let target = (target, function.site.path());
                    sayings.key(target, key, raw, at, at.clone());
                }
                None => sayings.fault(at, format!("this variable names no key\n{SCHEME}")),
            }
        }
        [word, ..] if word != FUNCTION && !KINDS.contains(&word) => {
            sayings.fault(at, Inventory::no_table(word));
        }
        _ => sayings.fault(
            at,
            format!("this variable has too few or too many words\n{SCHEME}"),
        ),
    }
}

const SCHEME: &str = "Write RESILIENT__CIRCUIT_BREAKER__NAME__KEY, likewise BULKHEAD, RATE_LIMIT and \
                      RETRY_BUDGET, or RESILIENT__FUNCTION__PATH__POLICY__KEY, with the number of the \
                      policy before the key where there are several.";
