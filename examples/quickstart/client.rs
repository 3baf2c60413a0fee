//! The client: plain `reqwest` calls, and above each of them what is to happen when they go wrong.

use std::{collections::HashMap, fmt, net::SocketAddr, time::Duration};

use reqwest::{Response, StatusCode, header};
use resilient_runtime::{
    CircuitBreaker, Class, Classify, Rejected, bulkhead, circuit_breaker, fallback, retry, shared,
    timeout,
};
use tokio::sync::RwLock;

/// This file, from which the story quotes each method's attributes.
pub(crate) const SOURCE: &str = include_str!("client.rs");

pub(crate) type Answer = Result<Quote, PriceError>;

pub(crate) struct Quote {
    cents: u32,
    pub(crate) live: bool,
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, cents) = (self.cents / 100, self.cents % 100);
        let source = if self.live {
            "live"
        } else {
            "FALLBACK, the last price known"
        };
        write!(f, "{units}.{cents:02} ({source})")
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PriceError {
    #[error("the service answered {}", .0.as_u16())]
    Status(StatusCode),
    #[error("the service is busy")]
    Busy { retry_after: Option<Duration> },
    #[error("no such product")]
    NoSuchProduct,
    #[error("no price is known")]
    NoPriceKnown,
    #[error("the exchange failed: {0}")]
    Exchange(#[from] reqwest::Error),
    /// What a policy says in place of an answer.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

impl PriceError {
    /// Whether this is the service's fault, rather than the question's.
    fn is_outage(&self) -> bool {
        !matches!(self, Self::NoSuchProduct)
    }
}

/// What the policies may make of each error: said once, and read by all of them.
impl Classify for PriceError {
    fn class(&self) -> Class {
        match self {
            Self::Status(_) | Self::Exchange(_) => Class::Transient,
            Self::Busy { retry_after } => Class::Throttled {
                retry_after: *retry_after,
            },
            Self::NoSuchProduct | Self::NoPriceKnown => Class::Answered,
            Self::Rejected(rejected) => rejected.class(),
        }
    }
}

/// The breaker that `name = "pricing"` refers to. Small numbers, for a short story.
#[shared]
pub(crate) static PRICING: CircuitBreaker = CircuitBreaker::new("pricing")
    .failure_rate(0.5)
    .window_calls(20)
    .min_calls(6)
    .break_duration(Duration::from_millis(800));

pub(crate) struct PricingClient {
    http: reqwest::Client,
    address: SocketAddr,
    known: RwLock<HashMap<String, u32>>,
}

impl PricingClient {
    pub(crate) fn new(address: SocketAddr) -> reqwest::Result<Self> {
        // The way to a loopback port never leads through a proxy, whatever the environment says.
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self {
            http,
            address,
            known: RwLock::default(),
        })
    }

    #[retry(max = 3, delay = "100ms", jitter = "equal")]
    pub(crate) async fn retried(&self, endpoint: &str, sku: &str) -> Result<Quote, PriceError> {
        self.get(endpoint, sku).await
    }

    #[timeout("300ms")]
    pub(crate) async fn in_time(&self, endpoint: &str, sku: &str) -> Result<Quote, PriceError> {
        self.get(endpoint, sku).await
    }

    #[timeout("1s")]
    #[retry(max = 5, backoff = "constant", delay = "100ms")]
    #[timeout("300ms")]
    pub(crate) async fn in_time_each(
        &self,
        endpoint: &str,
        sku: &str,
    ) -> Result<Quote, PriceError> {
        self.get(endpoint, sku).await
    }

    #[circuit_breaker(
        name = "stock",           // one breaker for everything of this name
        consecutive_failures = 3, // so many open it
        break_duration = "600ms", // for so long nothing is asked
        half_open_calls = 2       // then so many probes have to succeed
    )]
    pub(crate) async fn guarded(&self, sku: &str) -> Result<Quote, PriceError> {
        self.get("prices", sku).await
    }

    #[bulkhead(name = "slow", max_concurrent = 10, max_wait = "2s", max_queue = 15)]
    pub(crate) async fn ten_at_once(&self, sku: &str) -> Result<Quote, PriceError> {
        self.get("slow", sku).await
    }

    #[fallback(self.last_known, when = PriceError::is_outage)]
    pub(crate) async fn backed_up(&self, sku: &str) -> Result<Quote, PriceError> {
        self.get("prices", sku).await
    }

    #[fallback(self.last_known)]
    #[timeout("2s")]
    #[retry(max = 3, backoff = "exp", jitter)]
    #[circuit_breaker(name = "pricing")]
    #[bulkhead(name = "pricing", max_concurrent = 20)]
    #[timeout("500ms")]
    pub(crate) async fn quote(&self, sku: &str) -> Result<Quote, PriceError> {
        self.get("prices", sku).await
    }

    /// The price that the service gave last.
    async fn last_known(&self, sku: &str) -> Result<Quote, PriceError> {
        let known = self.known.read().await;
        let cents = *known.get(sku).ok_or(PriceError::NoPriceKnown)?;
        Ok(Quote { cents, live: false })
    }

    /// One plain request, as it would be written without any policy.
    async fn get(&self, endpoint: &str, sku: &str) -> Result<Quote, PriceError> {
        let url = format!("http://{}/{endpoint}/{sku}", self.address);
        let response = self.http.get(url).send().await?;
        let cents = match response.status() {
            StatusCode::OK => response.json().await?,
            StatusCode::NOT_FOUND => return Err(PriceError::NoSuchProduct),
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(PriceError::Busy {
                    retry_after: retry_after(&response),
                });
            }
            status => return Err(PriceError::Status(status)),
        };
        self.known.write().await.insert(sku.to_owned(), cents);
        Ok(Quote { cents, live: true })
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}
