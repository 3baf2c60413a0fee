//! A key is any expression over the arguments and `self`, beside a name, an instance, or nothing.

#![deny(warnings)]

use resilient_runtime::{Bulkhead, CircuitBreaker, Rejected, bulkhead, circuit_breaker, retry};

const MOST: u32 = 100;

static HOSTS: CircuitBreaker = CircuitBreaker::new("static hosts").max_keys(MOST);

struct Client {
    host: String,
    places: Bulkhead,
}

impl Client {
    #[retry]
    #[circuit_breaker(HOSTS, key = self.host)]
    #[bulkhead(self.places, key = &self.host)]
    async fn by_field(&mut self) -> Result<(), Rejected> {
        self.host.push('!');
        Ok(())
    }

    #[circuit_breaker(name = "hosts", key = format_args!("{}:{port}", self.host), max_keys = MOST)]
    async fn by_text(&self, port: u16) -> Result<u16, Rejected> {
        Ok(port)
    }
}

#[circuit_breaker(name = "hosts", key = match host {
    Some(host) => host,
    None => "none",
})]
#[bulkhead(max_concurrent = 3, key = id % 16)]
async fn by_value(host: Option<&str>, id: u64) -> Result<u64, Rejected> {
    Ok(host.map_or(id, |_| 0))
}

#[bulkhead(max_concurrent = 3, max_keys = 1_000_000, key = tenant())]
async fn by_call() -> Result<(), Rejected> {
    Ok(())
}

fn tenant() -> String {
    String::from("one")
}

// One for all, and one for each.
#[circuit_breaker(name = "hosts")]
#[circuit_breaker(name = "hosts", key = host)]
async fn twice<H: std::fmt::Display>(host: H) -> Result<String, Rejected> {
    Ok(host.to_string())
}

fn main() {
    let mut client = Client {
        host: String::new(),
        places: Bulkhead::new("places", 1),
    };
    drop(client.by_field());
    drop((client.by_text(1), by_value(None, 1), by_call(), twice('a')));
}
