//! Each rule, with the one fault that breaks it.

use super::{expand, faults, without_mentions};

/// A program, and what its only fault says.
pub(super) const CASES: &[(&str, &str)] = &[
    // Grammar.
    (
        "#[retry(maxx = 3)] async fn f() -> R {}",
        "Did you mean `max`?",
    ),
    (
        "#[retry(max = 3, max = 4)] async fn f() -> R {}",
        "`max` is written twice",
    ),
    (
        "#[retry(max = \"3\")] async fn f() -> R {}",
        "without quotes",
    ),
    (
        "#[retry(max = 3.0)] async fn f() -> R {}",
        "expected a count",
    ),
    ("#[retry(max)] async fn f() -> R {}", "`max` needs a value"),
    (
        "#[retry(max = )] async fn f() -> R {}",
        "`max =` has no value",
    ),
    (
        "#[retry(max = 0)] async fn f() -> R {}",
        "would retry nothing",
    ),
    (
        "#[retry(max = -1)] async fn f() -> R {}",
        "`-1` is not a count",
    ),
    ("#[retry(max = 101)] async fn f() -> R {}", "over 100"),
    (
        "#[retry(max = 99999999999)] async fn f() -> R {}",
        "out of range",
    ),
    ("#[retry(3)] async fn f() -> R {}", "max = 3"),
    (
        "#[retry(delay = 5)] async fn f() -> R {}",
        "Give a unit: \"5s\" or \"5ms\"",
    ),
    (
        "#[retry(delay = \"5\")] async fn f() -> R {}",
        "Give a unit",
    ),
    (
        "#[retry(delay = \"0ms\")] async fn f() -> R {}",
        "no time at all",
    ),
    (
        "#[retry(delay = \"\")] async fn f() -> R {}",
        "value was empty",
    ),
    (
        "#[retry(delay = \"soon\")] async fn f() -> R {}",
        "is not a duration",
    ),
    (
        "#[retry(delay = \"99999999999999999999s\")] async fn f() -> R {}",
        "out of the range",
    ),
    (
        "#[retry(factor = 0.5)] async fn f() -> R {}",
        "a factor is 1.0 or more",
    ),
    (
        "#[retry(jitter = \"half\")] async fn f() -> R {}",
        "\"full\", \"equal\", \"none\"",
    ),
    ("#[retry(jitter = 50)] async fn f() -> R {}", "\"50%\""),
    (
        "#[retry(jitter = \"NaN%\")] async fn f() -> R {}",
        "is not a ratio",
    ),
    (
        "#[retry(jitter = 1.5)] async fn f() -> R {}",
        "over 0 and up to 1",
    ),
    (
        "#[retry(jitter = -0.5)] async fn f() -> R {}",
        "over 0 and up to 1",
    ),
    (
        "#[retry(backoff = \"expp\")] async fn f() -> R {}",
        "Did you mean \"exp\"?",
    ),
    (
        "#[retry(backoff = 3)] async fn f() -> R {}",
        "fn(u32) -> Duration",
    ),
    (
        "#[retry(on(sometimes))] async fn f() -> R {}",
        "`sometimes`",
    ),
    (
        "#[retry(on(error, error))] async fn f() -> R {}",
        "named twice",
    ),
    ("#[retry(on())] async fn f() -> R {}", "names nothing"),
    (
        "#[retry(on = error)] async fn f() -> R {}",
        "in parentheses",
    ),
    (
        "#[retry(on(in_flight))] async fn f() -> R {}",
        "`in_flight`",
    ),
    ("#[retry(when = 3)] async fn f() -> R {}", "a closure"),
    ("#[retry(clone(b))] async fn f(a: A) -> R {}", "it has `a`"),
    (
        "#[retry(rejected = \"x\")] async fn f() -> R {}",
        "expected a path",
    ),
    (
        "#[retry(crate = a)] #[timeout(\"1s\", crate = a)] async fn f() -> R {}",
        "two attributes of one stack",
    ),
    (
        "#[circuit_breaker(name = \"\")] async fn f() -> R {}",
        "the name is empty",
    ),
    (
        "#[circuit_breaker(name = \" a\")] async fn f() -> R {}",
        "begins or ends with a blank",
    ),
    (
        "#[circuit_breaker(name = \"a\\nb\")] async fn f() -> R {}",
        "control character",
    ),
    (
        "#[circuit_breaker(name = NAME)] async fn f() -> R {}",
        "a string literal",
    ),
    (
        "#[circuit_breaker(name = \"a\", window = \"0s\")] async fn f() -> R {}",
        "it would see no call",
    ),
    (
        "#[circuit_breaker(name = \"a\", slow_call_rate = 0.5)] async fn f() -> R {}",
        "nothing says which calls are slow",
    ),
    (
        "#[circuit_breaker(name = \"a\", max_break_duration = \"5m\")] async fn f() -> R {}",
        "Add `break_backoff`",
    ),
    (
        "#[circuit_breaker(name = \"a\", break_duration = \"1m\", break_backoff = 2, max_break_duration = \"5s\")] async fn f() -> R {}",
        "shorter than the first break",
    ),
    ("#[timeout] async fn f() -> R {}", "needs a duration"),
    (
        "#[timeout(duration = \"1s\")] async fn f() -> R {}",
        "without a key",
    ),
    (
        "#[timeout(\"1s\", \"2s\")] async fn f() -> R {}",
        "takes one duration",
    ),
    (
        "#[fallback] async fn f() -> R {}",
        "something to fall back to",
    ),
    ("#[fallback(3)] async fn f() -> R {}", "`value = ..`"),
    (
        "#[fallback(g, value = 3)] async fn f() -> R {}",
        "one thing",
    ),
    ("#[fallback(g, h)] async fn f() -> R {}", "one thing"),
    ("#[fallback(|a, b| c)] async fn f() -> R {}", "one argument"),
    (
        "#[fallback(value = 3, with_error)] async fn f() -> R {}",
        "hands the error to a function",
    ),
    (
        "#[retry(max: 3)] async fn f() -> R {}",
        "a value stands after `=`",
    ),
    (
        "#[retry(delay = 5s)] async fn f() -> R {}",
        "in quotes: \"5s\"",
    ),
    (
        "#[retry(on(\"error\"))] async fn f() -> R {}",
        "plain words",
    ),
    (
        "#[retry(on(timeuot))] async fn f() -> R {}",
        "Did you mean `timeout`?",
    ),
    (
        "#[retry(jitter = \"ful\")] async fn f() -> R {}",
        "Did you mean \"full\"?",
    ),
    (
        "#[retry(clone(oder))] async fn f(order: A) -> R {}",
        "Did you mean `order`?",
    ),
    ("#[retry(\"1s\")] async fn f() -> R {}", "delay = \"1s\""),
    ("#[bulkhead(3)] async fn f() -> R {}", "max_concurrent = 3"),
    (
        "#[retry(max = n)] async fn f(n: u32) -> R {}",
        "before the first call",
    ),
    (
        "#[bulkhead(max_concurrent = n)] async fn f(n: usize) -> R {}",
        "on an argument",
    ),
    (
        "#[retry] #[timeout = \"1s\"] async fn f() -> R {}",
        "in parentheses",
    ),
    (
        "#[timeout(\"1s\", jitter = \"full\")] async fn f() -> R {}",
        "no keys of its own",
    ),
    // Within one policy.
    (
        "#[retry(backoff = \"linear\", factor = 2.0)] async fn f() -> R {}",
        "`factor` is not read",
    ),
    (
        "#[retry(backoff = \"none\", delay = \"1s\")] async fn f() -> R {}",
        "`delay` is not read",
    ),
    (
        "#[retry(backoff = \"none\", jitter)] async fn f() -> R {}",
        "`jitter` is not read",
    ),
    (
        "#[retry(backoff = g, delay = \"1s\")] async fn f() -> R {}",
        "`delay` is not read",
    ),
    (
        "#[retry(delay = \"1s\", max_delay = \"100ms\")] async fn f() -> R {}",
        "shorter than the first delay",
    ),
    (
        "#[retry(delay = \"1s\", max_duration = \"1s\")] async fn f() -> R {}",
        "no retry could ever start",
    ),
    (
        "#[retry(RETRY, max = 3)] async fn f() -> R {}",
        "a setting of the instance",
    ),
    ("#[circuit_breaker] async fn f() -> R {}", "needs a `name`"),
    (
        "#[circuit_breaker(A, name = \"a\")] async fn f() -> R {}",
        "a setting of the instance",
    ),
    (
        "#[circuit_breaker(name = \"a\", min_calls = 20, window = 10)] async fn f() -> R {}",
        "can never be reached",
    ),
    (
        "#[circuit_breaker(name = \"a\", consecutive_failures = 3, min_calls = 5)] async fn f() -> R {}",
        "`min_calls` is not read",
    ),
    (
        "#[circuit_breaker(name = \"a\", min_calls = const { N })] async fn f<const N: u32>() -> R {}",
        "can't depend on",
    ),
    ("#[bulkhead] async fn f() -> R {}", "needs `max_concurrent`"),
    (
        "#[bulkhead(name = \"a\", max_wait = \"1s\")] async fn f() -> R {}",
        "`max_concurrent` is missing",
    ),
    (
        "#[bulkhead(max_concurrent = 3, max_queue = 3)] async fn f() -> R {}",
        "without `max_wait`",
    ),
    // A rate.
    ("#[rate_limit] async fn f() -> R {}", "needs a rate"),
    (
        "#[rate_limit(100)] async fn f() -> R {}",
        "\"100/s\" or \"100/m\"",
    ),
    (
        "#[rate_limit(\"100\")] async fn f() -> R {}",
        "\"100/s\" or \"100/m\"",
    ),
    (
        "#[rate_limit(\"100/\")] async fn f() -> R {}",
        "\"100/s\" or \"100/m\"",
    ),
    (
        "#[rate_limit(\"100/60\")] async fn f() -> R {}",
        "\"100/60s\" or \"100/60ms\"",
    ),
    (
        "#[rate_limit(100/s)] async fn f() -> R {}",
        "in quotes: \"100/s\"",
    ),
    (
        "#[rate_limit(100 / 60)] async fn f() -> R {}",
        "in quotes: \"100/60\"",
    ),
    (
        "#[rate_limit(-5)] async fn f() -> R {}",
        "counted from 1 up",
    ),
    (
        "#[rate_limit(\"-5/s\")] async fn f() -> R {}",
        "counted from 1 up",
    ),
    ("#[rate_limit(0.5)] async fn f() -> R {}", "\"1/2s\""),
    ("#[rate_limit(\"0.5/s\")] async fn f() -> R {}", "\"1/2s\""),
    (
        "#[rate_limit(\"0/s\")] async fn f() -> R {}",
        "let nothing through",
    ),
    (
        "#[rate_limit(\"4294967296/s\")] async fn f() -> R {}",
        "between 1 and 4294967295",
    ),
    (
        "#[rate_limit(\"1000000001/s\")] async fn f() -> R {}",
        "more than one in a nanosecond",
    ),
    (
        "#[rate_limit(\"5/0ms\")] async fn f() -> R {}",
        "no time at all",
    ),
    (
        "#[rate_limit(\"5/101years\")] async fn f() -> R {}",
        "longer than any process",
    ),
    (
        "#[rate_limit(\"5/99999999999999999999s\")] async fn f() -> R {}",
        "out of the range",
    ),
    (
        "#[rate_limit(\"100/sec\")] async fn f() -> R {}",
        "Write \"100/s\"",
    ),
    (
        "#[rate_limit(\"100/min\")] async fn f() -> R {}",
        "Write \"100/m\"",
    ),
    (
        "#[rate_limit(\"100/hour\")] async fn f() -> R {}",
        "Write \"100/h\"",
    ),
    (
        "#[rate_limit(\"100/day\")] async fn f() -> R {}",
        "Write \"100/24h\"",
    ),
    (
        "#[rate_limit(\"100/fortnight\")] async fn f() -> R {}",
        "no unit of a rate",
    ),
    (
        "#[rate_limit(\"100 rps\")] async fn f() -> R {}",
        "so many calls, a slash",
    ),
    (
        "#[rate_limit(\"\")] async fn f() -> R {}",
        "so many calls, a slash",
    ),
    (
        "#[rate_limit(\"many/s\")] async fn f() -> R {}",
        "so many calls, a slash",
    ),
    ("#[rate_limit('5')] async fn f() -> R {}", "expected a rate"),
    (
        "#[rate_limit(rate = \"100/s\")] async fn f() -> R {}",
        "without a key",
    ),
    (
        "#[rate_limit(\"1/s\", \"2/s\")] async fn f() -> R {}",
        "one rate, or one instance",
    ),
    (
        "#[rate_limit(\"1/s\", API)] async fn f() -> R {}",
        "one rate, or one instance",
    ),
    (
        "#[rate_limit(API, \"1/s\")] async fn f() -> R {}",
        "one rate, or one instance",
    ),
    (
        "#[rate_limit(API, burst = 3)] async fn f() -> R {}",
        "a setting of the instance",
    ),
    (
        "#[rate_limit(burst = 3)] async fn f() -> R {}",
        "its rate is missing",
    ),
    (
        "#[rate_limit(name = \"a\", shadow)] async fn f() -> R {}",
        "its rate is missing",
    ),
    (
        "#[rate_limit(\"1/s\", bursts = 3)] async fn f() -> R {}",
        "Did you mean `burst`?",
    ),
    (
        "#[rate_limit(\"1/s\", timeout = \"1s\")] async fn f() -> R {}",
        "`max_wait`",
    ),
    (
        "#[rate_limit(\"1/s\", burst = n)] async fn f(n: u32) -> R {}",
        "on an argument",
    ),
    (
        "#[rate_limit(\"1/s\", burst = const { N })] async fn f<const N: u32>() -> R {}",
        "can't depend on",
    ),
    (
        "#[rate_limit(\"1/s\", name = \"a\")] #[rate_limit(name = \"a\")] async fn f() -> R {}",
        "every call twice",
    ),
    (
        "#[retry(on(error))] #[rate_limit(\"1/s\")] #[fallback(value = 3)] async fn f() -> R {}",
        "hides every failure",
    ),
    (
        "#[bulkhead(adaptive, max_concurrent = 3)] async fn f() -> R {}",
        "which one holds?",
    ),
    (
        "#[bulkhead(adaptive = true)] async fn f() -> R {}",
        "`adaptive` is a word without a value",
    ),
    (
        "#[bulkhead(name = \"a\", max = 3, max_wait = \"1s\")] async fn f() -> R {}",
        "the fixed limit is `max_concurrent`",
    ),
    (
        "#[bulkhead(adaptive, min = 5, max = 3)] async fn f() -> R {}",
        "no limit is between them",
    ),
    (
        "#[bulkhead(adaptive, initial = 5, max = 3)] async fn f() -> R {}",
        "`initial = 5` is over `max = 3`",
    ),
    (
        "#[bulkhead(adaptive, max = n)] async fn f(n: usize) -> R {}",
        "can't depend on",
    ),
    (
        "#[bulkhead(DB, adaptive)] async fn f() -> R {}",
        "is a setting of the instance",
    ),
    // Across the stack.
    (
        "#[timeout(\"1s\")] #[timeout(\"1s\")] async fn f() -> R {}",
        "can never fire",
    ),
    (
        "#[timeout(\"1s\")] #[retry] #[timeout(\"2s\")] async fn f() -> R {}",
        "can never fire",
    ),
    (
        "#[timeout(\"250ms\")] #[retry(max = 5, delay = \"100ms\")] async fn f() -> R {}",
        "attempt 3 can never start: 100ms + 200ms > 250ms",
    ),
    (
        "#[timeout(\"300ms\")] #[retry(max = 5, delay = \"100ms\")] async fn f() -> R {}",
        "attempt 3 can never start: 100ms + 200ms = 300ms",
    ),
    (
        "#[timeout(\"1s\")] #[retry(max = 9, delay = \"100ms\", backoff = \"linear\")] async fn f() -> R {}",
        "attempt 5 can never start: 100ms + 200ms + 300ms + … = 1s",
    ),
    (
        "#[retry] #[fallback(value = 3)] async fn f() -> R {}",
        "hides every failure",
    ),
    (
        "#[retry(on(error))] #[timeout(\"1s\")] #[fallback(value = 3)] async fn f() -> R {}",
        "hides every failure",
    ),
    (
        "#[bulkhead(name = \"a\")] #[bulkhead(name = \"a\", max_concurrent = 3)] async fn f() -> R {}",
        "wait for itself",
    ),
    (
        "#[circuit_breaker(A)] #[circuit_breaker(A)] async fn f() -> R {}",
        "every call twice",
    ),
    // The item.
    ("#[retry] struct S;", "this is a `struct`"),
    ("#[retry] impl S {}", "this is an `impl`"),
    ("#[retry] fn f() -> R {}", "`async` functions"),
    ("#[retry] async fn f() {}", "must return a `Result`"),
    (
        "#[retry] async fn f() -> Option<u32> {}",
        "returns a `Result`",
    ),
    ("#[retry] async fn f(&self) -> R;", "no body"),
    ("#[retry] async extern \"C\" fn f() -> R {}", "`extern`"),
    (
        "#[retry] fn f() -> impl Future<Output = R> { g() }",
        "no `async` block",
    ),
    (
        "#[retry] fn f() -> impl Future<Output = R> { async {}.boxed() }",
        "no `async` block",
    ),
    (
        "#[retry] fn f() -> impl Future<Output = R> { return async {} }",
        "no `async` block",
    ),
    ("#[retry] async fn f(mut v: Vec<u8>) -> R {}", "`clone(v)`"),
    (
        "#[retry] async fn f((a, mut b): (A, B)) -> R {}",
        "`clone(b)`",
    ),
    ("#[retry] async fn f(mut self) -> R {}", "Take `&self`"),
    (
        "#[retry(clone(self))] async fn f(&self) -> R {}",
        "Take `&self`",
    ),
    (
        "#[fallback(g)] async fn f((a, ..): (A, B)) -> R {}",
        "a value again",
    ),
    (
        "#[retry] async fn f() -> R { { use r::__private as __rt; } }",
        "another name",
    ),
];

