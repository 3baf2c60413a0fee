//! `on_retry` is given the event.

use resilient_runtime::{Rejected, retry};

fn log(error: &Rejected) {
    println!("{error}");
}

#[retry(on_retry = log)]
//                 ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
