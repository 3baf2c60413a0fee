//! The time that a command takes: on the clock, and of all processors together.

use std::{
    fs, io,
    process::Command,
    time::{Duration, Instant},
};

use crate::quartiles::Quartiles;

/// What one run of a command took. The clock tells what a person waits for, and is disturbed by whatever else runs;
/// the processors' time is not, or less.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    clock: Duration,
    processors: Duration,
}

/// Runs a command to its end.
///
/// # Errors
///
/// If it does not start, or fails.
#[expect(
    clippy::disallowed_methods,
    reason = "it is real time that is measured here"
)]
pub(crate) fn on(command: &mut Command) -> io::Result<Spent> {
    let (start, before) = (Instant::now(), processors()?);
    let output = command.output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{command:?} failed: {text}")));
    }
    Ok(Spent {
        clock: start.elapsed(),
        processors: processors()?.saturating_sub(before),
    })
}

/// The time that the children of this process have had so far, once they have ended: fields 16 and 17 of `stat`, in
/// hundredths of a second. See proc(5).
fn processors() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field, in parentheses, may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_millis(10 * ticks))
}

/// Seconds on the clock, and seconds of processors, of several runs.
pub(crate) fn seconds(runs: &[Spent]) -> (Quartiles, Quartiles) {
    let all = |of: fn(&Spent) -> Duration| {
        Quartiles::of(runs.iter().map(|run| of(run).as_secs_f64()).collect())
    };
    (all(|run| run.clock), all(|run| run.processors))
}
