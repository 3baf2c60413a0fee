//! What a signature's return type says: that it is a future, and what the future ends in.

use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

/// Whether a type is one that everybody knows, and no `Result`.
///
/// What is a `Result` is decided by a trait, when rustc knows what the names mean. But where the
/// answer is plain, rustc would say it once for each layer, and this says it once.
pub(crate) fn is_plainly_no_result(ty: &Type) -> bool {
    const KNOWN: [&str; 23] = [
        "Option",
        "Poll",
        "ControlFlow",
        "String",
        "Vec",
        "Box",
        "Arc",
        "Rc",
        "bool",
        "char",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "f32",
        "f64",
    ];
    match ty {
        Type::Group(group) => is_plainly_no_result(&group.elem),
        Type::Paren(paren) => is_plainly_no_result(&paren.elem),
        Type::Path(path) => {
            let ident = path.path.segments.last().map(|last| &last.ident);
            path.qself.is_none()
                && (path.path.segments.len() == 1 || is_of_std(&path.path))
                && ident.is_some_and(|ident| KNOWN.iter().any(|known| ident == known))
        }
        Type::Tuple(_)
        | Type::Reference(_)
        | Type::Array(_)
        | Type::Slice(_)
        | Type::Never(_)
        | Type::Ptr(_)
        | Type::FnPtr(_)
        | Type::ImplTrait(_) => true,
        _ => false,
    }
}

fn is_of_std(path: &syn::Path) -> bool {
    let first = path.segments.first().map(|first| &first.ident);
    first.is_some_and(|first| first == "std" || first == "core" || first == "alloc")
}

/// The `R` of `impl Future<Output = R>` or `Pin<Box<dyn Future<Output = R>>>`.
pub(crate) fn future_output(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(group) => future_output(&group.elem),
        Type::Paren(paren) => future_output(&paren.elem),
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(bound_output),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(bound_output),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            (last.ident == "Pin" || last.ident == "Box").then(|| {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(ty) => future_output(ty),
                    _ => None,
                })
            })?
        }
        _ => None,
    }
}

fn bound_output(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
        _ => None,
    })
}
