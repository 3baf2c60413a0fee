//! The attributes of `resilient-runtime`, which re-exports them: depend on that crate, not on this
//! one.
//!
//! `parse → model → validate → expand`, drawn in `attribute.rs`. One attribute of a stack, the
//! topmost, reads all of them.
#![forbid(unsafe_code)]

mod advice;
mod answer;
mod arguments;
mod attribute;
mod backoff;
mod body;
mod budget;
mod builder;
mod cause;
mod classify;
mod constants;
mod diagnostics;
mod docs;
mod expand;
mod grammar;
mod held;
mod item;
mod key;
mod keyed;
mod literal;
mod output;
mod paths;
mod pattern;
mod policy;
mod rate;
mod returns;
mod rule;
mod scope;
mod shared;
mod stack;
#[cfg(test)]
mod tests;
mod validate;
mod written;

use proc_macro::TokenStream;

use crate::policy::Policy;

/// Calls again what failed.
///
/// ```
/// # use resilient_runtime::retry;
/// # struct Order; #[derive(Debug)] struct Receipt; struct PayError;
/// # impl PayError { fn is_transient(&self) -> bool { true } }
/// #[retry(max = 3, delay = "100ms", jitter, when = |error| error.is_transient())]
/// async fn pay(order: &Order) -> Result<Receipt, PayError> {
///     // …
/// #   let _ = order; Ok(Receipt)
/// }
/// ```
///
/// The body borrows the function's arguments, and is run again as it stands: no argument is cloned
/// unless `clone(..)` names it.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `max = 3` | retries after the first call, so the body runs at most `max + 1` times; 1 to 100 | 3 |
/// | `backoff = "exp"` | `"exp"`, `"linear"`, `"constant"`, `"fibonacci"`, `"decorrelated"`, `"none"`, or the path of a `fn(attempt: u32) -> Duration` | `"exp"` |
/// | `delay = "100ms"` | the first delay | 100 ms |
/// | `factor = 2.0` | growth of `"exp"` | 2.0 |
/// | `max_delay = "10s"` | cap on the backoff | 10 s |
/// | `jitter` | spreads the delays: `"full"` (the bare word), `"equal"`, `"none"`, or a ratio such as `"25%"` | none |
/// | `max_duration = "30s"` | no retry starts, and no delay is slept, that would pass this | none |
/// | `when = p` | `Fn(&E) -> bool`: retry this error? | by its class |
/// | `when_ok = p` | `Fn(&T) -> bool`: retry this success? | no |
/// | `delay_from = p` | `Fn(&E) -> Option<Duration>`: the delay that the server asked for | by its class |
/// | `on_retry = p` | `Fn(&RetryEvent<'_, E>)`, before each delay | none |
/// | `budget = "payments"` | a shared `RetryBudget` by its name, as declared elsewhere or by default; or an instance: `budget = PAYMENTS`, `budget = self.budget` | none |
/// | `on(..)` | what is retried at all: `error`, `timeout`, `circuit_open`, `bulkhead_full`, `rate_limited` | `on(error, timeout)` |
/// | `clone(a, b)` | arguments that are cloned for each attempt, as the body consumes or changes them | none |
///
/// In the place of settings stands an instance: `#[retry(RETRY)]` for a `static`,
/// `#[retry(self.retry)]` for any expression.
///
/// # Any attribute of a stack
///
/// | key | meaning |
/// |---|---|
/// | `rejected = p` | `Fn(Rejected) -> E`, for error types that can't be `From<Rejected>` |
/// | `classify = p` | `Fn(&E) -> Class`, for error types that can't be `Classify` |
/// | `crate = path` | where `resilient_runtime` is, for those who re-export it |
///
/// Wherever a table says `p` stands a path or a closure.
///
/// # Order
///
/// The top attribute is the outermost. It takes the others off the function; it knows them by the
/// last segment of their path, and so does not know one that was imported under another name: that
/// is an error, unless it stands on top. An attribute of another crate with such a last segment is
/// taken for one of these, and then refused by its own crate.
///
/// # Numbers
///
/// A number may be a constant: `max = MAX_RETRIES`. It is checked when the crate is, alone and
/// against the rest of the stack. One that
/// depends on `Self` or on generics is written `max = const { N }`, and is checked when the
/// function is compiled for a type: by `cargo build`, not by `cargo check`.
///
/// # `Send`
///
/// Under `retry`, `hedge` and `fallback` the body borrows its arguments, so by-value arguments have to be
/// `Sync` for a future that is `Send`, or be named in `clone(..)`.
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Retry, arguments.into(), item.into()).into()
}

