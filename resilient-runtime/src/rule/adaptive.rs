//! The bounds of an adaptive limit.

use super::count::zero;
use super::text::Text;

const NOTHING: &str = "would let nothing through";

pub(crate) const fn adaptive_min(min: u32) -> Option<Text> {
    if min == 0 {
        return Some(zero("min", NOTHING));
    }
    None
}

pub(crate) const fn adaptive_max(max: u32) -> Option<Text> {
    if max == 0 {
        return Some(zero("max", NOTHING));
    }
    None
}

pub(crate) const fn adaptive_initial(initial: u32) -> Option<Text> {
    if initial == 0 {
        return Some(zero("initial", NOTHING));
    }
    None
}

pub(crate) const fn min_in_max(min: u32, max: u32) -> Option<Text> {
    if min <= max {
        return None;
    }
    let text = Text::of("`min = ")
        .number(min as u128)
        .and("` is over `max = ")
        .number(max as u128);
    Some(text.and("`: no limit is between them\nLower `min`, or raise `max`."))
}

pub(crate) const fn initial_in_bounds(
    initial: u32,
    min: Option<u32>,
    max: Option<u32>,
) -> Option<Text> {
    let text = Text::of("`initial = ").number(initial as u128);
    if let Some(min) = min
        && initial < min
    {
        let text = text.and("` is under `min = ").number(min as u128);
        return Some(text.and("`: the limit begins between its bounds\nRaise it, or lower `min`."));
    }
    if let Some(max) = max
        && initial > max
    {
        let text = text.and("` is over `max = ").number(max as u128);
        return Some(text.and("`: the limit begins between its bounds\nLower it, or raise `max`."));
    }
    None
}

/// A bound without an adaptive limit.
pub(crate) const fn not_adaptive(key: &str) -> Text {
    let text = Text::of("`")
        .and(key)
        .and("` is of an adaptive limit, and this one is fixed\n");
    let text = text.and("Remove it, as the fixed limit is `max_concurrent`");
    text.and("; or declare the bulkhead `adaptive`, in the place of that.")
}
