//! Watching a file: by looking at what is in it, every now and then.
//!
//! Not by being told of changes: of a file that an editor replaces, of one behind links that Kubernetes
//! swaps, of one on a network or that is gone for a while, what one is told differs from system to system,
//! or is nothing. A file of some KiB is read in microseconds.

use std::path::Path;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::source::Errors;
use super::sources::Sources;
use super::state::Applied;

/// How long a file has to stay the same before it is taken for whole: editors write in pieces.
const SETTLED: Duration = Duration::from_millis(50);
/// So many times it is waited for; then it is taken for what it is.
const PATIENCE: u32 = 20;

/// A configuration file that is watched; see [`watch`](super::watch).
#[derive(Debug)]
#[must_use = "it watches while `changed` or `run` is awaited"]
pub struct Watch {
    sources: Sources,
    every: Duration,
    /// What was in it, or why it could not be read.
    seen: Result<Vec<u8>, String>,
}

impl Watch {
    pub(super) fn of(path: &Path) -> Result<Self, Errors> {
        let sources = Sources::new().file(path);
        let seen = sources.read();
        sources.clone().apply_read(seen.clone())?;
        Ok(Self {
            sources,
            every: Duration::from_secs(1),
            seen,
        })
    }

    /// How long it rests between two looks; by default a second, as that is soon enough for people, and
    /// costs nothing that shows.
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Waits until the file is another one, and applies it: what has changed, or what is wrong with it.
    /// Then the settings stay what they were, and the next change is waited for as ever. A file that is gone
    /// is a fault as well, and is said once.
    ///
    /// Dropping it loses nothing: what has not been applied is seen by the next.
    ///
    /// # Errors
    /// All that is wrong with the file.
    pub async fn changed(&mut self) -> Result<Applied, Errors> {
        loop {
            sleep(self.every).await;
            let mut found = self.look().await;
            if found == self.seen {
                continue;
            }
            for _ in 0..PATIENCE {
                sleep(SETTLED).await;
                let again = self.look().await;
                if again == found {
                    break;
                }
                found = again;
            }
            self.seen.clone_from(&found);
            return self.sources.clone().apply_read(found);
        }
    }

    /// Applies every change, for ever. What is refused is told by `tracing`, and so is what is applied.
    pub async fn run(mut self) {
        loop {
            // Both have been told.
            let _ = self.changed().await;
        }
    }

    /// What is in the file. A disk may take its time, and must not take a task's.
    async fn look(&self) -> Result<Vec<u8>, String> {
        let sources = self.sources.clone();
        match spawn_blocking(move || sources.read()).await {
            Ok(read) => read,
            Err(fault) => Err(format!("it can't be read: {fault}")),
        }
    }
}
