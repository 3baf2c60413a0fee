//! Code that somebody is typing. Whatever has come as far as tokens, the function is given back as it
//! stands, and what is wrong is said where it is wrong. (What is not closed has not come as far.)

use super::{expand, located};

/// What a source's only fault says, and the text that it is shown on.
fn underlined(source: &str) -> (String, &str) {
    let mut faults = located(expand(source));
    let (message, at) = faults.pop().expect("something is wrong");
    assert_eq!(faults, [], "{source}");
    (message, &source[at])
}

#[test]
fn what_is_missing_in_an_attribute_is_missed_where_it_would_stand() {
    for (arguments, at) in [
        ("max = ", "max"),
        ("max = , jitter", "max"),
        ("jitter, max = ", "max"),
        ("= 3", "="),
        ("max 3", "3"),
        ("max = 3 jitter", "jitter"),
        ("max == 3", "="),
        ("max = 3, , jitter", ","),
        ("jitter, when = |e| e.", "."),
        ("jitter, when = |e| ", "|"),
        ("when = |e", "e"),
        ("when = e.is()", "e.is()"),
        ("when = is_busy::", ":"),
        ("when = &", "&"),
        ("when = f(a.)", ")"),
        ("jitter, on()", "on()"),
        ("on(error timeout)", "timeout"),
        ("clone(b)", "b"),
        ("clone", "clone"),
        ("RETRY.", "."),
        ("self.", "."),
    ] {
        // Beneath another one, so that its own place can't be mistaken for that of the expanded one.
        let item = "async fn f(&self, a: A) -> R { x }";
        let source = format!("#[timeout(\"1s\")] #[retry({arguments})] {item}");
        let (message, found) = underlined(&source);
        assert_eq!(found, at, "{source}: {message}");
    }
}

/// Statements that no parser takes yet: rustc says so, and nothing else has to be wrong.
#[test]
fn statements_that_do_not_parse_are_nobody_else_s_fault() {
    for statements in [
        "let x = ;",
        "let x",
        "x.",
        "if",
        "match x {",
        "foo(a, ,)",
        "=> ..",
    ] {
        let statements = statements.trim_end_matches('{');
        for attributes in [
            "#[retry(jitter)]",
            "#[fallback(g)] #[timeout(\"1s\")] #[retry]",
        ] {
            let source = format!("{attributes} async fn f() -> R {{ {statements} }}");
            let expansion = expand(&source);
            assert_eq!(located(expansion.clone()), [], "{source}");
            let whole: proc_macro2::TokenStream = statements.parse().expect("tokens");
            let (expansion, whole) = (expansion.to_string(), whole.to_string());
            assert!(expansion.contains(&whole), "{whole}: {expansion}");
        }
        let source = format!("#[retry(maxx)] async fn f() -> R {{ {statements} }}");
        let (message, found) = underlined(&source);
        assert_eq!(found, "maxx", "{message}");
    }
}

/// rustc shows what is wrong with a whole block, such as that it ends in no value, on the user's
/// braces.
#[test]
fn the_block_of_the_statements_is_the_user_s() {
    let source = "#[retry] async fn f() -> R { let x = 3; }";
    let expansion = expand(source);
    let braces = source.find('{').expect("it has a body")..source.len();
    let mut groups = vec![expansion];
    let mut found = 0;
    while let Some(tokens) = groups.pop() {
        for token in tokens {
            if let proc_macro2::TokenTree::Group(group) = token {
                found += usize::from(group.span().byte_range() == braces);
                groups.push(group.stream());
            }
        }
    }
    assert_eq!(found, 2, "the function's block, and the attempt's");
}