/// Gives up what takes too long.
///
/// ```
/// # use resilient_runtime::{retry, timeout, Rejected};
/// # #[derive(Debug)] struct Page; struct FetchError; impl From<Rejected> for FetchError { fn from(_: Rejected) -> Self { Self } }
/// #[timeout("2s")]          // the whole call, with the waits between attempts
/// #[retry(max = 3)]
/// #[timeout("500ms")]       // one attempt
/// async fn fetch(url: &str) -> Result<Page, FetchError> {
///     // …
/// #   let _ = url; Ok(Page)
/// }
/// ```
///
/// One duration, without a key: `"500ms"`, `"1m 30s"`, or an expression of type `Duration`. If that
/// names `self` or an argument it is evaluated for each call
/// (`#[timeout(self.config.read_timeout)]`), else it is a constant.
///
/// Everything beneath runs in a deadline scope: `resilient_runtime::deadline::remaining()` says how
/// much time is left.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn timeout(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Timeout, arguments.into(), item.into()).into()
}

/// Stops calling what has just failed too often, and probes whether it works again.
///
/// ```
/// # use resilient_runtime::{circuit_breaker, Rejected};
/// # #[derive(Debug)] struct Receipt; struct PayError; impl From<Rejected> for PayError { fn from(_: Rejected) -> Self { Self } }
/// #[circuit_breaker(name = "payments", failure_rate = "50%", window = 100, break_duration = "30s")]
/// async fn pay(order: u64) -> Result<Receipt, PayError> {
///     // …
/// #   let _ = order; Ok(Receipt)
/// }
/// ```
///
/// | key | meaning | default |
/// |---|---|---|
/// | `name = "payments"` | the shared instance: the same name is the same breaker in the whole process | required |
/// | `failure_rate = "50%"` | opens at this rate or above | 50 % |
/// | `window = 100`, `window = "60s"` | what is looked at: the last so many calls, or the calls of the last so long (a constant is a number of calls) | 100 calls |
/// | `min_calls = 20` | no verdict before so many records | 20, or the window when that is smaller |
/// | `consecutive_failures = 5` | trips on a run of failures; in place of `failure_rate`, unless that is written too | off |
/// | `break_duration = "30s"` | how long it stays open before it probes | 30 s |
/// | `half_open_calls = 3` | probes; so many successes close it, one failure re-opens it | 3 |
/// | `slow_call = "2s"`, `slow_call_rate = "80%"` | calls at or over this long are slow, also while they run; opens at this rate of slow ones | off; 100 % |
/// | `break_backoff = 2.0`, `max_break_duration = "5m"` | each opening from half-open multiplies the break, up to this | 1.0; 10 × the break |
/// | `key = host` | one breaker for each value of an expression over the arguments or `self`; anything that is `Display` | none |
/// | `max_keys = 1024` | so many keys at most: the *closed* one that was used longest ago makes room for a new one; 1 to 1,000,000 | 1024 |
/// | `shadow` | never rejects: counts and tells what it would have rejected | off |
/// | `failure_when = p` | `Fn(&E) -> bool`: does this error count as a failure? | by its class |
/// | `failure_when_ok = p` | `Fn(&T) -> bool`: does this value count as a failure? | no |
///
/// `name` alone refers to what is declared elsewhere, with settings or by a `static`. In its place
/// stands an instance: `#[circuit_breaker(PAYMENTS)]` for a `static`,
/// `#[circuit_breaker(self.breaker)]` for any expression.
///
/// # One for each key
///
/// With `key` each host, tenant or shard has a breaker of its own, and one that is down
/// does not stop the others:
///
/// ```
/// # use resilient_runtime::{circuit_breaker, Rejected};
/// # #[derive(Debug)] struct Page; struct FetchError; impl From<Rejected> for FetchError { fn from(_: Rejected) -> Self { Self } }
/// #[circuit_breaker(name = "hosts", consecutive_failures = 5, key = host)]
/// async fn fetch(host: &str, path: &str) -> Result<Page, FetchError> {
///     // …
/// #   let _ = (host, path); Ok(Page)
/// }
/// ```
///
/// The key is evaluated once a call, before everything else, whatever is above or beneath. Its text tells it from
/// others. Functions that say the same name share the keys. One that is open is never forgotten for a
/// new one: see `CircuitBreaker::of`.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::CircuitBreaker, arguments.into(), item.into()).into()
}

