//! A timeout by the receiver and the arguments, also by one that is called like a key.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::time::Duration;

use resilient_runtime::{Rejected, timeout};

struct Config {
    read: Duration,
}

struct Client {
    config: Config,
}

impl Client {
    fn limit(&self, per_item: Duration) -> Duration {
        per_item.min(self.config.read)
    }

    #[timeout(self.config.read)]
    async fn by_field(&mut self) -> Result<(), Rejected> {
        self.config.read *= 2;
        Ok(())
    }

    #[timeout(self.limit(per_item) * items.len() as u32)]
    async fn by_method(&self, items: &[u64], per_item: Duration) -> Result<usize, Rejected> {
        Ok(items.len())
    }
}

#[timeout(limit)]
async fn by_argument(limit: Duration) -> Result<(), Rejected> {
    Ok(())
}

#[timeout(duration)]
async fn called_like_a_foreign_key(duration: Duration) -> Result<(), Rejected> {
    Ok(())
}

#[timeout(rejected)]
async fn called_like_a_key(rejected: Duration) -> Result<(), Rejected> {
    Ok(())
}

#[timeout(if urgent { Duration::from_millis(50) } else { Duration::from_secs(5) })]
async fn by_condition(urgent: bool) -> Result<bool, Rejected> {
    Ok(urgent)
}

fn main() {}
