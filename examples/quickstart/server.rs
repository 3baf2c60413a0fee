//! The service on the other side: a real HTTP server on a loopback port, which follows a script.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;
use tokio::{net::TcpListener, sync::mpsc, time::sleep};

/// What every product costs, in cents.
const PRICE: u32 = 199;

/// The server's own account of what reached it, which the story is checked against.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    script: Arc<Script>,
}

struct Script {
    outage: AtomicBool,
    requests: AtomicUsize,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    hang_ups: AtomicUsize,
    flaky: AtomicUsize,
    busy: AtomicUsize,
    log: mpsc::UnboundedSender<String>,
}

impl Server {
    /// Listens on a free port. Each request becomes a line, once it is answered or given up.
    pub(crate) async fn start() -> std::io::Result<(Self, mpsc::UnboundedReceiver<String>)> {
        let (log, lines) = mpsc::unbounded_channel();
        let script = Arc::new(Script {
            outage: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            hang_ups: AtomicUsize::new(0),
            flaky: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            log,
        });
        let router = Router::new()
            .route("/prices/{sku}", get(prices))
            .route("/flaky/{sku}", get(flaky))
            .route("/busy/{sku}", get(busy))
            .route("/slow/{sku}", get(slow))
            .route("/hang/{sku}", get(hang))
            .route("/crawl/{sku}", get(crawl))
            .with_state(Arc::clone(&script));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((Self { address, script }, lines))
    }

    /// Whether `/prices` is down: until this is said again, it answers 503.
    pub(crate) fn outage(&self, down: bool) {
        self.script.outage.store(down, Relaxed);
    }

    /// The requests since this was last asked.
    pub(crate) fn requests(&self) -> usize {
        self.script.requests.swap(0, Relaxed)
    }

    /// The most requests that were ever in flight at once, since this was last asked.
    pub(crate) fn peak(&self) -> usize {
        self.script.peak.swap(0, Relaxed)
    }

    /// How many callers hung up before they had their answer. Noticing it takes a moment, so this
    /// waits until `expected` have.
    pub(crate) async fn hang_ups(&self, expected: usize) -> usize {
        for _ in 0..200 {
            if self.script.hang_ups.load(Relaxed) >= expected {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.script.hang_ups.swap(0, Relaxed)
    }
}

/// One request, from its arrival until its answer is complete, or its caller hangs up.
struct Visit {
    script: Arc<Script>,
    endpoint: String,
    answered: bool,
}

impl Visit {
    fn new(script: Arc<Script>, endpoint: String) -> Self {
        script.requests.fetch_add(1, Relaxed);
        let in_flight = script.in_flight.fetch_add(1, Relaxed) + 1;
        script.peak.fetch_max(in_flight, Relaxed);
        Self {
            script,
            endpoint,
            answered: false,
        }
    }

    fn price(self) -> Response {
        self.done(StatusCode::OK, "");
        Json(PRICE).into_response()
    }

    fn refuse(self, status: StatusCode) -> Response {
        self.done(status, "");
        status.into_response()
    }

    fn done(mut self, status: StatusCode, remark: &str) {
        self.answered = true;
        // Whoever reads the log may be gone by now, which is no concern of a server's.
        let _ = self
            .script
            .log
            .send(format!("GET {} → {status}{remark}", self.endpoint));
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.script.in_flight.fetch_sub(1, Relaxed);
        if !self.answered {
            self.script.hang_ups.fetch_add(1, Relaxed);
            let _ = self
                .script
                .log
                .send(format!("GET {} → the caller hung up", self.endpoint));
        }
    }
}

/// Answers, unless there is an outage; knows every product but the unicorn.
async fn prices(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let down = script.outage.load(Relaxed);
    let visit = Visit::new(script, format!("/prices/{sku}"));
    match sku.as_str() {
        _ if down => visit.refuse(StatusCode::SERVICE_UNAVAILABLE),
        "unicorn" => visit.refuse(StatusCode::NOT_FOUND),
        _ => visit.price(),
    }
}

/// Fails twice, and recovers.
async fn flaky(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let earlier = script.flaky.fetch_add(1, Relaxed);
    let visit = Visit::new(script, format!("/flaky/{sku}"));
    if earlier < 2 {
        visit.refuse(StatusCode::SERVICE_UNAVAILABLE)
    } else {
        visit.price()
    }
}

/// Asks the first caller to come back in a second.
async fn busy(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let earlier = script.busy.fetch_add(1, Relaxed);
    let visit = Visit::new(script, format!("/busy/{sku}"));
    if earlier > 0 {
        return visit.price();
    }
    let status = StatusCode::TOO_MANY_REQUESTS;
    visit.done(status, ", Retry-After: 1");
    let come_back = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("1"))]);
    (status, come_back).into_response()
}

/// Takes its time, and answers.
async fn slow(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let visit = Visit::new(script, format!("/slow/{sku}"));
    sleep(Duration::from_millis(120)).await;
    visit.price()
}

/// Never answers.
async fn hang(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let _visit = Visit::new(script, format!("/hang/{sku}"));
    std::future::pending().await
}

/// Answers at once, but one digit a second: no timeout between two packets would ever fire.
async fn crawl(State(script): State<Arc<Script>>, Path(sku): Path<String>) -> Response {
    let visit = Visit::new(script, format!("/crawl/{sku}"));
    let digits = PRICE.to_string().into_bytes().into_iter();
    let body = stream::unfold((visit, digits), async |(visit, mut digits)| {
        let Some(digit) = digits.next() else {
            visit.done(StatusCode::OK, "");
            return None;
        };
        sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, Infallible>(vec![digit]), (visit, digits)))
    });
    Body::from_stream(body).into_response()
}
