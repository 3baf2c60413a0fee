//! Rule 3, by `#[derive(Classify)]`: annotated functions find the class of an error by themselves.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use resilient_runtime::{
    CircuitBreaker, CircuitState, Class, Classify, Rejected, bulkhead, circuit_breaker, retry,
    timeout,
};
use support::{forever, ms, started};
use tokio::time::Instant;

#[derive(Debug, Clone, PartialEq, thiserror::Error, Classify)]
#[error("{self:?}")]
enum PriceError {
    #[transient]
    Lost,
    #[throttled]
    Full,
    #[throttled(retry_after = after)]
    Busy { host: &'static str, after: Duration },
    #[throttled(retry_after = 1)]
    Later(u32, Option<Duration>),
    #[answered]
    NotFound,
    #[permanent]
    Revoked,
    #[ignored]
    Cancelled,
    #[classify(delegate)]
    Rejected(#[from] Rejected),
    #[classify(delegate)]
    Nested(Box<PriceError>),
    #[classify(delegate = source)]
    Stock { sku: u32, source: Arc<StockError> },
}

#[derive(Debug, PartialEq, thiserror::Error, Classify)]
#[error("no stock")]
#[answered]
struct StockError;

fn busy(millis: u64) -> PriceError {
    PriceError::Busy {
        host: "a",
        after: ms(millis),
    }
}

fn stock() -> PriceError {
    PriceError::Stock {
        sku: 1,
        source: Arc::new(StockError),
    }
}

/// How often an always failing callee is called, and how long that takes.
async fn retried(error: PriceError) -> (u32, u128) {
    #[retry(max = 1, delay = "10ms")]
    async fn call(calls: &AtomicU32, error: &PriceError) -> Result<u32, PriceError> {
        calls.fetch_add(1, Ordering::Relaxed);
        Err(error.clone())
    }

    let (calls, start) = (AtomicU32::new(0), Instant::now());
    assert_eq!(call(&calls, &error).await, Err(error));
    (calls.into_inner(), start.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn a_retry_goes_by_the_class() {
    let transient = (2, 10);
    assert_eq!(retried(PriceError::Lost).await, transient);
    assert_eq!(retried(PriceError::Full).await, transient);
    assert_eq!(retried(PriceError::NotFound).await, (1, 0));
    assert_eq!(retried(PriceError::Revoked).await, (1, 0));
    assert_eq!(retried(PriceError::Cancelled).await, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_retry_comes_no_earlier_than_the_field_says() {
    assert_eq!(retried(busy(250)).await, (2, 250));
    assert_eq!(retried(PriceError::Later(1, Some(ms(70)))).await, (2, 70));
    assert_eq!(retried(PriceError::Later(1, None)).await, (2, 10));
    // More than `max_delay`: not at all.
    assert_eq!(retried(busy(11_000)).await, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_retry_goes_by_the_class_of_a_delegate() {
    let nested = |error| PriceError::Nested(Box::new(error));
    assert_eq!(retried(nested(PriceError::Lost)).await, (2, 10));
    assert_eq!(retried(nested(nested(busy(30)))).await, (2, 30));
    assert_eq!(retried(nested(PriceError::Revoked)).await, (1, 0));
    assert_eq!(retried(stock()).await, (1, 0));
}

/// What one call with this error does to a breaker that opens on the first failure: its state, and
/// how many records it has.
async fn recorded(error: PriceError) -> (CircuitState, u32) {
    #[circuit_breaker(breaker)]
    async fn call(breaker: &CircuitBreaker, error: &PriceError) -> Result<u32, PriceError> {
        Err(error.clone())
    }

    let breaker = CircuitBreaker::new("classify").consecutive_failures(1);
    assert_eq!(call(&breaker, &error).await, Err(error));
    (breaker.state(), breaker.snapshot().calls)
}

#[tokio::test(start_paused = true)]
async fn a_circuit_breaker_goes_by_the_class() {
    use CircuitState::{Closed, Open};

    for failure in [
        PriceError::Lost,
        PriceError::Full,
        busy(1),
        PriceError::Revoked,
    ] {
        assert_eq!(recorded(failure.clone()).await.0, Open, "{failure}");
    }
    for success in [PriceError::NotFound, stock()] {
        assert_eq!(recorded(success.clone()).await, (Closed, 1), "{success}");
    }
    assert_eq!(recorded(PriceError::Cancelled).await, (Closed, 0));
}

/// An inner function's rejection is an error like any other to the outer one. Delegated, it keeps
/// its class.
#[tokio::test(start_paused = true)]
async fn a_delegated_rejection_keeps_its_class() {
    #[bulkhead(max_concurrent = 1)]
    async fn full(wait: bool) -> Result<u32, PriceError> {
        if wait {
            forever().await.map_err(|_| PriceError::Lost)?;
        }
        Ok(1)
    }

    #[retry(max = 1, delay = "10ms")]
    async fn around_full(calls: &AtomicU32) -> Result<u32, PriceError> {
        calls.fetch_add(1, Ordering::Relaxed);
        full(false).await
    }

    #[timeout("5ms")]
    async fn slow() -> Result<u32, PriceError> {
        forever().await.map_err(|_| PriceError::Lost)?;
        Ok(1)
    }

    #[retry(max = 1, delay = "10ms")]
    async fn around_slow(calls: &AtomicU32) -> Result<u32, PriceError> {
        calls.fetch_add(1, Ordering::Relaxed);
        slow().await
    }

    let _in_the_way = started(full(true)).await;
    let calls = AtomicU32::new(0);
    let rejected = around_full(&calls).await.unwrap_err();
    assert!(matches!(
        rejected,
        PriceError::Rejected(Rejected::BulkheadFull { .. })
    ));
    assert_eq!(calls.into_inner(), 1, "local saturation is not retried");

    let calls = AtomicU32::new(0);
    let rejected = around_slow(&calls).await.unwrap_err();
    assert!(matches!(
        rejected,
        PriceError::Rejected(Rejected::TimedOut { .. })
    ));
    assert_eq!(calls.into_inner(), 2, "a timeout is");
}

/// Calls of an always failing function by its error type, which is found where it is written.
macro_rules! calls_of {
    ($($generics:ident)?, $error:ty, $value:expr) => {{
        #[retry(max = 1, backoff = "none")]
        async fn call$(<$generics>)?(calls: &AtomicU32, error: fn() -> $error) -> Result<u32, $error> {
            calls.fetch_add(1, Ordering::Relaxed);
            Err(error())
        }

        let calls = AtomicU32::new(0);
        assert!(call(&calls, || $value).await.is_err());
        calls.into_inner()
    }};
}

#[tokio::test(start_paused = true)]
async fn what_a_pointer_holds_is_found_as_well() {
    assert_eq!(calls_of!(, Box<StockError>, Box::new(StockError)), 1);
    assert_eq!(calls_of!(, Arc<StockError>, Arc::new(StockError)), 1);
    assert_eq!(calls_of!(, &'static StockError, &StockError), 1);
    assert_eq!(
        calls_of!(, Arc<Box<StockError>>, Arc::new(Box::new(StockError))),
        1
    );
    assert_eq!(
        calls_of!(, Box<dyn Classify + Send + Sync>, Box::new(StockError)),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_pointer_holds_may_have_no_class() {
    assert_eq!(
        calls_of!(, Box<std::io::Error>, Box::new(std::io::Error::last_os_error())),
        2
    );
    assert_eq!(
        calls_of!(, Box<dyn std::error::Error + Send + Sync>, StockError.into()),
        2
    );
    assert_eq!(calls_of!(, &'static str, "lost"), 2);
    assert_eq!(calls_of!(E, Box<E>, Box::new(StockError)), 2);
}

#[derive(Debug, Classify)]
enum Either<L, R> {
    #[classify(delegate)]
    Left(L),
    #[classify(delegate)]
    Right(R),
}

#[tokio::test(start_paused = true)]
async fn a_generic_error_has_a_class_when_its_parameters_have() {
    assert_eq!(
        calls_of!(, Either<StockError, PriceError>, Either::Left(StockError)),
        1
    );
    assert_eq!(
        calls_of!(, Either<StockError, PriceError>, Either::Right(PriceError::Lost)),
        2
    );
    // No class, so transient; and no error either.
    assert_eq!(
        calls_of!(, Either<StockError, u8>, Either::Left(StockError)),
        2
    );
}

#[test]
fn a_class_needs_no_clone_and_no_error_trait() {
    #[derive(Classify)]
    enum Plain {
        #[throttled(retry_after = wait)]
        #[deprecated = "to see that the derive is silent about it"]
        Busy {
            #[deprecated = "so is this"]
            wait: Option<Duration>,
        },
    }

    #[expect(deprecated, reason = "here it is not silent")]
    let class = |wait| Plain::Busy { wait }.class();
    assert_eq!(class(None), Class::Throttled { retry_after: None });
    let retry_after = Some(ms(5));
    assert_eq!(class(retry_after), Class::Throttled { retry_after });
}
