//! What the parts of an expansion look like, by the function that it is made for.

use super::{expand, formatted};

/// Whether the expansion holds this text, whatever its line breaks are.
fn holds(source: &str, part: &str) {
    let squeezed = |text: &str| {
        text.split_whitespace()
            .collect::<String>()
            .replace(",)", ")")
    };
    let expansion = formatted(source);
    assert!(
        squeezed(&expansion).contains(&squeezed(part)),
        "{part}\nis not in\n{expansion}"
    );
}

#[test]
fn every_sibling_is_mentioned() {
    holds(
        "#[retry] #[timeout(\"1s\")] #[a::bulkhead(max_concurrent = 1)] async fn f() -> R { x }",
        "#[timeout(__resilient_used)] const _: () = (); #[a::bulkhead(__resilient_used)] const _: () = ();",
    );
}

#[test]
fn the_body_keeps_its_tokens() {
    let body = "'a: loop { match x? { 0 => continue 'a, 1 => break 'a, _ => return m![odd tokens => ;] } } Ok(())";
    let source = format!("#[retry] async fn f() -> R {{ {body} }}");
    let expansion = expand(&source).to_string();
    let body: proc_macro2::TokenStream = body.parse().expect("the body has no unknown tokens");
    assert!(expansion.contains(&body.to_string()), "{expansion}");
}

#[test]
fn inner_attributes_stay_at_the_top() {
    let source = "#[retry] async fn f() -> R { #![allow(unused)] //! text\n x }";
    holds(
        source,
        "async fn f() -> R { #![allow(unused)] //! text\n use ::resilient_runtime",
    );
}

#[test]
fn other_attributes_stay_on_the_function() {
    let expansion = formatted(
        "/// Docs\n#[retry] #[must_use] #[resilient_runtime::timeout(\"1s\")] #[tracing::instrument] pub(crate) async fn f() -> R { x }",
    );
    assert!(expansion.starts_with("/// Docs\n/**"), "{expansion}");
    assert!(
        expansion
            .contains("*/\n#[must_use]\n#[tracing::instrument]\npub(crate) async fn f() -> R {"),
        "{expansion}"
    );
    assert!(
        expansion.contains("#[resilient_runtime::timeout(__resilient_used)]"),
        "{expansion}"
    );
}

#[test]
fn a_mention_expands_to_nothing() {
    assert!(expand("#[retry(__resilient_used)] const _: () = ();").is_empty());
}

#[test]
fn what_runs_once_owns_its_arguments() {
    holds(
        "#[timeout(\"1s\")] #[bulkhead(max_concurrent = 1)] async fn f(a: A) -> R { x }",
        "__rt::body(async move {",
    );
    holds(
        "#[retry] async fn f(a: A) -> R { x }",
        "__rt::retried(__rt::here!(), classify, async {",
    );
    holds(
        "#[fallback(g)] async fn f(a: A) -> R { x }",
        "__rt::body(async {",
    );
}

#[test]
fn arguments_are_cloned_for_each_attempt_only_where_it_says_so() {
    let source = "#[retry(clone(a, b))] async fn f(a: A, (mut b, c): (B, C)) -> R { x }";
    holds(source, "async fn f(a: A, (b, c): (B, C)) -> R {");
    holds(
        source,
        "let a = __rt::fresh(&mut a); let mut b = __rt::fresh(&mut b); x",
    );
}

#[test]
fn a_fallback_gets_the_arguments_back() {
    holds(
        "#[fallback(g)] async fn f(&self, (a, _): (A, B), P { x, y: z }: P, W(w): W, _: u8, &d: &D) -> R { x }",
        "g((a, __arg0), P { x, y: z }, W(w), __arg1, &d).await",
    );
    holds(
        "#[fallback(self.g, with_error)] async fn f(&self, a: A) -> R { x }",
        "self.g(a, __rt::error_of::<R>(failure)).await",
    );
}

#[test]
fn values_are_known_where_they_can_be() {
    holds(
        "#[timeout(LIMIT)] async fn f() -> R { x }",
        "static __TIMEOUT: __rt::Timeout = __rt::own!(__rt::Timeout::new(LIMIT));",
    );
    holds(
        "#[timeout(self.limit)] async fn f(&self) -> R { x }",
        "let timeout = __rt::Timeout::at_run_time(self.limit);",
    );
    holds(
        "#[timeout(limit)] async fn f(limit: D) -> R { x }",
        "let timeout = __rt::Timeout::at_run_time(limit);",
    );
    holds(
        "#[retry(max = const { N })] async fn f() -> R { x }",
        "let retry = const { __rt::Retry::new(N) };",
    );
    holds(
        "#[retry(max = N)] async fn f<const N: u32>() -> R { x }",
        "let retry = const { __rt::Retry::new(N) };",
    );
    holds(
        "#[retry(delay = \"1ms\")] async fn f() -> R { x }",
        "__rt::Retry::new(3).delay(__rt::Duration::from_millis(1))",
    );
    holds(
        "#[retry(delay = \"1ms\", factor = 3)] async fn f() -> R { x }",
        ".exponential(__rt::Duration::from_millis(1), 3.0)",
    );
    holds(
        "#[retry(backoff = \"linear\", delay = \"1us\")] async fn f() -> R { x }",
        ".linear(__rt::Duration::from_micros(1))",
    );
    holds(
        "#[retry(backoff = \"fibonacci\")] async fn f() -> R { x }",
        ".mode(__rt::Mode::Fibonacci)",
    );
    holds(
        "#[retry(backoff = \"none\")] async fn f() -> R { x }",
        ".no_delay()",
    );
    holds(
        "#[retry(backoff = curve)] async fn f() -> R { x }",
        ".backoff(curve)",
    );
    holds(
        "#[retry(jitter = \"25%\")] async fn f() -> R { x }",
        ".jitter(__rt::Jitter::Ratio(0.25))",
    );
}

