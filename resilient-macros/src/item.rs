//! Reads what an attribute stands on: a function's attributes, its signature, and its body as raw
//! tokens.
//!
//! The body is never parsed. All that is known of it is where the user's statements are: they are
//! the whole body of an `async fn`, the tail block of a function that returns a future, and the
//! initializer that `#[async_trait]` has moved them to.

use proc_macro2::extra::DelimSpan;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{
    Attribute, FnArg, GenericParam, Pat, Receiver, ReturnType, Signature, Token, Type, Visibility,
    token,
};

use crate::body::Body;
use crate::diagnostics::Diagnostics;
use crate::output::{future_output, is_plainly_no_result};
use crate::pattern;
use crate::scope::Scope;

/// Anything with attributes on it: what is given back when it can't be used.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) rest: TokenStream,
}

impl Item {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let parser = |input: ParseStream<'_>| {
            Ok(Self {
                attributes: input.call(Attribute::parse_outer)?,
                rest: input.parse()?,
            })
        };
        parser.parse2(tokens.clone()).unwrap_or(Self {
            attributes: Vec::new(),
            rest: tokens,
        })
    }
}

impl Item {
    /// The item with this at the start of its body, if it has one.
    pub(crate) fn beginning_with(mut self, statements: TokenStream) -> Self {
        let mut tokens: Vec<TokenTree> = self.rest.into_iter().collect();
        if let Some(TokenTree::Group(body)) = tokens.last_mut()
            && body.delimiter() == Delimiter::Brace
            && !begins_with_inner_attribute(body)
        {
            let span = body.span();
            *body = Group::new(
                body.delimiter(),
                TokenStream::from_iter([statements, body.stream()]),
            );
            body.set_span(span);
        }
        self.rest = tokens.into_iter().collect();
        self
    }
}

/// Whether a body's first token is the `#` of `#![..]`, before which nothing may stand.
fn begins_with_inner_attribute(body: &Group) -> bool {
    let mut tokens = body.stream().into_iter();
    let is = |token: Option<TokenTree>, char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char);
    is(tokens.next(), '#') && is(tokens.next(), '!')
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, rest } = self;
        tokens.extend(quote!(#(#attributes)* #rest));
    }
}

/// How a function says that it is asynchronous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `async fn f() -> R { .. }`
    Async,
    /// `fn f() -> impl Future<Output = R> { ..; async { .. } }`, also behind `Box::pin`
    Future,
    /// What `#[async_trait]` makes of an `async fn`: its arguments are bound again inside a boxed
    /// block.
    AsyncTrait,
}

/// A function that can be wrapped.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) shape: Shape,
    pub(crate) body: Body,
    /// What the user's statements end in: the type behind `->`, or behind `Output =`.
    pub(crate) returns: Type,
}

struct Parts {
    visibility: Visibility,
    signature: Signature,
    body: Option<(DelimSpan, TokenStream)>,
}

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (visibility, signature) = (input.parse()?, input.parse()?);
        if input.parse::<Option<Token![;]>>()?.is_some() {
            return Ok(Self {
                visibility,
                signature,
                body: None,
            });
        }
        let statements;
        let brace: token::Brace = syn::braced!(statements in input);
        Ok(Self {
            visibility,
            signature,
            body: Some((brace.span, statements.parse()?)),
        })
    }
}

impl Function {
    /// The function that `attribute` stands on. Whatever is wrong with it is reported.
    pub(crate) fn parse(
        item: &Item,
        attribute: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let Ok(Parts {
            visibility,
            signature,
            body,
        }) = syn::parse2(item.rest.clone())
        else {
            diagnostics.error_at(Span::call_site(), not_a_function(&item.rest, attribute));
            return None;
        };
        if let Some((qualifier, what)) = qualifier(&signature) {
            let fault = format!(
                "`#[{attribute}]` can't stand on {what} function: it waits, on a runtime\n\
                 Put it on an `async fn` that calls this one."
            );
            diagnostics.error(qualifier, fault);
            return None;
        }
        let Some((brace, statements)) = body else {
            diagnostics.error(
                &signature.ident,
                format!(
                    "`{}` has no body that `#[{attribute}]` could wrap\n\
                     Put the attribute on a default body, or on the method of each `impl`.",
                    signature.ident,
                ),
            );
            return None;
        };
        let ReturnType::Type(_, written) = &signature.output else {
            let fault = "must return a `Result`: only an error tells a failed call from a good one";
            diagnostics.error(
                &signature.ident,
                format!("a function under `#[{attribute}]` {fault}\nAdd `-> Result<T, E>`."),
            );
            return None;
        };
        let opened = open(&signature, written, brace, statements, attribute);
        let (shape, body, returns) = opened.map_err(|fault| diagnostics.push(fault)).ok()?;
        if is_plainly_no_result(&returns) {
            let fault = format!(
                "`#[{attribute}]` needs a function that returns a `Result`: only an error tells a \
                 failed call from a good one\n\
                 Return `Result<T, E>` in its place."
            );
            diagnostics.error(&returns, fault);
            return None;
        }
        Some(Self {
            attributes: item.attributes.clone(),
            visibility,
            signature,
            shape,
            body,
            returns,
        })
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.signature.receiver()
    }

