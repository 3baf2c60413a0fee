//! Numbers of calls, places and attempts.

use super::text::Text;

/// More than this is a loop with a bug in it, or a job for a queue.
const MAX: u32 = 100;
/// Whatever a copy can win, the first few win.
const COPIES: u32 = 10;
/// A million calls are 128 KiB of bits; more than that is better asked of a time window.
const WINDOW: u32 = 1_000_000;
/// Each probe has a place in memory, and more are no longer probes but traffic.
const PROBES: u32 = 1_000;

/// A million breakers are some hundred MiB; more is not bounded any more.
const KEYS: u32 = 1_000_000;

/// Retries after the first call.
pub(crate) const fn max(max: u32) -> Option<Text> {
    if max == 0 {
        let text = "`max = 0` would retry nothing: it counts the calls after the first one\n\
                    Write 1 or more, or leave the retry out.";
        return Some(Text::of(text));
    }
    over(
        "max",
        max,
        MAX,
        "so many retries are an outage of their own",
    )
}

/// Copies beside the first call.
pub(crate) const fn copies(max: u32) -> Option<Text> {
    if max == 0 {
        let text = "`max = 0` would hedge nothing: it counts the copies beside the first call\n\
                    Write 1 or more, or leave the hedge out.";
        return Some(Text::of(text));
    }
    over(
        "max",
        max,
        COPIES,
        "whatever a copy can win, the first few win",
    )
}

pub(crate) const fn window(calls: u32) -> Option<Text> {
    if calls == 0 {
        return Some(zero("window", "sees no call at all"));
    }
    over(
        "window",
        calls,
        WINDOW,
        "what fails now would drown in what went well long ago",
    )
}

pub(crate) const fn min_calls(calls: u32) -> Option<Text> {
    if calls == 0 {
        return Some(zero("min_calls", "would judge by no call at all"));
    }
    None
}

pub(crate) const fn min_calls_in_window(min: u32, window: u32) -> Option<Text> {
    if min <= window {
        return None;
    }
    let text = Text::of("`min_calls = ")
        .number(min as u128)
        .and("` can never be reached: the window holds the last ")
        .number(window as u128)
        .and(" calls only\nMake it ")
        .number(window as u128);
    Some(text.and(" or less, or the window larger."))
}

pub(crate) const fn consecutive_failures(failures: u32) -> Option<Text> {
    if failures == 0 {
        return Some(zero("consecutive_failures", "would open before any call"));
    }
    None
}

pub(crate) const fn half_open_calls(calls: u32) -> Option<Text> {
    if calls == 0 {
        return Some(zero("half_open_calls", "could never close again"));
    }
    over(
        "half_open_calls",
        calls,
        PROBES,
        "so many are no longer probes",
    )
}

pub(crate) const fn max_concurrent(calls: usize) -> Option<Text> {
    if calls == 0 {
        return Some(zero("max_concurrent", "would let nothing through"));
    }
    None
}

pub(crate) const fn max_queue(calls: usize) -> Option<Text> {
    if calls == 0 {
        let text = "`max_queue = 0` lets nobody wait, as without `max_wait`\n\
                    Write 1 or more, or remove both.";
        return Some(Text::of(text));
    }
    None
}

pub(crate) const fn max_keys(keys: u32) -> Option<Text> {
    if keys == 0 {
        return Some(zero("max_keys", "has room for no key at all"));
    }
    over("max_keys", keys, KEYS, "it is there to bound memory")
}

pub(super) const fn zero(key: &str, would: &str) -> Text {
    let text = Text::of("`").and(key).and(" = 0` ").and(would);
    text.and("\nWrite 1 or more.")
}

const fn over(key: &str, value: u32, most: u32, because: &str) -> Option<Text> {
    if value <= most {
        return None;
    }
    let text = Text::of("`").and(key).and(" = ").number(value as u128);
    let text = text.and("` is over ").number(most as u128).and(": ");
    let text = text.and(because).and("\nWrite ").number(most as u128);
    Some(text.and(" or less."))
}
