//! Durations in the words of humantime, as constants, and where they may be: from arguments.

use std::time::Duration;

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, timeout};

const BREAK: Duration = Duration::from_secs(30);

struct Client {
    limit: Duration,
}

impl Client {
    #[timeout(self.limit)]
    #[circuit_breaker(name = "constant", break_duration = BREAK)]
    async fn field(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

#[timeout(limit)]
#[circuit_breaker(name = "text", break_duration = "1h 30m 15s 250ms")]
#[bulkhead(max_concurrent = 3, max_wait = "100us")]
async fn argument(limit: Duration) -> Result<(), Rejected> {
    Ok(())
}

#[timeout(limit.map_or(BREAK, |limit| limit * 2))]
async fn expression(limit: Option<Duration>) -> Result<(), Rejected> {
    Ok(())
}

#[timeout(Duration::from_millis(1_500))]
async fn constant_expression() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop(Client { limit: BREAK }.field());
    drop((argument(BREAK), expression(None), constant_expression()));
}