#[test]
fn each_fault_is_reported_once_and_alone() {
    for (source, message) in CASES {
        let found = faults(source);
        assert!(
            matches!(&found[..], [only] if only.contains(message)),
            "{source}: {found:#?}"
        );
    }
}

#[test]
fn the_item_is_given_back_without_our_attributes() {
    for (source, _) in CASES {
        let expansion = without_mentions(expand(source)).to_string();
        assert!(!expansion.contains("# ["), "{expansion}");
        let item = source
            .rsplit_once(")] ")
            .or_else(|| source.rsplit_once("] "))
            .expect("an attribute is on it")
            .1;
        let item: proc_macro2::TokenStream =
            item.parse().expect("the source has no unknown tokens");
        assert!(expansion.ends_with(&item.to_string()), "{expansion}");
    }
}

#[test]
fn defaults_contradict_nothing() {
    for source in [
        "#[retry(max_delay = \"20ms\")] async fn f() -> R {}",
        "#[retry(delay = \"20s\")] async fn f() -> R {}",
        "#[retry(max_duration = \"50ms\")] async fn f() -> R {}",
        "#[timeout(\"50ms\")] #[retry] async fn f() -> R {}",
        "#[timeout(\"150ms\")] #[retry(delay = \"100ms\")] async fn f() -> R {}",
        "#[timeout(\"50ms\")] #[retry(max = 3, delay = \"100ms\", jitter)] async fn f() -> R {}",
        "#[circuit_breaker(name = \"a\", window = 10)] async fn f() -> R {}",
        "#[circuit_breaker(name = \"a\", min_calls = 200)] async fn f() -> R {}",
        "#[retry] #[timeout(\"1s\")] #[fallback(value = 3)] async fn f() -> R {}",
        "#[retry(when_ok = p)] #[fallback(value = 3)] async fn f() -> R {}",
        "#[retry] #[fallback(value = 3, on(timeout))] async fn f() -> R {}",
    ] {
        assert_eq!(faults(source), Vec::<String>::new(), "{source}");
    }
}
