//! What the policies are for, by simulation: a service loses half of its capacity for 30 seconds, under the
//! load of 10,000 clients, and gets it back. Who calls it in which way decides what is left of it meanwhile,
//! and whether it comes back at all.
//!
//! ```text
//! cargo run --example storm              # writes target/storm/report.md and its plots
//! cargo run --example storm -- FOLDER    # … somewhere else
//! ```
//!
//! The policies and the peers are the real ones; the clock is tokio's paused one, so minutes pass in seconds.
//! All chance comes from a seed: the same seed writes the same report, to the byte.
//!
//! * `script.rs` has every number; `service.rs` is what is called; `gateway.rs` calls it, in each of our ways.
//! * `peer.rs` has the same by other crates, `contender.rs` the list of all.
//! * `run.rs` takes a contender through the script, `record.rs` is what is written down of it.
//! * `report.rs` fills in `report.md`, and `plot.rs` draws each `quantity.rs`; `docs/storm` has a copy.

pub(crate) mod contender;
mod fault;
mod gateway;
mod peer;
mod plot;
mod quantity;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod script;
mod service;

use std::{fs, io, path::PathBuf};

use contender::all;
use report::report;
use run::run;
use script::Script;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.map_or_else(|| PathBuf::from("target/storm"), PathBuf::from);
    fs::create_dir_all(&folder)?;

    let script = Script::whole(1);
    let records = run(all(), &script);
    println!("Good calls before, in and after the outage, and when they were good again:");
    for (contender, record) in all().zip(&records) {
        let [before, meanwhile, after] =
            [Script::BEFORE, Script::OUTAGE, Script::AFTER].map(|range| record.good(range) * 100.0);
        println!(
            "    {:15}{before:3.0} % {meanwhile:3.0} % {after:3.0} %   {}",
            contender.name,
            record.back()
        );
    }
    for (name, text) in report(&script, &records) {
        fs::write(folder.join(name), text)?;
    }
    println!("{} tells the rest.", folder.join("report.md").display());
    Ok(())
}
