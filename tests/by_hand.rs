//! Everything that an attribute does, done by hand with the same types; and attributes on instances that are made by hand.

mod support;

use std::{pin::Pin, sync::Arc};

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Classify, Failure, Jitter, Rejected, Retry, Timeout,
    body, bulkhead, circuit_breaker, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, BulkheadFull, CircuitOpen, Failed, Permanent, TimedOut},
    done, ends, fails, forever, hangs, ms, ok, record, rejection, started,
};

// ----------------------------------------------------------------------------- const builders

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("by-hand-payments")
    .failure_rate(0.5)
    .window_calls(100)
    .min_calls(20)
    .break_duration(ms(30_000))
    .half_open_calls(3);
static DB: Bulkhead = Bulkhead::new("by-hand-db", 20)
    .max_wait(ms(100))
    .max_queue(5);
static RETRY: Retry = Retry::new(3)
    .exponential(ms(100), 2.0)
    .max_delay(ms(10_000))
    .jitter(Jitter::Full)
    .max_duration(ms(60_000));
static LIMIT: Timeout = Timeout::new(ms(5_000));

#[tokio::test(start_paused = true)]
async fn a_stack_of_statics() {
    let callee = Callee::new([hangs(), fails(2), ok(3).after(10)]);
    let outcome = RETRY
        .run(|| PAYMENTS.around(DB.around(LIMIT.around(body(callee.call())))))
        .await;
    assert!(matches!(outcome, Ok(3)));
    assert_eq!(
        (PAYMENTS.snapshot().calls, PAYMENTS.snapshot().failures),
        (3, 2)
    );
    assert_eq!((DB.limit(), DB.in_flight()), (20, 0));
}

#[tokio::test(start_paused = true)]
async fn the_future_of_a_stack_can_be_spawned() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("by-hand-spawned");
    static BULKHEAD: Bulkhead = Bulkhead::new("by-hand-spawned", 2);

    let stack = LIMIT.around(BREAKER.around(BULKHEAD.around(body(done()))));
    assert!(tokio::spawn(stack).await.unwrap().is_ok());
    let run = RETRY.run(|| BREAKER.around(BULKHEAD.around(body(done()))));
    assert!(tokio::spawn(run).await.unwrap().is_ok());
}

// ------------------------------------------------------------------------ call, around and run

