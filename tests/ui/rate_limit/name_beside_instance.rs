//! An instance has its name.

use resilient_runtime::{RateLimiter, Rejected, rate_limit};

static API: RateLimiter = RateLimiter::new("api", 10, std::time::Duration::from_secs(1));

#[rate_limit(API, name = "api")]
//                ^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
