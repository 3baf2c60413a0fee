//! A function's body as raw tokens: what stands around the user's statements, and the statements.

use proc_macro2::extra::DelimSpan;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::Pat;
use syn::parse::Parser as _;

/// One pair of delimiters on the way in to the user's statements.
#[derive(Debug)]
struct Level {
    before: Vec<TokenTree>,
    delimiter: Delimiter,
    span: Span,
    after: Vec<TokenTree>,
}

/// A body, opened where the user's statements are.
#[derive(Debug)]
pub(crate) struct Body {
    /// Outermost first. The last one holds the statements.
    levels: Vec<Level>,
    /// `#![..]` at the top of a function: it has to stay at the top.
    pub(crate) inner_attributes: TokenStream,
    pub(crate) statements: TokenStream,
    /// The opening of the statements' block: where rustc points when it has something to say about
    /// all of it.
    pub(crate) open: Span,
}

impl Body {
    /// ```text
    /// async fn f() -> R { STATEMENTS }
    /// ```
    pub(crate) fn of_async_fn(brace: DelimSpan, content: TokenStream) -> Self {
        let mut tokens: Vec<TokenTree> = content.into_iter().collect();
        let mut attributes = 0;
        while let [
            TokenTree::Punct(pound),
            TokenTree::Punct(bang),
            TokenTree::Group(group),
            ..,
        ] = &tokens[attributes..]
            && pound.as_char() == '#'
            && bang.as_char() == '!'
            && group.delimiter() == Delimiter::Bracket
        {
            attributes += 3;
        }
        let statements = tokens.split_off(attributes).into_iter().collect();
        let inner_attributes = tokens.into_iter().collect();
        Self {
            levels: vec![level(brace)],
            inner_attributes,
            statements,
            open: brace.open(),
        }
    }

    /// ```text
    /// fn f() -> impl Future<Output = R> { ..; async move { STATEMENTS } }
    /// fn f() -> Pin<Box<dyn Future<Output = R>>> { ..; Box::pin(async move { STATEMENTS }) }
    /// fn f() -> Pin<Box<dyn Future<Output = R>>> {
    ///     Box::pin(async move { ..; let __ret: R = { STATEMENTS }; __ret })
    /// }
    /// ```
    pub(crate) fn of_future(brace: DelimSpan, content: TokenStream) -> Option<Self> {
        let mut levels = vec![level(brace)];
        let (mut open, mut statements) = tail(content.into_iter().collect(), &mut levels)?;
        // Only `#[async_trait]` writes this `let`. Another attribute may have wrapped what it
        // wrote.
        while let Some((deeper, found)) = initializer(&statements) {
            let after = statements.split_off(deeper + 1);
            let Some(TokenTree::Group(group)) = statements.pop() else {
                break;
            };
            levels.push(Level {
                before: statements,
                delimiter: group.delimiter(),
                span: group.span(),
                after,
            });
            statements = group.stream().into_iter().collect();
            open = group.span_open();
            if found {
                break;
            }
        }
        let statements = statements.into_iter().collect();
        Some(Self {
            levels,
            inner_attributes: TokenStream::new(),
            statements,
            open,
        })
    }

    /// Whether the statements are where `#[async_trait]` moves them to.
    pub(crate) fn is_async_trait(&self) -> bool {
        self.levels.iter().any(|level| {
            level
                .before
                .iter()
                .any(|token| matches!(token, TokenTree::Ident(ident) if ident == "__ret"))
        })
    }

    /// The block of the statements, braces included.
    pub(crate) fn block(&self) -> Span {
        self.levels.last().map_or(self.open, |level| level.span)
    }

    /// The body with other statements in the place of the user's.
    pub(crate) fn fill(&self, statements: TokenStream) -> TokenStream {
        let attributes = self.inner_attributes.clone();
        let inner = TokenStream::from_iter([attributes, statements]);
        self.levels.iter().rfold(inner, |inner, level| {
            let mut group = Group::new(level.delimiter, inner);
            group.set_span(level.span);
            let (before, after) = (level.before.iter().cloned(), level.after.iter().cloned());
            before.chain([group.into()]).chain(after).collect()
        })
    }

    /// Makes the block that holds everything own what it uses: the future outlives the call that
    /// returns it.
    pub(crate) fn own_captures(&mut self) {
        if let Some(last) = self.levels.last_mut()
            && let Some(TokenTree::Ident(word)) = last.before.last()
            && word == "async"
        {
            let word = Ident::new("move", word.span());
            last.before.push(word.into());
        }
    }

    /// The pattern by which `#[async_trait]` binds an argument again, if it does.
    pub(crate) fn rebound(&self, argument: &Ident) -> Option<Pat> {
        let mut lets = self.levels.iter().flat_map(|level| lets(&level.before));
        lets.find_map(|(pattern, value)| mentions(value, argument).then_some(pattern))
    }

    /// Whether the user's statements say a name.
    pub(crate) fn says(&self, name: &Ident) -> bool {
        let statements: Vec<TokenTree> = self.statements.clone().into_iter().collect();
        mentions(&statements, name)
    }

    /// Takes the `mut` off the names that are bound again for each attempt.
    pub(crate) fn strip_mut(&mut self, names: &[Ident]) {
        for level in &mut self.levels {
            let before = std::mem::take(&mut level.before).into_iter().collect();
            level.before = stripped(before, names).into_iter().collect();
        }
    }
}

fn level(brace: DelimSpan) -> Level {
    Level {
        before: Vec::new(),
        delimiter: Delimiter::Brace,
        span: brace.join(),
        after: Vec::new(),
    }
}

