//! A file that is watched: written, replaced, behind a link that is swapped, broken and gone.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::config::{self, Watch};
use resilient_runtime::{bulkhead, registry};

#[bulkhead(name = "watched", max_concurrent = 2)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn limit() -> usize {
    registry::bulkhead("watched")
        .expect("it is declared")
        .limit()
}

/// A folder of its own, and the process's overrides for one test at a time.
struct Place(
    PathBuf,
    #[allow(dead_code, reason = "it is held")] MutexGuard<'static, ()>,
);

impl Place {
    fn new() -> Self {
        static ONE: Mutex<()> = Mutex::new(());
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        config::clear();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("resilient-watch-{}-{number}", std::process::id());
        let place = std::env::temp_dir().join(name);
        fs::create_dir_all(&place).expect("there is room");
        Self(place, one)
    }

    fn path(&self) -> PathBuf {
        self.0.join("resilient.toml")
    }

    fn write(&self, limit: &str) {
        let text = format!("[bulkhead.watched]\nmax_concurrent = {limit}\n");
        fs::write(self.path(), text).expect("there is room");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether a change is found within some looks.
async fn is_quiet(watch: &mut Watch) -> bool {
    tokio::time::timeout(Duration::from_secs(10), watch.changed())
        .await
        .is_err()
}

#[tokio::test(start_paused = true)]
async fn a_file_is_applied_when_it_is_written_replaced_or_back() {
    let place = Place::new();
    place.write("5");
    let mut watch = config::watch(place.path()).expect("it is good");
    assert!(call().await.is_ok());
    assert_eq!(limit(), 5);
    assert!(is_quiet(&mut watch).await);

    place.write("6");
    let applied = watch.changed().await.expect("it is good");
    assert_eq!(applied.changes().count(), 1);
    assert_eq!(limit(), 6);

    // As an editor does: a new file takes the name.
    let new = place.0.join("new");
    fs::write(&new, "[bulkhead.watched]\nmax_concurrent = 7").unwrap();
    fs::rename(&new, place.path()).unwrap();
    watch.changed().await.expect("it is good");
    assert_eq!(limit(), 7);

    // Gone: said once, and what it said still holds.
    fs::remove_file(place.path()).unwrap();
    let gone = watch.changed().await.expect_err("it is gone");
    assert!(
        gone.to_string()
            .contains("resilient.toml: it can't be read"),
        "{gone}"
    );
    assert!(is_quiet(&mut watch).await);
    assert_eq!(limit(), 7);
    place.write("7");
    let applied = watch.changed().await.expect("it is back");
    assert_eq!(applied.to_string(), "nothing has changed");

    // Broken: said once, and what it said before still holds.
    place.write("many");
    let broken = watch.changed().await.expect_err("it is no TOML");
    assert!(
        broken
            .to_string()
            .contains("resilient.toml:2:18: this is no TOML"),
        "{broken}"
    );
    assert!(is_quiet(&mut watch).await);
    assert_eq!(limit(), 7);

    // Empty: as it is written again.
    fs::write(place.path(), "").unwrap();
    watch.changed().await.expect("it is good");
    assert_eq!(limit(), 2);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_link_that_is_swapped_is_followed_and_a_directory_in_its_place_is_told() {
    use std::os::unix::fs::symlink;

    let place = Place::new();
    // As Kubernetes mounts a map: the file is a link into `..data`, which is a link to a folder.
    for (folder, limit) in [("one", 3), ("two", 4)] {
        fs::create_dir(place.0.join(folder)).unwrap();
        let text = format!("[bulkhead.watched]\nmax_concurrent = {limit}");
        fs::write(place.0.join(folder).join("resilient.toml"), text).unwrap();
    }
    let data = place.0.join("..data");
    symlink("one", &data).unwrap();
    symlink("..data/resilient.toml", place.path()).unwrap();
    let mut watch = config::watch(place.path()).expect("it is good");
    assert_eq!(limit(), 3);
    let new = place.0.join("..new");
    symlink("two", &new).unwrap();
    fs::rename(&new, &data).unwrap();
    watch.changed().await.expect("it is good");
    assert_eq!(limit(), 4);

    fs::remove_file(place.path()).unwrap();
    fs::create_dir(place.path()).unwrap();
    let told = watch.changed().await.expect_err("it is a directory");
    assert!(told.to_string().contains("it is a directory"), "{told}");
    assert_eq!(limit(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_dropped_loses_no_change_and_a_reload_reads_the_file_again() {
    let place = Place::new();
    place.write("5");
    let mut watch = config::watch(place.path())
        .expect("it is good")
        .every(Duration::from_secs(60));
    place.write("6");
    for _ in 0..5 {
        let early = tokio::time::timeout(Duration::from_secs(30), watch.changed());
        assert!(early.await.is_err());
    }
    assert_eq!(limit(), 5);
    config::reload().expect("it is good");
    assert_eq!(limit(), 6);
    let applied = watch.changed().await.expect("it is good");
    assert_eq!(applied.changes().count(), 0, "it is in force already");
    let missing = config::watch(place.0.join("missing.toml"));
    assert!(missing.is_err());
}
