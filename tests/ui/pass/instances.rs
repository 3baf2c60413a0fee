//! An instance is a `static`, a field, an argument, or what a call returns.

use std::sync::{Arc, LazyLock};

use resilient_runtime::{Bulkhead, CircuitBreaker, Rejected, bulkhead, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
static DB: Bulkhead = Bulkhead::new("db", 20);
static TENANTS: LazyLock<Vec<Arc<CircuitBreaker>>> = LazyLock::new(Vec::new);

struct Client {
    breaker: Arc<CircuitBreaker>,
    places: Bulkhead,
}

impl Client {
    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.places)]
    async fn by_field(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

#[circuit_breaker(PAYMENTS)]
#[bulkhead(crate::DB)]
async fn by_static() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(breaker)]
#[bulkhead(places)]
async fn by_argument(breaker: &CircuitBreaker, places: Arc<Bulkhead>) -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(TENANTS[tenant])]
async fn by_index(tenant: usize) -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(crate::of_tenant(tenant))]
async fn by_call(tenant: usize) -> Result<(), Rejected> {
    Ok(())
}

fn of_tenant(tenant: usize) -> Arc<CircuitBreaker> {
    Arc::clone(&TENANTS[tenant])
}

fn main() {
    let client = Client {
        breaker: Arc::new(CircuitBreaker::new("a")),
        places: Bulkhead::new("b", 1),
    };
    drop((client.by_field(), by_static(), by_index(0), by_call(0)));
    drop(by_argument(&PAYMENTS, Arc::new(Bulkhead::new("c", 1))));
}
