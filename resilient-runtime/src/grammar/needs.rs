//! Keys that say nothing without another, and keys that nothing reads.

/// Keys of a circuit breaker that say nothing without another, and why.
pub(crate) const BREAKER_NEEDS: [(&str, &str, &str); 2] = [
    (
        "slow_call_rate",
        "slow_call",
        "`slow_call_rate` is a share of slow calls, and nothing says which calls are slow",
    ),
    (
        "max_break_duration",
        "break_backoff",
        "`max_break_duration` bounds breaks that grow, and without `break_backoff` none does",
    ),
];

/// What a key is told that says nothing without another.
pub(crate) fn needs(because: &str, needs: &str) -> String {
    format!("{because}\nAdd `{needs}`, or remove it.")
}

/// Keys of a circuit breaker that a run alone does not read.
pub(crate) const NOT_OF_A_RUN: [&str; 2] = ["window", "min_calls"];

/// What such a key is told.
pub(crate) fn not_of_a_run(key: &str) -> String {
    format!(
        "`{key}` is not read with `consecutive_failures` alone: a run trips whatever \
         else was recorded\n\
         Remove it, or add `failure_rate`: then either trips."
    )
}

/// What a queue is told in which nobody waits.
pub(crate) const QUEUE_WITHOUT_WAIT: &str = "`max_queue` without `max_wait`: without a time to wait, nobody queues\n\
     Add `max_wait`, or remove `max_queue`.";

/// What a fixed limit is told beside an adaptive one.
pub(crate) const FIXED_AND_ADAPTIVE: &str = "`max_concurrent` is a fixed limit, and an `adaptive` one follows the latency: which \
     one holds?\n\
     Remove one of them; the most that an adaptive limit grows to is `max`.";

/// What a percentile is told without what holds until it is known.
pub(crate) const PERCENTILE_WITHOUT_INITIAL: &str = "a percentile is measured, and nothing is before 100 calls were made\n\
     Write what holds until then, as in `initial = \"50ms\"`.";

/// What `initial` is told beside a duration.
pub(crate) const INITIAL_WITHOUT_PERCENTILE: &str = "`initial` holds until a percentile is measured, and this `after` is a duration\n\
     Remove it, or write a percentile, as in `after = \"p95\"`.";

/// What a bound on keys is told where there are none.
pub(crate) const MAX_KEYS_WITHOUT_KEY: &str = "`max_keys` bounds how many keys have an instance of their own, and there is no `key`\n\
     Add `key`, as in `key = host`, or remove it.";
