//! A real HTTP server that misbehaves by a script, a real client, and five policies between them.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! * `client.rs` is the part to copy from: a client with its policies written above its methods.
//! * `server.rs` is the service on the other side.
//! * `chapters.rs` makes the calls, and checks what came of them.
//! * `story.rs` prints, line by line, what the policies say of themselves while they work.

mod books;
mod chapters;
mod client;
mod line;
mod server;
mod story;

use std::{error::Error, process::ExitCode, time::Duration};

use client::PricingClient;
use server::Server;
use story::Story;

/// The story takes some seconds; one that takes so long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

// On one thread, server and client take turns, and the story is told in the order of its events.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match tokio::time::timeout(PATIENCE, tell()).await {
        Ok(Ok(story)) => story.end(),
        Ok(Err(error)) => {
            eprintln!("The story could not be told: {error}");
            ExitCode::FAILURE
        }
        Err(_) => {
            eprintln!("The story did not come to its end within {PATIENCE:?}.");
            ExitCode::FAILURE
        }
    }
}

async fn tell() -> Result<Story, Box<dyn Error>> {
    let (server, requests) = Server::start().await?;
    let client = PricingClient::new(server.address)?;
    let mut story = Story::new(requests);
    let address = server.address;
    println!("A real service on {address}, a real client, and five policies.");

    chapters::retry(&mut story, &server, &client).await;
    chapters::timeout(&mut story, &server, &client).await;
    chapters::circuit_breaker(&mut story, &server, &client).await;
    chapters::bulkhead(&mut story, &server, &client).await;
    chapters::fallback(&mut story, &server, &client).await;
    chapters::stack(&mut story, &server, &client).await;
    Ok(story)
}