/// Lets so many calls run at a time.
///
/// ```
/// # use resilient_runtime::{bulkhead, Rejected};
/// # #[derive(Debug)] struct Row; struct DbError; impl From<Rejected> for DbError { fn from(_: Rejected) -> Self { Self } }
/// #[bulkhead(name = "db", max_concurrent = 20, max_wait = "100ms")]
/// async fn load(id: u64) -> Result<Row, DbError> {
///     // …
/// #   let _ = id; Ok(Row)
/// }
/// ```
///
/// | key | meaning | default |
/// |---|---|---|
/// | `max_concurrent = 20` | how many calls run at a time | required where it is declared, or `adaptive` |
/// | `adaptive` | in its place: the limit follows the latency of the calls | off |
/// | `min = 1`, `max = 1000` | what an `adaptive` limit shrinks and grows to: 1 or more | 1; 1000, or what is written for the others when that is more |
/// | `initial = 20` | what an `adaptive` limit is before the first call: `min` to `max` | 20, or the nearest that these allow |
/// | `max_wait = "100ms"` | how long a call waits for a place; first come, first served | not at all |
/// | `max_queue = 100` | how many calls wait | without bound: `max_wait` bounds it |
/// | `key = tenant` | one bulkhead for each value of an expression over the arguments or `self`; anything that is `Display` | none |
/// | `max_keys = 1024` | so many keys at most: of those that nobody is in, the one that was used longest ago makes room for a new one; 1 to 1,000,000 | 1024 |
/// | `shadow` | never rejects, and nobody waits: counts and tells what it would have rejected | off |
/// | `name = "db"` | the shared instance: the same name is the same bulkhead in the whole process | private to the function |
///
/// # A limit that follows the latency
///
/// ```
/// # use resilient_runtime::{bulkhead, Rejected};
/// # #[derive(Debug)] struct Row; struct DbError; impl From<Rejected> for DbError { fn from(_: Rejected) -> Self { Self } }
/// #[bulkhead(name = "reports", adaptive, max = 200)]
/// async fn report(id: u64) -> Result<Row, DbError> {
///     // …
/// #   let _ = id; Ok(Row)
/// }
/// ```
///
/// An `adaptive` limit grows while calls are as fast as without load and at least half of it is in use,
/// and shrinks when calls become slower or time out, by a `timeout` of the same stack. Fast errors say
/// nothing. `Bulkhead::adaptive` of the runtime has the full account.
///
/// # References
///
/// `name` alone refers to what is declared elsewhere. In its place stands an instance:
/// `#[bulkhead(DB)]` for a `static`, `#[bulkhead(self.db)]` for any expression.
///
/// # One for each key
///
/// With `key` each host, tenant or shard has a bulkhead of its own, and one that is slow
/// does not stop the others:
///
/// ```
/// # use resilient_runtime::{bulkhead, Rejected};
/// # #[derive(Debug)] struct Page; struct FetchError; impl From<Rejected> for FetchError { fn from(_: Rejected) -> Self { Self } }
/// #[bulkhead(max_concurrent = 5, key = host)]
/// async fn fetch(host: &str, path: &str) -> Result<Page, FetchError> {
///     // …
/// #   let _ = (host, path); Ok(Page)
/// }
/// ```
///
/// The key is evaluated once a call, before everything else, whatever is above or beneath. Its text tells it from
/// others. Functions that say the same name share the keys. One with calls in it is never forgotten for
/// a new one: see `Bulkhead::of`.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn bulkhead(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Bulkhead, arguments.into(), item.into()).into()
}

