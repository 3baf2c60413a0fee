//! What the feature `advice` warns of, and what it is silent about.

use super::{expand, expand_with};

/// The advice that is given for a stack.
fn advice(source: &str) -> Vec<String> {
    let source = source.parse().expect("the source has no unknown tokens");
    let expansion = expand_with(source, true).to_string();
    let pieces = expansion.split("__rt :: advice :: ").skip(1);
    let word = |piece: &str| piece.split(' ').next().map(str::to_owned);
    pieces.filter_map(word).collect()
}

#[test]
fn what_is_unwise_is_warned_of() {
    for (source, expected) in [
        (
            "#[retry] async fn f() -> R {}",
            &["RETRY_WITHOUT_TIMEOUT"][..],
        ),
        (
            "#[timeout(\"9s\")] #[retry] #[circuit_breaker(name = \"a\")] async fn f() -> R {}",
            &["RETRY_WITHOUT_JITTER"],
        ),
        (
            "#[timeout(\"9s\")] #[retry(backoff = \"linear\")] #[bulkhead(DB)] async fn f() -> R {}",
            &["RETRY_WITHOUT_JITTER"],
        ),
        (
            "#[timeout(\"9s\")] #[retry] #[rate_limit(\"1/s\", name = \"a\")] async fn f() -> R {}",
            &["RETRY_WITHOUT_JITTER"],
        ),
        (
            "#[timeout(\"9s\")] #[retry(max = 4)] #[retry(max = 2)] async fn f() -> R {}",
            &["RETRIES_MULTIPLY"],
        ),
        (
            "#[retry] #[retry] #[bulkhead(DB)] async fn f() -> R {}",
            &[
                "RETRY_WITHOUT_TIMEOUT",
                "RETRY_WITHOUT_JITTER",
                "RETRY_WITHOUT_TIMEOUT",
                "RETRY_WITHOUT_JITTER",
                "RETRIES_MULTIPLY",
            ],
        ),
    ] {
        assert_eq!(advice(source), expected, "{source}");
    }
}

#[test]
fn what_is_wise_or_unknown_is_not() {
    for source in [
        "#[timeout(\"9s\")] async fn f() -> R {}",
        "#[retry(jitter)] #[circuit_breaker(name = \"a\")] #[timeout(\"9s\")] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry(jitter = \"none\")] #[bulkhead(DB)] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry(backoff = \"decorrelated\")] #[bulkhead(DB)] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry(RETRY)] #[bulkhead(DB)] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry] #[bulkhead(max_concurrent = 3)] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry] #[rate_limit(\"1/s\")] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry] #[circuit_breaker(self.breaker)] async fn f(&self) -> R {}",
        "#[timeout(\"9s\")] #[circuit_breaker(name = \"a\")] #[retry] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry(max = 1)] #[retry(max = 4)] async fn f() -> R {}",
        "#[timeout(\"9s\")] #[retry(max = MAX)] #[retry(max = 20)] async fn f() -> R {}",
    ] {
        assert_eq!(advice(source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn without_the_feature_nothing_is_said() {
    let expansion = expand("#[retry] #[retry] #[bulkhead(DB)] async fn f() -> R {}");
    assert!(!expansion.to_string().contains("advice"));
}
