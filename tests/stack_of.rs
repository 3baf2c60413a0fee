//! The stack of a function as a text: found by its path, with the settings that are in force.

use std::{fmt::Display, io, sync::LazyLock, time::Duration};

use resilient_runtime::{
    Bulkhead, CircuitBreaker, Hedge, RateLimiter, Retry, RetryBudget, bulkhead, circuit_breaker,
    fallback, hedge, rate_limit, registry, retry,
    testing::{Stack, stack_of},
    timeout,
};

type R = io::Result<usize>;

/// One function of every shape; the timeout says which one it is.
mod shapes {
    use super::*;

    pub(crate) struct Client;
    pub(crate) struct Cache<T>(pub(crate) T);

    #[timeout("1s")]
    pub(crate) async fn plain() -> R {
        Ok(1)
    }

    #[timeout("2s")]
    pub(crate) async fn generic<T: Send + Sync>(_: T) -> R {
        Ok(2)
    }

    #[timeout("3s")]
    pub(crate) async fn opaque(text: impl Display) -> R {
        Ok(text.to_string().len())
    }

    #[timeout("4s")]
    pub(crate) async fn borrows<'a>(one: &'a str, other: &'a str) -> R {
        Ok(one.min(other).len())
    }

    #[timeout("5s")]
    #[expect(clippy::manual_async_fn, reason = "it is a shape of its own")]
    pub(crate) fn future(text: &str) -> impl Future<Output = R> {
        async { Ok(text.len()) }
    }

    #[tracing::instrument]
    #[timeout("6s")]
    pub(crate) async fn instrumented() -> R {
        Ok(6)
    }

    #[timeout("7s")]
    #[tracing::instrument]
    pub(crate) async fn instruments() -> R {
        Ok(7)
    }

    impl Client {
        #[timeout("11s")]
        pub(crate) async fn quote(&self) -> R {
            Ok(11)
        }
    }

    impl<T> Cache<T> {
        #[timeout("12s")]
        pub(crate) async fn get<U>(&self, _: &U) -> R {
            Ok(12)
        }
    }

    impl Cache<u8> {
        #[timeout("13s")]
        pub(crate) async fn of_bytes(&self) -> R {
            Ok(13)
        }
    }

    impl Cache<u16> {
        #[timeout("14s")]
        pub(crate) async fn of_bytes(&self) -> R {
            Ok(14)
        }
    }

    pub(crate) trait Get {
        async fn get(&self) -> R;

        #[timeout("21s")]
        async fn by_default(&self) -> R {
            self.get().await
        }
    }

    impl Get for Client {
        #[timeout("22s")]
        async fn get(&self) -> R {
            Ok(22)
        }
    }

    impl<T> Get for Cache<Vec<T>> {
        #[timeout("23s")]
        async fn get(&self) -> R {
            Ok(23)
        }
    }

    pub(crate) trait All {
        async fn all(&self) -> R;
    }

    impl<T> All for T {
        #[timeout("24s")]
        async fn all(&self) -> R {
            Ok(24)
        }
    }

    #[async_trait::async_trait]
    pub(crate) trait Fetch {
        async fn fetch(&self) -> R;

        #[timeout("31s")]
        async fn again(&self) -> R {
            self.fetch().await
        }
    }

    #[async_trait::async_trait]
    impl Fetch for Client {
        #[timeout("32s")]
        async fn fetch(&self) -> R {
            Ok(32)
        }
    }
}

#[test]
fn a_function_of_any_shape_is_found_by_its_path() {
    use shapes::*;

    #[timeout("41s")]
    async fn nested() -> R {
        Ok(41)
    }

    for (stack, seconds) in [
        (stack_of!(plain), 1),
        (stack_of!(shapes::plain), 1),
        (stack_of!(generic::<Vec<u8>>), 2),
        (stack_of!("stack_of::shapes::opaque"), 3),
        (stack_of!(borrows), 4),
        (stack_of!(future), 5),
        (stack_of!(instrumented), 6),
        (stack_of!(instruments), 7),
        (stack_of!(Client::quote), 11),
        (stack_of!(Cache::<Vec<&str>>::get::<fn(u8) -> u8>), 12),
        (stack_of!(Cache::<u8>::of_bytes), 13),
        (stack_of!(Cache::<u16>::of_bytes), 14),
        (stack_of!(<Client as Get>::by_default), 21),
        (stack_of!(Cache::<Vec<u8>>::by_default), 21),
        (stack_of!(<Client as Get>::get), 22),
        (stack_of!(<Cache<Vec<u8>> as Get>::get), 23),
        (stack_of!(Client::all), 24),
        (stack_of!(Client::again), 31),
        (stack_of!(Client::fetch), 32),
        (stack_of!(nested), 41),
    ] {
        assert_eq!(stack.to_string(), format!("timeout(\"{seconds}s\")"));
    }
    drop((
        plain(),
        generic(1),
        opaque(1),
        borrows("", ""),
        future(""),
        nested(),
    ));
    drop((
        instrumented(),
        instruments(),
        Client.quote(),
        Client.fetch(),
    ));
    drop((
        Cache(1).get(&1),
        Cache(1_u8).of_bytes(),
        Cache(1_u16).of_bytes(),
    ));
}