#[test]
fn instances_are_used_in_place_or_looked_up_first() {
    holds(
        "#[circuit_breaker(a::PAYMENTS)] async fn f() -> R { x }",
        "a::PAYMENTS.around(",
    );
    holds(
        "#[circuit_breaker(a::PAYMENTS)] async fn f() -> R { x }",
        "__rt::site! { &a::PAYMENTS }",
    );
    holds(
        "#[bulkhead(self.db)] async fn f(&self) -> R { x }",
        "let bulkhead = __rt::instance::<__rt::Bulkhead, _>(&self.db);",
    );
    holds(
        "#[circuit_breaker(breaker)] async fn f(breaker: &C) -> R { x }",
        "let circuit_breaker = __rt::instance::<__rt::CircuitBreaker, _>(&breaker);",
    );
    holds(
        "#[bulkhead(max_concurrent = 5)] async fn r#try() -> R { x }",
        "__rt::Bulkhead::private(::core::concat!(::core::module_path!(), \"::try\"), 5)",
    );
}

#[test]
fn another_crate_path() {
    holds(
        "#[timeout(\"1s\", crate = crate::rr)] async fn f() -> R { x }",
        "use crate::rr::__private as __rt;",
    );
}

#[test]
fn a_future_is_wrapped_where_its_block_is() {
    holds(
        "#[timeout(\"1s\")] fn f(a: A) -> impl Future<Output = R> + Send { let b = a; async { x } }",
        "fn f(a: A) -> impl Future<Output = R> + Send { let b = a; async move { use ::resilient_runtime",
    );
    holds(
        "#[timeout(\"1s\")] fn f() -> Pin<Box<dyn Future<Output = R>>> { Box::pin(async move { x }) }",
        "Box::pin(async move { use ::resilient_runtime",
    );
}

#[test]
fn async_trait_keeps_its_lets_outside() {
    let source = r"
        #[fallback(self.g)]
        #[retry(clone(b), when = |_| self.is_up())]
        fn f<'life0, 'async_trait>(&'life0 self, a: A, __arg2: (B, C)) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = R> + 'async_trait>>
        where 'life0: 'async_trait {
            Box::pin(async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<R> { return __ret; }
                let __self = self;
                let a = a;
                let (mut b, c) = __arg2;
                let __ret: R = { __self.x(b).await };
                __ret
            })
        }";
    holds(
        source,
        "let __self = self; let a = a; let (b, c) = __arg2; let __ret: R = { #[retry(__resilient_used)]",
    );
    holds(source, ".when(|_| __self.is_up())");
    holds(source, "let mut b = __rt::fresh(&mut b); __self.x(b).await");
    holds(source, "__self.g(a, (b, c)).await }; __ret");
}

#[test]
fn opaque_types_are_inferred() {
    holds(
        "#[timeout(\"1s\")] async fn f() -> Result<impl Iterator<Item = u8>, E> { x }",
        "__rt::finish::<Result<_, E>>",
    );
}

#[test]
fn only_what_can_reject_asks_for_a_conversion() {
    holds(
        "#[retry] async fn f() -> R { x }",
        "let finish = __rt::finish_infallible::<R>;",
    );
    holds(
        "#[retry] #[circuit_breaker(name = \"a\")] async fn f() -> R { x }",
        "let finish = __rt::finish::<R>;",
    );
    holds(
        "#[retry] #[fallback(g)] #[timeout(\"1s\")] async fn f() -> R { x }",
        "let finish = __rt::finish_infallible::<R>;",
    );
    holds(
        "#[timeout(\"1s\", rejected = convert)] async fn f() -> R { x }",
        "let finish = __rt::finish_with::<R>;",
    );
    holds(
        "#[timeout(\"1s\", rejected = convert)] async fn f() -> R { x }",
        ".map(move |outcome| finish(outcome, __rt::reject_by::<R, _>(|it| convert(it))))",
    );
}

#[test]
fn a_shared_static_is_registered() {
    let shared = |arguments: &str, item: &str| {
        let parse = |text: &str| text.parse().expect("the source has no unknown tokens");
        crate::shared::expand(parse(arguments), parse(item))
    };
    let expansion = shared("crate = a::b", "pub static PAY: CircuitBreaker = x;").to_string();
    assert!(
        expansion.starts_with("pub static PAY : CircuitBreaker = x ;"),
        "{expansion}"
    );
    assert!(
        expansion.contains("use a :: b :: __private as __rt"),
        "{expansion}"
    );
    assert!(expansion.contains("site ! { shared & PAY }"), "{expansion}");
    for (arguments, item, fault) in [
        ("", "fn f() {}", "stands on a `static`"),
        ("x", "static PAY: C = x;", "no arguments but"),
    ] {
        let expansion = shared(arguments, item);
        assert!(matches!(&super::messages(expansion.clone())[..], [only] if only.contains(fault)));
        assert!(syn::parse2::<syn::File>(expansion).is_ok_and(|file| file.items.len() == 2));
    }
}
