//! Rule 5: a call dropped at any await point, in any state, leaves no trace.

mod support;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, RateLimiter, bulkhead, circuit_breaker, deadline,
    fallback, hedge, rate_limit, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, BulkheadFull},
    done, dropped_after_every_poll, fails, forever, hangs, ms, ok, probe_due, started,
};
use tokio::time::{advance, sleep};

fn is_empty(bulkhead: &Bulkhead) -> bool {
    (bulkhead.in_flight(), bulkhead.waiting()) == (0, 0)
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_retry() {
    #[retry(max = 3, delay = "3ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new(
        [fails(1).after(2), fails(2).after(2), ok(3)]
            .into_iter()
            .cycle(),
    );
    let left = async |polls| assert_eq!(callee.running(), 0, "after {polls} polls");
    dropped_after_every_poll(|| call(&callee), left).await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_timeout() {
    #[timeout("5ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    for step in [ok(1), ok(1).after(3), hangs()] {
        let callee = Callee::always(step);
        let left = async |polls| {
            assert_eq!(callee.running(), 0, "after {polls} polls");
            assert_eq!(deadline::remaining(), None, "after {polls} polls");
        };
        dropped_after_every_poll(|| call(&callee), left).await;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_closed_circuit_breaker() {
    let breaker = CircuitBreaker::new("cancellation-closed").consecutive_failures(1);
    let callee = Callee::always(fails(1).after(3));
    let left = async |polls| {
        let expected = if polls < 4 {
            CircuitState::Closed
        } else {
            CircuitState::Open
        };
        assert_eq!(breaker.state(), expected, "after {polls} polls");
    };
    dropped_after_every_poll(|| breaker.call(callee.call()), left).await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_half_open_circuit_breaker() {
    let breaker = CircuitBreaker::new("cancellation-probe")
        .consecutive_failures(1)
        .half_open_calls(1);
    let callee = Callee::always(ok(1).after(3));
    probe_due(&breaker).await;

    let left = async |polls| {
        assert!(
            breaker.call(done()).await.is_ok(),
            "the probe of {polls} polls is lost"
        );
        assert_eq!(breaker.state(), CircuitState::Closed);
        probe_due(&breaker).await;
    };
    dropped_after_every_poll(|| breaker.call(callee.call()), left).await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_an_open_circuit_breaker() {
    let breaker = CircuitBreaker::new("cancellation-open").consecutive_failures(1);
    assert!(breaker.call(Callee::failing().call()).await.is_err());

    let left = async |_| assert_eq!(breaker.state(), CircuitState::Open);
    dropped_after_every_poll(|| breaker.call(done()), left).await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_bulkhead_with_room() {
    let bulkhead = Bulkhead::new("cancellation-room", 1);
    let callee = Callee::always(ok(1).after(3));
    let left = async |polls| assert!(is_empty(&bulkhead), "after {polls} polls");
    dropped_after_every_poll(|| bulkhead.call(callee.call()), left).await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_in_the_queue_of_a_bulkhead() {
    let bulkhead = Bulkhead::new("cancellation-queue", 1).max_wait(ms(5));
    let held = started(bulkhead.call(forever())).await;

    let left = async |polls| assert_eq!(bulkhead.waiting(), 0, "after {polls} polls");
    dropped_after_every_poll(|| bulkhead.call(done()), left).await;
    assert_eq!(bulkhead.in_flight(), 1);
    drop(held);
    assert!(is_empty(&bulkhead));
}

#[tokio::test(start_paused = true)]
async fn rule_5_with_a_permit_that_was_given_but_not_taken() {
    let bulkhead = Bulkhead::new("cancellation-given", 1).max_wait(ms(5));
    let held = started(bulkhead.call(forever())).await;
    let first = started(bulkhead.call(forever())).await;
    let second = started(bulkhead.call(done())).await;

    drop(held);
    drop(first);
    assert!(second.await.is_ok());
    assert!(is_empty(&bulkhead));
}

#[tokio::test(start_paused = true)]
async fn rule_5_in_the_line_of_a_rate_limiter() {
    let limiter = RateLimiter::new("cancellation-line", 1, ms(100))
        .burst(1)
        .max_wait(ms(200));
    // Once with nobody else in line, and once behind one who stays.
    for waiting in [0, 1] {
        advance(ms(1_000)).await;
        assert!(limiter.call(done()).await.is_ok());
        let mut line = Vec::new();
        for _ in 0..waiting {
            line.push(started(limiter.call(done())).await);
        }
        let left = async |polls| {
            assert_eq!(limiter.waiting(), waiting, "after {polls} polls");
            let rejected = limiter.call(done());
            let rejected = deadline::scope(tokio::time::Instant::now(), rejected).await;
            let after = support::rejection(rejected).retry_after();
            // A poll is a millisecond; each call has been dropped but for the last.
            assert!(
                after.is_some_and(|after| after <= ms(100 * (waiting as u64 + 1))),
                "after {polls} polls"
            );
        };
        for polls in 0..5 {
            let mut call = Box::pin(limiter.call(forever()));
            for _ in 0..polls {
                assert!(futures::poll!(call.as_mut()).is_pending());
                advance(ms(1)).await;
            }
            drop(call);
            left(polls).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_with_a_turn_that_has_come_and_was_not_taken() {
    let limiter = RateLimiter::new("cancellation-turn", 1, ms(10))
        .burst(1)
        .max_wait(ms(20));
    assert!(limiter.call(done()).await.is_ok());
    for polls in 1..12 {
        let mut waiter = started(limiter.call(forever())).await;
        for _ in 1..polls {
            advance(ms(1)).await;
            assert!(futures::poll!(waiter.as_mut()).is_pending());
        }
        if polls < 11 {
            // Not taken: whoever comes when its turn comes has it.
            advance(ms(10 - polls + 1)).await;
            drop(waiter);
            assert!(
                futures::FutureExt::now_or_never(limiter.call(done())).is_some(),
                "after {polls} polls"
            );
        } else {
            assert_eq!(
                (limiter.waiting(), limiter.available()),
                (0, 0),
                "it has passed"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_hedge() {
    struct Client {
        breaker: CircuitBreaker,
        bulkhead: Bulkhead,
    }

    impl Client {
        #[hedge(after = "3ms", max = 4)]
        #[bulkhead(self.bulkhead)]
        #[circuit_breaker(self.breaker)]
        async fn call(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    let client = Client {
        breaker: CircuitBreaker::new("cancellation-hedge")
            .consecutive_failures(1)
            .half_open_calls(2),
        bulkhead: Bulkhead::new("cancellation-hedge", 3).max_wait(ms(5)),
    };
    for script in [
        vec![hangs(), fails(2).after(2), ok(3).after(2)],
        vec![hangs(), hangs(), hangs(), ok(4)],
        vec![fails(1), fails(2).after(9), ok(3)],
    ] {
        let callee = Callee::new(script.into_iter().cycle());
        probe_due(&client.breaker).await;
        let left = async |polls| {
            assert_eq!(callee.running(), 0, "after {polls} polls");
            assert!(is_empty(&client.bulkhead), "after {polls} polls");
            for _ in 0..2 {
                // Whether it failed meanwhile or not, no probe is lost.
                if client.breaker.state() == CircuitState::Open {
                    advance(ms(30_000)).await;
                }
                assert!(
                    client.breaker.call(done()).await.is_ok(),
                    "after {polls} polls"
                );
            }
            assert_eq!(client.breaker.state(), CircuitState::Closed);
            probe_due(&client.breaker).await;
        };
        dropped_after_every_poll(|| client.call(&callee), left).await;
        client.breaker.reset();
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_a_fallback() {
    #[fallback(backup)]
    async fn call(callee: &Callee, spare: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    async fn backup(_: &Callee, spare: &Callee) -> Result<u32, Fault> {
        spare.call().await
    }

    let (callee, spare) = (
        Callee::always(fails(1).after(3)),
        Callee::always(ok(2).after(3)),
    );
    let left = async |polls| {
        assert_eq!(
            (callee.running(), spare.running()),
            (0, 0),
            "after {polls} polls"
        );
    };
    dropped_after_every_poll(|| call(&callee, &spare), left).await;
    assert_eq!(spare.most(), 1);
}

/// The README's stack, with instances of its own.
struct Client {
    breaker: CircuitBreaker,
    bulkhead: Bulkhead,
    limiter: RateLimiter,
    callee: Callee,
}

impl Client {
    fn new(callee: Callee) -> Self {
        Self {
            breaker: CircuitBreaker::new("cancellation-stack")
                .consecutive_failures(1)
                .half_open_calls(1)
                .break_duration(ms(8)),
            bulkhead: Bulkhead::new("cancellation-stack", 1).max_wait(ms(4)),
            limiter: RateLimiter::new("cancellation-stack", 1, ms(2))
                .burst(1)
                .max_wait(ms(4)),
            callee,
        }
    }

    #[fallback(self.cached)]
    #[timeout("60ms")]
    #[retry(
        max = 3,
        delay = "2ms",
        on(error, timeout, circuit_open, bulkhead_full, rate_limited)
    )]
    #[circuit_breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    #[rate_limit(self.limiter)]
    #[timeout("10ms")]
    async fn call(&self) -> Result<u32, Fault> {
        self.callee.call().await
    }

    async fn cached(&self) -> Result<u32, Fault> {
        sleep(ms(2)).await;
        Ok(99)
    }

    /// Nothing is taken, and it serves as soon as it may: a lost probe would be in the way.
    async fn is_as_good_as_new(&self) {
        assert!(is_empty(&self.bulkhead));
        assert_eq!(self.limiter.waiting(), 0);
        assert_eq!(self.callee.running(), 0);
        assert_eq!(deadline::remaining(), None);
        if self.breaker.state() == CircuitState::Open {
            advance(ms(8)).await;
        }
        assert!(self.breaker.call(done()).await.is_ok());
        assert_eq!(self.breaker.state(), CircuitState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_the_whole_stack() {
    for step in [ok(1), ok(1).after(5), fails(1), fails(1).after(5), hangs()] {
        let client = Client::new(Callee::always(step));
        let left = async |_| client.is_as_good_as_new().await;
        dropped_after_every_poll(|| client.call(), left).await;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_the_whole_stack_in_the_queue() {
    let client = Client::new(Callee::new([]));
    let held = started(client.bulkhead.call(forever())).await;
    let left = async |polls| assert_eq!(client.bulkhead.waiting(), 0, "after {polls} polls");
    dropped_after_every_poll(|| client.call(), left).await;
    drop(held);
    client.is_as_good_as_new().await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_with_an_instance_shared_by_name() {
    #[bulkhead(name = "cancellation-shared", max_concurrent = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    let first = started(call(&callee)).await;
    assert_eq!(call(&callee).await, Err(BulkheadFull));
    drop(first);
    let _second = started(call(&callee)).await;
}
