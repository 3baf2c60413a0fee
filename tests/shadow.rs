//! `shadow`: what a policy would have done, without its doing it.

mod support;

use futures::poll;
use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, RateLimiter, bulkhead, circuit_breaker, event,
    rate_limit, registry,
};
use support::{Fault, ms};
use tokio::time::{advance, sleep};

async fn fail(breaker: &CircuitBreaker) {
    let outcome = breaker.call(async { Err::<(), _>(Fault::Failed(1)) }).await;
    assert!(outcome.is_err_and(|failure| failure.into_error() == Fault::Failed(1)));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_in_shadow_opens_and_lets_all_through() {
    let breaker = CircuitBreaker::new("shadow-opens")
        .consecutive_failures(2)
        .half_open_calls(1)
        .break_duration(ms(1_000))
        .shadow();
    fail(&breaker).await;
    fail(&breaker).await;
    assert_eq!(breaker.state(), CircuitState::Open);
    for rejected in 1..=3 {
        fail(&breaker).await;
        assert_eq!(breaker.snapshot().rejected, rejected);
    }
    // What goes through unheard does not count: the break is over when it would have been.
    advance(ms(1_000)).await;
    let outcome = breaker.call(async { Ok::<_, Fault>(()) }).await;
    assert_eq!(outcome.map_err(|failure| failure.cause()), Ok(()));
    assert_eq!(
        breaker.state(),
        CircuitState::Closed,
        "that one was a probe"
    );
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_in_shadow_lets_all_through_and_nobody_wait() {
    let bulkhead = Bulkhead::new("shadow-overfull", 1)
        .max_wait(ms(1_000))
        .shadow();
    let calls = || {
        Box::pin(bulkhead.call(async {
            sleep(ms(10)).await;
            Ok::<_, Fault>(())
        }))
    };
    let mut calls = [calls(), calls(), calls()];
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (3, 0));
    assert_eq!(bulkhead.would_have_rejected(), 2);
    let [first, second, third] = calls;
    drop(first);
    assert!(second.await.is_ok() && third.await.is_ok());
    assert_eq!(bulkhead.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limiter_in_shadow_lets_all_pass_and_nobody_wait() {
    let limiter = RateLimiter::new("shadow-rate", 10, ms(1_000))
        .burst(2)
        .max_wait(ms(1_000))
        .shadow();
    for _ in 0..5 {
        let call = limiter.call(async { Ok::<_, Fault>(()) });
        assert!(futures::FutureExt::now_or_never(call).is_some_and(|outcome| outcome.is_ok()));
    }
    assert_eq!(limiter.would_have_rejected(), 3);
    // They used nothing up: the next turn is when it would have been.
    advance(ms(100)).await;
    assert_eq!((limiter.available(), limiter.waiting()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn shadow_is_a_word_of_each_attribute_and_an_event_tells_of_it() {
    #[circuit_breaker(name = "shadow-word", consecutive_failures = 1, shadow)]
    #[bulkhead(name = "shadow-word", max_concurrent = 1, shadow)]
    #[rate_limit("2/s", name = "shadow-word", shadow)]
    async fn call() -> Result<(), Fault> {
        sleep(ms(10)).await;
        Err(Fault::Failed(1))
    }

    let mut events = event::subscribe();
    let (first, second) = tokio::join!(call(), call());
    assert_eq!(
        (first, second),
        (Err(Fault::Failed(1)), Err(Fault::Failed(1)))
    );
    assert_eq!(call().await, Err(Fault::Failed(1)));
    let mut told = Vec::new();
    while let Some(event) = events.try_recv() {
        let text = event.to_string();
        if text.contains("shadow-word") && text.starts_with("would reject") {
            told.push(text);
        }
    }
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("shadow-word is full") && told[1].contains("shadow-word is open"));
    assert!(told[2].contains("shadow-word is over its rate"));
    let limiter = registry::rate_limiter("shadow-word").unwrap();
    assert_eq!(limiter.would_have_rejected(), 1);
    assert_eq!(
        registry::bulkhead("shadow-word")
            .unwrap()
            .would_have_rejected(),
        1
    );
}