/// Lets so many calls pass in so long.
///
/// ```
/// # use resilient_runtime::{rate_limit, Rejected};
/// # #[derive(Debug)] struct Page; struct ApiError; impl From<Rejected> for ApiError { fn from(_: Rejected) -> Self { Self } }
/// #[rate_limit("100/s", name = "api", burst = 20, max_wait = "50ms")]
/// async fn search(words: &str) -> Result<Page, ApiError> {
///     // …
/// #   let _ = words; Ok(Page)
/// }
/// ```
///
/// The rate is a literal without a key: so many calls a second, minute or hour (`"100/s"`, `"600/m"`,
/// `"1000/h"`), or in any time (`"10/100ms"`, `"1/2s"`, `"5000/24h"`). For one that is computed, or comes
/// from a constant, declare a `static RateLimiter` and hand it in.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `burst = 20` | how many calls may pass at once, also after a pause; with 1 they are spaced evenly | as many as the rate says |
/// | `max_wait = "50ms"` | how long a call waits for its turn; first come, first served. One that would wait longer, or past the deadline in scope, is rejected at once | not at all |
/// | `key = tenant` | one rate limiter for each value of an expression over the arguments or `self`; anything that is `Display` | none |
/// | `max_keys = 1024` | so many keys at most: of those that would let a whole burst through, the one that was used longest ago makes room for a new one; 1 to 1,000,000 | 1024 |
/// | `shadow` | never rejects, and nobody waits: counts and tells what it would have rejected | off |
/// | `name = "api"` | the shared instance: the same name is the same rate limiter in the whole process | private to the function |
///
/// A rejected call uses nothing up, and `Rejected::retry_after` says when it would pass. A call that is dropped
/// while it waits gives its turn back. A call that has passed is counted, however it ends.
///
/// `name` alone refers to what is declared elsewhere. In the place of the rate stands an instance:
/// `#[rate_limit(API)]` for a `static`, `#[rate_limit(self.limiter)]` for any expression.
///
/// # One for each key
///
/// With `key` each host, tenant or shard has a rate limiter of its own, and one that calls too often
/// does not stop the others:
///
/// ```
/// # use resilient_runtime::{rate_limit, Rejected};
/// # #[derive(Debug)] struct Page; struct FetchError; impl From<Rejected> for FetchError { fn from(_: Rejected) -> Self { Self } }
/// #[rate_limit("10/s", key = tenant)]
/// async fn fetch(tenant: u64, path: &str) -> Result<Page, FetchError> {
///     // …
/// #   let _ = (tenant, path); Ok(Page)
/// }
/// ```
///
/// The key is evaluated once a call, before everything else, whatever is above or beneath. Its text tells it from
/// others. Functions that say the same name share the keys. One that is not full again is never forgotten for a
/// new one: see `RateLimiter::of`.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn rate_limit(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::RateLimit, arguments.into(), item.into()).into()
}

/// Makes a copy of a call that takes long, and takes the answer that comes first.
///
/// ```
/// # use resilient_runtime::hedge;
/// # #[derive(Debug)] struct Page; struct SearchError;
/// #[hedge(after = "p95", initial = "50ms")]
/// async fn search(words: &str) -> Result<Page, SearchError> {
///     // …
/// #   let _ = words; Ok(Page)
/// }
/// ```
///
/// It is against the tail: a call that is slow by chance is answered by its copy. Jeffrey Dean and Luiz
/// André Barroso, *The Tail at Scale* (2013), tell what it is worth. Hedge only what may be done twice:
/// reads, and writes that are idempotent.
///
/// The first success wins, and whatever still runs is dropped before it is returned. When all fail,
/// the first call's error is returned.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `after = "50ms"` | how long after the latest copy the next one starts: a duration, an expression over the arguments and `self` too, or a measured percentile, `"p50"` to `"p99.9"` | required |
/// | `initial = "50ms"` | what holds until 100 calls were measured | required with a percentile |
/// | `max = 1` | copies beside the first call, so the body runs at most `max + 1` times; 1 to 10 | 1 |
/// | `when = p` | `Fn(&E) -> bool`: does this error start the next copy at once? If not it ends the call | by its class |
/// | `budget = "search"` | the retry budget that copies are taken from; empty, the call waits for what already runs. In the place of a name stands an instance, as in `budget = BUDGET` | of its own: 10 % of the calls, and 10 a second |
/// | `clone(a, b)` | arguments that are cloned for each copy, as the body consumes or changes them | none |
///
/// | an attempt ends in | then |
/// |---|---|
/// | a transient error, the timeout of an inner `timeout` | the next copy starts at once |
/// | an error of another class, a caller's deadline | the call ends in it |
/// | a rejection by a circuit breaker, a bulkhead, a rate limit | no more copies are started |
///
/// A percentile is measured by first calls, from their first suspension, over the last 1024 to 2048 of
/// them, and is at most 6.25 % too long. A call that is dropped counts as one of the length that it had by
/// then.
///
/// The body runs at the same time as its copies, so it can't change what it was given: `&mut`
/// arguments are an error. By-value arguments have to be `Sync` for a future that is `Send`, or be
/// named in `clone(..)`.
///
/// In the place of settings stands an instance: `#[hedge(HEDGE)]` for a `static`,
/// `#[hedge(self.hedge)]` for any expression.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn hedge(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Hedge, arguments.into(), item.into()).into()
}

