//! The program that is counted: `src`, built for release.

use std::env::{var_os, vars_os};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::table::{Table, What};

pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

impl Program {
    /// With symbols that show the types they are made for. In a folder of its own, so that no other build
    /// is done anew for that.
    pub(crate) fn build() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counts");
        let cargo = var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .args([
                "build",
                "--quiet",
                "--release",
                "--bin",
                env!("CARGO_PKG_NAME"),
            ])
            .args([
                "--manifest-path",
                concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
            ])
            .arg("--target-dir")
            .arg(&target);
        // Nobody's own settings: a user has the defaults.
        for (name, _) in vars_os() {
            let it = name.to_string_lossy();
            if it.starts_with("CARGO_PROFILE_") || it.starts_with("CARGO_ENCODED_") {
                build.env_remove(&name);
            }
        }
        build
            .env("CARGO_INCREMENTAL", "0")
            .env("RUSTFLAGS", "-Csymbol-mangling-version=v0");
        let status = build.status().expect("cargo can be run");
        assert!(status.success(), "the program does not build");
        let name = format!("{}{}", env!("CARGO_PKG_NAME"), std::env::consts::EXE_SUFFIX);
        Self {
            path: target.join("release").join(name),
        }
    }

    /// The sizes of its futures and of the policies.
    pub(crate) fn sizes(&self, table: &mut Table) {
        for line in lines(Command::new(&self.path).arg("sizes").output()) {
            let [kind, name, bytes] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("a line of three words, not {line:?}")
            };
            let what = match kind {
                "future" => What::Future,
                "static" => What::Static,
                _ => panic!("no kind of thing: {kind}"),
            };
            table.set(name, what, bytes.parse().expect("a number of bytes"));
        }
    }
}

/// What a command prints.
pub(crate) fn lines(output: std::io::Result<Output>) -> Vec<String> {
    let output = output.expect("it can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "it fails: {errors}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}
