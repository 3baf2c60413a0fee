//! The program whose instructions, allocations, symbols and sizes are counted; see `tests/counts`.
#![expect(
    unsafe_code,
    reason = "a global allocator, which only counts, is an unsafe trait"
)]

mod allocations;
mod rows;

use rows::ROWS;

/// Above all that has to be warm: windows that fill, tables that grow.
const WARM_UP: u64 = 300;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sizes"] => sizes(),
        ["run", row, calls] => run(row, calls.parse().expect("a number of calls")),
        _ => panic!("`sizes`, or `run ROW CALLS`"),
    }
}

fn sizes() {
    use resilient_runtime::{
        Bulkhead, CircuitBreaker, Hedge, RateLimiter, Retry, RetryBudget, Timeout, registry::Site,
    };
    for row in ROWS {
        println!("future {} {}", row.name, (row.future)());
    }
    macro_rules! statics {
        ($($policy:path)*) => {$(println!("static {} {}", stringify!($policy), size_of::<$policy>());)*};
    }
    statics! { Retry Timeout CircuitBreaker Bulkhead RateLimiter Hedge RetryBudget Site }
}

fn run(row: &str, calls: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let _entered = runtime.enter();
    rows::prepare();
    let row = ROWS
        .iter()
        .find(|it| it.name == row)
        .expect("the name of a row");
    (row.calls)(WARM_UP);
    let before = allocations::so_far();
    (row.calls)(calls);
    println!("allocations {}", allocations::so_far() - before);
}
