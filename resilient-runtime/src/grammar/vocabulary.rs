//! The words of each attribute, and of the table in a configuration file that has its name.

/// The words that one attribute knows: what decides whether a word is a key, and what an unknown
/// one is told.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// The attribute.
    pub(crate) attribute: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [&'static str],
    /// Words of the language that this version does not have yet, each with what it lacks. To add
    /// one, move it to `keys`.
    pub(crate) reserved: &'static [(&'static str, &'static str)],
    /// Words that people bring from elsewhere, each with what to write here.
    pub(crate) foreign: &'static [(&'static str, &'static str)],
    /// Whether a plain lower-case word that is no key is a value: a function to fall back to, an
    /// argument that holds a duration.
    pub(crate) words_are_values: bool,
}

const RETRY_MAX: &str = "the number of retries is `max`: calls after the first one, so `max = 3` makes \
                   up to 4 calls\n\
                   Write `max = ..`.";
const TIMEOUT_POSITIONAL: &str =
    "the duration of a timeout is written without a key: `#[timeout(\"5s\")]`";
const RATE_LIMIT_BURST: &str = "how many calls may pass at once is `burst`";
const RATE_LIMIT_POSITIONAL: &str = "the rate is written without a key: `#[rate_limit(\"100/s\")]`";
const HEDGE_AFTER: &str = "how long a call takes before a copy of it starts is `after`";
const HEDGE_MAX: &str = "the number of copies is `max`: those beside the first call, so `max = 1` makes \
                   up to 2 calls\n\
                   Write `max = ..`.";
const HEDGE_PERCENTILE: &str =
    "a percentile stands in `after`, as in `after = \"p95\", initial = \"50ms\"`";

pub(crate) const RETRY: Vocabulary = Vocabulary {
    attribute: "retry",
    keys: &[
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
        "budget",
        "on",
        "clone",
    ],
    reserved: &[],
    foreign: &[
        ("max_attempts", RETRY_MAX),
        ("max_retries", RETRY_MAX),
        ("attempts", RETRY_MAX),
        ("retries", RETRY_MAX),
        ("times", RETRY_MAX),
        (
            "retry_if",
            "which errors are retried is `when`, a predicate over the error",
        ),
        ("base_delay", "the first delay is `delay`"),
        ("initial_delay", "the first delay is `delay`"),
        (
            "timeout",
            "a limit on all attempts is `max_duration`, or a `#[timeout]` above; one on each \
             attempt is a `#[timeout]` beneath",
        ),
    ],
    words_are_values: false,
};

pub(crate) const TIMEOUT: Vocabulary = Vocabulary {
    attribute: "timeout",
    keys: &[],
    reserved: &[],
    foreign: &[
        ("duration", TIMEOUT_POSITIONAL),
        ("after", TIMEOUT_POSITIONAL),
        ("limit", TIMEOUT_POSITIONAL),
        ("secs", TIMEOUT_POSITIONAL),
        ("millis", TIMEOUT_POSITIONAL),
    ],
    // `#[timeout(limit)]`: an argument that holds a duration.
    words_are_values: true,
};

pub(crate) const CIRCUIT_BREAKER: Vocabulary = Vocabulary {
    attribute: "circuit_breaker",
    keys: &[
        "name",
        "failure_rate",
        "window",
        "min_calls",
        "consecutive_failures",
        "break_duration",
        "half_open_calls",
        "slow_call",
        "slow_call_rate",
        "break_backoff",
        "max_break_duration",
        "key",
        "max_keys",
        "shadow",
        "failure_when",
        "failure_when_ok",
    ],
    reserved: &[],
    foreign: &[
        (
            "failure_threshold",
            "a run of failures is `consecutive_failures`, a share of them is `failure_rate`",
        ),
        (
            "threshold",
            "a run of failures is `consecutive_failures`, a share of them is `failure_rate`",
        ),
        (
            "reset_timeout",
            "how long it stays open before it probes is `break_duration`",
        ),
        (
            "timeout",
            "how long it stays open before it probes is `break_duration`",
        ),
        (
            "window_size",
            "the number of calls that are looked at is `window`",
        ),
        (
            "min_throughput",
            "the number of calls before the first verdict is `min_calls`",
        ),
    ],
    words_are_values: false,
};

pub(crate) const BULKHEAD: Vocabulary = Vocabulary {
    attribute: "bulkhead",
    keys: &[
        "name",
        "max_concurrent",
        "adaptive",
        "min",
        "max",
        "initial",
        "max_wait",
        "max_queue",
        "key",
        "max_keys",
        "shadow",
    ],
    reserved: &[],
    foreign: &[
        ("limit", "the number of calls at a time is `max_concurrent`"),
        (
            "max_concurrency",
            "the number of calls at a time is `max_concurrent`",
        ),
        (
            "max_calls",
            "the number of calls at a time is `max_concurrent`",
        ),
        ("timeout", "how long a call waits for a place is `max_wait`"),
    ],
    words_are_values: false,
};

pub(crate) const RATE_LIMIT: Vocabulary = Vocabulary {
    attribute: "rate_limit",
    keys: &["name", "burst", "max_wait", "key", "max_keys", "shadow"],
    reserved: &[],
    foreign: &[
        ("rate", RATE_LIMIT_POSITIONAL),
        ("limit", RATE_LIMIT_POSITIONAL),
        ("calls", RATE_LIMIT_POSITIONAL),
        ("max_calls", RATE_LIMIT_POSITIONAL),
        ("requests", RATE_LIMIT_POSITIONAL),
        ("per", RATE_LIMIT_POSITIONAL),
        ("per_second", RATE_LIMIT_POSITIONAL),
        ("period", RATE_LIMIT_POSITIONAL),
        ("interval", RATE_LIMIT_POSITIONAL),
        ("window", RATE_LIMIT_POSITIONAL),
        ("capacity", RATE_LIMIT_BURST),
        ("burst_size", RATE_LIMIT_BURST),
        (
            "timeout",
            "how long a call waits for its turn is `max_wait`",
        ),
        (
            "max_concurrent",
            "a rate limit counts calls in time; how many run at once is `#[bulkhead(max_concurrent = ..)]`",
        ),
    ],
    words_are_values: false,
};

pub(crate) const HEDGE: Vocabulary = Vocabulary {
    attribute: "hedge",
    keys: &["after", "initial", "max", "when", "budget", "clone"],
    reserved: &[],
    foreign: &[
        ("delay", HEDGE_AFTER),
        ("hedging_delay", HEDGE_AFTER),
        ("max_hedged", HEDGE_MAX),
        ("max_hedges", HEDGE_MAX),
        ("max_hedged_attempts", HEDGE_MAX),
        ("max_attempts", HEDGE_MAX),
        ("attempts", HEDGE_MAX),
        ("copies", HEDGE_MAX),
        ("percentile", HEDGE_PERCENTILE),
        ("quantile", HEDGE_PERCENTILE),
        (
            "timeout",
            "a limit on the call and all its copies is a `#[timeout]` above; one on each of them is \
             a `#[timeout]` beneath",
        ),
    ],
    words_are_values: false,
};

pub(crate) const FALLBACK: Vocabulary = Vocabulary {
    attribute: "fallback",
    keys: &["value", "with_error", "when", "on", "clone"],
    reserved: &[("stale", "last good value to serve")],
    foreign: &[
        (
            "with",
            "a function to fall back to is written without a key: `#[fallback(path)]`",
        ),
        ("default", "a value to fall back to is `value = ..`"),
    ],
    // `#[fallback(cached_quote)]`: a function.
    words_are_values: true,
};