    /// The patterns that the user's statements see, with their types where they are known, without
    /// the receiver.
    pub(crate) fn inputs(&self) -> Vec<(Pat, Option<Type>)> {
        let input = |input: &FnArg| {
            let FnArg::Typed(typed) = input else {
                return None;
            };
            let (pattern, ty) = ((*typed.pat).clone(), (*typed.ty).clone());
            let Pat::Ident(name) = &pattern else {
                return Some((pattern, Some(ty)));
            };
            // What stands before the tail of an `impl Future` is the user's own.
            let is_bound_again = self.shape == Shape::AsyncTrait;
            let rebound = || self.body.rebound(&name.ident);
            match is_bound_again.then(rebound).flatten() {
                Some(Pat::Ident(again)) => Some((Pat::Ident(again), Some(ty))),
                Some(apart) => Some((apart, None)),
                None => Some((pattern, Some(ty))),
            }
        };
        self.signature.inputs.iter().filter_map(input).collect()
    }

    fn patterns_mut(&mut self) -> impl Iterator<Item = &mut Pat> {
        self.signature
            .inputs
            .iter_mut()
            .filter_map(|input| match input {
                FnArg::Typed(input) => Some(&mut *input.pat),
                FnArg::Receiver(_) => None,
            })
    }

    /// See [`pattern::name_wildcards`].
    pub(crate) fn name_wildcards(&mut self) {
        // `#[async_trait]` numbers arguments by the same name.
        let mut count = match self.shape {
            Shape::AsyncTrait => self.signature.inputs.len(),
            Shape::Async | Shape::Future => 0,
        };
        self.patterns_mut()
            .for_each(|pattern| pattern::name_wildcards(pattern, &mut count));
    }

    /// See [`pattern::strip_mut`].
    pub(crate) fn strip_mut(&mut self, names: &[Ident]) {
        self.patterns_mut()
            .for_each(|pattern| pattern::strip_mut(pattern, names));
        if self.shape == Shape::AsyncTrait {
            self.body.strip_mut(names);
        }
    }

    pub(crate) fn scope(&self) -> Scope {
        let generics = self
            .signature
            .generics
            .params
            .iter()
            .filter_map(|param| match param {
                GenericParam::Type(param) => Some(param.ident.clone()),
                GenericParam::Const(param) => Some(param.ident.clone()),
                GenericParam::Lifetime(_) => None,
            });
        let inputs = self.inputs();
        let bindings = inputs
            .iter()
            .flat_map(|(pattern, ty)| pattern::bindings(pattern, ty.as_ref()));
        Scope::new(
            bindings.map(|binding| binding.ident.clone()).collect(),
            generics.collect(),
            self.shape == Shape::AsyncTrait,
        )
    }
}

/// The body, opened where the user's statements are, by the shape of the function.
fn open(
    signature: &Signature,
    returns: &Type,
    brace: DelimSpan,
    statements: TokenStream,
    attribute: &str,
) -> syn::Result<(Shape, Body, Type)> {
    if signature.asyncness.is_some() {
        let body = Body::of_async_fn(brace, statements);
        return Ok((Shape::Async, body, returns.clone()));
    }
    let Some(output) = future_output(returns) else {
        let fault = format!(
            "`#[{attribute}]` stands on `async` functions: this one can neither wait nor be given \
             up\n\
             Make it an `async fn`."
        );
        return Err(syn::Error::new_spanned(signature.fn_token, fault));
    };
    let Some(body) = Body::of_future(brace, statements) else {
        let fault = format!(
            "`#[{attribute}]` finds no `async` block at the end of this function: only such a \
             block can be run, and run again\n\
             End it in `async move {{ .. }}`, or make it an `async fn`."
        );
        return Err(syn::Error::new_spanned(&signature.output, fault));
    };
    let shape = if body.is_async_trait() {
        Shape::AsyncTrait
    } else {
        Shape::Future
    };
    Ok((shape, body, output.clone()))
}

fn not_a_function(rest: &TokenStream, attribute: &str) -> String {
    const ITEMS: [&str; 11] = [
        "struct",
        "enum",
        "union",
        "trait",
        "impl",
        "mod",
        "static",
        "const",
        "type",
        "use",
        "macro_rules",
    ];
    let found = rest.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => ITEMS.into_iter().find(|item| ident == item),
        _ => None,
    });
    let found = found.map_or(String::new(), |found| {
        format!(
            ", and this is {} `{found}`",
            if found == "impl" || found == "enum" {
                "an"
            } else {
                "a"
            }
        )
    });
    let way_out = if found.contains("impl") || found.contains("trait") {
        "Put it on each of the methods."
    } else {
        "Put it on an `async fn`."
    };
    format!("`#[{attribute}]` stands on functions{found}\n{way_out}")
}

/// What keeps a function from waiting. One thing is enough to say.
fn qualifier(signature: &Signature) -> Option<(&dyn ToTokens, &'static str)> {
    let Signature {
        constness,
        abi,
        variadic,
        ..
    } = signature;
    match (constness, variadic, abi) {
        (Some(constness), ..) => Some((constness, "a `const`")),
        (_, Some(variadic), _) => Some((variadic, "a variadic")),
        (.., Some(abi)) => Some((abi, "an `extern`")),
        (None, None, None) => None,
    }
}
