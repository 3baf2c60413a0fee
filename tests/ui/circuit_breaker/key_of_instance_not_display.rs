//! What tells keys apart is their text, with an instance as well.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

struct Client {
    breaker: CircuitBreaker,
    host: Vec<u8>,
}

impl Client {
    #[circuit_breaker(self.breaker, key = self.host)]
    //                                    ^^^^^^^^^ fault
    async fn pay(&mut self) -> Result<(), Rejected> {
        self.host.clear();
        Ok(())
    }
}

fn main() {}
