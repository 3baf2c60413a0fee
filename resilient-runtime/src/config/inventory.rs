//! What can be overridden: the named instances and the functions of the binary, and how people name them.

use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
use crate::circuit_breaker::CircuitBreaker;
use crate::near::{did_you_mean, nearest};
use crate::overrides::{Reached, Target, shortened};
use crate::rate_limit::RateLimiter;
use crate::registry::{self, Named, Site};
use crate::rule;

/// The kinds of named instances, by the words of their tables.
pub(super) const KINDS: [&str; 4] = ["circuit_breaker", "bulkhead", "rate_limit", "retry_budget"];
/// The table of functions.
pub(super) const FUNCTION: &str = "function";
/// The policies that only functions have.
const OF_FUNCTIONS: [&str; 4] = ["retry", "timeout", "hedge", "fallback"];

pub(super) struct Inventory {
    pub(super) instances: Vec<Instance>,
    pub(super) functions: Vec<Function>,
}

/// A named instance.
pub(super) struct Instance {
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) target: &'static dyn Target,
}

/// An annotated function.
pub(super) struct Function {
    pub(super) site: &'static Site,
    /// The paths by which people may mean it.
    spellings: Vec<String>,
    /// Its policies, outermost first.
    pub(super) layers: Vec<(&'static str, Reached)>,
}

/// How a name is spelled.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    /// As it is.
    Plain,
    /// As a variable can: `shop::Client::quote` as `SHOP_CLIENT_QUOTE`.
    Variable,
}

impl Spelling {
    fn is(self, said: &str, name: &str) -> bool {
        match self {
            Self::Plain => said == name,
            Self::Variable => as_variable(said) == as_variable(name),
        }
    }

    fn shown(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Variable => as_variable(name),
        }
    }
}

/// How a name is spelled in a variable: what is neither a letter nor a digit of ASCII is one `_`, however
/// much of it there is, and none at the ends. So it never holds the `__` between words.
pub(super) fn as_variable(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_uppercase()
}

impl Inventory {
    pub(super) fn of_this_binary() -> Self {
        let mut instances = Vec::new();
        add::<CircuitBreaker>(&mut instances);
        add::<Bulkhead>(&mut instances);
        add::<RateLimiter>(&mut instances);
        add::<RetryBudget>(&mut instances);
        let mut functions: Vec<_> = registry::sites()
            .map(|site| Function {
                site,
                spellings: registry::spellings(site),
                layers: site.reached().collect(),
            })
            .collect();
        // The linker has an order of its own.
        functions.sort_by_key(|function| (function.site.path(), function.site.line()));
        Self {
            instances,
            functions,
        }
    }

    /// What is told of a table that there is none of.
    pub(super) fn no_table(word: &str) -> String {
        if OF_FUNCTIONS.contains(&word) {
            return format!(
                "a `{word}` belongs to a function\n\
                 Write `[{FUNCTION}.\"path::of::it\".{word}]`."
            );
        }
        let known = KINDS.into_iter().chain([FUNCTION]);
        let near = did_you_mean(word, known, '`');
        format!(
            "`{}` is nothing that can be overridden{near}\n\
             It is one of `circuit_breaker`, `bulkhead`, `rate_limit`, `retry_budget`, each by name, or \
             `{FUNCTION}`, by path.",
            shortened(word)
        )
    }

