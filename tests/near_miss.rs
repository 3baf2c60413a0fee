//! Names that are declared nowhere, and are nearly those that are: `registry::verify` finds them before any call.

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, registry, retry};

#[circuit_breaker(name = "near-payments", failure_rate = "40%")]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = "near-paymets")]
async fn pay_back() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(name = "near-warehouse", max_concurrent = 3)]
async fn store() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(name = "near-warehous")]
async fn fetch() -> Result<(), Rejected> {
    Ok(())
}

#[resilient_runtime::shared]
static BUDGET: resilient_runtime::RetryBudget =
    resilient_runtime::RetryBudget::new("near-shipping");

#[retry(budget = "near-shiping")]
async fn ship() -> Result<(), Rejected> {
    Ok(())
}

// Defaults are as good as settings: neither of these two is declared, and neither is wrong.
#[circuit_breaker(name = "near-catalogue")]
async fn list() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = "near-catalogues")]
async fn list_all() -> Result<(), Rejected> {
    Ok(())
}

// Two things of one kind.
#[circuit_breaker(name = "near-shard-1", failure_rate = "40%")]
async fn first() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = "near-shard-2")]
async fn second() -> Result<(), Rejected> {
    Ok(())
}

#[tokio::test]
async fn verify_asks_whether_the_declared_name_was_meant() {
    let conflicts = registry::verify().unwrap_err();
    let of = |name: &str| conflicts.iter().find(|conflict| conflict.name() == name);
    for (name, meant) in [
        ("near-paymets", "near-payments"),
        ("near-warehous", "near-warehouse"),
        ("near-shiping", "near-shipping"),
    ] {
        let text = of(name).expect(name).to_string();
        let question = format!("`{name}` is declared nowhere; did you mean `{meant}`?");
        assert!(text.contains(&question), "{text}");
        assert!(text.contains("tests/near_miss.rs:"), "{text}");
    }
    assert_eq!(conflicts.iter().count(), 3, "{conflicts}");
}

#[tokio::test]
async fn a_near_miss_is_an_instance_like_any_other() {
    assert!(pay().await.is_ok() && pay_back().await.is_ok() && store().await.is_ok());
    assert!(fetch().await.is_ok() && ship().await.is_ok());
    assert!(list().await.is_ok() && list_all().await.is_ok());
    assert!(first().await.is_ok() && second().await.is_ok());
    assert_eq!(
        registry::retry_budget("near-shipping").map(resilient_runtime::RetryBudget::name),
        Some(BUDGET.name())
    );
}
