//! `cargo run --release`: what compiling costs, of dependencies and of annotated functions, and what calls cost in a
//! binary of many sites. Prints each table and writes it beside the others.
//!
//! `dependencies`, `functions` or `sites` takes one of the three; `--rounds N` makes so many in the place of five;
//! `--quick` makes one of little, and writes nothing.

mod dependencies;
mod functions;
mod project;
#[path = "../../peers/src/quartiles.rs"]
mod quartiles;
mod sites;
mod spent;

use std::{env, error::Error, fs, path::PathBuf};

use project::Folder;

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let folder = Folder::new()?;
    for (name, measure) in PARTS {
        if options.part.as_ref().is_some_and(|part| part != name) {
            continue;
        }
        let table = measure(&folder, &options)?;
        print!("{table}");
        if !options.quick {
            fs::write(reports()?.join(format!("{name}.md")), table)?;
        }
    }
    Ok(())
}

struct Options {
    part: Option<String>,
    quick: bool,
    rounds: usize,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        part: None,
        quick: false,
        rounds: 5,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => (options.quick, options.rounds) = (true, 1),
            "--rounds" => {
                options.rounds = arguments.next().ok_or("--rounds wants a number")?.parse()?;
            }
            part if PARTS.iter().any(|(name, _)| *name == part) => options.part = Some(argument),
            unknown => {
                return Err(
                    format!("{unknown} is none of the three parts, --rounds or --quick").into(),
                );
            }
        }
    }
    Ok(options)
}

type Measure = fn(&Folder, &Options) -> Result<String, Box<dyn Error>>;

const PARTS: [(&str, Measure); 3] = [
    ("dependencies", dependencies::measure),
    ("functions", functions::measure),
    ("sites", sites::measure),
];

/// Where the reports are kept, whatever the working folder is.
fn reports() -> Result<PathBuf, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
