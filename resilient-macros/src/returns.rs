//! The return type as expansions use it: in the places where rustc checks it, and on the user's tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{GenericArgument, PathArguments, Type, TypeInfer};

/// The type that a stack returns, and how a rejection becomes its error.
#[derive(Debug)]
pub(crate) struct Returns {
    /// The type, with `_` where it says `impl Trait`: that can't be named in a body.
    ty: TokenStream,
    opaque: bool,
    /// The type's first token: what is wrong with the type is said there.
    span: Span,
    /// `rejected = path`.
    rejected: Option<TokenStream>,
    /// `classify = path`.
    classify: Option<TokenStream>,
}

impl Returns {
    pub(crate) fn new(
        ty: &Type,
        rejected: Option<TokenStream>,
        classify: Option<TokenStream>,
    ) -> Self {
        let span = ty
            .to_token_stream()
            .into_iter()
            .next()
            .map_or_else(Span::call_site, |token| token.span());
        let mut named = ty.clone();
        let opaque = infer_opaque(&mut named);
        Self {
            ty: named.into_token_stream(),
            opaque,
            span,
            rejected,
            classify,
        }
    }

    /// Decides the type before the user's statements are looked at: a type error in them is reported there, and not at the attribute.
    pub(crate) fn pin(&self) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.ty);
        quote_spanned!(span=> if false { return __resilient::never::<#ty>(); })
    }

    /// The `let` by which all policies share one classifier. For an opaque type there is none: see [`classified`](Self::classified).
    pub(crate) fn classifier(&self) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.ty);
        match &self.classify {
            Some(path) => quote_spanned!(span=> let classify = #path;),
            None if self.opaque => TokenStream::new(),
            None => {
                quote_spanned!(span=> let classify = __resilient::ClassOf::<#ty>::new().classifier();)
            }
        }
    }

    /// A body whose errors have classes.
    pub(crate) fn classified(&self, future: &TokenStream) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.ty);
        if self.opaque && self.classify.is_none() {
            // An opaque type can't be written, so its classifier is found by the future that ends in it.
            return quote_spanned!(span=> {
                let (class_of, attempt) = __resilient::tie(::core::marker::PhantomData::<fn() -> #ty>, #future);
                __resilient::body(attempt).classify(class_of.classifier())
            });
        }
        quote_spanned!(span=> __resilient::body(#future).classify(classify))
    }

    /// The attempts of a retry with hooks: their types are decided here, so that closures need not write them.
    pub(crate) fn attempts(&self, retry: &TokenStream) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.ty);
        quote_spanned!(span=> __resilient::attempts::<#ty>(&#retry))
    }

    /// How the stack's outcome becomes what the function returns. `policy` is the one that a rejection comes from.
    pub(crate) fn finish(&self, policy: &str, can_reject: bool) -> Finish {
        let (span, at, ty) = (Span::mixed_site(), self.span, &self.ty);
        let policy = Ident::new(policy, at);
        let function = match &self.rejected {
            _ if !can_reject => "finish_infallible",
            Some(_) => "finish_with",
            None => "finish",
        };
        let function = Ident::new(function, at);
        let check =
            quote_spanned!(at=> __resilient::#function::<#ty, __resilient::policy::#policy>);
        let convert = self.rejected.iter().filter(|_| can_reject);
        Finish {
            binding: quote_spanned!(span=> let finish = #check;),
            call: quote_spanned!(span=> finish(outcome #(, #convert)*)),
        }
    }

    /// A failure as the function's error: rejections are converted.
    pub(crate) fn error(&self) -> TokenStream {
        let (span, ty) = (Span::mixed_site().located_at(self.span), &self.ty);
        match &self.rejected {
            Some(path) => {
                quote_spanned!(span=> __resilient::error_of_with::<#ty, __resilient::policy::fallback>(failure, #path))
            }
            None => {
                quote_spanned!(span=> __resilient::error_of::<#ty, __resilient::policy::fallback>(failure))
            }
        }
    }

    /// Whether a predicate over the function's error holds for a failure.
    pub(crate) fn runs_when(&self, predicate: &TokenStream) -> TokenStream {
        let (span, ty) = (Span::mixed_site().located_at(self.span), &self.ty);
        match &self.rejected {
            Some(path) => {
                quote_spanned!(span=> __resilient::runs_when_with::<#ty, __resilient::policy::fallback>(&failure, #predicate, #path))
            }
            None => {
                quote_spanned!(span=> __resilient::runs_when::<#ty, __resilient::policy::fallback>(&failure, #predicate))
            }
        }
    }
}

/// The end of a stack: the function that ends it, and its call.
///
/// In two statements, as rustc blames a call's argument for what is wrong with its types: this way it is the user's return type.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) binding: TokenStream,
    pub(crate) call: TokenStream,
}

/// Puts `_` in the place of every `impl Trait`, and says whether there was one.
fn infer_opaque(ty: &mut Type) -> bool {
    match ty {
        Type::ImplTrait(opaque) => {
            let underscore = opaque.impl_token.span;
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token: syn::Token![_](underscore),
            });
            true
        }
        Type::Group(group) => infer_opaque(&mut group.elem),
        Type::Paren(paren) => infer_opaque(&mut paren.elem),
        Type::Reference(reference) => infer_opaque(&mut reference.elem),
        Type::Slice(slice) => infer_opaque(&mut slice.elem),
        Type::Array(array) => infer_opaque(&mut array.elem),
        // Not `any`: each has to be looked at.
        Type::Tuple(tuple) => tuple
            .elems
            .iter_mut()
            .fold(false, |found, ty| infer_opaque(ty) | found),
        Type::Path(path) => path.path.segments.iter_mut().fold(false, |found, segment| {
            let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                return found;
            };
            arguments
                .args
                .iter_mut()
                .fold(found, |found, argument| match argument {
                    GenericArgument::Type(ty) => infer_opaque(ty) | found,
                    _ => found,
                })
        }),
        _ => false,
    }
}

/// A body whose errors nobody classifies.
pub(crate) fn unclassified(future: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    quote_spanned!(span=> __resilient::body(#future))
}
