//! A gateway: a process through which a part of the clients asks, with policies of its own.
//!
//! Each way to call the service is one annotated method: their attributes are all that differs.

use std::sync::Arc;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, RetryBudget, bulkhead, circuit_breaker, retry, timeout,
};

use super::{
    fault::Fault,
    peer::Peers,
    script::{ATTEMPT, BREAK, DELAY, MIN_PER_SECOND, PATIENCE, PLACES, RATIO, RETRIES, WINDOW},
    service::Service,
};

pub(crate) struct Gateway {
    service: Arc<Service>,
    budget: RetryBudget,
    breaker: CircuitBreaker,
    bulkhead: Bulkhead,
    adaptive: Bulkhead,
    pub(crate) peers: Peers,
}

impl Gateway {
    pub(crate) fn new(service: &Arc<Service>) -> Arc<Self> {
        Arc::new(Self {
            service: Arc::clone(service),
            budget: RetryBudget::new("service")
                .ratio(RATIO)
                .min_per_second(MIN_PER_SECOND),
            breaker: CircuitBreaker::new("service")
                .window_time(WINDOW)
                .break_duration(BREAK),
            bulkhead: Bulkhead::new("service", PLACES),
            adaptive: Bulkhead::adaptive("service"),
            peers: Peers::new(service),
        })
    }

    pub(crate) async fn plain(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[timeout(ATTEMPT)]
    pub(crate) async fn timeout(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[retry(max = RETRIES, backoff = "none")]
    #[timeout(ATTEMPT)]
    pub(crate) async fn at_once(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[retry(max = RETRIES, backoff = "exp", delay = DELAY)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn exponential(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[retry(max = RETRIES, backoff = "exp", delay = DELAY, jitter)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn jitter(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[retry(max = RETRIES, backoff = "exp", delay = DELAY, jitter, budget = self.budget)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn budget(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[circuit_breaker(self.breaker)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn breaker(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[retry(max = RETRIES, backoff = "exp", delay = DELAY, jitter, budget = self.budget)]
    #[circuit_breaker(self.breaker)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn retry_and_breaker(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[bulkhead(self.adaptive)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn adaptive(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[bulkhead(self.bulkhead)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn bulkhead(&self) -> Result<(), Fault> {
        self.service.ask().await
    }

    #[timeout(PATIENCE)]
    #[retry(max = RETRIES, backoff = "exp", delay = DELAY, jitter, budget = self.budget)]
    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    #[timeout(ATTEMPT)]
    pub(crate) async fn stack(&self) -> Result<(), Fault> {
        self.service.ask().await
    }
}
