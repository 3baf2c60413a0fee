//! Nonsense, by a small generator that always makes the same.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A linear congruential generator: good enough to pick, and the same everywhere.
pub(super) struct Picks(pub(super) u64);

impl Picks {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    pub(super) fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

const WORDS: &[&str] = &[
    "retry",
    "timeout",
    "circuit_breaker",
    "bulkhead",
    "rate_limit",
    "hedge",
    "fallback",
];

/// Attributes with nothing wrong: nonsense beside them is what people write.
const GOOD: &[&str] = &[
    "retry",
    "retry(max = 5, backoff = \"linear\", delay = \"10ms\", jitter = \"25%\", when = |e| e.x(), on(error))",
    "retry(RETRY, when_ok = p, clone(a), budget = \"a\")",
    "retry(budget = self.budget)",
    "timeout(\"1s\")",
    "timeout(self.limit)",
    "circuit_breaker(name = \"a\", failure_rate = \"50%\", failure_when = p)",
    "circuit_breaker(self.breaker)",
    "bulkhead(max_concurrent = 3, max_wait = \"1s\", max_queue = 3)",
    "bulkhead(max_concurrent = 3, key = self.x, max_keys = 9)",
    "bulkhead(adaptive, min = 3, max = 30, initial = 5)",
    "bulkhead(name = \"a\")",
    "rate_limit(\"10/100ms\", name = \"a\", burst = 3, max_wait = \"1s\")",
    "rate_limit(self.limiter)",
    "rate_limit(\"3/s\", key = self.x, max_keys = 9)",
    "hedge(after = \"50ms\", max = 2, when = p, budget = B, clone(a))",
    "hedge(after = \"p95\", initial = \"50ms\")",
    "hedge(self.hedge)",
    "fallback(g)",
    "fallback(self.g, with_error, when = p)",
    "fallback(|e| Err(e), on(error))",
    "fallback(async |e| Err(e), crate = x, rejected = y, classify = z)",
    "fallback(value = 3)",
];

const VALUES: &[&str] = &[
    "3",
    "0",
    "-1",
    "101",
    "4294967296",
    "3u8",
    "0x10",
    "2.0",
    "-0.5",
    "1e999",
    "\"1s\"",
    "\"\"",
    "\"5\"",
    "\"50%\"",
    "\"NaN%\"",
    "\"-3%\"",
    "\"full\"",
    "\"exp\"",
    "\"1000000000000years\"",
    "\"18446744073709551615s 999999999ns\"",
    "b\"x\"",
    "'c'",
    "true",
    "MAX",
    "Self::MAX",
    "const { N }",
    "const { let x = 1; x }",
    "self.limit",
    "self",
    "a",
    "a.b",
    "f(a)",
    "|e| e.x()",
    "async |e| { e }",
    "|a, b| 1",
    "move || 1",
    "&x",
    "(1)",
    "[1, 2]",
    "<T as U>::X",
    "_",
    "..",
    "match",
    "r#type",
    "\"\u{1f980}\"",
    "stale(x)",
    "x?",
    "!",
    "if a { b } else { c }",
];

const KEYS: &[&str] = &[
    "max",
    "backoff",
    "delay",
    "factor",
    "max_delay",
    "jitter",
    "max_duration",
    "when",
    "when_ok",
    "delay_from",
    "on_retry",
    "on",
    "clone",
    "name",
    "failure_rate",
    "window",
    "min_calls",
    "consecutive_failures",
    "break_duration",
    "half_open_calls",
    "failure_when",
    "max_concurrent",
    "max_wait",
    "max_queue",
    "key",
    "max_keys",
    "value",
    "with_error",
    "crate",
    "rejected",
    "classify",
    "budget",
    "slow_call",
    "shadow",
    "adaptive",
    "stale",
    "nope",
];

pub(super) const ITEMS: &[&str] = &[
    "async fn f() -> R { x }",
    "pub async fn f<'a, T: X, const N: usize>(&'a self, mut a: Vec<T>, (b, _): (u8, u8)) -> Result<&'a str, E> where T: Y { #![allow(x)] return a? }",
    "fn f(a: A) -> impl Future<Output = R> + use<'_> { let b = a; async { x } }",
    "fn f() -> Pin<Box<dyn Future<Output = R> + Send>> { Box::pin(async move { let __self = self; let mut a = a; let __ret: R = { x }; __ret }) }",
    "fn f() -> Result<impl X, E> { }",
    "async fn f(&mut self, _: u8, P { a, .. }: P, [x, y]: [u8; 2], ref z: Z) -> Result<impl X, E> { async { } }",
    "async fn f() -> Option<u8>;",
    "unsafe extern \"C\" fn f(a: u8, ...) -> R { }",
    "struct S { a: u8 }",
    "impl S { fn f() { } }",
    "static A: B = C;",
    "fn",
    "",
    "async move { }",
    "( ) [ ] { } ; , => ..",
];

fn arguments(picks: &mut Picks) -> String {
    let mut arguments = Vec::new();
    for _ in 0..picks.below(5) {
        let (key, value) = (picks.of(KEYS), picks.of(VALUES));
        arguments.push(match picks.below(6) {
            0 => key.to_owned(),
            1 => value.to_owned(),
            2 => format!("{key}({value}, {})", picks.of(KEYS)),
            3 => format!("{key} {value}"),
            _ => format!("{key} = {value}"),
        });
    }
    arguments.join(", ")
}

/// A stack of up to four attributes, good ones and nonsense.
pub(super) fn stack(picks: &mut Picks) -> String {
    let mut stack = String::new();
    for _ in 0..=picks.below(3) {
        let attribute = match picks.below(3) {
            0 => format!("{}({})", picks.of(WORDS), arguments(picks)),
            _ => picks.of(GOOD).to_owned(),
        };
        stack = format!("{stack}#[{attribute}] ");
    }
    stack
}

/// Drops, doubles or swaps a few tokens, at any depth.
pub(super) fn mutated(tokens: TokenStream, picks: &mut Picks) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for _ in 0..picks.below(3) {
        if tokens.is_empty() {
            break;
        }
        let (i, j) = (picks.below(tokens.len()), picks.below(tokens.len()));
        match picks.below(4) {
            0 => drop(tokens.remove(i)),
            1 => tokens.insert(i, tokens[j].clone()),
            2 => tokens.swap(i, j),
            _ => {
                if let TokenTree::Group(group) = &tokens[i] {
                    let delimiter = if picks.below(3) == 0 {
                        Delimiter::None
                    } else {
                        group.delimiter()
                    };
                    let mut inner = Group::new(delimiter, mutated(group.stream(), picks));
                    inner.set_span(group.span());
                    tokens[i] = inner.into();
                }
            }
        }
    }
    tokens.into_iter().collect()
}
