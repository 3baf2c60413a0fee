//! The stock service: its caller says how long it waits, and all that it does is bounded by that.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use resilient_runtime::{Rejected, deadline, timeout};
use tokio::time::{Instant, sleep};

use super::database::{Database, DatabaseError};

/// How long the caller still waits, in milliseconds.
pub(crate) const TIMEOUT: &str = "x-request-timeout";

/// Prices, taxes, whatever it does before it asks the database.
const OWN_WORK: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub(crate) enum StockError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[derive(Clone)]
pub(crate) struct Stock {
    database: Database,
    given: Arc<Mutex<Duration>>,
}

impl Stock {
    pub(crate) async fn open() -> Result<Self, DatabaseError> {
        Ok(Self {
            database: Database::open().await?,
            given: Arc::default(),
        })
    }

    /// What the request that was answered had when it came.
    pub(crate) fn was_given(&self) -> Duration {
        *self.given.lock().unwrap()
    }

    /// What its query had.
    pub(crate) fn query_had(&self) -> Duration {
        self.database.query_had()
    }

    pub(crate) async fn running_queries(&self) -> usize {
        self.database.running().await
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/stock/{item}", get(count))
            .layer(middleware::from_fn(within_the_callers_time))
            .with_state(self.clone())
    }

    /// Its own limit is for callers who set none.
    #[timeout("30s")]
    async fn count(&self, item: &str) -> Result<String, StockError> {
        let given = deadline::remaining().unwrap_or_default();
        if item != "everything" {
            sleep(OWN_WORK).await;
        }
        let count = self.database.count(item).await?;
        *self.given.lock().unwrap() = given;
        Ok(format!("{count} of {item}"))
    }
}

/// Opens a scope from the header, for everything that a request does.
async fn within_the_callers_time(request: Request, next: Next) -> Response {
    let header = request.headers().get(TIMEOUT);
    let millis = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let answer = next.run(request);
    match millis {
        Some(millis) => {
            deadline::scope(Instant::now() + Duration::from_millis(millis), answer).await
        }
        None => answer.await,
    }
}

async fn count(State(stock): State<Stock>, Path(item): Path<String>) -> (StatusCode, String) {
    match stock.count(&item).await {
        Ok(count) => (StatusCode::OK, count),
        Err(error) => (StatusCode::GATEWAY_TIMEOUT, error.to_string()),
    }
}
