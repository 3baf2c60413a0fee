//! What a call executes, by callgrind: each row is run for two numbers of calls, and the difference is
//! that of so many calls. What the program does besides is in both.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::program::{Program, lines};
use crate::table::{Table, What};

const FEW: u64 = 1_000;
const MORE: u64 = 3_000;

pub(crate) fn version() -> Option<String> {
    let output = Command::new("valgrind").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()
}

pub(crate) fn count(program: &Program, table: &mut Table) {
    let rows = Mutex::new(table.rows());
    let counted = Mutex::new(Vec::new());
    let next = || rows.lock().expect("no row panics").pop();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(row) = next() {
                    let (few, more) = (Run::of(program, &row, FEW), Run::of(program, &row, MORE));
                    counted
                        .lock()
                        .expect("no row panics")
                        .push((row, few, more));
                }
            });
        }
    });
    for (row, few, more) in counted.into_inner().expect("no row panics") {
        // Rounded up: what happens once in a while costs something.
        let per_call = |of: fn(&Run) -> u64| (of(&more) - of(&few)).div_ceil(MORE - FEW);
        table.set(&row, What::Instructions, per_call(|run| run.instructions));
        table.set(&row, What::ClockReads, per_call(|run| run.clock_reads));
        table.set(&row, What::Allocations, per_call(|run| run.allocations));
    }
}

struct Run {
    instructions: u64,
    clock_reads: u64,
    allocations: u64,
}

impl Run {
    fn of(program: &Program, row: &str, calls: u64) -> Self {
        let profile =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{row}.{calls}.callgrind"));
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--tool=callgrind", "--compress-strings=no"])
            .arg(format!("--callgrind-out-file={}", profile.display()))
            .arg(&program.path)
            .args(["run", row, &calls.to_string()]);
        let said = lines(valgrind.output());
        let allocations = said
            .iter()
            .find_map(|line| line.strip_prefix("allocations "));
        let text = fs::read_to_string(&profile).expect("callgrind writes a profile");
        Self {
            instructions: instructions(&text).expect("a profile has a summary"),
            clock_reads: calls_of("clock_gettime", &text),
            allocations: number(allocations.expect("the program counts allocations")),
        }
    }
}

fn number(text: &str) -> u64 {
    text.trim().parse().expect("a number")
}

fn instructions(profile: &str) -> Option<u64> {
    let summary = |line: &str| {
        line.strip_prefix("summary: ")
            .or(line.strip_prefix("totals: "))
            .map(number)
    };
    profile.lines().find_map(summary)
}

/// How often functions of this name are called: `cfn=` says which, and `calls=` after it how often.
fn calls_of(name: &str, profile: &str) -> u64 {
    let (mut is_it, mut calls) = (false, 0);
    for line in profile.lines() {
        if let Some(function) = line.strip_prefix("cfn=") {
            is_it = function.contains(name);
        } else if let Some(times) = line.strip_prefix("calls=").filter(|_| is_it) {
            calls += number(times.split(' ').next().unwrap_or(times));
        }
    }
    calls
}
