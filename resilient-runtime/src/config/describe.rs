//! What is in force, all of it, and where each value comes from.

use std::fmt;

use super::inventory::{FUNCTION, Inventory};
use super::plan::id;
use super::said::ENABLED;
use super::state;
use crate::overrides::{Reached, Target};

/// What is in force in this binary, and where each value comes from: every named instance and every stack.
///
/// Its text is a configuration file that says what holds now, with the sources as comments. So a line of
/// it can be copied into a file and changed.
///
/// ```
/// use resilient_runtime::{config, retry};
///
/// #[retry(max = 2)]
/// async fn quote() -> Result<u32, String> {
///     Ok(7)
/// }
///
/// let described = config::describe().to_string();
/// assert!(described.contains("max = 2  # attribute"));
/// assert!(described.contains("max_delay = \"10s\"  # default"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(Vec<Section>);

/// One policy: the instance of a name, or one of a function's stack.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    /// The table of a file that speaks of it; a comment, where none can.
    header: String,
    settings: Vec<Setting>,
}

/// One setting that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The table of a configuration file that it belongs to: `[bulkhead."db"]`.
    pub table: String,
    /// Its key.
    pub key: String,
    /// Its value, as a file says it.
    pub value: String,
    /// Where it comes from: `attribute` is all that stands in the code, `default` what does not; or
    /// `resilient.toml:12:3`, or a variable's name.
    pub source: String,
}

impl Description {
    pub(super) fn of_this_binary() -> Self {
        let inventory = Inventory::of_this_binary();
        let mut sections = Vec::new();
        for it in &inventory.instances {
            let header = format!("[{}.{}]", it.kind, quoted(it.name));
            sections.push(Section::of(header, it.target));
        }
        for function in &inventory.functions {
            let site = function.site;
            let place = format!("# {}:{}", site.file(), site.line());
            sections.push(Section {
                header: place,
                settings: Vec::new(),
            });
            for (at, (word, reached)) in function.layers.iter().enumerate() {
                let of_word = function.of(word).len();
                let before = function.layers[..=at].iter();
                let number = before.filter(|(other, _)| other == word).count();
                let number = if of_word > 1 {
                    format!(".{number}")
                } else {
                    String::new()
                };
                let header = format!("[{FUNCTION}.{}.{word}{number}]", quoted(site.path()));
                sections.push(match reached {
                    Reached::Own(target) if inventory.holders(*target) > 1 => Section {
                        header: format!("# {word}: a `static` of several functions"),
                        settings: Vec::new(),
                    },
                    Reached::Own(target) => Section::of(header, *target),
                    Reached::Named { policy, name } => Section {
                        header: format!("# {word}: [{policy}.{}]", quoted(name)),
                        settings: Vec::new(),
                    },
                    Reached::Nothing(why) => Section {
                        header: format!("# {word}: {why}"),
                        settings: Vec::new(),
                    },
                });
            }
        }
        Self(sections)
    }

    /// Every setting, in the order of the text.
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.0.iter().flat_map(|section| &section.settings)
    }
}

impl Section {
    fn of(header: String, target: &'static dyn Target) -> Self {
        let shown = format!("{:#}", Shown(target));
        let settings = shown
            .lines()
            .skip(1)
            .filter_map(|line| said(line.trim(), target))
            .map(|(key, value)| Setting {
                source: source(target, &key),
                table: header.clone(),
                key,
                value,
            });
        Self {
            settings: settings.collect(),
            header,
        }
    }
}

fn source(target: &'static dyn Target, key: &str) -> String {
    match state::source(id(target), key) {
        Some(source) => source.to_string(),
        None if target.says(key) => "attribute".to_owned(),
        None => "default".to_owned(),
    }
}

/// `max = 3`, `shadow`, `on(error, timeout)` or `"2s"` as a key and its value in a file; nothing, where it
/// is none that can be overridden.
fn said(setting: &str, target: &dyn Target) -> Option<(String, String)> {
    let (key, value) = match setting.split_once(" = ") {
        Some((key, value)) => (key, value.to_owned()),
        None => match setting.strip_suffix(')').and_then(|it| it.split_once('(')) {
            Some((key, words)) => {
                let words: Vec<_> = words.split(", ").map(|word| format!("{word:?}")).collect();
                (key, format!("[{}]", words.join(", ")))
            }
            None if setting.starts_with('"') => (target.short()?, setting.to_owned()),
            None => (setting, "true".to_owned()),
        },
    };
    let is_key = target.keys().contains(&key) || key == ENABLED;
    // A function, or what each call says.
    (is_key && value != "..").then(|| (key.to_owned(), value))
}

/// As a key of TOML.
fn quoted(name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\"")
}

struct Shown(&'static dyn Target);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, section) in self.0.iter().enumerate() {
            let line = if at > 0 && !section.header.is_empty() {
                "\n"
            } else {
                ""
            };
            writeln!(f, "{line}{}", section.header)?;
            for Setting {
                key, value, source, ..
            } in &section.settings
            {
                writeln!(f, "{key} = {value}  # {source}")?;
            }
        }
        Ok(())
    }
}
