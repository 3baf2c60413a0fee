//! Overrides: settings changed at run time, from a TOML file and from variables. Feature `config`.
//!
//! Nearly every number, time, ratio, word and flag of every policy can be overridden (see "What can't be overridden"), without a build and without
//! a restart, and is held to the very rules that its attribute is held to. A configuration is applied as a
//! whole or not at all: with one bad value nothing changes, and the error says where it stands.
//!
//! ```standalone_crate
//! use resilient_runtime::{config, retry};
//! use resilient_runtime::config::Sources;
//!
//! #[retry(max = 3, backoff = "none")]
//! async fn quote(calls: &mut u32) -> Result<(), &'static str> {
//!     *calls += 1;
//!     Err("down")
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let mut calls = 0;
//! let _ = quote(&mut calls).await;
//! assert_eq!(calls, 4);
//!
//! // As `config::load("resilient.toml")` would, for a file that says this:
//! let file = "[function.quote.retry]\nmax = 1\n";
//! Sources::new().text("resilient.toml", file).apply().expect("it is a good file");
//!
//! let mut calls = 0;
//! let _ = quote(&mut calls).await;
//! assert_eq!(calls, 2);
//! assert!(config::describe().to_string().contains("max = 1  # resilient.toml:2:7"));
//!
//! let bad = "[function.quote.retry]\nmax = 0\n";
//! let errors = Sources::new().text("resilient.toml", bad).apply().unwrap_err();
//! assert!(errors.to_string().starts_with("resilient.toml:2:7: `max = 0` would retry nothing"));
//! # }
//! ```
//!
//! # The file
//!
//! ```toml
//! # By the name of an instance: for all that share it, and all of its keys.
//! [circuit_breaker."payments"]
//! failure_rate = "30%"
//! break_duration = "10s"
//!
//! [bulkhead."db"]              # likewise rate_limit and retry_budget
//! max_concurrent = 5
//!
//! # By the path of a function, for what is its own; the end of the path is enough where it is only one's.
//! [function."client::Client::quote".retry]
//! max = 1
//!
//! [function."client::Client::quote"]
//! timeout.1 = "1s"             # of two, by their numbers from the top; of one, `timeout = "1s"`
//! timeout.2 = "250ms"          # or both as `timeout = ["1s", "250ms"]`
//!
//! [function."client::Client::quote".hedge]
//! enabled = false              # as if it were not there, until it is switched on again
//! ```
//!
//! | table | keys |
//! |---|---|
//! | `circuit_breaker.NAME` | `failure_rate`, `window`, `min_calls`, `consecutive_failures`, `slow_call`, `slow_call_rate`, `break_duration`, `break_backoff`, `max_break_duration`, `half_open_calls`, `shadow`, `max_keys` |
//! | `bulkhead.NAME` | `max_concurrent`, or `min`, `max` and `initial` of an adaptive one; `max_wait`, `max_queue`, `shadow`, `max_keys` |
//! | `rate_limit.NAME` | `rate`, `burst`, `max_wait`, `shadow`, `max_keys` |
//! | `retry_budget.NAME` | `ratio` (of the first calls, as in `"20%"`), `min_per_second` |
//! | `function.PATH.retry` | `max`, `backoff`, `delay`, `factor`, `max_delay`, `jitter`, `max_duration`, `on` (a list, as in `["error", "timeout"]`) |
//! | `function.PATH.timeout` | `after`, or its value in the place of the table |
//! | `function.PATH.hedge` | `after`, `initial`, `max` |
//! | `function.PATH.bulkhead`, `function.PATH.rate_limit` | as above, where it has no name; the rate may stand in the place of the table |
//! | all of these | `enabled`: `false` switches it off |
//!
//! Values are what they are in attributes: `"250ms"`, `"30%"` or 0.3, 20, `"100/s"`; a word without a value
//! is `true` or `false`. What is left out is as the code says.
//!
//! # Variables
//!
//! `RESILIENT__CIRCUIT_BREAKER__PAYMENTS__FAILURE_RATE=30%`,
//! `RESILIENT__FUNCTION__CLIENT_QUOTE__RETRY__MAX=1`, `RESILIENT__FUNCTION__CLIENT_QUOTE__TIMEOUT__2__AFTER=250ms`:
//! the words of the file's tables, between two underscores. Within a name, whatever is no letter or digit of
//! ASCII is one underscore, so `payments-eu.v2` is `PAYMENTS_EU_V2`. Where that could be two names, it is an
//! error that says so. A list has commas between its words.
//!
//! # What wins
//!
//! A variable over the file, the file over the attribute, the attribute over the default. What leaves the
//! file is as it is written again.
//!
//! # What stays
//!
//! Nothing that a policy knows is lost by a change:
//!
//! * A breaker keeps its state, its generation and its records: a window of fewer calls the last ones. A
//!   window of calls that becomes one of time, or back, begins empty, as the one knows no times and the other
//!   no order. A break that has begun ends when it was to end.
//! * A bulkhead with more calls in flight than a lower limit allows admits nobody until enough have left; a
//!   higher limit calls those who wait. An adaptive limit stays where it is, within its new bounds;
//!   one that has not moved from its `initial` goes to the new one.
//! * A rate limiter knows how many calls of its burst are used up, whatever the rate. Those who wait keep their
//!   place. A rate that is overridden is rounded down to the clock of the one that is written: by less than a
//!   nanosecond between two calls.
//! * A budget keeps its balance.
//! * A call under way goes on by what held when it came to a retry, a timeout or a hedge. The others decide by what holds
//!   when they do: a circuit breaker at the end of a call, for example.
//!
//! A policy that is switched off lets everything through, and goes on counting what is in it, so that it can be
//! switched on again.
//!
//! # What can't be overridden
//!
//! Code: predicates, hooks, keys, names, fallbacks. What is known in a call only, as `#[timeout(self.limit)]`,
//! or for a type only, as constants over generics. A `Retry` that is handed in as a `static`, and whatever an
//! expression hands in, other than by a name that the [registry](crate::registry) has. A name that is shared
//! can't be overridden for one function alone. In each case the error says so.
//!
//! In an isolated block of a test, the block's own instances are overridden as those are that they stand for.
//!
//! # What it costs
//!
//! A policy loads one number more for a call. Settings that were in force once are kept for as long as the
//! process lives, equal ones once: some hundred bytes for each that somebody thought of.

