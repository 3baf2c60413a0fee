//! A ratio is a part of the calls.

use resilient_runtime::RetryBudget;

static PAYMENTS: RetryBudget = RetryBudget::new("payments").ratio(20.0);
//                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fault

fn main() {
    assert_eq!(PAYMENTS.name(), "payments");
}
