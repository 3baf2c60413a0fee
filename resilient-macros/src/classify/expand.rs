//! `decisions → impl Classify`. It cannot fail.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Fields, Generics, Index, Member, Meta, Path, Type};

use super::decide::{Class, Decision};
use super::field::Chosen;
use super::mark::Plain;
use super::subject::Subject;
use crate::paths;

/// ```text
/// #[derive(Classify)]                const _: () = {
/// enum PriceError {                      use ::resilient_runtime::__private as __rt;
///     #[answered]                        #[automatically_derived]
///     NotFound,                          impl __rt::Classify for PriceError {
///     #[throttled(                           fn class(&self) -> __rt::Class {
///         retry_after = wait                     match self {
///     )]                             →               Self::NotFound => __rt::Class::Answered,
///     Busy { wait: Duration },                       Self::Busy { wait: __resilient_field } => __rt::Class::Throttled {
///     #[classify(delegate)]                              retry_after: __rt::retry_after::<Duration>(__resilient_field),
///     Rejected(Rejected),                            },
/// }                                                  Self::Rejected(__resilient_field) => <Rejected as __rt::Classify>::class(__resilient_field),
///                                                }
///                                            }
///                                        }
///                                    };
/// ```
///
/// Without decisions, as there were faults, every error is transient.
pub(crate) fn implementation(
    subject: &Subject,
    krate: Option<&Path>,
    decisions: Option<&[Decision<'_>]>,
) -> TokenStream {
    let span = Span::mixed_site();
    let mut generics = subject.generics().clone();
    let body = match (subject, decisions) {
        (Subject::Enum(_), Some([])) => quote_spanned!(span=> match *self {}),
        (Subject::Enum(_), Some(decisions)) => {
            let arms = decisions.iter().map(arm);
            quote_spanned!(span=> match self { #(#arms)* })
        }
        (Subject::Struct(_), Some([Decision { class, .. }])) => of(class, &|chosen| {
            let member = ours(&chosen.member);
            quote_spanned!(span=> &self.#member)
        }),
        _ => plain(Plain::Transient),
    };
    for Decision { class, .. } in decisions.unwrap_or_default() {
        if let Class::Delegate(chosen) = class
            && needs_bound(&chosen.field.ty, &generics, subject.name())
        {
            bind(&mut generics, &chosen.field.ty);
        }
    }
    let import = paths::import(krate);
    let lints = allowed(subject.attributes());
    let name = located(subject.name());
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote_spanned!(span=> const _: () = {
        #import
        #lints
        #[automatically_derived]
        impl #parameters __rt::Classify for #name #arguments #bounds {
            #[inline]
            fn class(&self) -> __rt::Class {
                #body
            }
        }
    };)
}

fn arm(Decision { bearer, class }: &Decision<'_>) -> TokenStream {
    let span = Span::mixed_site();
    let variant = bearer.variant.map(located);
    let chosen = match class {
        Class::Throttled(Some(chosen)) | Class::Delegate(chosen) => Some(chosen),
        Class::Plain(_) | Class::Throttled(None) => None,
    };
    let fields = match (bearer.fields, chosen) {
        (Fields::Unit, _) => TokenStream::new(),
        (Fields::Unnamed(_), None) => quote_spanned!(span=> (..)),
        (Fields::Named(_), None) => quote_spanned!(span=> { .. }),
        (fields, Some(chosen)) => {
            let rest = (fields.len() > 1).then(|| quote_spanned!(span=> ..));
            match &chosen.member {
                member @ Member::Named(_) => {
                    let member = ours(member);
                    quote_spanned!(span=> { #member: __resilient_field, #rest })
                }
                Member::Unnamed(_) => {
                    let before = (0..chosen.index).map(|_| quote_spanned!(span=> _,));
                    let is_last = chosen.index + 1 == fields.len();
                    let after = (!is_last).then(|| quote_spanned!(span=> , ..));
                    quote_spanned!(span=> (#(#before)* __resilient_field #after))
                }
            }
        }
    };
    let lints = allowed(bearer.attributes);
    let field_lints = chosen.map(|chosen| allowed(&chosen.field.attrs));
    let class = of(class, &|_| quote_spanned!(span=> __resilient_field));
    quote_spanned!(span=> #lints #field_lints Self::#variant #fields => #class,)
}

/// The class. What rustc has to say of a field's type is said at that type.
fn of(class: &Class<'_>, place: &dyn Fn(&Chosen<'_>) -> TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    match class {
        Class::Plain(class) => plain(*class),
        Class::Throttled(None) => quote_spanned! {span=>
            __rt::Class::Throttled { retry_after: __rt::None }
        },
        Class::Throttled(Some(chosen)) => {
            let (field, ty) = (place(chosen), &chosen.field.ty);
            quote_spanned! {span=>
                __rt::Class::Throttled {
                    retry_after: __rt::retry_after::<#ty>(#field)
                }
            }
        }
        Class::Delegate(chosen) => {
            let (field, ty) = (place(chosen), &chosen.field.ty);
            quote_spanned!(span=> <#ty as __rt::Classify>::class(#field))
        }
    }
}

fn plain(class: Plain) -> TokenStream {
    let span = Span::mixed_site();
    let name = match class {
        Plain::Transient => "Transient",
        Plain::Answered => "Answered",
        Plain::Permanent => "Permanent",
        Plain::Ignored => "Ignored",
    };
    let name = Ident::new(name, span);
    quote_spanned!(span=> __rt::Class::#name)
}

/// A name of the user's as if the derive had written it, so that no lint holds it against the user:
/// a deprecated variant has to be named.
fn located(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site().located_at(name.span()));
    name
}

fn ours(member: &Member) -> Member {
    match member {
        Member::Named(name) => Member::Named(located(name)),
        Member::Unnamed(index) => Member::Unnamed(Index {
            index: index.index,
            span: Span::mixed_site(),
        }),
    }
}

/// The lints that are allowed on the user's item, as types in the expansion are the item's own.
fn allowed(attributes: &[Attribute]) -> TokenStream {
    let lints = attributes.iter().filter_map(|attribute| {
        let is_lint = attribute.path().is_ident("allow") || attribute.path().is_ident("expect");
        match &attribute.meta {
            Meta::List(list) if is_lint => Some(&list.tokens),
            _ => None,
        }
    });
    quote!(#(#[allow(#lints)])*)
}

/// Whether it depends on a type parameter that the type is `Classify`. Within itself the type is,
/// and a bound would be a circle.
fn needs_bound(ty: &Type, generics: &Generics, subject: &Ident) -> bool {
    let names = |is: &dyn Fn(&Ident) -> bool| mentions(ty.to_token_stream(), is);
    names(&|ident| {
        generics
            .type_params()
            .any(|parameter| parameter.ident == *ident)
    }) && !names(&|ident| ident == "Self" || ident == subject)
}

/// Whether a name is used, other than at the end of a path.
fn mentions(tokens: TokenStream, is: &dyn Fn(&Ident) -> bool) -> bool {
    let mut colons = 0;
    tokens.into_iter().any(|token| {
        let before = std::mem::take(&mut colons);
        match token {
            TokenTree::Ident(ident) => before < 2 && is(&ident),
            TokenTree::Group(group) => mentions(group.stream(), is),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons = before + 1;
                false
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}

fn bind(generics: &mut Generics, ty: &Type) {
    let span = Span::mixed_site();
    let bound = syn::parse_quote_spanned!(span=> #ty: __rt::Classify);
    generics.make_where_clause().predicates.push(bound);
}