#[tokio::test]
async fn a_function_in_an_async_test_has_a_path_of_its_own() {
    #[timeout("51s")]
    async fn nested() -> R {
        Ok(51)
    }

    assert_eq!(nested().await.unwrap(), 51);
    assert_eq!(stack_of!(nested).to_string(), "timeout(\"51s\")");
}

#[test]
fn a_site_is_found_by_the_same_paths() {
    let site = registry::site("stack_of::shapes::Client::quote").expect("it is annotated");
    assert_eq!(site.path(), "stack_of::shapes::Client::quote");
    assert_eq!(Stack::from(site).to_string(), "timeout(\"11s\")");
    let generic = registry::site("stack_of::shapes::Cache::get").expect("it is annotated");
    assert_eq!(generic.path(), "stack_of::shapes::Cache<_>::get");
    // One of two: the first one in the source.
    let first = registry::site("stack_of::shapes::Cache::of_bytes").expect("it is annotated");
    assert_eq!(Stack::from(first).to_string(), "timeout(\"13s\")");
    assert!(registry::site("stack_of::R").is_none());
    assert!(registry::site("").is_none());
}

#[test]
#[should_panic = "no annotated function is called `stack_of::not_annotated`; none of the"]
fn a_function_without_attributes_has_no_stack() {
    let _ = stack_of!(not_annotated);
}

async fn not_annotated() {}

#[test]
#[should_panic = "did you mean `stack_of::shapes::Client::quote`?"]
fn a_path_that_is_nearly_one_is_told_which() {
    let _ = stack_of!("Client::quote");
}

#[test]
#[should_panic = "`stack_of::shapes::Cache::of_bytes` is the path of several functions, at tests/stack_of.rs:"]
fn a_path_of_several_functions_is_an_error() {
    let _ = stack_of!("stack_of::shapes::Cache::of_bytes");
}

#[test]
fn defaults_are_filled_in() {
    mod retried {
        #[super::retry]
        pub(super) async fn function() -> super::R {
            Ok(1)
        }
    }
    mod broken {
        #[super::circuit_breaker(name = "stack_of-default")]
        pub(super) async fn function() -> super::R {
            Ok(1)
        }
    }
    assert_eq!(
        stack_of!(retried::function).to_string(),
        r#"retry(max = 3, backoff = "exp", delay = "100ms", factor = 2.0, max_delay = "10s", on(error, timeout))"#
    );
    assert_eq!(
        stack_of!(broken::function).to_string(),
        r#"circuit_breaker(name = "stack_of-default", failure_rate = "50%", window = 100, min_calls = 20, break_duration = "30s", half_open_calls = 3)"#
    );
    drop((retried::function(), broken::function()));
}

