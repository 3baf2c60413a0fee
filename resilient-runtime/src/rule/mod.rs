//! What the values of policies may be, and what is said of those that they may not be.
//!
//! `resilient-macros/src/rule` is a link to this folder: the macros hold literals to these rules, and
//! the builders hold everything else to them, constants in attributes included. So a constant is told
//! the same as a literal, word for word.

mod adaptive;
mod count;
mod delays;
mod duration;
mod name;
mod rate;
mod ratio;
mod text;

pub(crate) use adaptive::{
    adaptive_initial, adaptive_max, adaptive_min, initial_in_bounds, min_in_max, not_adaptive,
};
pub(crate) use count::{
    consecutive_failures, copies, half_open_calls, max, max_concurrent, max_keys, max_queue,
    min_calls, min_calls_in_window, window,
};
pub(crate) use delays::{DEFAULT_FACTOR, DEFAULT_MAX_DELAY, Delays, Growth};
pub(crate) use duration::{
    after, break_duration, break_in_max_break, delay, delay_in_max_delay, delay_in_max_duration,
    hedge_beneath_timeout, hedge_over_timeout, initial, max_delay, max_duration, max_wait,
    nested_timeouts, slow_call, timeout, window_time,
};
pub(crate) use name::name;
pub(crate) use rate::{burst, rate};
pub(crate) use ratio::{factor, percentile, ratio};
pub(crate) use text::Text;
