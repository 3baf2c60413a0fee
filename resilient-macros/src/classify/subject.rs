//! The type that the derive stands on, and the parts of it that have a class: its variants, or the
//! struct itself.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Fields, Generics, Item, ItemUnion};

/// A type.
pub(crate) enum Subject {
    Enum(syn::ItemEnum),
    Struct(syn::ItemStruct),
    Union(ItemUnion),
}

/// What has one class.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    /// As messages call it.
    pub(crate) name: &'a Ident,
    /// The variant that it is, if it is one.
    pub(crate) variant: Option<&'a Ident>,
    pub(crate) attributes: &'a [Attribute],
    pub(crate) fields: &'a Fields,
}

impl Subject {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        match syn::parse2(item)? {
            Item::Enum(item) => Ok(Self::Enum(item)),
            Item::Struct(item) => Ok(Self::Struct(item)),
            Item::Union(item) => Ok(Self::Union(item)),
            other => Err(syn::Error::new_spanned(
                other,
                "`#[derive(Classify)]` stands on an enum or a struct",
            )),
        }
    }

    pub(crate) fn name(&self) -> &Ident {
        match self {
            Self::Enum(item) => &item.ident,
            Self::Struct(item) => &item.ident,
            Self::Union(item) => &item.ident,
        }
    }

    pub(crate) fn attributes(&self) -> &[Attribute] {
        match self {
            Self::Enum(item) => &item.attrs,
            Self::Struct(item) => &item.attrs,
            Self::Union(item) => &item.attrs,
        }
    }

    pub(crate) fn generics(&self) -> &Generics {
        match self {
            Self::Enum(item) => &item.generics,
            Self::Struct(item) => &item.generics,
            Self::Union(item) => &item.generics,
        }
    }

    /// What has a class, in source order. Of a union nothing has.
    pub(crate) fn bearers(&self) -> Vec<Bearer<'_>> {
        match self {
            Self::Enum(item) => item
                .variants
                .iter()
                .map(|variant| Bearer {
                    name: &variant.ident,
                    variant: Some(&variant.ident),
                    attributes: &variant.attrs,
                    fields: &variant.fields,
                })
                .collect(),
            Self::Struct(item) => vec![Bearer {
                name: &item.ident,
                variant: None,
                attributes: &item.attrs,
                fields: &item.fields,
            }],
            Self::Union(_) => Vec::new(),
        }
    }
}
