//! Writes the expansion: a fold over the policies, from the user's statements outwards. Nothing can
//! go wrong here.
//!
//! ```text
//! #[retry(max = 3)]
//! #[timeout("1s")]
//! async fn f(&self) -> R { STATEMENTS }
//!                                          ↓
//! async fn f(&self) -> R {
//!     use ::resilient_runtime::__private as __rt;
//!     static __RETRY: __rt::Retry = __rt::Retry::new(3);
//!     static __TIMEOUT: __rt::Timeout = ..;
//!     __rt::site! { &__RETRY, &__TIMEOUT }
//!     let finish = __rt::finish::<R>;
//!     let mut call = __rt::call(__rt::here!()).repeat(__RETRY.attempts());
//!     loop {
//!         let stack = __rt::pin!(__TIMEOUT.around(__rt::retried(__rt::here!(), .., async { STATEMENTS })));
//!         let pause = match call.attempt(stack, |outcome| finish(outcome)).await { __rt::Break(value) => break value, .. };
//!         pause.await;
//!     }
//! }
//! ```
//!
//! Policies that run a call once are plain future structs around each other: only a retry or a
//! fallback beneath one of them costs an `async` block, so that rustc's messages about the user's
//! arguments stay as good as in a plain function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt as _;

use crate::body;
use crate::constants;
use crate::docs;
use crate::held::{Held, Names};
use crate::item::{Function, Shape};
use crate::paths;
use crate::pattern;
use crate::policy::Layer;
use crate::policy::retry::Retry;
use crate::returns::{Finish, Returns, unclassified};
use crate::scope::Scope;
use crate::stack::{Stack, StackKeys};

/// What has been written so far, from the user's statements outwards.
enum Written {
    /// A future of an outcome.
    Future(TokenStream),
    /// Statements, and the expression of an outcome after them.
    Outcome {
        statements: TokenStream,
        value: TokenStream,
    },
}

