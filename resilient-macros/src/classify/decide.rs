//! The rules: `marks → the one class of each variant`, or what is wrong with them.

use quote::ToTokens;

use super::field::{self, Chosen};
use super::mark::{self, Mark, Marks, Plain, Said, WORDS};
use super::subject::{Bearer, Subject};
use crate::diagnostics::Diagnostics;
use crate::key::nearest;

/// What an expansion does for one variant.
pub(crate) enum Class<'a> {
    Plain(Plain),
    Throttled(Option<Chosen<'a>>),
    Delegate(Chosen<'a>),
}

/// A variant, or a struct, and its class.
pub(crate) struct Decision<'a> {
    pub(crate) bearer: Bearer<'a>,
    pub(crate) class: Class<'a>,
}

/// `None` only where a fault was reported.
pub(crate) fn all<'a>(
    subject: &'a Subject,
    on_type: &Marks,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Decision<'a>>> {
    let mut missing = Missing::default();
    let bearers = subject.bearers();
    match subject {
        Subject::Struct(_) => {
            let decision = |bearer| decide(bearer, on_type, &mut missing, diagnostics);
            bearers.into_iter().map(decision).collect()
        }
        Subject::Enum(_) => {
            refuse_on_enum(on_type, diagnostics);
            // Whoever wrote a class for all of them will find out what each needs from that fault.
            missing.is_silent = !on_type.classes.is_empty();
            let mut decisions = Vec::new();
            for bearer in bearers {
                let marks = mark::read_all(bearer.attributes, diagnostics);
                if let Some(key) = marks.krate_tokens() {
                    let fault = "`crate` is said once, for the whole type\nWrite \
                                 `#[classify(crate = path)]` above the enum.";
                    diagnostics.error(key, fault);
                }
                decisions.push(decide(bearer, &marks, &mut missing, diagnostics));
            }
            decisions.into_iter().collect()
        }
        Subject::Union(item) => {
            let fault = "a union cannot derive `Classify`: it does not know which of its fields \
                         it holds\nWrite `impl Classify` by hand.";
            diagnostics.error(item.union_token, fault);
            None
        }
    }
}

fn refuse_on_enum(marks: &Marks, diagnostics: &mut Diagnostics) {
    for Mark { word, tokens, .. } in &marks.classes {
        let fault = if word == "classify" {
            "an enum has no field to ask\nWrite `#[classify(delegate)]` above the variants that \
             hold another error."
                .to_owned()
        } else {
            format!(
                "an enum has no class: a new variant must be a decision\nWrite `#[{word}]` above \
                 each variant that it is meant for."
            )
        };
        diagnostics.error(tokens, fault);
    }
}

fn decide<'a>(
    bearer: Bearer<'a>,
    marks: &Marks,
    missing: &mut Missing,
    diagnostics: &mut Diagnostics,
) -> Option<Decision<'a>> {
    let misplaced = refuse_on_fields(bearer, diagnostics);
    refuse_second(bearer, &marks.classes, diagnostics);
    let Some(mark) = marks.classes.first() else {
        if !misplaced {
            missing.report(bearer, diagnostics);
        }
        return None;
    };
    let chosen = |meant, diagnostics: &mut Diagnostics| {
        let found = field::find(bearer, meant);
        found.map_err(|fault| diagnostics.push(fault)).ok()
    };
    let class = match &mark.said {
        Said::Plain(class) => Class::Plain(*class),
        Said::Throttled(None) => Class::Throttled(None),
        Said::Throttled(Some(meant)) => Class::Throttled(Some(chosen(meant, diagnostics)?)),
        Said::Delegate(Some(meant)) => Class::Delegate(chosen(meant, diagnostics)?),
        Said::Delegate(None) => Class::Delegate(only_field(bearer, mark, diagnostics)?),
        Said::Faulty => return None,
    };
    Some(Decision { bearer, class })
}

