//! A TOML file: its text → what it says.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::inventory::{FUNCTION, Function, Inventory, KINDS, Spelling};
use super::said::Sayings;
use super::source::Source;
use crate::overrides::{Raw, Target};

/// A text that places can be told in.
struct Text<'t> {
    name: &'t Arc<str>,
    text: &'t str,
}

impl Text<'_> {
    fn at(&self, span: &Range<usize>) -> Source {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count());
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Source::File {
            name: Arc::clone(self.name),
            place: Some((number(line), number(column + 1))),
        }
    }
}

/// Reads what a file says.
pub(super) fn read(name: &Arc<str>, text: &str, sayings: &mut Sayings<'_>) {
    // Editors of some systems begin a file with a mark that nobody sees.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (table, faults) = DeTable::parse_recoverable(text);
    let text = Text { name, text };
    for fault in &faults {
        let at = fault
            .span()
            .map_or_else(|| Source::whole(name), |span| text.at(&span));
        sayings.fault(&at, format!("this is no TOML: {}", fault.message()));
    }
    // What follows a fault may be read as what it is not.
    if faults.is_empty() {
        tables(&text, table.get_ref(), sayings);
    }
}

/// Where a text ends.
pub(super) fn end(name: &Arc<str>, text: &str) -> Source {
    Text { name, text }.at(&(text.len()..text.len()))
}

type Key<'t> = Spanned<DeString<'t>>;
type Value<'t> = Spanned<DeValue<'t>>;

fn tables(text: &Text<'_>, table: &DeTable<'_>, sayings: &mut Sayings<'_>) {
    for (word, value) in table {
        let word_at = text.at(&word.span());
        let word: &str = word.get_ref();
        if word != FUNCTION && !KINDS.contains(&word) {
            sayings.fault(&word_at, Inventory::no_table(word));
            continue;
        }
        let Some(named) = inside(value, &word_at, "a name, and under it its keys", sayings) else {
            continue;
        };
        for (name, value) in named {
            let at = text.at(&name.span());
            if word == FUNCTION {
                function(text, name, value, &at, sayings);
            } else if let Some(keys) = inside(value, &at, "the keys to override", sayings)
                && let Some(target) = sayings.instance(word, name.get_ref(), Spelling::Plain, &at)
            {
                of_policy(text, target, keys, sayings);
            }
        }
    }
}

/// A value that has to be a table.
fn inside<'v, 't>(
    value: &'v Value<'t>,
    at: &Source,
    what: &str,
    sayings: &mut Sayings<'_>,
) -> Option<&'v DeTable<'t>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        let found = raw(value.get_ref());
        sayings.fault(at, format!("expected a table, {what}, and this is {found}"));
    }
    table
}

fn function(
    text: &Text<'_>,
    path: &Key<'_>,
    value: &Value<'_>,
    at: &Source,
    sayings: &mut Sayings<'_>,
) {
    let what = "the policies of the function, and under each its keys";
    let Some(policies) = inside(value, at, what, sayings) else {
        return;
    };
    let Some(function) = sayings.function(path.get_ref(), Spelling::Plain, at) else {
        return;
    };
    for (word, value) in policies {
        layers(text, function, word, value, sayings);
    }
}

/// The policies of one word in a function's stack.
fn layers(
    text: &Text<'_>,
    function: &Function,
    word: &Key<'_>,
    value: &Value<'_>,
    sayings: &mut Sayings<'_>,
) {
    let at = text.at(&word.span());
    let word: &str = word.get_ref();
    let name = function.site.path();
    match value.get_ref() {
        // In the order of the stack.
        DeValue::Array(values) => {
            for (value, number) in values.iter().zip(1..) {
                let at = text.at(&value.span());
                if let Some(target) = sayings.layer(function, word, Some(number), &at) {
                    one(text, (target, name), value, &at, sayings);
                }
            }
        }
        // By their numbers.
        DeValue::Table(numbered)
            if !numbered.is_empty() && numbered.keys().all(|key| number(key).is_some()) =>
        {
            for (key, value) in numbered {
                let at = text.at(&key.span());
                if let Some(target) = sayings.layer(function, word, number(key), &at) {
                    one(text, (target, name), value, &at, sayings);
                }
            }
        }
        _ => {
            if let Some(target) = sayings.layer(function, word, None, &at) {
                one(text, (target, name), value, &at, sayings);
            }
        }
    }
}

fn number(key: &Key<'_>) -> Option<usize> {
    key.get_ref().parse().ok()
}

/// One policy: the table of its keys, or the one value that says most of it.
fn one(
    text: &Text<'_>,
    target: (&'static dyn Target, &'static str),
    value: &Value<'_>,
    at: &Source,
    sayings: &mut Sayings<'_>,
) {
    match (value.get_ref().as_table(), target.0.short()) {
        (Some(keys), _) => of_policy(text, target, keys, sayings),
        (None, Some(key)) => {
            let (raw, value_at) = (raw(value.get_ref()), text.at(&value.span()));
            sayings.key(target, key, raw, &value_at, value_at.clone());
        }
        (None, None) => drop(inside(value, at, "the keys to override", sayings)),
    }
}

fn of_policy(
    text: &Text<'_>,
    target: (&'static dyn Target, &'static str),
    keys: &DeTable<'_>,
    sayings: &mut Sayings<'_>,
) {
    for (key, value) in keys {
        let (key_at, value_at) = (text.at(&key.span()), text.at(&value.span()));
        sayings.key(
            target,
            key.get_ref(),
            raw(value.get_ref()),
            &key_at,
            value_at,
        );
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            let digits = digits.strip_prefix('+').unwrap_or(&digits);
            match u128::from_str_radix(digits, number.radix()) {
                Ok(number) => Raw::Integer(number.to_string()),
                Err(_) => Raw::Integer(digits.to_owned()),
            }
        }
        DeValue::Float(number) => {
            let number = number.as_str().replace('_', "");
            Raw::Float(number.parse().unwrap_or(f64::NAN))
        }
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Array(values) => {
            Raw::List(values.iter().map(|value| raw(value.get_ref())).collect())
        }
        DeValue::Table(_) => Raw::Other("a table"),
    }
}
