//! Times: all rows in one process, in shuffled rounds, so that whatever disturbs the machine disturbs all of them.

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::{quartiles::Quartiles, row::Row};

/// A visit to a row is this long: a thousand times what it takes to read the clock.
const VISIT: Duration = Duration::from_micros(100);
/// And no shorter than this many calls, also for rows whose calls sleep.
const FEWEST: u64 = 4;

/// Nanoseconds a call of each row, in the order of the rows.
pub fn measure(runtime: &Runtime, rows: &[Row], rounds: usize) -> Vec<Quartiles> {
    let counts: Vec<u64> = rows.iter().map(|row| calibrate(runtime, row)).collect();
    let mut samples = vec![Vec::with_capacity(rounds); rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &at in &order {
            let time = visit(runtime, &rows[at], counts[at]);
            samples[at].push(per_call(time, counts[at]));
        }
    }
    samples.into_iter().map(Quartiles::of).collect()
}

/// How many calls fill a visit. It warms the row up as well.
fn calibrate(runtime: &Runtime, row: &Row) -> u64 {
    let mut count = FEWEST;
    while visit(runtime, row, count) < VISIT {
        count *= 2;
    }
    count
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is real time that is measured here"
)]
fn visit(runtime: &Runtime, row: &Row, count: u64) -> Duration {
    let calls = row.calls(count);
    let start = Instant::now();
    runtime.block_on(calls);
    start.elapsed()
}

/// Nanoseconds.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 of both")]
pub(crate) fn per_call(time: Duration, count: u64) -> f64 {
    time.as_nanos() as f64 / count as f64
}
