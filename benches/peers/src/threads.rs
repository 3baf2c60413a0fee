//! Two threads on one runtime: how much more they get done together than one of them alone.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use core_affinity::CoreId;
use tokio::runtime::Runtime;

use crate::{quartiles::Quartiles, row::Row, time::per_call};

/// Long enough that it matters little which thread passes the barrier first.
const VISIT: Duration = Duration::from_millis(4);

/// A control, which shares nothing, that gains less than this says that the machine had something else to do.
pub const SCALES: f64 = 1.9;

/// More visits to a row than this that count are not made.
const ENOUGH: usize = 21;

/// What a row does on one thread, and on two.
#[derive(Debug, Clone, Copy)]
pub struct Scaling {
    /// Nanoseconds a call, alone.
    pub alone: Quartiles,
    /// Nanoseconds a call of either of two threads.
    pub together: Quartiles,
    /// The throughput of both, over that of one alone: 2 where nothing is shared.
    pub gain: Quartiles,
    /// How many visits count: those with a control beside them that scaled.
    pub visits: usize,
}

/// What rows do on two threads, in their order; `None` of one that had no control beside it that scaled.
///
/// Each visit has the control right before and right after it, and counts only if both scale. So what else the machine does takes
/// visits away, and changes none.
pub fn measure(
    runtime: &Runtime,
    control: &Row,
    rows: &[Row],
    rounds: usize,
) -> Vec<Option<Scaling>> {
    let calls = calibrate(runtime, control);
    let counts: Vec<u64> = rows.iter().map(|row| calibrate(runtime, row)).collect();
    let mut samples = vec![Vec::new(); rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let scales = || gain(pair(runtime, control, calls)) >= SCALES;
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &at in &order {
            if samples[at].len() == ENOUGH || !scales() {
                continue;
            }
            let sample = pair(runtime, &rows[at], counts[at]);
            if scales() {
                samples[at].push(sample);
            }
        }
    }
    samples.iter().map(|pairs| scaling(pairs)).collect()
}

/// Nanoseconds a call, alone and together.
type Pair = (f64, f64);

fn pair(runtime: &Runtime, row: &Row, count: u64) -> Pair {
    let alone = visit::<1>(runtime, row, count);
    let together = visit::<2>(runtime, row, count);
    (per_call(alone, count), per_call(together, count))
}

fn gain((alone, together): Pair) -> f64 {
    2.0 * alone / together
}

fn scaling(pairs: &[Pair]) -> Option<Scaling> {
    let all = |of: fn(Pair) -> f64| Quartiles::of(pairs.iter().map(|&pair| of(pair)).collect());
    (!pairs.is_empty()).then(|| Scaling {
        alone: all(|(alone, _)| alone),
        together: all(|(_, together)| together),
        gain: all(gain),
        visits: pairs.len(),
    })
}

fn calibrate(runtime: &Runtime, row: &Row) -> u64 {
    let mut count = 16;
    while visit::<1>(runtime, row, count) < VISIT {
        count *= 2;
    }
    count
}

/// How long so many threads take for so many calls each, from the moment when all of them are there.
#[expect(
    clippy::disallowed_methods,
    reason = "it is real time that is measured here"
)]
fn visit<const THREADS: usize>(runtime: &Runtime, row: &Row, count: u64) -> Duration {
    let all_are_there = Barrier::new(THREADS);
    let calls = |core: Option<CoreId>| {
        // Left to itself the system starts both on one processor, and parts them milliseconds later.
        core.map(core_affinity::set_for_current);
        let calls = row.calls(count);
        all_are_there.wait();
        let start = Instant::now();
        runtime.handle().block_on(calls);
        (start, Instant::now())
    };
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    thread::scope(|scope| {
        let threads: [_; THREADS] = std::array::from_fn(|at| {
            let core = cores.get(at).copied();
            scope.spawn(move || calls(core))
        });
        let times = threads.map(|thread| thread.join().expect("calls do not panic"));
        let start = times.iter().map(|(start, _)| *start).min();
        let end = times.iter().map(|(_, end)| *end).max();
        end.zip(start)
            .map_or(Duration::ZERO, |(end, start)| end - start)
    })
}