/// Whether there was one. It was a class for the variant, in the wrong place.
fn refuse_on_fields(bearer: Bearer<'_>, diagnostics: &mut Diagnostics) -> bool {
    let mut any = false;
    for chosen in Chosen::all(bearer.fields) {
        let (field, owner) = (chosen.name(), bearer.name);
        for attribute in &chosen.field.attrs {
            let Some(word) = mark::own_word(attribute) else {
                continue;
            };
            any = true;
            let meant = match word.as_str() {
                "classify" if bearer.fields.len() == 1 => "classify(delegate)".to_owned(),
                "classify" => format!("classify(delegate = {field})"),
                "throttled" => format!("throttled(retry_after = {field})"),
                word => word.to_owned(),
            };
            let fault = format!(
                "a class stands above what has it, not on one of its fields\nWrite `#[{meant}]` \
                 above `{owner}`."
            );
            diagnostics.error(attribute, fault);
        }
    }
    any
}

fn refuse_second(bearer: Bearer<'_>, marks: &[Mark], diagnostics: &mut Diagnostics) {
    // A faulty `classify` may have been about `crate`.
    let is_class = |mark: &&Mark| !(mark.word == "classify" && matches!(mark.said, Said::Faulty));
    let mut classes = marks.iter().filter(is_class);
    let Some(first) = classes.next() else {
        return;
    };
    let shown = |mark: &Mark| match mark.word.as_str() {
        "classify" => "#[classify(delegate)]".to_owned(),
        word => format!("#[{word}]"),
    };
    for second in classes {
        let (name, first, again) = (bearer.name, shown(first), shown(second));
        let fault = if first == again {
            format!("`{again}` is written twice on `{name}`\nRemove one of them.")
        } else {
            format!(
                "`{name}` has two classes, `{first}` and `{again}`: which one holds?\nRemove one \
                 of them."
            )
        };
        diagnostics.error(&second.tokens, fault);
    }
}

fn only_field<'a>(
    bearer: Bearer<'a>,
    mark: &Mark,
    diagnostics: &mut Diagnostics,
) -> Option<Chosen<'a>> {
    let (name, count) = (bearer.name, bearer.fields.len());
    let mut fields = Chosen::all(bearer.fields);
    let fault = match Chosen::all(bearer.fields)
        .find(Chosen::is_source)
        .or(fields.next())
    {
        Some(only) if count == 1 => return Some(only),
        Some(likely) => format!(
            "`{name}` has {count} fields: which one has the class?\nName it, as in \
             `#[classify(delegate = {})]`. Its fields are {}.",
            likely.name(),
            field::list(&field::names(bearer.fields)),
        ),
        None => format!(
            "`{name}` has no field to ask for the class\nGive it a class of its own, such as \
             `#[transient]`."
        ),
    };
    diagnostics.error(&mark.tokens, fault);
    None
}

/// Reports what has no class: the first time with what each class means, then shortly, so that an
/// enum that has just been given the derive does not fill the screen.
#[derive(Default)]
struct Missing {
    is_silent: bool,
    is_explained: bool,
}

impl Missing {
    fn report(&mut self, bearer: Bearer<'_>, diagnostics: &mut Diagnostics) {
        let name = bearer.name;
        if let Some((attribute, word, near)) = misspelt(bearer) {
            let fault = format!("`#[{word}]` is no class. Did you mean `#[{near}]`?");
            diagnostics.error(attribute, fault);
            return;
        }
        if self.is_silent {
            return;
        }
        if std::mem::replace(&mut self.is_explained, true) {
            let fault = format!(
                "`{name}` has no class either\nWrite `#[transient]`, `#[throttled]`, \
                 `#[answered]`, `#[permanent]`, `#[ignored]` or `#[classify(delegate)]`."
            );
            diagnostics.error(name, fault);
        } else {
            let fault = format!(
                "`{name}` has no class, and none is guessed: a new error must be a \
                 decision\nWrite `#[transient]` (may go away: retried), `#[throttled]` (retried \
                 later), `#[answered]` (the callee works, and says no),\n`#[permanent]` (broken: \
                 not retried), `#[ignored]` (says nothing of the callee), or \
                 `#[classify(delegate)]` (as its field says)."
            );
            diagnostics.error(name, fault);
        }
    }
}

/// An attribute that was probably meant to be a class. rustc knows it no more than we do, so it is
/// in nobody's way.
fn misspelt(bearer: Bearer<'_>) -> Option<(impl ToTokens, String, &'static str)> {
    bearer.attributes.iter().find_map(|attribute| {
        let word = mark::word_of(attribute)?;
        let near = nearest(&word, WORDS.into_iter())?;
        Some((attribute, word, near))
    })
}
