//! Nonsense in, and nothing bad out: no input makes the macros panic, none loses the user's item, and
//! every fault is shown on an attribute or on the signature.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::nonsense::{ITEMS, Picks, mutated, stack};
use super::{expand_tokens, located, without_mentions};

/// Programs of each seed. All together they take some seconds.
const ROUNDS: usize = 6_000;

/// The arguments of every attribute, mutated; their words stay, or they would be none of ours.
fn with_mutated_arguments(attributes: TokenStream, picks: &mut Picks) -> TokenStream {
    let mutate = |token| {
        let TokenTree::Group(group) = &token else {
            return token;
        };
        let mut inner: Vec<TokenTree> = group.stream().into_iter().collect();
        if let Some(TokenTree::Group(arguments)) = inner.last_mut() {
            let mut mutant = Group::new(Delimiter::Parenthesis, mutated(arguments.stream(), picks));
            mutant.set_span(arguments.span());
            *arguments = mutant;
        }
        let mut attribute = Group::new(Delimiter::Bracket, inner.into_iter().collect());
        attribute.set_span(group.span());
        attribute.into()
    };
    attributes.into_iter().map(mutate).collect()
}

/// The user's statements, without their braces.
fn statements(item: &TokenStream) -> Range<usize> {
    let body = item.clone().into_iter().last().filter(|token| {
        matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
            // Arguments that `#[async_trait]` has moved into the body are still arguments.
            && !token.to_string().contains("__ret")
    });
    let body = body.map_or(0..0, |body| body.span().byte_range());
    body.start + 1..body.end.saturating_sub(1)
}

/// One program. Whether there was nothing wrong with it.
fn expands(picks: &mut Picks) -> bool {
    let (stack, item) = (stack(picks), picks.of(ITEMS));
    let source = format!("{stack}{item}");
    let Ok(tokens) = source.parse::<TokenStream>() else {
        return false;
    };
    // `#` and `[..]` of each attribute.
    let mut tokens = tokens.into_iter();
    let attributes = tokens.by_ref().take(2 * stack.matches("#[").count());
    let mut attributes: TokenStream = attributes.collect();
    let mut item: TokenStream = tokens.collect();
    let statements = statements(&item);
    if picks.below(2) == 0 {
        attributes = with_mutated_arguments(attributes, picks);
    }
    if picks.below(2) == 0 {
        item = mutated(item, picks);
    }
    let program = format!("{attributes} {item}");
    let expansion = expand_tokens(attributes.into_iter().chain(item.clone()).collect());
    let faults = located(expansion.clone());
    let text = without_mentions(expansion).to_string();
    assert!(!text.contains("panicked"), "{program}\n{faults:?}");
    if faults.is_empty() {
        assert!(text.contains("__rt"), "{program}\n{text}");
    } else {
        assert!(text.ends_with(&item.to_string()), "{program}\n{text}");
    }
    for (message, at) in &faults {
        let is_outside = |place: usize| !statements.contains(&place);
        assert!(
            at.end <= source.len() && is_outside(at.start) && is_outside(at.end),
            "{program}\n{message} at {at:?}: {:?}",
            source.get(at.clone())
        );
    }
    faults.is_empty()
}

fn run(seed: u64) {
    let mut picks = Picks(seed);
    let good = (0..ROUNDS).filter(|_| expands(&mut picks)).count();
    assert!(good > ROUNDS / 20, "{good} of the programs were good ones");
}

// Four tests, as the tests run beside each other.
#[test]
fn nothing_panics_and_nothing_is_lost_1() {
    run(1);
}

#[test]
fn nothing_panics_and_nothing_is_lost_2() {
    run(2);
}

#[test]
fn nothing_panics_and_nothing_is_lost_3() {
    run(3);
}

#[test]
fn nothing_panics_and_nothing_is_lost_4() {
    run(4);
}