mod describe;
mod environment;
mod file;
mod inventory;
mod plan;
mod said;
mod source;
mod sources;
mod stacks;
mod state;
mod watch;

use std::path::Path;

pub use describe::{Description, Setting};
pub use source::{Errors, Fault, Source};
pub use sources::Sources;
pub use state::{Applied, Change};
pub use watch::Watch;

/// Applies a TOML file of at most 1 MiB and the variables of the process.
///
/// ```no_run
/// use resilient_runtime::config;
///
/// match config::load("resilient.toml") {
///     Ok(applied) => println!("{applied}"),
///     Err(errors) => eprintln!("as before:\n{errors}"),
/// }
/// ```
///
/// # Errors
/// All that is wrong with them. Then nothing has changed.
pub fn load(path: impl AsRef<Path>) -> Result<Applied, Errors> {
    Sources::new().file(path).apply()
}

/// Applies the variables of the process alone.
///
/// # Errors
/// All that is wrong with them. Then nothing has changed.
pub fn from_env() -> Result<Applied, Errors> {
    Sources::new().apply()
}

/// Reads again what was applied last, the variables of the process if nothing was: for a signal, or an
/// operator's request.
///
/// # Errors
/// All that is wrong with it. Then nothing has changed.
pub fn reload() -> Result<Applied, Errors> {
    state::sources().unwrap_or_default().apply()
}

/// Gives every policy back what is written in the code. What was applied last is still what
/// [`reload`] applies.
#[expect(
    clippy::must_use_candidate,
    reason = "what has changed need not be of interest"
)]
pub fn clear() -> Applied {
    state::apply(None, plan::Plans::default())
}

/// Applies a file and the variables of the process, and watches the file.
///
/// It looks at what is in the file once a second, so that it does not matter how it is changed: written,
/// replaced, behind a link that is swapped, or gone for a while.
///
/// ```no_run
/// # async fn main_() -> Result<(), resilient_runtime::config::Errors> {
/// let watch = resilient_runtime::config::watch("resilient.toml")?;
/// tokio::spawn(watch.run());
/// # Ok(()) }
/// ```
///
/// # Errors
/// All that is wrong with them now. Then nothing has changed, and nothing is watched.
pub fn watch(path: impl AsRef<Path>) -> Result<Watch, Errors> {
    Watch::of(path.as_ref())
}

/// What is in force in this binary, and where each value comes from.
#[must_use]
pub fn describe() -> Description {
    Description::of_this_binary()
}
