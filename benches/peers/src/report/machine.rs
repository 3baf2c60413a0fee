//! Where the figures come from: absolute ones belong to one machine.

use std::{fs, process::Command, thread};

/// The compiler, the processor and the threads there are.
#[must_use]
pub fn described() -> String {
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map_or_else(
        |_| "an unknown compiler".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("an unknown processor", |(_, name)| name.trim());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    format!("{compiler}; {processor}, {threads} threads")
}

/// The versions of all that is measured, as the lock file of this package has them.
#[must_use]
pub fn versions() -> String {
    let manifest = include_str!("../../Cargo.toml");
    let lock = include_str!("../../Cargo.lock");
    let of_peers = manifest
        .lines()
        .filter(|line| line.contains("\"="))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name);
    of_peers
        .chain(["tokio"])
        .filter_map(|name| Some(format!("{name} {}", locked(lock, name)?)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn locked<'l>(lock: &'l str, name: &str) -> Option<&'l str> {
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
}