    /// The instance of this name.
    pub(super) fn instance(
        &self,
        kind: &str,
        name: &str,
        spelling: Spelling,
    ) -> Result<&'static dyn Target, String> {
        let of_kind = || self.instances.iter().filter(|it| it.kind == kind);
        let found: Vec<_> = of_kind().filter(|it| spelling.is(name, it.name)).collect();
        match &found[..] {
            [it] => Ok(it.target),
            [] => {
                if spelling == Spelling::Plain
                    && let Some(fault) = rule::name(name)
                {
                    return Err(fault.as_str().to_owned());
                }
                let names: Vec<_> = of_kind().map(|it| spelling.shown(it.name)).collect();
                let near = did_you_mean(name, names.iter().map(String::as_str), '`');
                let elsewhere = self.instances.iter().find(|it| spelling.is(name, it.name));
                let way_out = match elsewhere {
                    Some(it) => format!("There is a `{}` of that name.", it.kind),
                    None if names.is_empty() => format!("No `{kind}` has a name in this binary."),
                    None => format!("Known are {}.", listed(names.iter().map(String::as_str))),
                };
                let name = shortened(name);
                Err(format!("no `{kind}` is called `{name}`{near}\n{way_out}"))
            }
            several => Err(format!(
                "`{name}` could be any of {}\n\
                 Say it in a file, where names are written as they are.",
                listed(several.iter().map(|it| it.name))
            )),
        }
    }

    /// The function of this path, or of a path that ends like this.
    pub(super) fn function(&self, path: &str, spelling: Spelling) -> Result<&Function, String> {
        let mut found: Vec<&Function> = match spelling {
            Spelling::Plain => {
                let sites = registry::sites_of(path);
                let is = |function: &&Function| {
                    sites.iter().any(|site| std::ptr::eq(*site, function.site))
                };
                self.functions.iter().filter(is).collect()
            }
            Spelling::Variable => Vec::new(),
        };
        if found.is_empty() {
            let ends = |function: &&Function| {
                let mut ends = function.spellings.iter().flat_map(|path| endings(path));
                ends.any(|end| spelling.is(path, end))
            };
            found = self.functions.iter().filter(ends).collect();
        }
        match &found[..] {
            [function] => Ok(function),
            [] => {
                let words = path.split("::").count();
                let known = self.functions.iter().flat_map(|it| &it.spellings);
                let known: Vec<_> = match spelling {
                    Spelling::Plain => known
                        .flat_map(|path| endings(path))
                        .filter(|end| end.split("::").count() == words)
                        .map(str::to_owned)
                        .collect(),
                    Spelling::Variable => known
                        .flat_map(|path| endings(path))
                        .map(as_variable)
                        .collect(),
                };
                let near = nearest(path, known.iter().map(String::as_str));
                let near = near.map_or(String::new(), |near| format!(". Did you mean `{near}`?"));
                Err(format!(
                    "no annotated function of this binary is `{}`{near}\n\
                     `config::describe()` lists them all; the end of a path is enough.",
                    shortened(path)
                ))
            }
            several => {
                let places = several.iter().map(|function| {
                    let site = function.site;
                    format!("{} ({}:{})", site.path(), site.file(), site.line())
                });
                let places: Vec<_> = places.collect();
                Err(format!(
                    "`{path}` could be any of {}\n\
                     Write more of its path.",
                    listed(places.iter().map(String::as_str))
                ))
            }
        }
    }

    /// How many functions have this policy.
    pub(super) fn holders(&self, target: &'static dyn Target) -> usize {
        let holds = |function: &&Function| {
            function.layers.iter().any(|(_, reached)| match reached {
                Reached::Own(own) => {
                    own.address() == target.address() && own.policy() == target.policy()
                }
                Reached::Named { .. } | Reached::Nothing(_) => false,
            })
        };
        self.functions.iter().filter(holds).count()
    }
}

impl Function {
    /// The policies of this word, outermost first.
    pub(super) fn of(&self, word: &str) -> Vec<Reached> {
        let layers = self.layers.iter().filter(|(policy, _)| *policy == word);
        layers.map(|(_, reached)| *reached).collect()
    }

    /// What is told of a policy that its stack has not.
    pub(super) fn no_layer(&self, word: &str) -> String {
        let policies = self.layers.iter().map(|(policy, _)| *policy);
        let near = did_you_mean(word, policies.clone(), '`');
        format!(
            "`{}` has no `{}` in its stack{near}\nIt has {}.",
            self.site.path(),
            shortened(word),
            listed(policies)
        )
    }
}

fn add<P: Named + Target>(instances: &mut Vec<Instance>) {
    instances.extend(registry::named_instances::<P>().map(|instance| Instance {
        kind: P::POLICY,
        name: instance.name(),
        target: instance,
    }));
}

/// A path, and what it ends in: `shop::Client::quote`, `Client::quote`, `quote`.
fn endings(path: &str) -> impl Iterator<Item = &str> {
    let later = path.match_indices("::").map(|(at, _)| &path[at + 2..]);
    [path].into_iter().chain(later)
}

/// `a`, `b` and `c`; of many only the first.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 16;
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= SHOWN => format!("{} and {last}", first.join(", ")),
        _ => format!(
            "{} and {} more",
            names[..SHOWN].join(", "),
            names.len() - SHOWN
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_variable_is_words_of_letters_and_digits() {
        for (name, variable) in [
            ("payments", "PAYMENTS"),
            ("payments-eu.v2", "PAYMENTS_EU_V2"),
            ("shop::pricing::Client::quote", "SHOP_PRICING_CLIENT_QUOTE"),
            ("the cache: hot -- cold", "THE_CACHE_HOT_COLD"),
            ("__x__", "X"),
            ("µ–🦀", ""),
        ] {
            assert_eq!(as_variable(name), variable);
        }
    }

    #[test]
    fn a_path_ends_where_one_of_its_words_begins() {
        let ends: Vec<_> = endings("shop::Client::quote").collect();
        assert_eq!(ends, ["shop::Client::quote", "Client::quote", "quote"]);
    }
}
