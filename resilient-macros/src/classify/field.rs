//! A field as an attribute names it, and as a pattern reaches it.

use darling::{Error, FromMeta};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Expr, Field, Fields, Lit, Member, Meta};

use super::subject::Bearer;
use crate::key::{nearest, ungrouped};
use crate::written::{literal, needs_value};

/// A field by its name, or by its index where fields have none.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The key that names it, for messages.
    key: String,
    text: String,
    is_index: bool,
    /// As it was written, for messages.
    expr: Expr,
}

impl FromMeta for Reference {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::NameValue(pair) = item else {
            return Err(needs_value(item, "field"));
        };
        let key = item.path().to_token_stream().to_string();
        let reference = |text, is_index| Self {
            key: key.clone(),
            text,
            is_index,
            expr: pair.value.clone(),
        };
        let value = ungrouped(&pair.value);
        if let Expr::Path(path) = value
            && let Some(ident) = path.path.get_ident()
        {
            return Ok(reference(ident.unraw().to_string(), false));
        }
        if let Some((Lit::Int(index), false)) = literal(value)
            && index.suffix().is_empty()
        {
            return Ok(reference(index.base10_digits().to_owned(), true));
        }
        let fault = match literal(value) {
            Some((Lit::Str(text), _)) if syn::parse_str::<syn::Ident>(&text.value()).is_ok() => {
                let name = text.value();
                format!("a field is named without quotes\nWrite `{key} = {name}`.")
            }
            _ if key == "retry_after" => "`retry_after` names a field: how long to wait is what \
                                          the callee said with this error\nWrite its name or its \
                                          index; or `#[throttled]` alone, and the backoff of the \
                                          `#[retry]` holds."
                .to_owned(),
            _ => format!("`{key}` names a field\nWrite its name or its index."),
        };
        Err(Error::custom(fault).with_span(value))
    }
}

/// A field that an expansion reads.
#[derive(Clone)]
pub(crate) struct Chosen<'a> {
    pub(crate) member: Member,
    pub(crate) index: usize,
    pub(crate) field: &'a Field,
}

impl<'a> Chosen<'a> {
    pub(crate) fn all(fields: &'a Fields) -> impl Iterator<Item = Self> {
        let numbered = fields.members().zip(fields).enumerate();
        numbered.map(|(index, (member, field))| Self {
            member,
            index,
            field,
        })
    }

    /// Whether it is the error beneath, by thiserror's words.
    pub(crate) fn is_source(&self) -> bool {
        let is = |attribute: &Attribute| {
            attribute.path().is_ident("source") || attribute.path().is_ident("from")
        };
        self.name() == "source" || self.field.attrs.iter().any(is)
    }

    /// As messages call it, and as attributes name it.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }
}

/// The field that is meant.
pub(crate) fn find<'a>(bearer: Bearer<'a>, meant: &Reference) -> syn::Result<Chosen<'a>> {
    let found = Chosen::all(bearer.fields).find(|chosen| chosen.name() == meant.text);
    found.ok_or_else(|| syn::Error::new_spanned(&meant.expr, unknown(bearer, meant)))
}

fn unknown(bearer: Bearer<'_>, meant: &Reference) -> String {
    let (name, text) = (bearer.name, &meant.text);
    let fault = format!("`{name}` has no field `{text}`");
    let (names, key) = (names(bearer.fields), &meant.key);
    match bearer.fields {
        _ if names.is_empty() && key == "retry_after" => format!(
            "{fault}: it has no fields at all\nAdd one, or write `#[throttled]` alone, and the \
             backoff of the `#[retry]` holds."
        ),
        _ if names.is_empty() => format!(
            "{fault}: it has no fields at all\nGive it a class of its own, such as \
             `#[transient]`."
        ),
        Fields::Unnamed(_) if !meant.is_index => format!(
            "{fault}: its fields have no names\nWrite the index, as in `{key} = {}`.",
            names[0]
        ),
        _ => match nearest(text, names.iter().map(String::as_str)) {
            Some(near) => format!(
                "{fault}. Did you mean `{near}`?\nIts fields are {}.",
                list(&names)
            ),
            None => format!("{fault}\nIts fields are {}.", list(&names)),
        },
    }
}

pub(crate) fn names(fields: &Fields) -> Vec<String> {
    Chosen::all(fields).map(|chosen| chosen.name()).collect()
}

pub(crate) fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
