//! Instructions and shared writes a call, counted by callgrind: they repeat exactly, on whatever machine.
//!
//! The program runs itself beneath callgrind, one row at a time, and counts only what `counted_calls` does. callgrind's
//! "global bus events" are the instructions that lock a line of memory: each of them is a write that other cores may
//! have to wait for.

use std::{env, io, process::Command};

use tokio::runtime::Runtime;

use crate::row::Calls;

/// What one call takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    pub instructions: f64,
    pub shared_writes: f64,
}

const WARM: u64 = 400;
/// So many that what a visit takes by itself is less than one instruction a call.
const CALLS: u64 = 1000;

/// Whether callgrind is there.
#[must_use]
pub fn can_be_counted() -> bool {
    let valgrind = Command::new("valgrind").arg("--version").output();
    valgrind.is_ok_and(|output| output.status.success())
}

/// What one call takes, of those that these arguments choose. They are made in a process of their own.
///
/// # Errors
///
/// Whatever keeps callgrind from running, or from saying what it counted.
pub fn measure(choice: &[&str]) -> io::Result<Counts> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-bus=yes", "--toggle-collect=counted_calls"])
        .arg(env::current_exe()?)
        .args(choice)
        .args(["--iterations", &CALLS.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = counts(&text);
    let [instructions, shared_writes] =
        counted.ok_or_else(|| io::Error::other(format!("callgrind counted nothing: {text}")))?;
    Ok(Counts {
        instructions: per_call(instructions),
        shared_writes: per_call(shared_writes),
    })
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 of both")]
fn per_call(events: u64) -> f64 {
    events as f64 / CALLS as f64
}

/// The figures in `==1== Collected : 123 4`: instructions, global bus events.
fn counts(text: &str) -> Option<[u64; 2]> {
    let (_, figures) = text
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    let mut figures = figures.split_whitespace().map(str::parse);
    match (figures.next(), figures.next()) {
        (Some(Ok(instructions)), Some(Ok(bus))) => Some([instructions, bus]),
        _ => None,
    }
}

/// The other side, in the process beneath callgrind: warms up, and makes the calls that are counted.
pub fn run(runtime: &Runtime, make: impl Fn(u64) -> Calls, calls: u64) {
    runtime.block_on(make(WARM));
    counted_calls(runtime, make(calls));
}

/// Its name is how callgrind knows when to count.
#[expect(unsafe_code, reason = "a name without a hash is called unsafe")]
#[expect(clippy::no_mangle_with_rust_abi, reason = "nobody else calls it")]
#[unsafe(no_mangle)]
#[inline(never)]
fn counted_calls(runtime: &Runtime, calls: Calls) {
    runtime.block_on(calls);
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn the_figures_of_callgrind_are_read() {
        let text = "==7== Events    : Ir Ge\n==7== Collected : 28600 3\n==7==\n";
        assert_eq!(counts(text), Some([28600, 3]));
        assert_eq!(counts("valgrind: no such program"), None);
    }
}
