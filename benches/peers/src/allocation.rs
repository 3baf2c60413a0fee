//! Allocations, counted by one instruction each, so that counting does not slow down those who allocate.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use tokio::runtime::Runtime;

use crate::row::Row;

thread_local! {
    static MADE: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MADE.set(MADE.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        MADE.set(MADE.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(block, layout, size) }
    }
}

const CALLS: u64 = 100;

/// Allocations a call, when everything is warm.
#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
pub fn measure(runtime: &Runtime, row: &Row) -> f64 {
    // Of n and of 2n calls, so that what a visit takes whatever its length is no part of it.
    runtime.block_on(row.calls(CALLS));
    let made = |count| {
        let before = MADE.get();
        runtime.block_on(row.calls(count));
        MADE.get() - before
    };
    let (once, twice) = (made(CALLS), made(2 * CALLS));
    twice.saturating_sub(once) as f64 / CALLS as f64
}
