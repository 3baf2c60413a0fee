//! The return type as expansions use it: in the places where rustc checks it, and on the user's
//! tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, Type, TypeInfer, TypeTuple};

use crate::key::Callable;
use crate::scope::Scope;
use crate::stack::StackKeys;
use crate::written::first_span;

/// The type that a stack returns, and how a rejection becomes its error.
#[derive(Debug)]
pub(crate) struct Returns {
    /// The type, with `_` where it says `impl Trait`: that can't be named in a body.
    ty: TokenStream,
    /// The same where nothing but its error is looked at: its value is `()` if it can't be named,
    /// as nothing would tell what `_` is.
    by_error: TokenStream,
    /// Whether its error can't be named.
    opaque_error: bool,
    /// The type's first token: what is wrong with the type is said there.
    span: Span,
    /// `rejected = p`.
    rejected: Option<TokenStream>,
    /// `classify = p`, as a function of the error.
    classify: Option<TokenStream>,
}

impl Returns {
    pub(crate) fn new(ty: &Type, keys: &StackKeys, scope: &Scope) -> Self {
        let mut by_error = ty.clone();
        let opaque_value = unit_value(&mut by_error);
        let opaque_error = infer_opaque(&mut by_error);
        let mut named = if opaque_value {
            ty.clone()
        } else {
            by_error.clone()
        };
        infer_opaque(&mut named);
        // On its own a closure does not know what it is given.
        let typed = |function: &str, callable: &Option<Callable>| {
            let callable = callable.as_ref()?;
            let at = Span::mixed_site().located_at(first_span(callable));
            let (function, tokens) = (Ident::new(function, at), callable.emit(scope));
            Some(quote_spanned!(at=> __rt::#function::<#by_error, _>(#tokens)))
        };
        let classify = typed("classify_by", &keys.classify);
        let rejected = typed("reject_by", &keys.rejected);
        Self {
            ty: named.into_token_stream(),
            by_error: by_error.into_token_stream(),
            opaque_error,
            span: first_span(ty),
            rejected,
            classify,
        }
    }

    /// Decides the type before the user's statements are looked at: a type error in them is
    /// reported there, and not at the attribute.
    pub(crate) fn pin(&self) -> TokenStream {
        let (span, ty) = (Span::mixed_site().located_at(self.span), &self.ty);
        quote_spanned!(span=> if false { return __rt::never::<#ty>(); })
    }

    /// The `let` by which all policies share one classifier. For an opaque error there is none: see
    /// [`classified`](Self::classified).
    pub(crate) fn classifier(&self) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.by_error);
        let found = match &self.classify {
            Some(path) => path.clone(),
            None if self.opaque_error => return TokenStream::new(),
            None => quote_spanned!(span=> __rt::ClassOf::<#ty>::new().classifier()),
        };
        quote_spanned!(span=> let classify = #found;)
    }

    /// A body whose errors have classes. That of a retried function says whose it is, to the retries
    /// of the functions that it calls.
    pub(crate) fn classified(&self, future: &TokenStream, is_retried: bool) -> TokenStream {
        let (span, ty) = (Span::mixed_site(), &self.ty);
        let function = if is_retried { "retried" } else { "classified" };
        let function = Ident::new(function, span);
        let site = is_retried.then(|| quote_spanned!(span=> __rt::here!(),));
        if self.opaque_error && self.classify.is_none() {
            // An opaque error can't be written, so its classifier is found by the future that ends
            // in it.
            let returns = quote_spanned!(span=> ::core::marker::PhantomData::<fn() -> #ty>);
            return quote_spanned!(span=> {
                let (class_of, attempt) = __rt::tie(#returns, #future);
                __rt::#function(#site class_of.classifier(), attempt)
            });
        }
        let at = self
            .classify
            .as_ref()
            .map_or(span, |path| Span::mixed_site().located_at(first_span(path)));
        let classify = Ident::new("classify", at);
        quote_spanned!(span=> __rt::#function(#site #classify, #future))
    }

    /// The attempts of a retry with hooks: their types are decided here, so that closures need not
    /// write them.
    pub(crate) fn attempts(&self, retry: &TokenStream, at: Span) -> TokenStream {
        let ty = &self.ty;
        quote_spanned!(at=> __rt::attempts::<#ty>(&#retry))
    }

    /// The same, with a budget of its own.
    pub(crate) fn attempts_within(
        &self,
        retry: &TokenStream,
        budget: &TokenStream,
        at: Span,
    ) -> TokenStream {
        let ty = &self.ty;
        quote_spanned!(at=> __rt::attempts_within::<#ty>(&#retry, #budget))
    }

    /// How the stack's outcome becomes what the function returns.
    pub(crate) fn finish(&self, can_reject: bool) -> Finish {
        let (span, at, ty) = (Span::mixed_site(), self.span, &self.ty);
        let function = match &self.rejected {
            _ if !can_reject => "finish_infallible",
            Some(_) => "finish_with",
            None => "finish",
        };
        let function = Ident::new(function, at);
        let check = quote_spanned!(at=> __rt::#function::<#ty>);
        let convert = self.rejected.iter().filter(|_| can_reject);
        Finish {
            binding: quote_spanned!(span=> let finish = #check;),
            call: quote_spanned!(span=> finish(outcome #(, #convert)*)),
            is_users: can_reject && self.rejected.is_some(),
        }
    }

    /// A failure as the function's error: rejections are converted.
    pub(crate) fn error(&self) -> TokenStream {
        let span = Span::mixed_site().located_at(self.span);
        self.converting("error_of", &quote_spanned!(span=> failure))
    }

    /// Whether a predicate over the function's error holds for a failure.
    pub(crate) fn runs_when(&self, predicate: &TokenStream) -> TokenStream {
        let span = Span::mixed_site().located_at(self.span);
        self.converting("runs_when", &quote_spanned!(span=> &failure, #predicate))
    }

    fn converting(&self, function: &str, arguments: &TokenStream) -> TokenStream {
        let (span, ty) = (Span::mixed_site().located_at(self.span), &self.by_error);
        let suffix = if self.rejected.is_some() { "_with" } else { "" };
        let function = Ident::new(&format!("{function}{suffix}"), span);
        let convert = self.rejected.iter();
        let function = quote_spanned!(span=> __rt::#function::<#ty>);
        quote_spanned!(span=> #function(#arguments #(, #convert)*))
    }
}

/// The end of a stack: the function that ends it, and its call.
///
/// In two statements, as rustc blames a call's argument for what is wrong with its types: this way
/// it is the user's return type.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) binding: TokenStream,
    pub(crate) call: TokenStream,
    /// Whether the user has written how a rejection becomes an error: that may use the arguments.
    pub(crate) is_users: bool,
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

/// Puts `()` in the place of a value that holds an `impl Trait`, and says whether it did. The value is
/// the first parameter, of `Result` as of its aliases.
fn unit_value(ty: &mut Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last_mut() else {
        return false;
    };
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return false;
    };
    match arguments.args.first_mut() {
        Some(GenericArgument::Type(value)) if infer_opaque(&mut value.clone()) => {
            let paren_token = syn::token::Paren::default();
            let (attrs, elems) = (Vec::new(), Punctuated::new());
            *value = Type::Tuple(TypeTuple {
                attrs,
                paren_token,
                elems,
            });
            true
        }
        _ => false,
    }
}

/// A body whose errors nobody classifies.
pub(crate) fn unclassified(future: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    quote_spanned!(span=> __rt::body(#future))
}
