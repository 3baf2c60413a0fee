//! Every word of the language is known where it should be.

use crate::policy::Policy;

use super::faults;

const POLICIES: [Policy; 7] = [
    Policy::Retry,
    Policy::Timeout,
    Policy::CircuitBreaker,
    Policy::Bulkhead,
    Policy::RateLimit,
    Policy::Hedge,
    Policy::Fallback,
];

#[test]
fn each_key_is_one_of_its_attribute() {
    for policy in POLICIES {
        let word = policy.word();
        for key in policy.vocabulary().keys {
            let found = faults(&format!("#[{word}({key} = x)] async fn f() -> R {{}}"));
            assert!(
                !found.iter().any(|fault| fault.contains("has no key")),
                "{word}({key}): {found:?}"
            );
        }
    }
}

#[test]
fn each_reserved_word_is_refused_in_every_form() {
    for policy in POLICIES {
        let word = policy.word();
        for (key, _) in policy.vocabulary().reserved {
            for form in [
                (*key).to_owned(),
                format!("{key} = 1"),
                format!("{key}(a, b = 1)"),
            ] {
                let found = faults(&format!("#[{word}({form})] async fn f() -> R {{}}"));
                let refused = found
                    .iter()
                    .filter(|fault| fault.starts_with(&format!("`{key}` is reserved")))
                    .count();
                assert_eq!(refused, 1, "{word}({form}): {found:?}");
            }
        }
    }
}

#[test]
fn foreign_words_are_told_ours() {
    for word in ["max_attempts", "max_retries"] {
        let found = faults(&format!("#[retry({word} = 3)] async fn f() -> R {{}}"));
        assert!(
            matches!(&found[..], [only] if only.contains("`max`") && only.contains("after the first")),
            "{found:?}"
        );
    }
}

#[test]
fn all_faults_of_a_stack_are_found_in_one_pass() {
    let found = faults(
        r#"
        #[retry(maxx = 3, delay = 5, jitter = "some", max = 0)]
        #[timeout(7)]
        #[circuit_breaker(failure_rate = 50)]
        #[bulkhead(max_queue = 3)]
        #[fallback()]
        async fn f(mut v: Vec<u8>) -> R {}
        "#,
    );
    for part in [
        "`maxx`",
        "`5` has no unit",
        "`\"some\"`",
        "`max = 0`",
        "`7` has no unit",
        "needs a `name`",
        "`50`",
        "max_wait",
        "max_concurrent",
        "fall back to",
        "`v`",
    ] {
        assert_eq!(
            found.iter().filter(|fault| fault.contains(part)).count(),
            1,
            "{part}: {found:#?}"
        );
    }
}

#[test]
fn no_message_is_longer_than_three_lines() {
    for source in super::faults::CASES.iter().map(|(source, _)| source) {
        for fault in faults(source) {
            assert!(fault.lines().count() <= 3, "{fault}");
        }
    }
}

#[test]
fn a_rate_is_written_in_many_ways() {
    for (rate, emitted) in [
        ("100/s", "100, __rt :: Duration :: from_secs (1)"),
        ("600/m", "600, __rt :: Duration :: from_secs (60)"),
        ("1_000/h", "1000, __rt :: Duration :: from_secs (3600)"),
        ("5/ms", "5, __rt :: Duration :: from_millis (1)"),
        (" 10 / 100ms ", "10, __rt :: Duration :: from_millis (100)"),
        ("5000/24h", "5000, __rt :: Duration :: from_secs (86400)"),
        ("7/1m 30s", "7, __rt :: Duration :: from_secs (90)"),
        ("1/2s", "1, __rt :: Duration :: from_secs (2)"),
    ] {
        let source = format!("#[rate_limit({rate:?})] async fn f() -> R {{ x }}");
        assert_eq!(faults(&source), Vec::<String>::new(), "{source}");
        let expansion = super::expand(&source).to_string().replace(" ,", ",");
        assert!(expansion.contains(emitted), "{rate}: {expansion}");
    }
}
