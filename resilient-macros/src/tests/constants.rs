//! Constants: they are told what literals are told, by the builders, and across a stack by checks that
//! rustc makes.

use std::panic::catch_unwind;
use std::time::Duration;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, Hedge, Jitter, RateLimiter, Retry, RetryBudget, Timeout,
};

use super::{expand, faults};
use crate::rule::Text;

const ZERO: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);

/// What a builder panics with: in a constant, rustc shows it as its error.
fn refusal(build: fn()) -> String {
    let panic = catch_unwind(build).expect_err("the builder refuses it");
    let text = panic.downcast::<String>().map(|text| *text);
    text.unwrap_or_else(|other| (*other.downcast::<&str>().expect("it is a text")).to_owned())
}

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("a")
}

fn adaptive() -> Bulkhead {
    Bulkhead::adaptive("a")
}

/// Arguments with a literal, and the builder that a constant in its place is given to.
const REFUSALS: &[(&str, fn())] = &[
    ("retry(max = 0)", || drop(Retry::new(0))),
    ("retry(max = 101)", || drop(Retry::new(101))),
    ("retry(delay = \"0s\")", || drop(Retry::new(3).delay(ZERO))),
    ("retry(max_delay = \"0s\")", || {
        drop(Retry::new(3).max_delay(ZERO));
    }),
    ("retry(max_duration = \"0s\")", || {
        drop(Retry::new(3).max_duration(ZERO));
    }),
    ("retry(factor = 0.5)", || drop(Retry::new(3).factor(0.5))),
    ("retry(factor = -2.0)", || drop(Retry::new(3).factor(-2.0))),
    ("retry(jitter = 1.5)", || {
        drop(Retry::new(3).jitter(Jitter::Ratio(1.5)));
    }),
    ("retry(delay = \"2s\", max_delay = \"1s\")", || {
        drop(Retry::new(3).delay(2 * SECOND).max_delay(SECOND));
    }),
    ("retry(delay = \"1s\", max_duration = \"1s\")", || {
        drop(Retry::new(3).delay(SECOND).max_duration(SECOND));
    }),
    ("retry(budget = \"\")", || drop(RetryBudget::new(""))),
    ("timeout(\"0s\")", || drop(Timeout::new(ZERO))),
    ("circuit_breaker(name = \"\")", || {
        drop(CircuitBreaker::new(""));
    }),
    ("circuit_breaker(name = \" a\")", || {
        drop(CircuitBreaker::new(" a"));
    }),
    ("circuit_breaker(name = \"a\\nb\")", || {
        drop(CircuitBreaker::new("a\nb"));
    }),
    ("circuit_breaker(name = \"a\", failure_rate = 50.0)", || {
        drop(breaker().failure_rate(50.0));
    }),
    ("circuit_breaker(name = \"a\", failure_rate = -0.5)", || {
        drop(breaker().failure_rate(-0.5));
    }),
    ("circuit_breaker(name = \"a\", window = 0)", || {
        drop(breaker().window_calls(0));
    }),
    ("circuit_breaker(name = \"a\", window = 1000001)", || {
        drop(breaker().window_calls(1_000_001));
    }),
    ("circuit_breaker(name = \"a\", min_calls = 0)", || {
        drop(breaker().min_calls(0));
    }),
    (
        "circuit_breaker(name = \"a\", window = 10, min_calls = 20)",
        || drop(breaker().window_calls(10).min_calls(20)),
    ),
    (
        "circuit_breaker(name = \"a\", consecutive_failures = 0)",
        || drop(breaker().consecutive_failures(0)),
    ),
    (
        "circuit_breaker(name = \"a\", break_duration = \"0s\")",
        || drop(breaker().break_duration(ZERO)),
    ),
    ("circuit_breaker(name = \"a\", half_open_calls = 0)", || {
        drop(breaker().half_open_calls(0));
    }),
    (
        "circuit_breaker(name = \"a\", half_open_calls = 1001)",
        || drop(breaker().half_open_calls(1_001)),
    ),
    ("circuit_breaker(name = \"a\", window = \"0s\")", || {
        drop(breaker().window_time(ZERO));
    }),
    ("circuit_breaker(name = \"a\", slow_call = \"0s\")", || {
        drop(breaker().slow_call(ZERO, 1.0));
    }),
    (
        "circuit_breaker(name = \"a\", slow_call = \"1s\", slow_call_rate = 2.0)",
        || drop(breaker().slow_call(SECOND, 2.0)),
    ),
    ("circuit_breaker(name = \"a\", break_backoff = 0.5)", || {
        drop(breaker().break_backoff(0.5));
    }),
    (
        "circuit_breaker(name = \"a\", break_duration = \"1m\", break_backoff = 2, max_break_duration = \"1s\")",
        || {
            drop(
                breaker()
                    .break_duration(SECOND * 60)
                    .max_break_duration(SECOND),
            );
        },
    ),
    (
        "circuit_breaker(name = \"a\", key = b, max_keys = 0)",
        || {
            drop(breaker().max_keys(0));
        },
    ),
    (
        "circuit_breaker(name = \"a\", key = b, max_keys = 1000001)",
        || drop(breaker().max_keys(1_000_001)),
    ),
    ("bulkhead(name = \"\")", || drop(Bulkhead::new("", 3))),
    ("bulkhead(max_concurrent = 0)", || {
        drop(Bulkhead::new("a", 0));
    }),
    ("bulkhead(max_concurrent = 3, max_wait = \"0s\")", || {
        drop(Bulkhead::new("a", 3).max_wait(ZERO));
    }),
    (
        "bulkhead(max_concurrent = 3, max_wait = \"1s\", max_queue = 0)",
        || drop(Bulkhead::new("a", 3).max_queue(0)),
    ),
    (
        "bulkhead(max_concurrent = 3, key = b, max_keys = 0)",
        || {
            drop(Bulkhead::new("a", 3).max_keys(0));
        },
    ),
    ("rate_limit(\"3/s\", name = \"\")", || {
        drop(RateLimiter::new("", 3, SECOND));
    }),
    ("rate_limit(\"0/s\")", || {
        drop(RateLimiter::new("a", 0, SECOND));
    }),
    ("rate_limit(\"3/0s\")", || {
        drop(RateLimiter::new("a", 3, ZERO));
    }),
    ("rate_limit(\"3/101years\")", || {
        drop(RateLimiter::new("a", 3, SECOND * 31_557_600 * 101));
    }),
    ("rate_limit(\"1000000001/s\")", || {
        drop(RateLimiter::new("a", 1_000_000_001, SECOND));
    }),
    ("rate_limit(\"3/s\", burst = 0)", || {
        drop(RateLimiter::new("a", 3, SECOND).burst(0));
    }),
    ("rate_limit(\"3/s\", key = b, max_keys = 0)", || {
        drop(RateLimiter::new("a", 3, SECOND).max_keys(0));
    }),
    ("rate_limit(\"3/s\", max_wait = \"0s\")", || {
        drop(RateLimiter::new("a", 3, SECOND).max_wait(ZERO));
    }),
    ("bulkhead(adaptive, min = 0)", || drop(adaptive().min(0))),
    ("bulkhead(adaptive, max = 0)", || drop(adaptive().max(0))),
    ("bulkhead(adaptive, initial = 0)", || {
        drop(adaptive().initial(0));
    }),
    ("bulkhead(adaptive, min = 30, max = 20)", || {
        drop(adaptive().min(30).max(20));
    }),
    ("bulkhead(adaptive, min = 30, initial = 20)", || {
        drop(adaptive().initial(20).min(30));
    }),
    (
        "bulkhead(adaptive, min = 3, max = 20, initial = 21)",
        || drop(adaptive().min(3).max(20).initial(21)),
    ),
    ("bulkhead(max_concurrent = 3, min = 2)", || {
        drop(Bulkhead::new("a", 3).min(2));
    }),
    ("bulkhead(name = \"db\", max = 20)", || {
        drop(Bulkhead::new("a", 3).max(20));
    }),
    ("bulkhead(max_concurrent = 3, initial = 2)", || {
        drop(Bulkhead::new("a", 3).initial(2));
    }),
    ("hedge(after = \"0s\")", || drop(Hedge::new(ZERO))),
    ("hedge(after = \"p40\", initial = \"1s\")", || {
        drop(Hedge::at_percentile(40.0, SECOND));
    }),
    ("hedge(after = \"p95.55\", initial = \"1s\")", || {
        drop(Hedge::at_percentile(95.55, SECOND));
    }),
    ("hedge(after = \"p95\", initial = \"0s\")", || {
        drop(Hedge::at_percentile(95.0, ZERO));
    }),
    ("hedge(after = \"1s\", max = 0)", || {
        drop(Hedge::new(SECOND).max(0));
    }),
    ("hedge(after = \"1s\", max = 11)", || {
        drop(Hedge::new(SECOND).max(11));
    }),
    ("hedge(after = \"1s\", budget = \"\")", || {
        drop(RetryBudget::new(""));
    }),
];