/// Goes in to the block at the end: the statements of `async { .. }`, which may be the argument of
/// `Box::pin(..)`.
fn tail(mut tokens: Vec<TokenTree>, levels: &mut Vec<Level>) -> Option<(Span, Vec<TokenTree>)> {
    let Some(TokenTree::Group(last)) = tokens.pop() else {
        return None;
    };
    let is_word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let content: Vec<TokenTree> = last.stream().into_iter().collect();
    let start = match last.delimiter() {
        Delimiter::Brace => {
            let capture = tokens.last().is_some_and(|token| is_word(token, "move"));
            let start = tokens.len().checked_sub(1 + usize::from(capture))?;
            is_word(&tokens[start], "async").then_some(start)?
        }
        Delimiter::Parenthesis => {
            let path = |token: &TokenTree| {
                matches!(token, TokenTree::Ident(_))
                    || matches!(token, TokenTree::Punct(p) if p.as_char() == ':')
            };
            let start = tokens
                .iter()
                .rposition(|token| !path(token))
                .map_or(0, |before| before + 1);
            let callee: String = tokens[start..].iter().map(ToString::to_string).collect();
            (callee == "Box::pin" || callee.ends_with("::Box::pin")).then_some(start)?
        }
        Delimiter::Bracket | Delimiter::None => return None,
    };
    // Before a tail there is nothing, or the end of a statement: anything else is a part of the
    // same expression.
    match tokens[..start].last() {
        None => {}
        Some(TokenTree::Punct(end)) if end.as_char() == ';' => {}
        Some(TokenTree::Group(end)) if end.delimiter() == Delimiter::Brace => {}
        Some(_) => return None,
    }
    let is_block = last.delimiter() == Delimiter::Brace;
    levels.push(Level {
        before: tokens,
        delimiter: last.delimiter(),
        span: last.span(),
        after: Vec::new(),
    });
    if is_block {
        Some((last.span_open(), content))
    } else {
        tail(content, levels)
    }
}

/// Where the initializer of `let __ret: R = { .. };` is, or the group that holds it, and which of
/// the two.
fn initializer(tokens: &[TokenTree]) -> Option<(usize, bool)> {
    let is_word = |token: &TokenTree, word: &str| token.to_string() == word;
    let is_block = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let is_ret = |pair: &[TokenTree]| is_word(&pair[0], "let") && is_word(&pair[1], "__ret");
    if let Some(start) = tokens.windows(2).position(is_ret) {
        let is_value = |pair: &[TokenTree]| is_word(&pair[0], "=") && is_block(&pair[1]);
        let value = tokens[start..].windows(2).position(is_value)?;
        return Some((start + value + 1, true));
    }
    let outer = tokens
        .iter()
        .position(|token| matches!(token, TokenTree::Group(group) if holds_initializer(group)));
    outer.map(|outer| (outer, false))
}

fn holds_initializer(group: &Group) -> bool {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    initializer(&tokens).is_some()
}

/// The `let`s among these statements, each with the tokens of its value.
fn lets(statements: &[TokenTree]) -> impl Iterator<Item = (Pat, &[TokenTree])> {
    let is_end = |token: &TokenTree, end: char| match token {
        TokenTree::Punct(punct) => punct.as_char() == end,
        _ => false,
    };
    statements
        .iter()
        .enumerate()
        .filter_map(move |(start, token)| {
            // A statement begins after another one, or after its own `#[cfg(..)]`: `if let` is none.
            let begins = match start.checked_sub(1).map(|before| &statements[before]) {
                None | Some(TokenTree::Group(_)) => true,
                Some(before) => is_end(before, ';'),
            };
            if !begins || token.to_string() != "let" {
                return None;
            }
            let statement = &statements[start + 1..];
            let eq = statement.iter().position(|token| is_end(token, '='))?;
            let (pattern, value) = statement.split_at(eq);
            let end = value.iter().position(|token| is_end(token, ';'))?;
            let pattern = Pat::parse_single.parse2(pattern.iter().cloned().collect());
            Some((pattern.ok()?, &value[1..end]))
        })
}

fn mentions(tokens: &[TokenTree], name: &Ident) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            mentions(&inner, name)
        }
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn stripped(tokens: TokenStream, names: &[Ident]) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let token = match token {
            TokenTree::Ident(name) if names.contains(&name) => {
                kept.pop_if(|before| matches!(before, TokenTree::Ident(word) if word == "mut"));
                name.into()
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), stripped(group.stream(), names));
                inner.set_span(group.span());
                inner.into()
            }
            token => token,
        };
        kept.push(token);
    }
    kept.into_iter().collect()
}

/// The statements that `#[tracing::instrument]` has made of a body, without the `move` by which they
/// would take the arguments with them: here they may run again.
///
/// ```text
/// let __tracing_instrument_future = async move { STATEMENTS };
/// let __tracing_instrument_future = async move { match async move { STATEMENTS }.await { .. } };
/// ```
pub(crate) fn borrowing(statements: TokenStream) -> TokenStream {
    const FUTURE: &str = "__tracing_instrument_future";
    let is =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let tokens: Vec<TokenTree> = statements.into_iter().collect();
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut seen = false;
    for token in tokens {
        seen |= is(&token, FUTURE);
        let after_async = kept.last().is_some_and(|last| is(last, "async"));
        match token {
            token if seen && after_async && is(&token, "move") => {}
            TokenTree::Group(group) if seen && after_async => {
                let mut inner: Vec<TokenTree> = group.stream().into_iter().collect();
                if let [first, second, third, ..] = &inner[..]
                    && is(first, "match")
                    && is(second, "async")
                    && is(third, "move")
                {
                    inner.remove(2);
                }
                let mut block = Group::new(group.delimiter(), inner.into_iter().collect());
                block.set_span(group.span());
                kept.push(block.into());
            }
            token => kept.push(token),
        }
    }
    kept.into_iter().collect()
}
