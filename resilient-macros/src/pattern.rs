//! What an argument's pattern binds, and the expression that puts the argument together again.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{FieldPat, GenericArgument, Member, Pat, PatIdent, PathArguments, Token, Type};

/// A name that a pattern binds.
#[derive(Debug)]
pub(crate) struct Binding<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) mutability: Option<Token![mut]>,
    /// Its `mut`, where it binds a value of its own: a reference that is `mut` can only be pointed
    /// elsewhere.
    pub(crate) own_mut: Option<Token![mut]>,
}

/// All names that a pattern binds.
pub(crate) fn bindings<'a>(pattern: &'a Pat, ty: Option<&Type>) -> Vec<Binding<'a>> {
    let mut found = Vec::new();
    collect(pattern, ty, &mut found);
    found
}

fn collect<'a>(pattern: &'a Pat, ty: Option<&Type>, found: &mut Vec<Binding<'a>>) {
    match pattern {
        Pat::Ident(binding) => {
            let own_mut = binding.mutability.filter(|_| !ty.is_some_and(is_reference));
            found.push(Binding {
                ident: &binding.ident,
                mutability: binding.mutability,
                own_mut,
            });
            if let Some((_, inner)) = &binding.subpat {
                collect(inner, None, found);
            }
        }
        Pat::Tuple(tuple) => {
            for (i, inner) in tuple.elems.iter().enumerate() {
                let ty = match ty {
                    Some(Type::Tuple(types)) if types.elems.len() == tuple.elems.len() => {
                        types.elems.get(i)
                    }
                    _ => None,
                };
                collect(inner, ty, found);
            }
        }
        Pat::Paren(paren) => collect(&paren.pat, ty, found),
        Pat::Reference(reference) => collect(&reference.pat, None, found),
        Pat::TupleStruct(tuple) => tuple
            .elems
            .iter()
            .for_each(|inner| collect(inner, None, found)),
        Pat::Slice(slice) => slice
            .elems
            .iter()
            .for_each(|inner| collect(inner, None, found)),
        Pat::Struct(fields) => fields
            .fields
            .iter()
            .for_each(|field| collect(&field.pat, None, found)),
        Pat::Type(typed) => collect(&typed.pat, Some(&typed.ty), found),
        // Every alternative binds the same names.
        Pat::Or(or) => or
            .cases
            .iter()
            .take(1)
            .for_each(|case| collect(case, ty, found)),
        _ => {}
    }
}

fn is_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) => true,
        Type::Group(group) => is_reference(&group.elem),
        Type::Paren(paren) => is_reference(&paren.elem),
        // A pinned reference is `mut` to be used more than once.
        _ => pinned(ty).is_some_and(is_reference),
    }
}

/// What is in a `Pin`.
fn pinned(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Pin" => {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a value of this type changes what it refers to: `&mut T`, also in a `Pin`, or among others.
pub(crate) fn is_mut_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Group(group) => is_mut_reference(&group.elem),
        Type::Paren(paren) => is_mut_reference(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(is_mut_reference),
        _ => pinned(ty).is_some_and(is_mut_reference),
    }
}

/// The expression that has the value which the pattern took apart, where there is one.
pub(crate) fn rebuild(pattern: &Pat) -> Option<TokenStream> {
    let all = |patterns: &Punctuated<Pat, Token![,]>| {
        patterns.iter().map(rebuild).collect::<Option<Vec<_>>>()
    };
    match pattern {
        Pat::Ident(PatIdent {
            by_ref: None,
            subpat: None,
            ident,
            ..
        }) => Some(ident.to_token_stream()),
        Pat::Paren(paren) => rebuild(&paren.pat),
        Pat::Type(typed) => rebuild(&typed.pat),
        Pat::Reference(reference) if reference.mutability.is_none() => {
            rebuild(&reference.pat).map(|inner| quote!(&#inner))
        }
        Pat::Tuple(tuple) => {
            let elems = all(&tuple.elems)?;
            Some(if elems.len() == 1 {
                quote!((#(#elems,)*))
            } else {
                quote!((#(#elems),*))
            })
        }
        Pat::TupleStruct(tuple) if tuple.qself.is_none() => {
            let (path, elems) = (&tuple.path, all(&tuple.elems)?);
            Some(quote!(#path(#(#elems),*)))
        }
        Pat::Struct(fields) if fields.qself.is_none() && fields.rest.is_none() => {
            let path = &fields.path;
            let fields = fields.fields.iter().map(|field| {
                let (member, value) = (&field.member, rebuild(&field.pat)?);
                Some(if field.colon_token.is_none() {
                    value
                } else {
                    quote!(#member: #value)
                })
            });
            let fields = fields.collect::<Option<Vec<_>>>()?;
            Some(quote!(#path { #(#fields),* }))
        }
        _ => None,
    }
}

/// Gives every `_` a name, so that the pattern can be [rebuilt](rebuild): a `_` lets go of nothing,
/// but binds nothing either.
pub(crate) fn name_wildcards(pattern: &mut Pat, count: &mut usize) {
    match pattern {
        Pat::Wild(_) => {
            // `__`: an unused argument stays as silent as `_` was.
            let ident = Ident::new(&format!("__arg{count}"), Span::call_site());
            *count += 1;
            *pattern = Pat::Ident(PatIdent {
                attrs: Vec::new(),
                by_ref: None,
                mutability: None,
                ident,
                subpat: None,
            });
        }
        pattern => inner(pattern, &mut |pattern| name_wildcards(pattern, count)),
    }
}

/// Takes the `mut` off the names that are bound again for each attempt.
pub(crate) fn strip_mut(pattern: &mut Pat, names: &[Ident]) {
    if let Pat::Ident(binding) = pattern
        && names.contains(&binding.ident)
    {
        binding.mutability = None;
    }
    inner(pattern, &mut |pattern| strip_mut(pattern, names));
}

fn inner(pattern: &mut Pat, visit: &mut dyn FnMut(&mut Pat)) {
    match pattern {
        Pat::Ident(PatIdent {
            subpat: Some((_, pattern)),
            ..
        }) => visit(pattern),
        Pat::Paren(paren) => visit(&mut paren.pat),
        Pat::Reference(reference) => visit(&mut reference.pat),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(visit),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(visit),
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(visit),
        Pat::Struct(fields) => {
            for field in &mut fields.fields {
                visit(&mut field.pat);
                spell_out(field);
            }
        }
        _ => {}
    }
}

/// `Point { x }` stays shorthand only as long as it binds `x`: `Point { mut x }` without its `mut`
/// does, `Point { x: __arg0 }` has a colon already.
fn spell_out(field: &mut FieldPat) {
    let same = match (&field.member, &*field.pat) {
        (Member::Named(member), Pat::Ident(binding)) => *member == binding.ident,
        _ => false,
    };
    if !same && field.colon_token.is_none() {
        field.colon_token = Some(Token![:](Span::call_site()));
    }
}