/// Answers in the place of an error.
///
/// ```
/// # use resilient_runtime::{fallback, timeout};
/// # #[derive(Debug)] struct Quote; struct PriceError;
/// # struct Client;
/// # impl Client {
/// # async fn cached(&self, _sku: &str) -> Result<Quote, PriceError> { Ok(Quote) }
/// #[fallback(self.cached)]
/// #[timeout("500ms")]
/// async fn quote(&self, sku: &str) -> Result<Quote, PriceError> {
///     // …
/// #   let _ = sku; Ok(Quote)
/// }
/// # }
/// ```
///
/// | form | answer |
/// |---|---|
/// | `path` | of an `async fn` of the same arguments (without the receiver) and return type |
/// | `self.method` | the same, of a method |
/// | `path, with_error` | the same, with the error as one more argument at the end |
/// | `value = expr` | `Ok(expr)`; the arguments are in scope |
/// | <code>&#124;error&#124; expr</code>, <code>async &#124;error&#124; expr</code> | a `Result`; the arguments are in scope |
///
/// | key | meaning | default |
/// |---|---|---|
/// | `when = p` | `Fn(&E) -> bool`: answer for this error? | all |
/// | `on(..)` | answer for these: `error`, `timeout`, `circuit_open`, `bulkhead_full`, `rate_limited`, `in_flight` | all |
/// | `clone(a, b)` | arguments that are cloned for the body, as it consumes them and the fallback needs them too | none |
///
/// Several fallbacks are a chain: the one underneath is asked first. With an unconditional one on
/// top of the stack, the error type need not be `From<Rejected>`, unless the fallback is given the
/// error.
///
/// The keys that any attribute of a stack may have are listed at `#[retry]`.
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(Policy::Fallback, arguments.into(), item.into()).into()
}

/// Reserved for a later release: one call for each key, and its success for those who come after. In
/// this one it does not compile.
///
/// ```compile_fail
/// use resilient_runtime::{Rejected, idempotent};
///
/// #[idempotent(key = order, ttl = "24h")]
/// async fn pay(order: u64) -> Result<(), Rejected> {
///     let _ = order;
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn idempotent(_: TokenStream, item: TokenStream) -> TokenStream {
    attribute::reserved("idempotent", &item.into()).into()
}

/// Puts a `static` policy in the registry, whether an attribute names it or not.
///
/// ```
/// # use resilient_runtime::CircuitBreaker;
/// #[resilient_runtime::shared]
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive_failures(5);
/// ```
///
/// An attribute that only has the name then finds these settings, and two declarations that differ
/// are found before the first call. `crate = path` says where `resilient_runtime` is, for those who
/// re-export it.
#[proc_macro_attribute]
pub fn shared(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shared::expand(arguments.into(), item.into()).into()
}

/// Says of each variant of an error what it means to the policies around a call.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Class, Classify, Rejected};
///
/// #[derive(Debug, Classify)]
/// enum PriceError {
///     /// 404
///     #[answered]
///     UnknownProduct,
///     /// 429, with a `Retry-After`
///     #[throttled(retry_after = after)]
///     Busy { after: Option<Duration> },
///     /// 401
///     #[permanent]
///     Unauthorized,
///     #[transient]
///     Connection(std::io::Error),
///     #[classify(delegate)]
///     Rejected(Rejected),
/// }
/// # impl From<Rejected> for PriceError { fn from(rejected: Rejected) -> Self { Self::Rejected(rejected) } }
///
/// let busy = PriceError::Busy { after: Some(Duration::from_secs(2)) };
/// assert_eq!(busy.class(), Class::Throttled { retry_after: Some(Duration::from_secs(2)) });
/// assert_eq!(PriceError::UnknownProduct.class(), Class::Answered);
/// ```
///
/// An annotated function that returns `Result<_, PriceError>` finds it by itself.
///
/// | on a variant, or on a struct | meaning | retry, hedge | circuit breaker |
/// |---|---|---|---|
/// | `#[transient]` | it may go away by itself: a lost connection, a 503 | yes | failure |
/// | `#[throttled]` | the callee asks for fewer calls | yes; a hedge ends | failure |
/// | `#[throttled(retry_after = field)]` | and says when to come back; the field is a `Duration` or an `Option<Duration>`, of a tuple by its index | yes, never earlier; a hedge ends | failure |
/// | `#[answered]` | the callee works, and the answer is no: 404, 422 | no | success |
/// | `#[permanent]` | retrying is useless and something is broken: revoked credentials | no | failure |
/// | `#[ignored]` | it says nothing of the callee | no | nothing |
/// | `#[classify(delegate)]` | what its only field says, which is `Classify` itself | | |
/// | `#[classify(delegate = field)]` | what this field says | | |
///
/// Fallbacks run for all of them. A variant without a class is an error: a new variant must be a
/// decision.
///
/// A delegate whose type depends on a type parameter adds the bound that it is `Classify`.
/// `#[classify(crate = path)]` on the type says where `resilient_runtime` is, for those who
/// re-export it.
#[proc_macro_derive(
    Classify,
    attributes(transient, throttled, answered, permanent, ignored, classify)
)]
pub fn classify(item: TokenStream) -> TokenStream {
    classify::expand(item.into()).into()
}