#[test]
fn a_constant_is_told_what_a_literal_is_told() {
    for (attribute, build) in REFUSALS {
        let source = format!("#[{attribute}] async fn f() -> R {{}}");
        assert_eq!(faults(&source), [refusal(*build)], "{source}");
    }
}

#[test]
fn every_setting_of_a_policy_has_its_refusal() {
    for policy in [
        "retry",
        "circuit_breaker",
        "bulkhead",
        "rate_limit",
        "hedge",
    ] {
        let vocabulary = crate::policy::Policy::named_by(&syn::parse_str(policy).expect("a word"))
            .expect("a policy")
            .vocabulary();
        for key in vocabulary.keys {
            let is_no_number = ["backoff", "clone", "shadow", "key", "adaptive"].contains(key)
                || ["on", "when", "delay_from", "failure_when"]
                    .iter()
                    .any(|word| key.starts_with(word));
            let is_held = REFUSALS.iter().any(|(source, _)| {
                source.starts_with(policy) && source.contains(&format!("{key} ="))
            });
            assert!(is_no_number || is_held, "{policy}: {key}");
        }
    }
}

#[test]
fn durations_are_written_as_humantime_writes_them() {
    let mut nanos: u128 = 1;
    for step in 0..2_000_u128 {
        nanos = nanos
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(step)
            % (1 << 70);
        let nanos = nanos >> (step % 70);
        let secs = u64::try_from(nanos / 1_000_000_000).expect("it is under 2^41");
        let subsec = u32::try_from(nanos % 1_000_000_000).expect("it is under a second");
        let duration = Duration::new(secs, subsec);
        let expected = humantime::format_duration(duration).to_string();
        assert_eq!(Text::of("").duration(duration).as_str(), expected);
    }
}

