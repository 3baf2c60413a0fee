//! What the text of a value means, and what one is told that means nothing: the grammar of attributes
//! and of configuration files.
//!
//! `resilient-macros/src/grammar` is a link to this folder: so a value is told the same in an attribute
//! and in a file, word for word. What a value may be, once it is known, is for `rule` to say.

#![allow(dead_code, unused_imports, reason = "each crate uses a part of it")]

mod backoff;
mod count;
mod duration;
mod needs;
mod percentile;
mod rate;
mod ratio;
pub(crate) mod vocabulary;

pub(crate) use backoff::{Growing, JITTERS, all_backoffs, no_backoff, no_jitter};
pub(crate) use count::{large_count, negative_count, quoted_count};
pub(crate) use duration::{duration, unitless};
pub(crate) use needs::{
    BREAKER_NEEDS, FIXED_AND_ADAPTIVE, INITIAL_WITHOUT_PERCENTILE, MAX_KEYS_WITHOUT_KEY,
    NOT_OF_A_RUN, PERCENTILE_WITHOUT_INITIAL, QUEUE_WITHOUT_WAIT, needs, not_of_a_run,
};
pub(crate) use percentile::percentile;
pub(crate) use rate::rate;
pub(crate) use ratio::{no_ratio, ratio, whole_ratio};
