//! One deadline through two services and a database, with no arithmetic by hand.
//!
//! ```text
//! cargo run --example deadlines
//! ```
//!
//! ```text
//! caller ──HTTP──▶ gateway ──HTTP──▶ stock ──SQL──▶ SQLite
//!                  5 s               x-request-timeout:    what is left
//!                                    what is left (4 s)    of the 4 s
//! ```
//!
//! * `gateway.rs` gives each request 5 s and sends along what is left of them.
//! * `stock.rs` opens its scope from that header, whatever its own limits are.
//! * `database.rs` has a query that is bounded by what is left, and is stopped when nobody waits for it.

mod database;
mod gateway;
mod stock;

use std::{error::Error, net::SocketAddr, time::Duration};

use axum::Router;
use gateway::Gateway;
use stock::Stock;
use tokio::{net::TcpListener, time::Instant};

/// What came of it all.
#[derive(Debug)]
pub(crate) struct Story {
    /// A request that all have time for.
    pub(crate) answer: String,
    /// What was left for each, in that request: at the gateway, in the header, for the query.
    pub(crate) left: [Duration; 3],
    /// A query that takes too long: what the caller of the gateway was told, and after how long.
    pub(crate) late: (String, Duration),
    /// The same query for a caller of the stock service who has 300 ms.
    pub(crate) impatient: (String, Duration),
    /// How many queries the database still works on at the end.
    pub(crate) running: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let story = tell().await?;
    let [gateway, header, query] = story.left;
    println!("A request that all have time for: {}", story.answer);
    println!("    the gateway had          {gateway:.1?}");
    println!("    it sent along            {header:.1?}");
    println!("    and the query could take {query:.1?}");
    println!("A query that takes too long:");
    println!(
        "    after {:.1?} the gateway says: {}",
        story.late.1, story.late.0
    );
    println!("The same for a caller with 300 ms:");
    println!(
        "    after {:.1?} the stock service says: {}",
        story.impatient.1, story.impatient.0
    );
    println!("{} queries are running in the database.", story.running);
    Ok(())
}

/// Both services on loopback, and three requests at once.
pub(crate) async fn tell() -> Result<Story, Box<dyn Error>> {
    let stock = Stock::open().await?;
    let stock_address = serve(stock.router()).await?;
    let gateway = Gateway::new(stock_address)?;
    let gateway_address = serve(gateway.router()).await?;

    let patient = |path: &str| get(format!("http://{gateway_address}{path}"), None);
    let hurried = get(
        format!("http://{stock_address}/stock/everything"),
        Some(300),
    );
    let (answer, late, impatient) = tokio::try_join!(
        patient("/quote/apple"),
        patient("/quote/everything"),
        hurried
    )?;

    Ok(Story {
        answer: answer.0,
        left: [gateway.had(), stock.was_given(), stock.query_had()],
        late,
        impatient,
        running: stock.running_queries().await,
    })
}

/// What a service says to a request, and after how long.
async fn get(url: String, timeout: Option<u64>) -> Result<(String, Duration), Box<dyn Error>> {
    let start = Instant::now();
    let mut request = reqwest::Client::new().get(url);
    if let Some(millis) = timeout {
        request = request.header(stock::TIMEOUT, millis);
    }
    let text = request.send().await?.text().await?;
    Ok((text, start.elapsed()))
}

async fn serve(router: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
