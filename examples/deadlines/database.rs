//! The database: a query runs as long as somebody waits for it, and no longer.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use resilient_runtime::{Rejected, deadline, timeout};
use tokio::time::sleep;
use tokio_rusqlite::{Connection, rusqlite};

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(transparent)]
    Sqlite(#[from] tokio_rusqlite::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// In memory, and shared by all connections with this name.
const FILE: &str = "file:stock?mode=memory&cache=shared";

#[derive(Clone)]
pub(crate) struct Database {
    /// An in-memory database lives as long as its last connection.
    _keeps_it: Connection,
    running: Arc<AtomicUsize>,
    query_had: Arc<Mutex<Duration>>,
}

impl Database {
    pub(crate) async fn open() -> Result<Self, DatabaseError> {
        let connection = Connection::open(FILE)
            .await
            .map_err(tokio_rusqlite::Error::Error)?;
        connection
            .call(|connection| {
                connection.execute_batch(
                    "CREATE TABLE stock (item TEXT, count INTEGER);
                     INSERT INTO stock VALUES ('apple', 12);",
                )
            })
            .await?;
        Ok(Self {
            _keeps_it: connection,
            running: Arc::default(),
            query_had: Arc::default(),
        })
    }

    pub(crate) fn query_had(&self) -> Duration {
        *self.query_had.lock().unwrap()
    }

    /// How many queries run. One that was just stopped takes a moment to notice.
    pub(crate) async fn running(&self) -> usize {
        for _ in 0..100 {
            if self.running.load(Ordering::Relaxed) == 0 {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.running.load(Ordering::Relaxed)
    }

    /// A query may take 10 s, or what the caller has left, if that is less.
    #[timeout("10s")]
    pub(crate) async fn count(&self, item: &str) -> Result<i64, DatabaseError> {
        // A connection of its own: stopping one query stops no other.
        let connection = Connection::open(FILE)
            .await
            .map_err(tokio_rusqlite::Error::Error)?;
        let interrupt = connection
            .call(|connection| Ok(connection.get_interrupt_handle()))
            .await?;
        let _stops = StopsWhenDropped(interrupt);
        let had = deadline::remaining().unwrap_or_default();
        let (running, item) = (Arc::clone(&self.running), item.to_owned());
        let count = connection
            .call(move |connection| {
                running.fetch_add(1, Ordering::Relaxed);
                let count = count(connection, &item);
                running.fetch_sub(1, Ordering::Relaxed);
                count
            })
            .await?;
        *self.query_had.lock().unwrap() = had;
        Ok(count)
    }
}

fn count(connection: &rusqlite::Connection, item: &str) -> rusqlite::Result<i64> {
    if item == "everything" {
        // It would count for a week.
        let forever =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        return connection.query_row(forever, [], |row| row.get(0));
    }
    let query = "SELECT count FROM stock WHERE item = ?1";
    connection.query_row(query, [item], |row| row.get(0))
}

/// A query does not stop because the future that waits for it is dropped: this stops it.
struct StopsWhenDropped(rusqlite::InterruptHandle);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}