#[tokio::test(start_paused = true)]
async fn call_ends_in_the_value_the_error_or_a_rejection() {
    let (breaker, limit) = (CircuitBreaker::new("by-hand-call"), Timeout::new(ms(10)));
    let bulkhead = Bulkhead::new("by-hand-call", 1);

    let callee = Callee::new([ok(1), fails(2)]);
    assert!(matches!(breaker.call(callee.call()).await, Ok(1)));
    assert!(matches!(
        bulkhead.call(callee.call()).await,
        Err(Failure::Error(Failed(2)))
    ));
    assert!(matches!(
        rejection(limit.call(forever()).await),
        Rejected::TimedOut { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn into_error_turns_a_rejection_into_the_error_that_can_carry_it() {
    let limit = Timeout::new(ms(10));
    let late = limit.call(forever()).await;
    assert_eq!(late.map_err(Failure::into_error), Err(TimedOut(10)));
    let failed = limit.call(Callee::failing().call()).await;
    assert_eq!(failed.map_err(Failure::into_error), Err(Failed(1)));
}

#[tokio::test(start_paused = true)]
async fn around_nests_in_the_order_that_one_reads() {
    let (breaker, limit) = (
        CircuitBreaker::new("by-hand-order").min_calls(1),
        Timeout::new(ms(9)),
    );
    let bulkhead = Bulkhead::new("by-hand-order", 1);
    let _held = started(bulkhead.call(forever())).await;

    let full = limit
        .around(breaker.around(bulkhead.around(body(done()))))
        .await;
    assert!(matches!(rejection(full), Rejected::BulkheadFull { .. }));
    assert_eq!(breaker.snapshot().calls, 0);

    let late = breaker.around(limit.around(body(forever()))).await;
    assert!(matches!(rejection(late), Rejected::TimedOut { .. }));
    assert_eq!(breaker.state(), CircuitState::Open);

    let open = limit
        .around(breaker.around(bulkhead.around(body(done()))))
        .await;
    assert!(matches!(rejection(open), Rejected::CircuitOpen { .. }));
}

#[tokio::test(start_paused = true)]
async fn run_retries_by_class() {
    let retry = Retry::new(2).constant(ms(10));
    let run = async |callee: &Callee| {
        let outcome = retry
            .run(|| body(callee.call()).classify(Classify::class))
            .await;
        (
            outcome.map_err(Failure::into_error),
            callee.calls(),
            callee.age(),
        )
    };

    assert_eq!(run(&Callee::failing()).await, (Err(Failed(3)), 3, 20));
    assert_eq!(run(&Callee::new([fails(1), ok(2)])).await, (Ok(2), 2, 10));
    assert_eq!(
        run(&Callee::always(ends(Err(Permanent)))).await,
        (Err(Permanent), 1, 0)
    );
}

/// The class is that of this attempt's body: none is left over from another call.
#[tokio::test(start_paused = true)]
async fn run_takes_an_attempt_without_a_body() {
    let retry = Retry::new(2).constant(ms(10));
    let callee = Callee::always(ends(Err(Permanent)));
    let classified = || body(callee.call()).classify(Classify::class);
    assert!(retry.run(classified).await.is_err());
    assert_eq!(callee.calls(), 1);

    let unclassified = async || callee.call().await.map_err(Failure::Error);
    assert!(retry.run(unclassified).await.is_err());
    assert_eq!(callee.calls(), 1 + 3);
}

#[tokio::test(start_paused = true)]
async fn run_takes_a_closure_that_counts() {
    let retry = Retry::new(3).constant(ms(10));
    let mut attempt = 0;
    let outcome = retry
        .run(|| {
            attempt += 1;
            let outcome = if attempt < 3 {
                Err(Failed(attempt))
            } else {
                Ok(attempt)
            };
            body(std::future::ready(outcome))
        })
        .await;
    assert!(matches!(outcome, Ok(3)));
}

/// One test a line: the attempts of a `Retry` on a callee that always fails start at these milliseconds.
macro_rules! attempts_start_at {
    ($($rule:ident: $retry:expr => $starts:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $rule() {
            static RETRY: Retry = $retry;
            let callee = Callee::failing();
            assert!(RETRY.run(|| body(callee.call())).await.is_err());
            assert_eq!(callee.starts(), $starts);
        }
    )*};
}

attempts_start_at! {
    exponential: Retry::new(3).exponential(ms(10), 3.0) => [0, 10, 40, 130];
    linear: Retry::new(3).linear(ms(10)) => [0, 10, 30, 60];
    constant: Retry::new(3).constant(ms(10)) => [0, 10, 20, 30];
    fibonacci: Retry::new(4).fibonacci(ms(10)) => [0, 10, 20, 40, 70];
    no_delay: Retry::new(2).no_delay() => [0, 0, 0];
    max_delay: Retry::new(3).exponential(ms(10), 2.0).max_delay(ms(15)) => [0, 10, 25, 40];
    max_duration: Retry::new(9).constant(ms(10)).max_duration(ms(30)) => [0, 10, 20];
    the_defaults_are_those_of_the_attribute: Retry::new(3) => [0, 100, 300, 700];
}

// -------------------------------------------------------------------------------- instances

#[tokio::test(start_paused = true)]
async fn statics_are_shared_with_the_attributes_that_name_them() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("by-hand-static").consecutive_failures(2);
    static BULKHEAD: Bulkhead = Bulkhead::new("by-hand-static", 1);
    static RETRY: Retry = Retry::new(1).constant(ms(10));

    #[timeout("50ms")]
    #[retry(RETRY)]
    #[circuit_breaker(BREAKER)]
    #[bulkhead(BULKHEAD)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([fails(1), ok(2), hangs()]);
    assert_eq!(call(&callee).await, Ok(2));
    assert_eq!(callee.starts(), [0, 10]);
    assert_eq!(call(&callee).await, Err(TimedOut(50)));

    let held = started(BULKHEAD.call(forever())).await;
    assert_eq!(call(&callee).await, Err(BulkheadFull));
    drop(held);
    record(&BREAKER, "f").await;
    assert_eq!(call(&callee).await, Err(CircuitOpen));
}

mod statics {
    use super::{Bulkhead, ms};

    pub(crate) static QUEUE: Bulkhead = Bulkhead::new("by-hand-module", 1).max_wait(ms(20));
}

/// A client that is made per tenant: its instances are its own, however it holds them.
macro_rules! client {
    ($client:ident$(<$life:lifetime>)?, $breaker:ty, $bulkhead:ty) => {
        struct $client$(<$life>)? {
            breaker: $breaker,
            bulkhead: $bulkhead,
        }

        impl$(<$life>)? $client$(<$life>)? {
            #[circuit_breaker(self.breaker)]
            #[bulkhead(self.bulkhead)]
            async fn call(&self, callee: &Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            #[retry(max = 1, delay = "10ms")]
            #[circuit_breaker(self.breaker)]
            async fn call_mut(&mut self, callee: &mut Callee) -> Result<u32, Fault> {
                callee.call().await
            }

            #[bulkhead(self.bulkhead)]
            async fn call_once(self, callee: Arc<Callee>) -> Result<u32, Fault> {
                callee.call().await
            }
        }
    };
}

client!(Plain, CircuitBreaker, Bulkhead);
client!(Borrowing<'a>, &'a CircuitBreaker, &'a Bulkhead);
client!(Sharing, Arc<CircuitBreaker>, Arc<Bulkhead>);

fn tenants_breaker() -> CircuitBreaker {
    CircuitBreaker::new("by-hand-tenant").consecutive_failures(2)
}

fn tenants_bulkhead() -> Bulkhead {
    Bulkhead::new("by-hand-tenant", 1)
}

/// The one tenant of two that fails is the one whose breaker opens.
macro_rules! tenants_are_apart {
    ($one:expr, $other:expr) => {{
        let (mut one, other) = ($one, $other);
        let mut down = Callee::failing();
        assert_eq!(one.call_mut(&mut down).await, Err(Failed(2)));
        assert_eq!(one.call_mut(&mut down).await, Err(CircuitOpen));
        assert_eq!(one.call(&down).await, Err(CircuitOpen));

        let up = Callee::new([hangs(), ok(1)]);
        let held = started(other.call(&up)).await;
        assert_eq!(other.call(&up).await, Err(BulkheadFull));
        drop(held);
        assert_eq!(other.call(&up).await, Ok(1));

        let last = Arc::new(Callee::always(ok(2)));
        assert_eq!(other.call_once(last).await, Ok(2));
    }};
}

#[tokio::test(start_paused = true)]
async fn instances_in_plain_fields() {
    let new = || Plain {
        breaker: tenants_breaker(),
        bulkhead: tenants_bulkhead(),
    };
    tenants_are_apart!(new(), new());
}

#[tokio::test(start_paused = true)]
async fn instances_behind_references() {
    let (first, second) = (tenants_breaker(), tenants_breaker());
    let bulkhead = &tenants_bulkhead();
    let new = |breaker| Borrowing { breaker, bulkhead };
    tenants_are_apart!(new(&first), new(&second));
}

#[tokio::test(start_paused = true)]
async fn instances_behind_arcs() {
    let new = || Sharing {
        breaker: tenants_breaker().into(),
        bulkhead: tenants_bulkhead().into(),
    };
    tenants_are_apart!(new(), new());
}

#[tokio::test(start_paused = true)]
async fn instances_by_a_path() {
    #[bulkhead(statics::QUEUE)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1)]);
    let _held = started(statics::QUEUE.call(forever())).await;
    assert_eq!(call(&callee).await, Err(BulkheadFull));
    assert_eq!(callee.age(), 20);
}

impl Plain {
    #[bulkhead(self.bulkhead)]
    async fn call_pinned(self: Pin<&mut Self>, callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn instances_in_a_pinned_self() {
    let mut plain = Box::pin(Plain {
        breaker: tenants_breaker(),
        bulkhead: tenants_bulkhead(),
    });
    assert_eq!(
        plain.as_mut().call_pinned(&Callee::always(ok(1))).await,
        Ok(1)
    );
}

/// A handle that can be had without `self` leaves `self` to the body.
#[tokio::test(start_paused = true)]
async fn instances_of_a_self_that_the_body_changes() {
    struct Counting {
        breaker: Arc<CircuitBreaker>,
        bulkhead: &'static Bulkhead,
        retry: Arc<Retry>,
        attempts: u32,
    }

    impl Counting {
        #[retry(self.retry)]
        #[circuit_breaker(self.breaker)]
        #[bulkhead(self.bulkhead)]
        async fn call(&mut self) -> Result<u32, Fault> {
            self.attempts += 1;
            Err(Failed(self.attempts))
        }
    }

    let mut counting = Counting {
        breaker: tenants_breaker().into(),
        bulkhead: &DB,
        retry: Arc::new(Retry::new(4).no_delay()),
        attempts: 0,
    };
    assert_eq!(counting.call().await, Err(CircuitOpen));
    assert_eq!(counting.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn instances_in_traits() {
    #[async_trait::async_trait]
    trait Dynamic {
        fn breaker(&self) -> &CircuitBreaker;

        #[circuit_breaker(self.breaker())]
        async fn call_by_default(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }

        async fn call(&mut self, callee: &Callee) -> Result<u32, Fault>;
    }

    trait Native {
        fn breaker(&self) -> &CircuitBreaker;

        #[circuit_breaker(self.breaker())]
        async fn call_natively(&self, callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    #[async_trait::async_trait]
    impl Dynamic for Sharing {
        fn breaker(&self) -> &CircuitBreaker {
            &self.breaker
        }

        #[circuit_breaker(self.breaker)]
        #[bulkhead(self.bulkhead)]
        async fn call(&mut self, callee: &Callee) -> Result<u32, Fault> {
            assert_eq!(self.bulkhead.in_flight(), 1);
            callee.call().await
        }
    }

    impl Native for Sharing {
        fn breaker(&self) -> &CircuitBreaker {
            &self.breaker
        }
    }

    let (breaker, bulkhead) = (tenants_breaker().into(), tenants_bulkhead().into());
    let mut sharing = Sharing { breaker, bulkhead };
    let callee = Callee::failing();
    assert_eq!(Dynamic::call(&mut sharing, &callee).await, Err(Failed(1)));
    assert_eq!(sharing.call_by_default(&callee).await, Err(Failed(2)));
    assert_eq!(sharing.call_by_default(&callee).await, Err(CircuitOpen));
    assert_eq!(sharing.call_natively(&callee).await, Err(CircuitOpen));
    assert_eq!(Dynamic::call(&mut sharing, &callee).await, Err(CircuitOpen));
}

// ------------------------------------------------------------------ errors of other crates

/// An error that cannot be `From<Rejected>`, as neither of the two is the user's.
type Foreign = std::num::ParseIntError;

fn foreign(_: Rejected) -> Foreign {
    "a rejection"
        .parse::<u32>()
        .expect_err("these are no digits")
}

#[tokio::test(start_paused = true)]
async fn rejected_converts_for_errors_of_other_crates() {
    #[timeout("10ms", rejected = foreign)]
    async fn limited(callee: &Callee) -> Result<u32, Foreign> {
        callee
            .call()
            .await
            .map_err(|_| "".parse::<u32>().expect_err("empty"))
    }

    #[retry(max = 1, delay = "1ms")]
    #[timeout("10ms")]
    #[bulkhead(max_concurrent = 1, rejected = foreign)]
    async fn stacked(callee: &Callee) -> Result<u32, Foreign> {
        limited(callee).await
    }

    let callee = Callee::new([ok(1), fails(2), hangs(), fails(4), ok(5), hangs()]);
    let rejected = foreign(rejection(LIMIT.call(forever()).await));
    assert_eq!(limited(&callee).await, Ok(1));
    assert_ne!(limited(&callee).await, Err(rejected.clone()));
    assert_eq!(limited(&callee).await, Err(rejected.clone()));
    assert_eq!(stacked(&callee).await, Ok(5));

    let _held = started(stacked(&callee)).await;
    assert_eq!(stacked(&callee).await, Err(rejected));
}

#[tokio::test(start_paused = true)]
async fn rejected_may_use_what_the_attempts_of_a_retry_on_top_borrow() {
    #[derive(Debug, PartialEq)]
    struct Named(String);

    #[retry(max = 1, delay = "1ms", rejected = |_| Named(format!("{name} again")))]
    #[timeout("10ms")]
    async fn borrows(name: String) -> Result<usize, Named> {
        forever().await.ok();
        Ok(name.len())
    }

    #[retry(max = 1, delay = "1ms", rejected = |_| Named(name))]
    #[timeout("10ms")]
    async fn consumes(name: String) -> Result<usize, Named> {
        forever().await.ok();
        Ok(1)
    }

    struct Client {
        calls: u32,
    }

    impl Client {
        #[retry(max = 1, delay = "1ms", rejected = |_| Named(self.calls.to_string()))]
        #[timeout("10ms")]
        async fn changes(&mut self) -> Result<u32, Named> {
            self.calls += 1;
            forever().await.ok();
            Ok(self.calls)
        }
    }

    assert_eq!(borrows("it".into()).await, Err(Named("it again".into())));
    assert_eq!(consumes("it".into()).await, Err(Named("it".into())));
    let mut client = Client { calls: 0 };
    assert_eq!(client.changes().await, Err(Named("2".into())));
}
