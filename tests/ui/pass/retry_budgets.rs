//! The forms of `budget`: a name, a `static`, an expression, beside an instance or not, once or more in a stack.
#![deny(warnings)]

use std::sync::{Arc, LazyLock};

use resilient_runtime::{Rejected, Retry, RetryBudget, bulkhead, retry, shared, timeout};

#[shared]
static PAYMENTS: RetryBudget = RetryBudget::new("payments").ratio(1.0).min_per_second(0);
static LAZY: LazyLock<RetryBudget> = LazyLock::new(|| RetryBudget::new("lazy"));
static RETRY: Retry = Retry::new(3).budget(&PAYMENTS);

mod prices {
    pub static PRICES: super::RetryBudget = super::RetryBudget::new("prices").ratio(0.000_1);
}

struct Client {
    own: RetryBudget,
    shared: Arc<RetryBudget>,
    retry: Retry,
}

impl Client {
    fn budget(&self) -> &RetryBudget {
        &self.own
    }

    #[retry(max = 1, budget = self.own)]
    #[timeout("1s")]
    async fn own(&self, budget: u8) -> Result<u8, Rejected> {
        Ok(budget)
    }

    #[retry(self.retry, budget = self.shared, when = |_| true)]
    async fn shared(&mut self) -> Result<u8, Rejected> {
        Ok(1)
    }

    #[retry(budget = self.budget())]
    #[retry(RETRY, budget = LAZY)]
    #[bulkhead(max_concurrent = 3)]
    #[retry(RETRY, budget = "payments")]
    async fn many(self: Arc<Self>) -> Result<u8, Rejected> {
        Ok(2)
    }
}

#[retry(budget = "payments")]
async fn named() -> Result<(), Rejected> {
    Ok(())
}

#[retry(backoff = "none", budget = crate::prices::PRICES)]
async fn by_path() -> Result<(), Rejected> {
    Ok(())
}

#[retry(budget = *budget, max = const { N })]
async fn by_argument<const N: u32>(budget: &RetryBudget) -> Result<(), Rejected> {
    Ok(())
}

macro_rules! within {
    ($budget:expr, $name:literal) => {
        #[retry(budget = $budget)]
        #[retry(budget = $name)]
        async fn by_macro() -> Result<(), Rejected> {
            Ok(())
        }
    };
}

within!(PAYMENTS, "payments");

fn is_send<F: Future + Send>(_: F) {}

fn main() {
    let mut client = Client {
        own: RetryBudget::new("own"),
        shared: Arc::new(RetryBudget::new("shared").named(String::from("tenant"))),
        retry: RETRY.clone(),
    };
    is_send(client.own(1));
    is_send(client.shared());
    is_send(Arc::new(client).many());
    is_send(named());
    is_send(by_path());
    is_send(by_argument::<2>(&PAYMENTS));
    is_send(by_macro());
}
