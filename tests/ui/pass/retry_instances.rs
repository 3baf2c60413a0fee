//! A retry that is handed in: a `static`, a field, an `Arc`, what a call returns; hooks stay here.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use std::sync::Arc;

use resilient_runtime::{Rejected, Retry, retry};

static RETRY: Retry = Retry::new(3);

struct Client {
    retry: Retry,
    shared: Arc<Retry>,
}

impl Client {
    fn policy(&self) -> &Retry {
        &self.retry
    }

    #[retry(self.retry)]
    async fn by_field(&self) -> Result<(), Rejected> {
        Ok(())
    }

    #[retry(self.shared)]
    async fn by_arc(&self) -> Result<(), Rejected> {
        Ok(())
    }

    #[retry(self.policy())]
    async fn by_call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

#[retry(RETRY)]
async fn by_static() -> Result<(), Rejected> {
    Ok(())
}

#[retry(crate::RETRY, when = |_| true, clone(order))]
async fn with_hooks(order: String) -> Result<(), Rejected> {
    drop(order);
    Ok(())
}

#[retry(policy)]
async fn by_argument(policy: &Retry) -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
