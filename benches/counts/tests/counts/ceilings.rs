//! `ceilings.toml`: what each count may be at most.

use std::fmt::Write;
use std::fs;
use std::process::Command;

use toml::Value;

use crate::program::lines;
use crate::table::{Table, What, bare};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ceilings.toml");

const HEADER: &str = "\
# What each count may be at most; see `tests/counts`. `just ceilings` writes it anew.
#
# Calls are counted beyond the same call without a policy. Instructions and the size of code are held with
# the compiler that is named here, for the machine that is: others make a little more or less of them. Instructions
# may be 2 % more, as the compiler lays out code anew with any change.
";

pub(crate) struct Ceilings {
    table: toml::Table,
    compiler: String,
}

impl Ceilings {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(PATH).expect("there is a ceilings.toml");
        Self {
            table: text.parse().expect("ceilings.toml is TOML"),
            compiler: compiler(),
        }
    }

    /// Every count that is above its ceiling, or has none.
    pub(crate) fn faults(&self, table: &Table) -> Vec<String> {
        let theirs = self.table.get("compiler").and_then(Value::as_str);
        let is_theirs = theirs == Some(&self.compiler);
        if !is_theirs {
            let theirs = theirs.unwrap_or("none");
            println!(
                "not held: instructions and code, as the ceilings are those of {theirs}, and this is {}\n",
                self.compiler
            );
        }
        let mut faults = Vec::new();
        for (name, what, count) in held(table) {
            if what.is_the_compilers() && !is_theirs {
                continue;
            }
            let ceiling = self.table.get(name).and_then(|row| row.get(what.key()));
            let key = what.key();
            match ceiling.and_then(Value::as_integer) {
                None => faults.push(format!("{name}: {count} {key}, and there is no ceiling")),
                Some(ceiling) if count > ceiling + slack(what, ceiling) => faults.push(format!(
                    "{name}: {count} {key}, where {ceiling} is the ceiling"
                )),
                Some(_) => {}
            }
        }
        faults
    }

    /// Writes what was counted.
    pub(crate) fn overwrite(table: &Table) {
        let mut text = format!("{HEADER}compiler = {:?}\n", compiler());
        let mut above = "";
        for (name, what, count) in held(table) {
            if name != above {
                text += "\n[";
                text += name;
                text += "]\n";
                above = name;
            }
            let _ = writeln!(text, "{} = {count}", what.key());
        }
        fs::write(PATH, text).expect("ceilings.toml can be written");
    }
}

/// What any change of the program may make of it: the compiler lays out its code anew.
fn slack(what: What, ceiling: i64) -> i64 {
    if what == What::Instructions {
        2.max(ceiling / 50)
    } else {
        0
    }
}

/// All counts but those of what the others are compared with.
fn held(table: &Table) -> impl Iterator<Item = (&str, What, i64)> {
    let names = table.names().iter().filter(|name| bare(name) != **name);
    names.flat_map(move |name| {
        What::ALL
            .into_iter()
            .filter_map(move |what| Some((name.as_str(), what, table.get(name, what)?)))
    })
}

/// The release of the compiler, and the machine it compiles for.
fn compiler() -> String {
    let lines = lines(
        Command::new("rustc")
            .args(["--version", "--verbose"])
            .output(),
    );
    let told = |key| lines.iter().find_map(|line| line.strip_prefix(key));
    let (release, host) = (told("release: "), told("host: "));
    format!(
        "rustc {} for {}",
        release.unwrap_or("?"),
        host.unwrap_or("?")
    )
}