/// The checks in the expansion of a stack, without their blanks.
fn checks(stack: &str) -> Vec<String> {
    let source = format!("{stack} async fn f<const N: u64>(&self, limit: Duration) -> R {{ x }}");
    let expansion = expand(&source).to_string().replace(' ', "");
    let statements = expansion.split("__rt::check::").skip(1);
    let check = |statement: &str| statement.split(';').next().map(str::to_owned);
    statements.filter_map(check).collect()
}

#[test]
fn a_constant_in_a_stack_is_checked_by_rustc() {
    for (stack, expected) in [
        (
            "#[timeout(A)] #[timeout(\"1s\")]",
            "nested(&__TIMEOUT_2,&[&__TIMEOUT_1])",
        ),
        (
            "#[timeout(\"2s\")] #[retry] #[timeout(A)]",
            "nested(&__TIMEOUT_2,&[&__TIMEOUT_1])",
        ),
        (
            "#[timeout(A)] #[retry(delay = \"1s\")]",
            "first_delay(&__RETRY,&__TIMEOUT)",
        ),
        (
            "#[timeout(\"9s\")] #[retry(max = A, delay = \"1s\")]",
            "delays(&__RETRY,&__TIMEOUT)",
        ),
        (
            "#[timeout(\"9s\")] #[retry(max = 3, delay = \"1s\", factor = A)]",
            "delays(&__RETRY,&__TIMEOUT)",
        ),
        (
            "#[timeout(\"9s\")] #[timeout(const { S * N })]",
            "nested(&__rt::Timeout::new(S*N),&[&__TIMEOUT_1])}",
        ),
        (
            "#[timeout(A)] #[hedge(after = \"1s\")]",
            "hedge_beneath(__rt::Duration::from_secs(1),&__TIMEOUT)",
        ),
        (
            "#[hedge(after = A)] #[timeout(\"1s\")]",
            "hedge_over(A,&__TIMEOUT)",
        ),
    ] {
        assert_eq!(checks(stack), [expected], "{stack}");
    }
}

#[test]
fn what_rustc_can_t_know_and_literals_are_not_checked_by_it() {
    for stack in [
        "#[timeout(\"9s\")] #[retry(max = 3, delay = \"1s\")] #[timeout(\"1s\")]",
        "#[timeout(limit)] #[timeout(\"1s\")]",
        "#[timeout(self.limit)] #[retry(max = A, delay = B)]",
        "#[timeout(A)] #[retry]",
        "#[timeout(A)] #[retry(RETRY)]",
        "#[timeout(A)] #[retry(delay = B, jitter)]",
        "#[timeout(A)] #[retry(delay = B, delay_from = p)]",
        "#[retry(max = A, delay = B)] #[timeout(\"1s\")]",
        "#[timeout(\"2s\")] #[hedge(after = \"1s\")]",
        "#[timeout(A)] #[hedge(after = limit)]",
        "#[timeout(A)] #[hedge(after = \"p95\", initial = B)]",
        "#[timeout(A)] #[hedge(HEDGE)]",
        "#[hedge(after = A)] #[retry] #[timeout(\"1s\")]",
    ] {
        assert_eq!(checks(stack), Vec::<String>::new(), "{stack}");
    }
}

/// What is wrong with a constant is shown on all of the call that refuses it: so it begins there.
#[test]
fn a_chain_with_constants_is_taken_apart() {
    let chain = |arguments: &str| {
        let source = format!("#[retry({arguments})] async fn f() -> R {{ x }}");
        let expansion = expand(&source).to_string().replace(' ', "");
        let (_, chain) = expansion
            .split_once("static__RETRY:__rt::Retry=__rt::own!(")
            .expect("it is there");
        chain.split("__rt::site!").next().map(str::to_owned)
    };
    assert_eq!(chain("max = A").as_deref(), Some("__rt::Retry::new(A));"),);
    assert_eq!(
        chain("max = A, delay = \"1s\", max_delay = \"2s\"").as_deref(),
        Some(
            "__rt::Retry::new(A).delay(__rt::Duration::from_secs(1)).max_delay(__rt::Duration::from_secs(2)));"
        ),
    );
    assert_eq!(
        chain("delay = A, factor = 3.0, max_duration = B").as_deref(),
        Some(
            "{letpolicy=__rt::Retry::new(3);letpolicy=policy.delay(A);letpolicy=policy.factor(3.0);\
             policy.max_duration(B)});"
        ),
    );
}