impl Written {
    /// As a future: statements need a block of their own for that.
    fn into_future(self) -> TokenStream {
        match self {
            Self::Future(future) => future,
            Self::Outcome { statements, value } => {
                quote_spanned!(Span::mixed_site()=> async { #statements #value })
            }
        }
    }

    /// As statements that bind the outcome.
    fn into_statements(self) -> TokenStream {
        let span = Span::mixed_site();
        match self {
            Self::Future(future) => quote_spanned!(span=> let outcome = #future.await;),
            Self::Outcome { statements, value } => {
                quote_spanned!(span=> #statements let outcome = #value;)
            }
        }
    }
}

struct Expansion<'a> {
    layers: &'a [Layer],
    held: Vec<Held>,
    returns: Returns,
    scope: Scope,
    /// Whether the user's statements may run more than once, or something needs the arguments after
    /// them.
    borrows: bool,
    /// The arguments that are cloned for each attempt, and whether the function may change them.
    cloned: Vec<(Ident, bool)>,
    /// What rebuilds the function's arguments.
    arguments: Vec<TokenStream>,
    /// How many layers on top are fallbacks: they answer outside of what is observed.
    on_top: usize,
    /// Where the user's statements begin.
    open: Span,
}

/// The function with its stack.
pub(crate) fn expand(
    mut function: Function,
    stack: &Stack,
    layers: &[Layer],
    keys: &StackKeys,
    advice: Option<&TokenStream>,
) -> TokenStream {
    let name = function.signature.ident.unraw().to_string();
    let expansion = Expansion::new(&mut function, layers, keys, &name);
    let body = expansion.body(&function, stack.siblings(), keys.krate.as_ref(), advice);
    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = &function;
    let body = function.body.fill(body);
    let attributes = docs::with_section(attributes, layers);
    quote!(#attributes #visibility #signature #body)
}

impl<'a> Expansion<'a> {
    fn new(function: &mut Function, layers: &'a [Layer], keys: &StackKeys, name: &str) -> Self {
        let scope = function.scope();
        let returns = Returns::new(&function.returns, keys, &scope);
        let held = layers.iter().enumerate().map(|(i, layer)| {
            let policy = layer.policy();
            let same = |layers: &[Layer]| {
                layers
                    .iter()
                    .filter(|layer| layer.policy() == policy)
                    .count()
            };
            let number = (same(layers) > 1).then(|| same(&layers[..=i]));
            hold(layer, &Names::new(policy.word(), number), name, &scope)
        });
        let held = held.collect();
        let cloned = cloned(function, layers);
        let names: Vec<Ident> = cloned.iter().map(|(name, _)| name.clone()).collect();
        function.strip_mut(&names);
        if layers
            .iter()
            .any(|layer| matches!(layer, Layer::Fallback(fallback) if fallback.calls()))
        {
            function.name_wildcards();
        }
        if function.shape == Shape::Future {
            function.body.own_captures();
        }
        let arguments = function
            .inputs()
            .iter()
            .filter_map(|(pattern, _)| pattern::rebuild(pattern))
            .collect();
        let is_fallback = |layer: &&Layer| matches!(layer, Layer::Fallback(_));
        let on_top = layers.iter().take_while(is_fallback).count();
        let borrows = layers.iter().any(|layer| match layer {
            Layer::CircuitBreaker(breaker) => breaker.looks_at_arguments(&scope),
            layer => repeats(layer),
        });
        Self {
            layers,
            held,
            returns,
            scope,
            borrows,
            cloned,
            arguments,
            on_top,
            open: function.body.open,
        }
    }

    /// Everything that stands in the place of the user's statements.
    fn body<'p>(
        &self,
        function: &Function,
        siblings: impl Iterator<Item = &'p Path>,
        krate: Option<&Path>,
        advice: Option<&TokenStream>,
    ) -> TokenStream {
        let mentions = siblings.map(paths::mention);
        let import = paths::import(krate);
        let items = self.held.iter().map(|held| &held.item);
        let checks = constants::checks(self.layers, &self.held);
        let site = self.site();
        let locals = self.held.iter().map(|held| &held.local);
        let classifier = classifies(self.layers).then(|| self.returns.classifier());
        let innermost = Written::Future(self.innermost(function));
        let written = (1..self.layers.len())
            .rev()
            .fold(self.observed(self.layers.len(), innermost), |inner, i| {
                self.observed(i, self.wrap(i, inner))
            });
        let stack = self.finish(written);
        // A copy is taken through `&mut`: as a body that borrows it is `Send`, whether or not the
        // argument is `Sync`.
        let originals = self.cloned.iter().map(|(name, _)| {
            let at = Span::mixed_site().located_at(name.span());
            quote_spanned!(at=> let mut #name = #name;)
        });
        quote!(#(#mentions)* #import #advice #(#items)* #checks #site #(#locals)* #classifier #(#originals)* #stack)
    }

    /// The link-time record of this function and its layers, top to bottom.
    fn site(&self) -> TokenStream {
        let layers = self.held.iter().map(|held| &held.listed);
        quote_spanned!(Span::mixed_site()=> __rt::site! { #(#layers),* })
    }

    /// A future of the user's own result as a body, with the classes of its errors if one of these
    /// layers asks for them.
    fn outcome_of(&self, future: &TokenStream, layers: &[Layer]) -> TokenStream {
        if classifies(layers) {
            let is_retry = |layer: &Layer| matches!(layer, Layer::Retry(_));
            self.returns.classified(future, layers.iter().any(is_retry))
        } else {
            unclassified(future)
        }
    }

    /// The user's statements as a body.
    fn innermost(&self, function: &Function) -> TokenStream {
        let span = Span::mixed_site();
        let statements = if self.borrows {
            body::borrowing(function.body.statements.clone())
        } else {
            function.body.statements.clone()
        };
        let pin = self.returns.pin();
        let is_given_copies = self
            .layers
            .iter()
            .rfind(|layer| repeats(layer))
            .is_some_and(|layer| matches!(layer, Layer::Hedge(_)));
        let clones = self.cloned.iter().map(|(name, is_mut)| {
            let mutability = is_mut.then(|| quote_spanned!(span=> mut));
            let at = span.located_at(name.span());
            let copy = if is_given_copies {
                let given = given(name);
                quote_spanned!(at=> __rt::taken(#given))
            } else {
                quote_spanned!(at=> __rt::fresh(&mut #name))
            };
            quote_spanned!(at=> let #mutability #name = #copy;)
        });
        // Where rustc has something to say about the whole block, as when it consumes an argument
        // in a loop, or does not end in a value, it says it at the user's `{` or block.
        let word = Ident::new("async", span.located_at(function.body.open));
        let inside = quote_spanned!(span=> #pin #(#clones)* #statements);
        let mut block = Group::new(Delimiter::Brace, inside);
        block.set_span(span.located_at(function.body.block()));
        // What runs once may own its arguments: then they need not be `Sync` for a future that is
        // `Send`.
        let capture = (!self.borrows).then(|| quote_spanned!(span=> move));
        self.outcome_of(&quote_spanned!(span=> #word #capture #block), self.layers)
    }

    /// One more layer around what is written. The outermost may end the stack in its own way: see
    /// [`finish`](Self::finish).
    fn wrap(&self, i: usize, inner: Written) -> Written {
        let span = Span::mixed_site();
        let (layer, held) = (&self.layers[i], &self.held[i]);
        match layer {
            Layer::Timeout(_) | Layer::Bulkhead(_) | Layer::RateLimit(_) => {
                Written::Future(held.around(&inner.into_future()))
            }
            Layer::CircuitBreaker(breaker) => {
                Written::Future(breaker.wrap(held, &inner.into_future(), &self.scope))
            }
            Layer::Retry(retry) => {
                let attempts = retry.attempts(held, &self.returns, &self.scope);
                // A call of one stack is counted once, by the outermost that has its budget.
                let mut beneath = self.layers[i + 1..].iter().map(Layer::purse);
                let inner = if beneath.any(|purse| purse.may_be(retry.purse())) {
                    let attempts = if i == self.on_top {
                        quote_spanned!(span=> call)
                    } else {
                        quote_spanned!(span=> attempts)
                    };
                    Written::Future(Retry::counted(&attempts, &inner.into_future()))
                } else {
                    inner
                };
                if i == self.on_top {
                    let end = (i == 0).then(|| self.end());
                    // A loop in a block of its own would cost more than the rest of the retry.
                    return Written::Outcome {
                        statements: quote_spanned!(span=>
                            let mut call = __rt::call(__rt::here!()).repeat(#attempts);
                        ),
                        value: Retry::repeat_of_call(&inner.into_future(), end.as_ref()),
                    };
                }
                let value = match inner {
                    Written::Future(future) => Retry::repeat(&future),
                    Written::Outcome { statements, value } if statements.is_empty() => {
                        Retry::repeat_statements(&value)
                    }
                    Written::Outcome { statements, value } => {
                        Retry::repeat_statements(&quote_spanned!(span=> { #statements #value }))
                    }
                };
                Written::Outcome {
                    statements: quote_spanned!(span=> let mut attempts = #attempts;),
                    value,
                }
            }
            Layer::Hedge(hedge) => {
                let inner = self.copied(i, inner);
                let open = self.open;
                Written::Future(hedge.wrap(held, &inner, open, &self.scope))
            }
            Layer::Fallback(fallback) => {
                let body = |future: &TokenStream| self.outcome_of(future, &self.layers[..i]);
                let value =
                    fallback.recover(&self.arguments_for(i), &self.returns, &body, &self.scope);
                Written::Outcome {
                    statements: inner.into_statements(),
                    value,
                }
            }
        }
    }

    /// The same as a call of the function, if these layers are all but the fallbacks on top. A retry sees to
    /// that by itself.
    fn observed(&self, i: usize, written: Written) -> Written {
        let is_retry = matches!(self.layers.get(i), Some(Layer::Retry(_)));
        if i != self.on_top || is_retry {
            return written;
        }
        let run = run(written);
        Written::Outcome {
            statements: TokenStream::new(),
            value: quote_spanned!(Span::mixed_site()=> #run.await),
        }
    }

    /// What a hedge makes copies of, with copies of the arguments that are to be cloned. Copies run at
    /// the same time: none can be taken from inside of one.
    fn copied(&self, i: usize, inner: Written) -> TokenStream {
        let span = Span::mixed_site();
        // What rustc says of the whole block, as when it consumes an argument, it says at the user's `{`.
        let at = span.located_at(self.open);
        let block = |inside: TokenStream| {
            let mut block = Group::new(Delimiter::Brace, inside);
            block.set_span(at);
            quote_spanned!(at=> async #block)
        };
        if self.cloned.is_empty() {
            return match inner {
                Written::Future(future) => future,
                Written::Outcome { statements, value } => block(quote!(#statements #value)),
            };
        }
        let inner = if self.layers[i + 1..].iter().any(repeats) {
            let takes = self.cloned.iter().map(|(name, _)| {
                let given = given(name);
                quote_spanned!(span.located_at(name.span())=> let mut #name = __rt::taken(#given);)
            });
            let inner = match inner {
                Written::Future(future) => quote_spanned!(span=> #future.await),
                Written::Outcome { statements, value } => quote_spanned!(span=> #statements #value),
            };
            block(quote!(#(#takes)* #inner))
        } else {
            inner.into_future()
        };
        let copies = self.cloned.iter().map(|(name, _)| {
            let given = given(name);
            quote_spanned!(span.located_at(name.span())=> let #given = __rt::copied(&mut #name);)
        });
        quote_spanned!(span=> { #(#copies)* #inner })
    }

    /// The function's arguments for a fallback: cloned ones where they are needed again after it.
    fn arguments_for(&self, i: usize) -> Vec<TokenStream> {
        let again = self.layers[..i].iter().any(repeats);
        let clone = |argument: &TokenStream| {
            let is = |name: &Ident| *name == argument.to_string();
            match self.cloned.iter().find(|(name, _)| again && is(name)) {
                Some((name, _)) => {
                    quote_spanned!(Span::mixed_site()=> __rt::fresh(&mut #name))
                }
                None => argument.clone(),
            }
        };
        self.arguments.iter().map(clone).collect()
    }

    /// How the outcome becomes what the function returns.
    fn end(&self) -> Finish {
        // What an unconditional fallback answers gets past it no more.
        let answers = |layer: &&Layer| match layer {
            Layer::Fallback(fallback) => fallback.is_unconditional(),
            _ => false,
        };
        let can_reject = self
            .layers
            .iter()
            .take_while(|layer| !answers(layer))
            .any(|layer| layer.policy().rejects());
        self.returns.finish(can_reject)
    }

    /// The outermost layer, and the outcome as what the function returns. It becomes that where it is made: no
    /// room for a rejection is copied then.
    fn finish(&self, inner: Written) -> TokenStream {
        let end = self.end();
        if let Some(Layer::Fallback(fallback)) = self.layers.first() {
            let statements = inner.into_statements();
            let end = fallback.finish(&self.arguments_for(0), &self.returns, &end, &self.scope);
            return quote!(#statements #end);
        }
        let Finish { binding, call, .. } = end;
        let is_retry = matches!(self.layers.first(), Some(Layer::Retry(_)));
        match self.wrap(0, inner) {
            Written::Outcome { statements, value } if is_retry => {
                quote!(#binding #statements #value)
            }
            written => {
                let (span, run) = (Span::mixed_site(), run(written));
                // In a statement of its own: what is pinned at the end of a block would outlive, up to edition
                // 2021, what it borrows.
                quote_spanned!(span=>
                    #binding
                    let result = #run.map(move |outcome| #call).await;
                    result
                )
            }
        }
    }
}

/// A stack as a call of the function.
fn run(written: Written) -> TokenStream {
    let stack = written.into_future();
    quote_spanned!(Span::mixed_site()=> __rt::call(__rt::here!()).run(__rt::pin!(#stack)))
}

fn hold(layer: &Layer, names: &Names, function: &str, scope: &Scope) -> Held {
    match layer {
        Layer::Retry(retry) => retry.hold(names, scope),
        Layer::Timeout(timeout) => timeout.hold(names, scope),
        Layer::CircuitBreaker(breaker) => breaker.hold(names, scope),
        Layer::Bulkhead(bulkhead) => bulkhead.hold(names, function, scope),
        Layer::RateLimit(limit) => limit.hold(names, function, scope),
        Layer::Hedge(hedge) => hedge.hold(names, scope),
        Layer::Fallback(_) => names.unheld(),
    }
}

/// Whether what is beneath it may need the arguments more than once.
fn repeats(layer: &Layer) -> bool {
    matches!(
        layer,
        Layer::Retry(_) | Layer::Hedge(_) | Layer::Fallback(_)
    )
}

/// The copy of an argument that one copy of the body is given, by a name that is not the user's.
fn given(name: &Ident) -> Ident {
    let mut given = name.clone();
    given.set_span(Span::mixed_site().located_at(name.span()));
    given
}

fn classifies(layers: &[Layer]) -> bool {
    layers.iter().any(Layer::classifies)
}

/// The arguments to clone, by the function's own tokens: these are the names that its statements
/// use.
fn cloned(function: &Function, layers: &[Layer]) -> Vec<(Ident, bool)> {
    let inputs = function.inputs();
    let names = inputs
        .iter()
        .flat_map(|(pattern, ty)| pattern::bindings(pattern, ty.as_ref()));
    let cloned = names.filter(|name| {
        layers
            .iter()
            .flat_map(Layer::cloned)
            .any(|word| word == name.ident)
    });
    cloned
        .map(|name| (name.ident.clone(), name.mutability.is_some()))
        .collect()
}
