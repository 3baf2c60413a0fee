//! Where a configuration is read from.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inventory::Inventory;
use super::plan::Plans;
use super::said::Sayings;
use super::source::{Errors, Fault, Source};
use super::state::{self, Applied};
use super::{environment, file};

/// The longest file: a thousand functions with all their keys are a tenth of it.
const LONGEST: u64 = 1 << 20;

/// Where a configuration is read from: a file or a text, and variables, which win over it.
///
/// ```
/// use resilient_runtime::config::Sources;
///
/// let errors = Sources::new()
///     .text("console", "[bulkhead.db]\nmax_concurrent = 0")
///     .variables([])
///     .apply()
///     .unwrap_err();
/// assert!(errors.to_string().starts_with("console:1:11: no `bulkhead` is called `db`"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources {
    file: Option<PathBuf>,
    text: Option<(Arc<str>, Arc<str>)>,
    /// Those of the process, where none are given.
    variables: Option<Arc<[(OsString, OsString)]>>,
}

impl Sources {
    /// The variables of the process, and no file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This TOML file, of at most 1 MiB, read anew at every [`reload`](super::reload).
    #[must_use]
    pub fn file(mut self, path: impl AsRef<Path>) -> Self {
        self.file = Some(path.as_ref().to_owned());
        self.text = None;
        self
    }

    /// This text in the place of a file: from a database, a console or a test. `name` is what faults call
    /// it.
    #[must_use]
    pub fn text(mut self, name: &str, toml: &str) -> Self {
        self.file = None;
        self.text = Some((name.into(), toml.into()));
        self
    }

    /// These variables in the place of the process's own; none of them, `[]`, for the file alone.
    #[must_use]
    pub fn variables(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        self.variables = Some(variables.into_iter().collect());
        self
    }

    /// Puts what they say in force, and takes out of force what was and is not said any more.
    ///
    /// # Errors
    /// All that is wrong with them. Then nothing has changed.
    pub fn apply(self) -> Result<Applied, Errors> {
        let read = self.read();
        self.apply_read(read)
    }

    /// The text of the file, or why there is none.
    pub(super) fn read(&self) -> Result<Vec<u8>, String> {
        match (&self.file, &self.text) {
            (Some(path), _) => read(path),
            (None, Some((_, text))) => Ok(text.as_bytes().to_vec()),
            (None, None) => Ok(Vec::new()),
        }
    }

    pub(super) fn apply_read(self, read: Result<Vec<u8>, String>) -> Result<Applied, Errors> {
        let applied = match self.plans(read) {
            Ok(plans) => Ok(state::apply(Some(self), plans)),
            Err(faults) => Err(Errors::of(faults)),
        };
        if let Err(errors) = &applied {
            tracing::error!(target: "resilient", "a configuration is refused, and nothing changes: {errors}");
        }
        applied
    }

    fn plans(&self, read: Result<Vec<u8>, String>) -> Result<Plans, Vec<Fault>> {
        let inventory = Inventory::of_this_binary();
        let name: Arc<str> = match (&self.file, &self.text) {
            (Some(path), _) => path.to_string_lossy().into(),
            (None, Some((name, _))) => Arc::clone(name),
            (None, None) => "nothing".into(),
        };
        let mut of_file = Sayings::new(&inventory);
        match read.map(String::from_utf8) {
            Ok(Ok(text)) => file::read(&name, &text, &mut of_file),
            Ok(Err(not)) => {
                let at = not.utf8_error().valid_up_to();
                let good = String::from_utf8_lossy(&not.as_bytes()[..at]).into_owned();
                let text = "this is no UTF-8: nobody can say what it means\nSave it as UTF-8.";
                of_file.fault(&file::end(&name, &good), text);
            }
            Err(fault) => of_file.fault(&Source::whole(&name), fault),
        }
        let mut of_variables = Sayings::new(&inventory);
        let of_the_process = || std::env::vars_os().collect();
        let variables = self.variables.clone().unwrap_or_else(of_the_process);
        environment::read(&variables, &mut of_variables);
        Plans::of(&inventory, vec![of_file, of_variables])
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let fault = |fault: &io::Error| {
        format!("it can't be read: {fault}\nThe settings stay what they are until it can.")
    };
    // Opening a pipe would wait for who writes to it.
    let kind = std::fs::metadata(path).map_err(|error| fault(&error))?;
    if !kind.is_file() {
        let what = if kind.is_dir() {
            "a directory"
        } else {
            "no regular file"
        };
        return Err(format!(
            "it can't be read: it is {what}\nGive the path of a TOML file."
        ));
    }
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut text))
        .map_err(|error| fault(&error))?;
    if text.len() as u64 > LONGEST {
        return Err(
            "it is longer than 1 MiB: no configuration is\nIs it the right file?".to_owned(),
        );
    }
    Ok(text)
}
