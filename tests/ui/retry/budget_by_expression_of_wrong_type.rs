//! An expression that is no budget.

use resilient_runtime::{Rejected, retry};

struct Client {
    budget: f64,
}

impl Client {
    #[retry(budget = self.budget)]
    //               ^^^^^^^^^^^ fault
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {}