/// One test for each stack: it reads as it is written.
macro_rules! read_as_written {
    ($host:ident; $($name:ident: $(#[$($written:tt)*])*;)*) => {$(
        #[test]
        fn $name() {
            $(#[$($written)*])*
            async fn function($host: &str) -> R {
                Ok($host.len())
            }
            // The compiler breaks long lines.
            let written = [$(stringify!($($written)*).replace('\n', " ")),*].join("\n");
            assert_eq!(stack_of!(function).to_string(), written);
            drop(function(""));
        }
    )*};
}

#[rustfmt::skip]
read_as_written! {
    host;
    a_stack_reads_as_it_is_written:
        #[timeout("1m 30s")]
        #[retry(max = 2, backoff = "exp", delay = "1s 500ms", factor = 1.5, max_delay = "10s", jitter = "equal", max_duration = "1m", on(error, timeout))]
        #[circuit_breaker(name = "stack_of-rate", failure_rate = "12.5%", window = 50, min_calls = 10, break_duration = "5s", half_open_calls = 1)]
        #[bulkhead(name = "stack_of-bulkhead", max_concurrent = 3, max_wait = "50ms", max_queue = 7)]
        #[timeout("250us")];
    linear_delays_read_as_written:
        #[retry(max = 2, backoff = "linear", delay = "1s", max_delay = "5s", jitter = "25%", on(error))];
    constant_delays_read_as_written:
        #[retry(max = 2, backoff = "constant", delay = "20s", max_delay = "20s", on(error, timeout, circuit_open, bulkhead_full, rate_limited))];
    fibonacci_delays_read_as_written:
        #[retry(max = 100, backoff = "fibonacci", delay = "1ns", max_delay = "10s", jitter = "full", on(timeout))];
    decorrelated_delays_read_as_written:
        #[retry(max = 2, backoff = "decorrelated", delay = "1s", max_delay = "10s", on(error, timeout))];
    no_delays_read_as_written:
        #[retry(max = 2, backoff = "none", max_delay = "10s", on(error, timeout))];
    a_breaker_of_a_run_reads_as_written:
        #[circuit_breaker(name = "stack_of-run", consecutive_failures = 5, break_duration = "30s", half_open_calls = 3)];
    a_breaker_of_both_reads_as_written:
        #[circuit_breaker(name = "stack_of-both", failure_rate = "50%", consecutive_failures = 5, window = "1m", min_calls = 20, break_duration = "30s", half_open_calls = 3, shadow)];
    a_breaker_of_slow_calls_reads_as_written:
        #[circuit_breaker(name = "stack_of-slow", failure_rate = "100%", window = 100, min_calls = 20, slow_call = "2s", slow_call_rate = "80%", break_duration = "30s", half_open_calls = 3)];
    growing_breaks_read_as_written:
        #[circuit_breaker(name = "stack_of-grows", failure_rate = "50%", window = 100, min_calls = 20, break_duration = "30s", break_backoff = 2.0, max_break_duration = "5m", half_open_calls = 3)];
    a_private_bulkhead_reads_as_written:
        #[bulkhead(max_concurrent = 3, shadow)];
    an_undeclared_bulkhead_reads_as_written:
        #[bulkhead(name = "stack_of-undeclared")];
    an_adaptive_bulkhead_reads_as_written:
        #[bulkhead(name = "stack_of-adaptive", adaptive, min = 4, max = 200, initial = 10, max_wait = "1s")];
    a_private_adaptive_bulkhead_reads_as_written:
        #[bulkhead(adaptive, min = 1, max = 1000, initial = 20, shadow)];
    a_rate_limit_reads_as_written:
        #[rate_limit("100/s", name = "stack_of-rate_limit", burst = 20, max_wait = "1s 500ms", shadow)];
    a_private_rate_limit_reads_as_written:
        #[rate_limit("10/100ms", burst = 10)];
    a_rate_of_a_minute_reads_as_written:
        #[rate_limit("3/m", burst = 1)];
    a_rate_of_an_odd_period_reads_as_written:
        #[rate_limit("7/1h 30m", burst = 7)];
    an_undeclared_rate_limit_reads_as_written:
        #[rate_limit(name = "stack_of-undeclared")];
    a_hedge_reads_as_written:
        #[hedge(after = "50ms", max = 2)];
    a_hedge_by_percentile_reads_as_written:
        #[hedge(after = "p99.9", initial = "50ms", max = 1, budget = "stack_of-hedges")];
    a_retry_with_a_budget_reads_as_written:
        #[retry(max = 2, backoff = "none", max_delay = "10s", on(error, timeout), budget = "stack_of-retries")];
    a_breaker_by_key_reads_as_written:
        #[circuit_breaker(name = "stack_of-hosts", consecutive_failures = 5, break_duration = "30s", half_open_calls = 3, key = host, max_keys = 64)];
    a_bulkhead_by_key_reads_as_written:
        #[bulkhead(max_concurrent = 3, key = host.len(), max_keys = 1024)];
    a_rate_limit_by_key_reads_as_written:
        #[rate_limit("3/s", name = "stack_of-tenants", burst = 3, shadow, key = host.trim(), max_keys = 1000000)];
}

#[test]
fn what_another_place_declares_is_what_is_in_force() {
    static STATIC: CircuitBreaker = CircuitBreaker::new("stack_of-static").consecutive_failures(1);
    static LAZY: LazyLock<Bulkhead> = LazyLock::new(|| Bulkhead::new("stack_of-lazy", 7));
    static RETRY: Retry = Retry::new(1)
        .backoff(|_| Duration::ZERO)
        .max_delay(Duration::from_secs(1));

    #[retry(RETRY)]
    #[circuit_breaker(STATIC)]
    #[bulkhead(LAZY)]
    async fn by_static() -> R {
        Ok(1)
    }
    #[circuit_breaker(name = "stack_of-static")]
    #[bulkhead(name = "stack_of-lazy")]
    async fn by_name() -> R {
        Ok(1)
    }

    let breaker = r#"circuit_breaker(name = "stack_of-static", consecutive_failures = 1, break_duration = "30s", half_open_calls = 3)"#;
    let bulkhead = r#"bulkhead(name = "stack_of-lazy", max_concurrent = 7)"#;
    let retry = r#"retry(max = 1, backoff = .., max_delay = "1s", on(error, timeout))"#;
    assert_eq!(
        stack_of!(by_static).to_string(),
        [retry, breaker, bulkhead].join("\n")
    );
    assert_eq!(
        stack_of!(by_name).to_string(),
        [breaker, bulkhead].join("\n")
    );
    assert_eq!(
        format!("{:?}", stack_of!(by_name)),
        format!("[{breaker}, {bulkhead}]")
    );
    drop((by_static(), by_name()));
}

#[test]
fn a_budget_is_told_by_its_name_and_the_nearest_one_holds() {
    static OWN: RetryBudget = RetryBudget::new("stack_of-own-budget");
    static OTHER: RetryBudget = RetryBudget::new("stack_of-other-budget");
    static RETRY: Retry = Retry::new(1).no_delay().budget(&OWN);
    static HEDGE: Hedge = Hedge::new(Duration::from_millis(50)).budget(&OWN);

    #[hedge(HEDGE)]
    async fn hedged() -> R {
        Ok(1)
    }
    #[retry(RETRY)]
    async fn by_the_policy() -> R {
        Ok(1)
    }
    #[retry(RETRY, budget = OTHER)]
    async fn by_the_attribute() -> R {
        Ok(1)
    }

    let retry = r#"retry(max = 1, backoff = "none", max_delay = "10s", on(error, timeout)"#;
    assert_eq!(
        stack_of!(hedged).to_string(),
        r#"hedge(after = "50ms", max = 1, budget = "stack_of-own-budget")"#
    );
    assert_eq!(
        stack_of!(by_the_policy).to_string(),
        format!(r#"{retry}, budget = "stack_of-own-budget")"#)
    );
    assert_eq!(
        stack_of!(by_the_attribute).to_string(),
        format!(r#"{retry}, budget = "stack_of-other-budget")"#)
    );
    drop((hedged(), by_the_policy(), by_the_attribute()));
}

#[test]
fn the_keys_of_a_declaration_are_those_in_force() {
    static HOSTS: RateLimiter =
        RateLimiter::new("stack_of-declared-keys", 5, Duration::from_millis(1)).max_keys(7);

    #[rate_limit(HOSTS, key = host)]
    async fn by_static(host: &str) -> R {
        Ok(host.len())
    }
    #[rate_limit(name = "stack_of-declared-keys", key = host)]
    async fn by_name(host: &str) -> R {
        Ok(host.len())
    }

    let limit = r#"rate_limit("5/ms", name = "stack_of-declared-keys", burst = 5, key = host, max_keys = 7)"#;
    assert_eq!(stack_of!(by_static).to_string(), limit);
    assert_eq!(stack_of!(by_name).to_string(), limit);
    drop((by_static(""), by_name("")));
}

#[test]
fn what_is_known_only_when_it_is_called_is_left_open() {
    struct Client {
        limit: Duration,
        breaker: CircuitBreaker,
        budget: RetryBudget,
    }

    impl Client {
        #[fallback(value = 0)]
        #[timeout(self.limit)]
        #[circuit_breaker(self.breaker)]
        async fn ask(&self) -> R {
            Ok(1)
        }

        #[circuit_breaker(self.breaker, key = host)]
        async fn ask_of(&self, host: &str) -> R {
            Ok(host.len())
        }

        #[retry(max = 1, backoff = "none", budget = self.budget)]
        async fn ask_again(&self) -> R {
            Ok(1)
        }

        #[hedge(after = self.limit)]
        async fn ask_twice(&self) -> R {
            Ok(1)
        }
    }

    assert_eq!(
        stack_of!(Client::ask_of).to_string(),
        "circuit_breaker(.., key = host)"
    );
    assert_eq!(
        stack_of!(Client::ask_twice).to_string(),
        "hedge(after = .., max = 1)"
    );
    assert_eq!(
        stack_of!(Client::ask_again).to_string(),
        r#"retry(max = 1, backoff = "none", max_delay = "10s", on(error, timeout), budget = ..)"#
    );

    assert_eq!(
        stack_of!(Client::ask).to_string(),
        "fallback(..)\ntimeout(..)\ncircuit_breaker(..)"
    );
    let (limit, breaker) = (Duration::ZERO, CircuitBreaker::new("stack_of-own"));
    let client = Client {
        limit,
        breaker,
        budget: RetryBudget::new("stack_of-own"),
    };
    drop((
        client.ask(),
        client.ask_of(""),
        client.ask_twice(),
        client.ask_again(),
    ));
}
