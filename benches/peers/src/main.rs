//! `cargo run --release` measures every row, prints the table, and writes it beside its plot.
//!
//! `growth` in the place of that counts how cost grows. `--quick` makes few rounds, counts no instructions and
//! writes nothing; `--only TEXT` takes the work whose name has it. `--row NAME --iterations N` makes so many calls
//! of one row, for a profiler, and so does `--growth NAME --size M --iterations N`.

use std::{env, error::Error, fs, io, path::PathBuf, thread};

use peers::{
    allocation, growth, instructions,
    report::{self, Figures, growth::Grown, plot, table},
    row::Row,
    rows, threads, time,
};
use pico_args::Arguments;
use tokio::runtime::{Builder, Runtime};

/// Rounds of the whole table, and of the rows on two threads.
const ROUNDS: usize = 301;
const ROUNDS_OF_TWO: usize = 101;
const ROUNDS_WHEN_QUICK: usize = 11;

struct Options {
    command: Option<String>,
    quick: bool,
    only: Option<String>,
    row: Option<String>,
    growth: Option<String>,
    size: u64,
    iterations: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    if let Some(id) = &options.row {
        let rows = rows::all();
        let row = rows.iter().find(|row| &row.id() == id);
        let row = row.ok_or_else(|| format!("no row is called `{id}`"))?;
        instructions::run(&runtime, |count| row.calls(count), options.iterations);
        return Ok(());
    }
    if let Some(name) = &options.growth {
        let growth = growth::all().into_iter().find(|growth| growth.name == name);
        let growth = growth.ok_or_else(|| format!("nothing that grows is called `{name}`"))?;
        instructions::run(&runtime, growth.calls(options.size), options.iterations);
        return Ok(());
    }
    match options.command.as_deref() {
        None => peers(&runtime, &options),
        Some("growth") => growth(&options),
        Some(unknown) => Err(format!("{unknown} is no command: there is `growth`, or none").into()),
    }
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut arguments = Arguments::from_env();
    let options = Options {
        command: arguments.subcommand()?,
        quick: arguments.contains("--quick"),
        only: arguments.opt_value_from_str("--only")?,
        row: arguments.opt_value_from_str("--row")?,
        growth: arguments.opt_value_from_str("--growth")?,
        size: arguments.opt_value_from_str("--size")?.unwrap_or(1),
        iterations: arguments.opt_value_from_str("--iterations")?.unwrap_or(1),
    };
    match arguments.finish().as_slice() {
        [] => Ok(options),
        [unknown, ..] => Err(format!("{} is no option of this program", unknown.display()).into()),
    }
}

/// Where the reports are kept, whatever the working folder is.
fn folder() -> io::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn peers(runtime: &Runtime, options: &Options) -> Result<(), Box<dyn Error>> {
    let rounds = if options.quick {
        ROUNDS_WHEN_QUICK
    } else {
        ROUNDS
    };
    let figures = figures(runtime, options, rounds)?;
    let text = table::report(&figures, rounds, "peers.svg")?;
    print!("{text}");
    if options.only.is_none() && !options.quick {
        let folder = folder()?;
        fs::write(folder.join("peers.md"), text)?;
        plot::draw(&figures, &folder.join("peers.svg"))?;
    }
    Ok(())
}

fn growth(options: &Options) -> Result<(), Box<dyn Error>> {
    if !instructions::can_be_counted() {
        return Err("instructions are counted by valgrind, and there is none".into());
    }
    let mut all = Vec::new();
    for growth in growth::all() {
        if options
            .only
            .as_ref()
            .is_some_and(|only| !growth.name.contains(only.as_str()))
        {
            continue;
        }
        let mut counts = Vec::new();
        for &size in growth.sizes {
            if options.quick && size > 1000 {
                continue;
            }
            let choice = ["--growth", growth.name, "--size", &size.to_string()];
            counts.push((size, instructions::measure(&choice)?));
        }
        all.push(Grown { growth, counts });
    }
    let text = report::growth::report(&all)?;
    print!("{text}");
    if options.only.is_none() && !options.quick {
        fs::write(folder()?.join("growth.md"), text)?;
    }
    Ok(())
}

fn figures(
    runtime: &Runtime,
    options: &Options,
    rounds: usize,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let rows = chosen(options);
    for row in &rows {
        row.verify(runtime)?;
    }
    let times = time::measure(runtime, &rows, rounds);
    let counted = !options.quick && instructions::can_be_counted();
    if !counted {
        eprintln!("no instructions are counted: that takes valgrind, and time");
    }
    let mut figures = Vec::with_capacity(rows.len());
    for (row, time) in rows.iter().zip(times) {
        let choice = ["--row", &row.id()];
        let counts = counted
            .then(|| instructions::measure(&choice))
            .transpose()?;
        figures.push(Figures {
            work: row.work,
            who: row.who,
            is_ours: row.is_ours(),
            time,
            allocations: allocation::measure(runtime, row),
            counts,
            scaling: None,
        });
    }
    on_two_threads(&mut figures, options)?;
    Ok(figures)
}

/// The rows are made anew: one peer's clock belongs to one runtime.
fn on_two_threads(figures: &mut [Figures], options: &Options) -> io::Result<()> {
    if thread::available_parallelism()?.get() < 2 {
        eprintln!("nothing is measured on two threads: there is one");
        return Ok(());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let _entered = runtime.enter();
    let mut rows = chosen(options);
    rows.retain(|row| row.work.on_two_threads);
    let rounds = if options.quick { 3 } else { ROUNDS_OF_TWO };
    let control = rows::bare::control();
    let scalings = threads::measure(&runtime, &control, &rows, rounds);
    for (row, scaling) in rows.iter().zip(scalings) {
        let is_it =
            |figures: &&mut Figures| std::ptr::eq(figures.work, row.work) && figures.who == row.who;
        if let Some(figures) = figures.iter_mut().find(is_it) {
            figures.scaling = scaling;
        }
    }
    Ok(())
}

/// Bare rows are always there: everything is held against them.
fn chosen(options: &Options) -> Vec<Row> {
    let mut rows = rows::all();
    if let Some(only) = &options.only {
        rows.retain(|row| row.is_bare() || row.work.name.contains(only.as_str()));
    }
    rows
}
