//! The section "Resilience" of the documentation.

use syn::{Expr, Lit, Meta};

use super::expand;

/// The documentation of an annotated function, as rustdoc joins it.
fn docs(source: &str) -> String {
    let function: syn::ItemFn = syn::parse2(expand(source)).expect("an expansion is a function");
    let mut lines = Vec::new();
    for attribute in &function.attrs {
        if let Meta::NameValue(pair) = &attribute.meta
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            lines.push(text.value());
        }
    }
    lines.join("\n")
}

#[test]
fn a_stack_is_shown_as_a_table_with_its_worst_case() {
    let docs = docs(
        "/// Asks for a price.\n\
         #[timeout(\"2s\")]\n\
         #[retry(max = 3, backoff = \"exp\", jitter)]\n\
         #[circuit_breaker(name = \"pricing\")]\n\
         #[bulkhead(name = \"pricing\", max_concurrent = 20)]\n\
         #[timeout(\"500ms\")]\n\
         async fn quote(sku: &str) -> R { x }",
    );
    assert_eq!(
        docs,
        r#" Asks for a price.


# Resilience

| policy | set to |
|---|---|
| `timeout` | `"2s"` |
| `retry` | `max = 3`, `backoff = "exp"`, `delay = "100ms"`, `factor = 2.0`, `max_delay = "10s"`, `jitter = "full"`, `on(error, timeout)` |
| `circuit_breaker` | `name = "pricing"`, as it is declared elsewhere, or by default |
| `bulkhead` | `name = "pricing"`, `max_concurrent = 20`, nobody waits |
| `timeout` | `"500ms"` |

The worst case: 4 calls, at most 2s."#
    );
}

#[test]
fn a_hedge_is_shown_with_its_budget_and_its_worst_case() {
    for (written, shown, worst) in [
        (
            "#[hedge(after = \"50ms\", max = 2)]",
            "| `after = \"50ms\"`, `max = 2`, 10% of the calls and 10 a second |",
            "3 calls, at most 1s 100ms.",
        ),
        (
            "#[hedge(after = \"p95\", initial = \"50ms\", budget = B)]",
            "| `after = \"p95\"`, `initial = \"50ms\"`, `max = 1`, `budget = B` |",
            "2 calls, at most 2s.",
        ),
        ("#[hedge(HEDGE)]", "| `HEDGE` |", ""),
    ] {
        let docs = docs(&format!(
            "/// x\n{written} #[timeout(\"1s\")] async fn f() -> R {{ x }}"
        ));
        assert!(docs.contains(shown), "{docs}");
        assert!(docs.contains(worst), "{docs}");
    }
}

#[test]
fn a_budget_is_shown_as_it_is_written() {
    for (written, shown) in [
        ("budget = \"payments\"", "`budget = \"payments\"`"),
        ("RETRY, budget = BUDGET", "`RETRY`, `budget = BUDGET`"),
    ] {
        let docs = docs(&format!(
            "/// x\n#[retry({written})] async fn f() -> R {{ x }}"
        ));
        assert!(docs.contains(shown), "{docs}");
    }
}

#[test]
fn an_adaptive_limit_is_shown_with_the_defaults_that_hold() {
    let shown = |keys| {
        docs(&format!(
            "/// x\n#[bulkhead({keys})] async fn f() -> R {{ x }}"
        ))
    };
    for (keys, row) in [
        (
            "adaptive",
            "`adaptive`, `min = 1`, `max = 1000`, `initial = 20`, nobody waits",
        ),
        (
            "adaptive, max = 10",
            "`adaptive`, `min = 1`, `max = 10`, nobody waits",
        ),
        (
            "adaptive, min = 3, initial = 5, shadow",
            "`adaptive`, `min = 3`, `initial = 5`, nobody waits, `shadow`",
        ),
    ] {
        let shown = shown(keys);
        assert!(shown.contains(&format!("| {row} |")), "{shown}");
    }
}

#[test]
fn defaults_that_give_way_are_shown_as_they_are() {
    let shown = docs("/// x\n#[retry(max_delay = \"20ms\")] async fn f() -> R { x }");
    assert!(shown.contains("`delay = \"20ms\"`"), "{shown}");
    let shown = docs("/// x\n#[retry(delay = \"20s\")] async fn f() -> R { x }");
    assert!(shown.contains("`max_delay = \"20s\"`"), "{shown}");
    let shown = docs(
        "/// x\n#[circuit_breaker(name = \"a\", consecutive_failures = 2)] async fn f() -> R { x }",
    );
    assert!(!shown.contains("failure_rate"), "{shown}");
}

#[test]
fn the_worst_case_is_a_bound_or_is_not_said() {
    let worst = |stack: &str| {
        let shown = docs(&format!("/// x\n{stack} async fn f() -> R {{ x }}"));
        shown.split("The worst case: ").nth(1).map(str::to_owned)
    };
    let is = |stack: &str, expected: &str| {
        assert_eq!(worst(stack).as_deref(), Some(expected), "{stack}");
    };
    is("#[retry]", "4 calls.");
    // 3 attempts of 1s, and two delays of which each may be what the callee asked for: up to 10s.
    is(
        "#[retry(max = 2)] #[timeout(\"1s\")]",
        "3 calls, at most 23s.",
    );
    is(
        "#[retry(max = 2, max_delay = \"1s\")] #[timeout(\"1s\")]",
        "3 calls, at most 5s.",
    );
    is(
        "#[retry(max_duration = \"3s\")] #[timeout(\"1s\")]",
        "4 calls, at most 4s.",
    );
    is("#[retry(max = 1)] #[retry(max = 2)]", "6 calls.");
    is(
        "#[bulkhead(max_concurrent = 1, max_wait = \"1s\")] #[timeout(\"1s\")]",
        "1 call, at most 2s.",
    );
    is("#[bulkhead(name = \"a\")] #[timeout(\"1s\")]", "1 call.");
    is(
        "#[rate_limit(\"1/s\", max_wait = \"3s\")] #[timeout(\"1s\")]",
        "1 call, at most 4s.",
    );
    is(
        "#[rate_limit(\"1/s\")] #[timeout(\"1s\")]",
        "1 call, at most 1s.",
    );
    is("#[rate_limit(API)] #[timeout(\"1s\")]", "1 call.");
    is(
        "#[bulkhead(adaptive, max_wait = \"1s\")] #[timeout(\"1s\")]",
        "1 call, at most 2s.",
    );
    is(
        "#[fallback(g)] #[timeout(\"1s\")]",
        "1 call, at most 1s, then the fallback.",
    );
    is(
        "#[retry(max = 1)] #[fallback(g)] #[timeout(\"1s\")]",
        "2 calls.",
    );
    is("#[timeout(LIMIT)]", "1 call.");
    assert_eq!(worst("#[retry(max = MAX)]"), None);
}

#[test]
fn expressions_are_code_that_fits_a_cell() {
    let shown =
        docs("/// x\n#[retry(when = |e| e.is_busy() || [e][0].is_slow())] async fn f() -> R { x }");
    let row = shown
        .lines()
        .find(|line| line.contains("`retry`"))
        .expect("it has a row");
    let bars = row.replace("\\|", "").matches('|').count();
    assert_eq!(bars, 3, "{row}");
}

#[test]
fn a_function_without_docs_gets_none() {
    for source in [
        "#[retry] async fn f() -> R { x }",
        "#[doc = \" \"] #[retry] async fn f() -> R { x }",
        "#[doc(hidden)] #[retry] async fn f() -> R { x }",
    ] {
        assert!(!docs(source).contains("Resilience"), "{source}");
    }
}
