//! What tells keys apart is their text.

use resilient_runtime::{Rejected, circuit_breaker};

struct Host(usize);

impl Host {
    fn length(&self) -> usize {
        self.0
    }
}

#[circuit_breaker(name = "hosts", key = host)]
//                                      ^^^^ fault
async fn pay(host: Host) -> Result<(), Rejected> {
    drop(host.length());
    Ok(())
}

fn main() {}
