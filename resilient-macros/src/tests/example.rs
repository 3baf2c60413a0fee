//! `examples/stack-expanded.rs` is what `examples/stack.rs` expands to: not beside it, but token for token.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, File, ImplItem, ImplItemFn, Item, Type};

use super::{expand_tokens, unparsed};
use crate::policy::Policy;

/// The example, without its documentation: what it is for is said in other words.
fn example(name: &str) -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(name);
    let text = std::fs::read_to_string(path).expect("the examples are beside this crate");
    let mut file = syn::parse_file(&text).expect("it compiles");
    file.attrs.clear();
    file
}

fn is_ours(attribute: &Attribute) -> bool {
    Policy::named_by(attribute.path()).is_some()
}

/// The annotated function expanded, as rustc would, and the attributes that are left called as well.
fn expanded(function: &ImplItemFn) -> ImplItemFn {
    let expansion = expand_tokens(function.to_token_stream());
    let mut function: ImplItemFn = syn::parse2(expansion).expect("the expansion is a method");
    // The mentions of the siblings expand to nothing.
    function.block.stmts.retain(|statement| {
        !matches!(statement, syn::Stmt::Item(Item::Const(item)) if item.attrs.iter().any(is_ours))
    });
    function
}

/// The tokens of a file, behind the formatting of whoever wrote it: `rustfmt` adds and removes commas.
fn normal(file: File) -> String {
    unparsed(file)
}

fn without_imports(mut file: File) -> File {
    file.items.retain(|item| {
        let text = item.to_token_stream().to_string();
        !(matches!(item, Item::Use(_)) && text.contains("resilient_runtime"))
    });
    file
}

#[test]
fn the_expanded_example_is_the_expansion_of_the_example() {
    let mut stack = example("stack.rs");
    let mut found = 0;
    for item in &mut stack.items {
        let Item::Impl(item) = item else { continue };
        assert!(matches!(*item.self_ty, Type::Path(_)));
        for member in &mut item.items {
            if let ImplItem::Fn(function) = member
                && function.attrs.iter().any(is_ours)
            {
                found += 1;
                *function = expanded(function);
            }
        }
    }
    assert_eq!(found, 1);
    let stack: TokenStream = without_imports(stack).into_token_stream();
    let (ours, shown) = (
        normal(syn::parse2(stack).expect("it is a file")),
        normal(without_imports(example("stack-expanded.rs"))),
    );
    assert!(
        ours == shown,
        "examples/stack-expanded.rs is not the expansion; it should say:\n{ours}"
    );
}
