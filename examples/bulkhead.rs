//! `#[bulkhead]` bounds how many calls run at once, and how many wait.
//!
//! Run it: `cargo run --example bulkhead`

use std::time::Duration;

use futures::{future::join_all, join};
use resilient_runtime::{Bulkhead, Rejected, bulkhead, registry};
use tokio::time::sleep;

#[derive(Debug, thiserror::Error)]
enum QueryError {
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Two queries at once; three more may wait, for half a second each; the rest are told at once.
#[bulkhead(name = "db", max_concurrent = 2, max_wait = "500ms", max_queue = 3)]
async fn query(number: u32) -> Result<u32, QueryError> {
    let db = registry::bulkhead("db").expect("this function declares it");
    let (running, limit, waiting) = (db.in_flight(), db.limit(), db.waiting());
    println!("query {number:2}  runs: {running} of {limit} places taken, {waiting} waiting");
    assert!(running <= 2);
    sleep(Duration::from_millis(50)).await;
    Ok(number)
}

/// The same by hand, for what is no function.
static PRINTER: Bulkhead = Bulkhead::new("printer", 1);

#[tokio::main]
async fn main() {
    println!("Eight queries at once:\n");
    let answers = join_all((1..=8).map(query)).await;

    println!();
    for (number, answer) in (1..).zip(&answers) {
        match answer {
            Ok(_) => println!("query {number:2}  answered"),
            Err(error) => println!("query {number:2}  {error}"),
        }
    }
    // First come, first served: two ran, three waited, three were turned away.
    let answered: Vec<_> = answers.into_iter().flatten().collect();
    assert_eq!(answered, [1, 2, 3, 4, 5]);

    println!("\nBy hand:\n");
    let (first, second) = join!(PRINTER.call(query(9)), PRINTER.call(query(10)));
    println!("query 10  {}", second.unwrap_err());
    assert!(first.is_ok());
    assert_eq!(PRINTER.in_flight(), 0, "every place is given back");
}
