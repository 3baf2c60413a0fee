//! What each policy and each kind of function expands to: first what the user wrote, then the
//! expansion, as reading matter in `snapshots/`.
//!
//! To accept a change, `INSTA_UPDATE=always cargo test -p resilient-macros snapshots`, and read the
//! difference.

use super::formatted;

/// What was written, formatted as the expansion is.
fn written(source: &str) -> String {
    let file =
        syn::parse_str(source).or_else(|_| syn::parse_str(&format!("impl S {{ {source} }}")));
    prettyplease::unparse(&file.expect("the source is an item"))
}

fn assert_expands(name: &str, source: &str) {
    let (written, expansion) = (written(source), formatted(source));
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!(name, format!("{written}\n// expands to\n\n{expansion}"));
    });
}

macro_rules! snapshots {
    ($($name:ident: $source:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_expands(stringify!($name), $source);
        }
    )*};
}

snapshots! {
    retry_by_default: "
        #[retry]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    ";
    retry_with_settings: r#"
        #[retry(max = 5, backoff = "exp", delay = "50ms", factor = 3, max_delay = "2s", jitter = "25%", max_duration = "1m 30s", on(error, circuit_open))]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    "#;
    retry_with_hooks: "
        #[retry(when = E::is_transient, when_ok = |value| value.is_busy(), delay_from = retry_after, on_retry = |event| log(event))]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    ";
    retry_with_constants: "
        #[retry(max = RETRIES, delay = DELAY, max_delay = CAP)]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    ";
    retry_of_generics: "
        #[retry(max = const { N }, max_duration = Self::LIMIT)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";
    circuit_breaker_by_key: r#"
        #[retry]
        #[circuit_breaker(name = "hosts", key = self.host, max_keys = 100)]
        #[bulkhead(max_concurrent = 3, key = (tenant + 1))]
        async fn f(&mut self, tenant: u64) -> Result<T, E> { self.call(tenant).await }
    "#;
    instances_by_key: "
        #[circuit_breaker(HOSTS, key = &self.host)]
        #[bulkhead(self.places, key = format!(\"{tenant}\"))]
        async fn f(&self, tenant: Tenant) -> Result<T, E> { self.call(tenant).await }
    ";
    retry_linear: r#"
        #[retry(backoff = "linear", delay = "50ms")]
        async fn f() -> Result<T, E> { call().await }
    "#;
    retry_constant: r#"
        #[retry(backoff = "constant", delay = "50ms")]
        async fn f() -> Result<T, E> { call().await }
    "#;
    retry_fibonacci: r#"
        #[retry(backoff = "fibonacci")]
        async fn f() -> Result<T, E> { call().await }
    "#;
    retry_decorrelated: r#"
        #[retry(backoff = "decorrelated", delay = "50ms", max_delay = "2s")]
        async fn f() -> Result<T, E> { call().await }
    "#;
    retry_at_once: r#"
        #[retry(backoff = "none")]
        async fn f() -> Result<T, E> { call().await }
    "#;
    retry_by_function: "
        #[retry(backoff = delay_before)]
        async fn f() -> Result<T, E> { call().await }
    ";
    retry_by_instance: "
        #[retry(self.retry, clone(order))]
        async fn f(&self, mut order: Order) -> Result<T, E> { self.call(order.next()).await }
    ";
    retry_with_a_named_budget: r#"
        #[retry(budget = "payments")]
        #[retry(max = 1, budget = "prices")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    retry_with_a_static_budget: "
        #[retry(RETRY, budget = crate::BUDGET, when = is_lost)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    retry_with_a_budget_by_expression: "
        #[retry(self.retry, budget = self.budgets[0])]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";

    timeout_by_literal: r#"
        #[timeout("1500ms")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    timeout_by_constant: "
        #[timeout(LIMIT)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    timeout_of_generics: "
        #[timeout(Self::LIMIT)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";
    timeout_at_run_time: "
        #[timeout(self.config.read_timeout)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";

    circuit_breaker_referred: r#"
        #[circuit_breaker(name = "payments")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    circuit_breaker_declared: r#"
        #[circuit_breaker(name = "payments", failure_rate = "25%", window = 50, min_calls = 10, break_duration = "1m", half_open_calls = 5)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    circuit_breaker_of_a_run: r#"
        #[circuit_breaker(name = "payments", consecutive_failures = 5)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    circuit_breaker_with_constants: r#"
        #[circuit_breaker(name = "payments", window = WINDOW, min_calls = 10)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    circuit_breaker_with_predicates: r#"
        #[circuit_breaker(name = "payments", failure_when = E::is_outage, failure_when_ok = |value| value.is_busy())]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    circuit_breaker_by_static: "
        #[circuit_breaker(PAYMENTS)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    circuit_breaker_by_field: "
        #[circuit_breaker(self.breaker)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";

    bulkhead_private: "
        #[bulkhead(max_concurrent = 20)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    bulkhead_declared: r#"
        #[bulkhead(name = "db", max_concurrent = 20, max_wait = "100ms", max_queue = 50)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    bulkhead_referred: r#"
        #[bulkhead(name = "db")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    bulkhead_with_constants: r#"
        #[bulkhead(name = "db", max_concurrent = PLACES, max_wait = WAIT)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    bulkhead_adaptive: r#"
        #[bulkhead(name = "db", adaptive, min = 4, max = PLACES, initial = 10, max_wait = "100ms")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    bulkhead_adaptive_private: "
        #[bulkhead(adaptive)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    bulkhead_by_static: "
        #[bulkhead(DB)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";

    rate_limit_private: r#"
        #[rate_limit("100/s")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    rate_limit_declared: r#"
        #[rate_limit("10/100ms", name = "api", burst = 20, max_wait = "50ms", shadow)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    rate_limit_referred: r#"
        #[rate_limit(name = "api")]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    rate_limit_with_constants: r#"
        #[rate_limit("600/m", name = "api", burst = BURST, max_wait = WAIT)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    "#;
    rate_limit_by_static: "
        #[rate_limit(API)]
        async fn f(a: A) -> Result<T, E> { call(a).await }
    ";
    rate_limit_by_key: r#"
        #[rate_limit("10/s", key = tenant, max_keys = 100)]
        async fn f(tenant: u64) -> Result<T, E> { call(tenant).await }
    "#;
    rate_limit_by_field: "
        #[rate_limit(self.limiter)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";
    hedge_by_delay: r#"
        #[hedge(after = "50ms")]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    "#;
    hedge_by_percentile: r#"
        #[hedge(after = "p95", initial = "50ms", max = 2, when = E::is_lost, budget = "search")]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    "#;
    hedge_by_constants: "
        #[hedge(after = AFTER, max = COPIES, budget = BUDGET)]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    ";
    hedge_of_generics: "
        #[hedge(after = Self::AFTER, max = const { N })]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";
    hedge_at_run_time: "
        #[hedge(after = self.wait, budget = self.budget)]
        async fn f(&self) -> Result<T, E> { self.call().await }
    ";
    hedge_by_instance: "
        #[hedge(HEDGE, clone(order))]
        async fn f(mut order: Order) -> Result<T, E> { call(order.next()).await }
    ";
    hedge_in_a_stack: r#"
        #[timeout("1s")]
        #[retry(max = 1)]
        #[hedge(after = "50ms", clone(order))]
        #[fallback(g)]
        #[circuit_breaker(name = "payments")]
        async fn f(order: Order) -> Result<T, E> { call(order).await }
    "#;

    budget_in_a_stack: r#"
        #[retry(budget = "payments")]
        #[hedge(after = "50ms", budget = "payments")]
        #[retry(max = 1)]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    "#;

    fallback_by_function: "
        #[fallback(cached)]
        async fn f(a: A, _: B) -> Result<T, E> { call(&a).await }
    ";
    fallback_with_error: "
        #[fallback(cached, with_error)]
        async fn f(a: A) -> Result<T, E> { call(&a).await }
    ";
    fallback_by_method: "
        #[fallback(self.cached)]
        async fn f(&self, a: A) -> Result<T, E> { self.call(&a).await }
    ";
    fallback_by_value: "
        #[fallback(value = T::default())]
        async fn f(a: A) -> Result<T, E> { call(&a).await }
    ";
    fallback_by_closure: "
        #[fallback(|error| recover(error, &a))]
        async fn f(a: A) -> Result<T, E> { call(&a).await }
    ";
    fallback_by_async_closure: "
        #[fallback(async |error| { recover(error, &a).await })]
        async fn f(a: A) -> Result<T, E> { call(&a).await }
    ";
    fallback_for_some: "
        #[fallback(value = 0, on(timeout, circuit_open), when = E::is_outage)]
        async fn f(a: A) -> Result<u32, E> { call(&a).await }
    ";
    fallback_chain: "
        #[fallback(value = 0)]
        #[fallback(second)]
        #[fallback(first, clone(a))]
        async fn f(a: A) -> Result<u32, E> { call(a).await }
    ";
    fallback_beneath_retry: "
        #[retry]
        #[fallback(cached, with_error, on(error))]
        async fn f(a: A) -> Result<T, E> { call(&a).await }
    ";

    a_future: r#"
        #[timeout("5s")]
        #[retry]
        fn f<'a>(a: &'a A) -> impl Future<Output = Result<T, E>> + Send + 'a {
            let b = a.b();
            async move { call(a, b).await }
        }
    "#;
    a_boxed_future: r#"
        #[timeout("5s")]
        fn f(a: A) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send>> {
            Box::pin(async { call(a).await })
        }
    "#;
    an_opaque_value: r#"
        #[fallback(|error| recover(error))]
        #[retry]
        #[timeout("5s")]
        async fn f(a: &A) -> Result<impl Iterator<Item = T>, E> { call(a).await }
    "#;
    // What `#[async_trait]` hands to the attributes beneath it.
    an_async_trait: r"
        #[fallback(self.cached)]
        #[retry(clone(b))]
        #[timeout(self.limit)]
        fn f<'life0, 'async_trait>(
            &'life0 self, a: A, mut b: B, __arg3: (C, D),
        ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<T, E>> + ::core::marker::Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<Result<T, E>> {
                    #[allow(unreachable_code)]
                    return __ret;
                }
                let __self = self;
                let a = a;
                let mut b = b;
                let (c, d) = __arg3;
                let __ret: Result<T, E> = { __self.call(&a, b.next(), &c, &d).await };
                #[allow(unreachable_code)]
                __ret
            })
        }
    ";

    the_keys_of_a_stack: r#"
        #[retry(classify = class, crate = resilience)]
        #[timeout("5s", rejected = |rejected| E::Rejected(rejected))]
        async fn f(a: &A) -> Result<T, E> { call(a).await }
    "#;
    the_attributes_of_others: r#"
        /// Calls.
        #[timeout("5s")]
        #[must_use]
        #[resilience::retry]
        #[tracing::instrument]
        pub(crate) async fn f(a: &A) -> Result<T, E> {
            #![allow(unused)]
            call(a).await
        }
    "#;
    the_whole_stack: r#"
        #[fallback(self.cached_quote)]
        #[timeout("2s")]
        #[retry(max = 3, backoff = "exp", jitter)]
        #[circuit_breaker(name = "pricing")]
        #[bulkhead(name = "pricing", max_concurrent = 20)]
        #[timeout("500ms")]
        async fn quote(&self, sku: &str) -> Result<Quote, PriceError> { fetch(sku).await }
    "#;
}
