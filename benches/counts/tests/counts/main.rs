//! What each policy costs, in counts that repeat exactly, held to `ceilings.toml`: instructions, readings
//! of the clock and allocations of a call, bytes of its future, of its machine code, and of each `static`.
//!
//! `program → callgrind, code → ceilings → table`. What is counted is `src`, built as a user would build
//! it. What is counted for a call is what it costs beyond the same call without a policy.

mod callgrind;
mod ceilings;
mod code;
mod program;
mod table;

use std::env::{args, var_os};
use std::process::ExitCode;

use ceilings::Ceilings;
use program::Program;
use table::Table;

fn main() -> ExitCode {
    if args().any(|it| it == "--list") {
        // A runner of tests asks first.
        if !args().any(|it| it == "--ignored") {
            println!("counts: test");
        }
        return ExitCode::SUCCESS;
    }
    let filters: Vec<_> = args().skip(1).filter(|it| !it.starts_with('-')).collect();
    if !filters.is_empty() && !filters.iter().any(|it| "counts".contains(it.as_str())) {
        return ExitCode::SUCCESS;
    }

    let program = Program::build();
    let mut table = Table::default();
    program.sizes(&mut table);
    code::count(&program, &mut table);
    match callgrind::version() {
        Some(_) => callgrind::count(&program, &mut table),
        None => println!(
            "skipped: instructions, clock readings and allocations, as there is no `valgrind` \
             (`apt-get install valgrind`)"
        ),
    }
    table.subtract_bare();

    if var_os("COUNTS").is_some_and(|it| it == "overwrite") {
        Ceilings::overwrite(&table);
        println!("{table}\nceilings.toml is written anew");
        return ExitCode::SUCCESS;
    }
    let ceilings = Ceilings::read();
    println!("{table}");
    let faults = ceilings.faults(&table);
    for fault in &faults {
        println!("{fault}");
    }
    if faults.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!(
        "\nWhere that is meant: `just ceilings` writes what is counted now to benches/counts/ceilings.toml."
    );
    ExitCode::FAILURE
}
