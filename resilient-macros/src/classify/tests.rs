//! The derive without a compiler: what it expands to, and nonsense, which never makes it panic.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::expand;

fn formatted(source: &str) -> String {
    let expansion = expand(source.parse().expect("the source has no unknown tokens"));
    prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is items"))
}

#[test]
fn reads_like_what_one_would_write_by_hand() {
    let source = "
        #[allow(deprecated)]
        pub enum PriceError<E> {
            #[answered] NotFound,
            #[throttled] Full(u8),
            #[throttled(retry_after = after)] Busy { after: Duration, host: String },
            #[classify(delegate = 1)] Inner(u8, Box<E>, u8),
        }";
    let expected = "\
const _: () = {
    use ::resilient_runtime::__private as __rt;
    #[allow(deprecated)]
    #[automatically_derived]
    impl<E> __rt::Classify for PriceError<E>
    where
        Box<E>: __rt::Classify,
    {
        #[inline]
        fn class(&self) -> __rt::Class {
            match self {
                Self::NotFound => __rt::Class::Answered,
                Self::Full(..) => {
                    __rt::Class::Throttled {
                        retry_after: __rt::None,
                    }
                }
                Self::Busy { after: __resilient_field, .. } => {
                    __rt::Class::Throttled {
                        retry_after: __rt::retry_after::<Duration>(__resilient_field),
                    }
                }
                Self::Inner(_, __resilient_field, ..) => {
                    <Box<E> as __rt::Classify>::class(__resilient_field)
                }
            }
        }
    }
};
";
    assert_eq!(formatted(source), expected);
}

#[test]
fn a_bound_is_added_only_for_a_parameter() {
    let bounds = |field: &str| {
        let source = format!("#[classify(delegate)] struct Outer<T, const N: usize>({field});");
        let expansion = formatted(&source);
        expansion.contains("where")
    };
    for field in [
        "T",
        "Box<T>",
        "T::Error",
        "<T as Service>::Error",
        "[T; 3]",
        "Vec::<T>",
    ] {
        assert!(bounds(field), "{field}");
    }
    for field in [
        "Inner",
        "m::T",
        "::T",
        "Inner<N>",
        "Box<Outer<T, N>>",
        "Box<Self>",
    ] {
        assert!(!bounds(field), "{field}");
    }
}

const SOURCES: &[&str] = &[
    "enum E<T: X = u8, 'a, const N: usize> where T: Y { #[transient] A, #[throttled(retry_after = 0)] B(D, u8) = 3, #[classify(delegate = x)] C { x: T } }",
    "enum E { #[throttled(retry_after = r#type)] A { r#type: D }, #[answered] #[answered] B, C(#[ignored] u8), #[ignored(x)] D {} }",
    "#[classify(delegate, crate = a::b)] #[allow(x)] pub struct S<T: ?Sized>(pub T);",
    "#[classify(crate = a)] #[classify(crate = 3)] #[permanent] enum Never {}",
    "#[throttled(retry_after = \"x\", retry_after)] struct S { a: u8, }",
    "#[throttled = 3] #[transient] struct S;",
    "union U { a: u8, #[transient] b: u16 }",
    "#[derive] fn f() {}",
    "#[classify(delegate(x), delegate = 0.0, nope, 3, = , transient)] struct S(u8, u8);",
    "enum E { #[classify] A(u8), #[classify()] B, #[throttled(5 % , x)] C, #[transiant] D }",
];

/// Drops, doubles, swaps or regroups a few tokens, at any depth, by a generator that always makes
/// the same.
fn mutated(tokens: TokenStream, below: &mut dyn FnMut(usize) -> usize) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for _ in 0..below(3) {
        if tokens.is_empty() {
            break;
        }
        let (i, j) = (below(tokens.len()), below(tokens.len()));
        match below(4) {
            0 => drop(tokens.remove(i)),
            1 => tokens.insert(i, tokens[j].clone()),
            2 => tokens.swap(i, j),
            _ => {}
        }
        if let Some(TokenTree::Group(group)) = tokens.get(j) {
            let delimiter = match below(4) {
                0 => Delimiter::None,
                _ => group.delimiter(),
            };
            tokens[j] = Group::new(delimiter, mutated(group.stream(), below)).into();
        }
    }
    tokens.into_iter().collect()
}

#[test]
fn nothing_panics_and_every_type_gets_its_impl() {
    let mut state = 7_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % n.max(1)
    };
    let (mut good, mut faulty) = (0, 0);
    for round in 0..6_000 {
        let source: TokenStream = SOURCES[round % SOURCES.len()].parse().unwrap();
        let source = mutated(source, &mut below);
        let is_type = super::Subject::parse(source.clone()).is_ok();
        let expansion = expand(source.clone()).to_string();
        assert!(!expansion.contains("panicked"), "{source}\n{expansion}");
        let has_impl = expansion.contains("Classify for");
        assert_eq!(has_impl, is_type, "{source}\n{expansion}");
        if expansion.contains("compile_error") {
            faulty += 1;
        } else {
            good += 1;
        }
    }
    assert!(good > 300 && faulty > 300, "{good} {faulty}");
}
