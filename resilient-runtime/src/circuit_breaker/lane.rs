//! Lanes: threads write to places of their own where they can, so that they do not wait for each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::sync::FIRST_SLOTS;

/// Slots that share a line of the cache.
const NEIGHBOURS: u32 = 4;

thread_local! {
    static LANE: Cell<Option<u32>> = const { Cell::new(None) };
    static PLACE: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The lanes of threads that have none to themselves.
const SHARED: u32 = u32::MAX;

/// The number of this thread, counted from 0 as they come. No other thread ever has the same, the last one
/// aside.
#[inline]
pub(super) fn lane() -> u32 {
    // While a thread ends it has none.
    LANE.try_with(|lane| lane.get().unwrap_or_else(|| enter(lane)))
        .unwrap_or(SHARED)
}

#[cold]
fn enter(lane: &Cell<Option<u32>>) -> u32 {
    static ENTERED: AtomicU64 = AtomicU64::new(0);
    let number = u32::try_from(ENTERED.fetch_add(1, Ordering::Relaxed)).unwrap_or(SHARED);
    lane.set(Some(number));
    number
}

/// The number that this thread has remembered last. Before: one that is far from those of other threads.
#[inline]
pub(super) fn last_place() -> u32 {
    PLACE
        .try_with(Cell::get)
        .ok()
        .flatten()
        .unwrap_or_else(|| FIRST_SLOTS + lane().wrapping_mul(NEIGHBOURS) % FIRST_SLOTS)
}

#[inline]
pub(super) fn set_last_place(place: u32) {
    // While a thread ends nothing is worth remembering.
    let _ = PLACE.try_with(|last| last.set(Some(place)));
}
