//! A name has at most 128 characters.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(
    name = "payments.payments.payments.payments.payments.payments.payments.payments.payments.payments.payments.payments.payments.payments.eu1"
    //     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fault
)]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
