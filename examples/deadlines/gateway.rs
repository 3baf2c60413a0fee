//! The gateway: it gives each request 5 s, and whom it calls what is left of them.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use resilient_runtime::{Rejected, deadline, timeout};
use tokio::time::sleep;

use super::stock::TIMEOUT;

/// Signatures, sessions, whatever a gateway does first.
const OWN_WORK: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    #[error("the stock service says: {0}")]
    Stock(String),
    #[error(transparent)]
    Unreachable(#[from] reqwest::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[derive(Clone)]
pub(crate) struct Gateway {
    http: reqwest::Client,
    stock: SocketAddr,
    had: Arc<Mutex<Duration>>,
}

impl Gateway {
    pub(crate) fn new(stock: SocketAddr) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().build()?;
        let had = Arc::default();
        Ok(Self { http, stock, had })
    }

    /// What the request that was answered had to begin with.
    pub(crate) fn had(&self) -> Duration {
        *self.had.lock().unwrap()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/quote/{item}", get(quote))
            .with_state(self.clone())
    }

    #[timeout("5s")]
    async fn quote(&self, item: &str) -> Result<String, GatewayError> {
        let had = deadline::remaining().unwrap_or_default();
        sleep(OWN_WORK).await;
        let mut request = self.http.get(format!("http://{}/stock/{item}", self.stock));
        // What is left now, whoever set the limit.
        if let Some(left) = deadline::remaining() {
            request = request.header(TIMEOUT, left.as_millis().to_string());
        }
        let response = request.send().await?;
        if response.status() != StatusCode::OK {
            return Err(GatewayError::Stock(response.text().await?));
        }
        *self.had.lock().unwrap() = had;
        Ok(response.text().await?)
    }
}

async fn quote(State(gateway): State<Gateway>, Path(item): Path<String>) -> (StatusCode, String) {
    match gateway.quote(&item).await {
        Ok(quote) => (StatusCode::OK, quote),
        Err(error @ GatewayError::Rejected(_)) => (StatusCode::GATEWAY_TIMEOUT, error.to_string()),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
    }
}
