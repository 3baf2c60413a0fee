//! Crates that are there only to be compiled, in a temporary folder.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{self, Command},
};

/// The temporary folder. It goes when this does.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("compile-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A crate with a program in it, which depends on these lines of a manifest. What it depends on is compiled once
    /// for all of these.
    pub(crate) fn project(
        &self,
        name: &str,
        dependencies: &str,
        program: &str,
    ) -> io::Result<Project> {
        let path = self.0.join(name);
        fs::create_dir_all(path.join("src"))?;
        let manifest = format!(
            "[workspace]\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\n{dependencies}\n"
        );
        fs::write(path.join("Cargo.toml"), manifest)?;
        fs::write(path.join("src/main.rs"), program)?;
        let project = Project {
            name: name.to_owned(),
            path,
            target: self.0.join("target"),
        };
        output(project.cargo("fetch"))?;
        Ok(project)
    }

    /// One that shares nothing that is compiled with the others, and does nothing.
    pub(crate) fn alone(&self, name: &str, dependencies: &str) -> io::Result<Project> {
        let mut project = self.project(name, dependencies, "fn main() {}")?;
        project.target = project.path.join("target");
        Ok(project)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in a folder for things that go by themselves.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One of them.
pub(crate) struct Project {
    name: String,
    path: PathBuf,
    target: PathBuf,
}

impl Project {
    /// A command of cargo for it.
    pub(crate) fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&self.path)
            .arg(command)
            .env("CARGO_TARGET_DIR", &self.target)
            // What compiles once, in a build server, compiles without.
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO_PROFILE_DEV_DEBUG");
        cargo
    }

    /// As if nothing of it or of what it depends on had ever been compiled.
    pub(crate) fn forget_all(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// As if its own program had been written just now.
    pub(crate) fn touch(&self) -> io::Result<()> {
        let program = self.path.join("src/main.rs");
        fs::write(&program, fs::read(&program)?)
    }

    /// How many crates it depends on.
    pub(crate) fn crates(&self) -> io::Result<usize> {
        let mut tree = self.cargo("tree");
        tree.args([
            "--prefix",
            "none",
            "--edges",
            "normal,build",
            "--format",
            "{p}",
        ]);
        let text = output(tree)?;
        let mut crates: Vec<&str> = text
            .lines()
            .map(|line| line.trim_end_matches(" (*)"))
            .filter(|line| !line.is_empty())
            .collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len() - 1)
    }

    /// The lines of code that rustc hands to LLVM for its own program.
    pub(crate) fn llvm_lines(&self) -> io::Result<usize> {
        let mut rustc = self.cargo("rustc");
        rustc.args([
            "--release",
            "--",
            "--emit=llvm-ir",
            "-Cno-prepopulate-passes",
            "-Ccodegen-units=1",
        ]);
        output(rustc)?;
        let deps = self.target.join("release/deps");
        let mut lines = 0;
        for file in fs::read_dir(deps)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "ll") {
                lines += lines_of_functions(&fs::read_to_string(&file)?);
                fs::remove_file(file)?;
            }
        }
        Ok(lines)
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.target.join("release").join(&self.name)
    }
}

/// Lines between `define` and its closing brace, which is how `cargo llvm-lines` counts.
fn lines_of_functions(text: &str) -> usize {
    let mut within = false;
    let mut lines = 0;
    for line in text.lines() {
        within |= line.starts_with("define ");
        lines += usize::from(within);
        within &= line != "}";
    }
    lines
}

/// What a command prints.
pub(crate) fn output(mut command: Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?} failed: {text}")))
}

/// Our own crate, as a line of a manifest.
pub(crate) fn ours() -> String {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../resilient-runtime");
    format!("resilient-runtime = {{ path = \"{}\" }}", runtime.display())
}
