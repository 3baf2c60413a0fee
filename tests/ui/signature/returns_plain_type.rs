//! A plain value is no `Result`.

use resilient_runtime::circuit_breaker;

#[circuit_breaker(name = "prices")]
async fn price() -> u32 {
    //              ^^^ fault
    3
}

fn main() {}
