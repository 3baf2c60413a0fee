//! Rule 29: how many run at once, who waits, and for how long.

mod support;

use std::{
    cell::RefCell,
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{FutureExt, future::join_all};
use resilient_runtime::{
    Bulkhead, Failure, Rejected, Timeout, body, bulkhead, deadline, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, BulkheadFull, Failed, TimedOut},
    HOUR, done, fails, forever, hangs, ms, ok, rejection, started,
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    util::SubscriberInitExt,
};

/// Whether a call was admitted, and how long it took to know.
async fn waited(bulkhead: &Bulkhead) -> (bool, Duration) {
    let start = Instant::now();
    let admitted = bulkhead.call(done()).await.is_ok();
    (admitted, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn no_more_than_max_concurrent_run_at_once() {
    const PLACES: usize = 3;

    #[bulkhead(name = "bulkhead-most", max_concurrent = PLACES, max_wait = "1s")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ok(1).after(10));
    let outcomes = join_all((0..10).map(|_| call(&callee))).await;
    assert_eq!(outcomes, [Ok(1); 10]);
    assert_eq!(callee.most(), 3);
    assert_eq!(callee.age(), 40, "three, three, three, and one");
}

#[tokio::test(start_paused = true)]
async fn without_max_wait_it_rejects_at_once() {
    let bulkhead = Bulkhead::new("bulkhead-at-once", 2);
    let _held = [
        started(bulkhead.call(forever())).await,
        started(bulkhead.call(forever())).await,
    ];
    assert_eq!(
        (bulkhead.limit(), bulkhead.in_flight(), bulkhead.waiting()),
        (2, 2, 0)
    );
    assert_eq!(waited(&bulkhead).await, (false, ms(0)));
}

#[tokio::test(start_paused = true)]
async fn max_wait_is_how_long_it_waits() {
    let bulkhead = Bulkhead::new("bulkhead-max-wait", 1).max_wait(ms(100));
    let held = started(bulkhead.call(forever())).await;
    assert_eq!(waited(&bulkhead).await, (false, ms(100)));

    let release = async {
        sleep(ms(60)).await;
        drop(held);
    };
    assert_eq!(tokio::join!(waited(&bulkhead), release).0, (true, ms(60)));
}

#[tokio::test(start_paused = true)]
async fn max_queue_is_how_many_wait() {
    let bulkhead = Bulkhead::new("bulkhead-max-queue", 1)
        .max_wait(ms(100))
        .max_queue(2);
    let _held = started(bulkhead.call(forever())).await;
    let queue = [
        started(bulkhead.call(done())).await,
        started(bulkhead.call(done())).await,
    ];
    assert_eq!(bulkhead.waiting(), 2);
    assert_eq!(waited(&bulkhead).await, (false, ms(0)));

    drop(queue);
    assert_eq!(bulkhead.waiting(), 0);
    let _third = started(bulkhead.call(done())).await;
}

#[tokio::test(start_paused = true)]
async fn each_key_is_the_setting_of_its_name() {
    #[bulkhead(max_concurrent = 2, max_wait = "30ms", max_queue = 1)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    let _held = [started(call(&callee)).await, started(call(&callee)).await];
    let queued = started(call(&callee)).await;
    assert_eq!(call(&callee).await, Err(BulkheadFull));
    assert_eq!(callee.age(), 0);
    assert_eq!(queued.await, Err(BulkheadFull));
    assert_eq!(callee.age(), 30);
}

#[tokio::test(start_paused = true)]
async fn with_max_wait_alone_any_number_waits() {
    let bulkhead = Bulkhead::new("bulkhead-unbounded", 1).max_wait(ms(100));
    let held = started(bulkhead.call(forever())).await;
    let mut queue = Vec::new();
    for _ in 0..1000 {
        queue.push(started(bulkhead.call(done())).await);
    }
    assert_eq!(bulkhead.waiting(), 1000);
    drop(held);
    assert!(join_all(queue).await.iter().all(Result::is_ok));
}

// ---------------------------------------------------------------------------------------- rule 29

#[tokio::test(start_paused = true)]
async fn rule_29_first_come_first_served() {
    let bulkhead = Bulkhead::new("bulkhead-fifo", 1).max_wait(ms(1_000));
    let served = RefCell::new(Vec::new());
    let call = |number| {
        let served = &served;
        bulkhead.call(async move {
            served.borrow_mut().push(number);
            sleep(ms(10)).await;
            Ok::<_, Fault>(())
        })
    };
    let mut queue = Vec::new();
    for number in 0..5 {
        queue.push(started(call(number)).await);
    }
    queue.reverse();
    assert!(join_all(queue).await.iter().all(Result::is_ok));
    assert_eq!(
        *served.borrow(),
        [0, 1, 2, 3, 4],
        "in the order they came, not that of their polls"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_29_a_released_permit_goes_to_the_waiter_and_never_to_a_newcomer() {
    let bulkhead = Bulkhead::new("bulkhead-newcomer", 1).max_wait(ms(100));
    let held = started(bulkhead.call(forever())).await;
    let waiter = started(bulkhead.call(done())).await;

    drop(held);
    let newcomer = started(bulkhead.call(done())).await;
    assert!(waiter.await.is_ok());
    assert!(newcomer.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn rule_29_a_dropped_waiter_leaves_its_place_to_the_next() {
    let bulkhead = Bulkhead::new("bulkhead-leaves", 1).max_wait(ms(100));
    let held = started(bulkhead.call(forever())).await;
    let first = started(bulkhead.call(done())).await;
    let second = started(bulkhead.call(done())).await;

    drop(first);
    assert_eq!(bulkhead.waiting(), 1);
    drop(held);
    assert!(second.now_or_never().is_some_and(|outcome| outcome.is_ok()));
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn rule_29_a_waiter_is_woken_by_the_release() {
    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-woken", 1).max_wait(ms(100));
    let (release, released) = oneshot::channel();
    let holder = tokio::spawn(BULKHEAD.call(async {
        released.await.unwrap();
        Ok::<_, Fault>(())
    }));
    tokio::task::yield_now().await;
    let waiter = tokio::spawn(BULKHEAD.call(done()));
    tokio::task::yield_now().await;
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (1, 1));

    let start = Instant::now();
    release.send(()).unwrap();
    assert!(holder.await.unwrap().is_ok());
    assert!(waiter.await.unwrap().is_ok());
    assert_eq!(start.elapsed(), ms(0), "and not by its own timer");
}

#[tokio::test(start_paused = true)]
async fn rule_29_a_waiter_that_has_moved_is_woken_where_it_is() {
    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-moved", 1).max_wait(ms(100));
    let held = started(BULKHEAD.call(forever())).await;
    let waiter = started(BULKHEAD.call(done())).await;
    let moved = tokio::spawn(waiter);
    tokio::task::yield_now().await;

    let start = Instant::now();
    drop(held);
    assert!(moved.await.unwrap().is_ok());
    assert_eq!(start.elapsed(), ms(0), "and not by its own timer");
}

#[tokio::test(start_paused = true)]
async fn rule_29_a_permit_is_given_back_however_the_call_ends() {
    #[bulkhead(BULKHEAD)]
    #[timeout("10ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        assert_eq!(BULKHEAD.in_flight(), 1);
        match callee.call().await? {
            0 => panic!("the body"),
            value => Ok(value),
        }
    }

    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-given-back", 1);

    let callee = Callee::new([ok(1), fails(2), hangs(), ok(0), ok(5)]);
    let mut ends = Vec::new();
    for _ in 0..5 {
        ends.push(
            std::panic::AssertUnwindSafe(call(&callee))
                .catch_unwind()
                .await
                .ok(),
        );
        assert_eq!(BULKHEAD.in_flight(), 0);
    }
    assert_eq!(
        ends,
        [
            Some(Ok(1)),
            Some(Err(Failed(2))),
            Some(Err(TimedOut(10))),
            None,
            Some(Ok(5))
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn rule_29_the_permit_is_not_held_through_the_sleep_of_a_retry_around_it() {
    #[retry(max = 1, delay = "100ms")]
    #[bulkhead(BULKHEAD)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-sleep", 1);

    let callee = Callee::new([fails(1), ok(2)]);
    let between = async {
        sleep(ms(50)).await;
        BULKHEAD.in_flight()
    };
    assert_eq!(tokio::join!(call(&callee), between), (Ok(2), 0));
}

#[tokio::test(start_paused = true)]
async fn rule_29_the_permit_is_held_through_the_sleep_of_a_retry_within_it() {
    #[bulkhead(BULKHEAD)]
    #[retry(max = 1, delay = "100ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-held", 1);

    let callee = Callee::new([fails(1), ok(2)]);
    let between = async {
        sleep(ms(50)).await;
        BULKHEAD.in_flight()
    };
    assert_eq!(tokio::join!(call(&callee), between), (Ok(2), 1));
}

#[tokio::test(start_paused = true)]
async fn rule_29_waiting_counts_against_the_timeout_around_it() {
    #[timeout("50ms")]
    #[bulkhead(name = "bulkhead-counts", max_concurrent = 1, max_wait = "40ms")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::new([ok(1).after(30), ok(2).after(30)]);
    let (first, second) = tokio::join!(call(&callee), call(&callee));
    assert_eq!(
        (first, second),
        (Ok(1), Err(TimedOut(50))),
        "20 ms of the 30 were left"
    );
    assert_eq!(callee.age(), 50);
}

#[tokio::test(start_paused = true)]
async fn on_bulkhead_full_is_retried_and_finds_room() {
    #[retry(max = 1, delay = "10ms", on(bulkhead_full))]
    #[bulkhead(BULKHEAD)]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-on", 1);

    let callee = Callee::always(ok(1).after(5));
    let (first, second) = tokio::join!(call(&callee), call(&callee));
    assert_eq!((first, second), (Ok(1), Ok(1)));
    assert_eq!(callee.starts(), [0, 10]);
}

/// Tasks on two threads come, wait, and are dropped while they wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_29_no_permit_is_lost_among_threads() {
    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-threads", 3).max_wait(ms(HOUR));
    static MOST: AtomicUsize = AtomicUsize::new(0);

    let call = || {
        tokio::spawn(BULKHEAD.call(async {
            MOST.fetch_max(BULKHEAD.in_flight(), Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok::<_, Fault>(())
        }))
    };
    let (aborted, kept): (Vec<_>, Vec<_>) = (0..2_000).map(|_| (call(), call())).unzip();
    for task in aborted {
        task.abort();
        task.await.ok();
    }
    for task in kept {
        assert!(task.await.unwrap().is_ok());
    }
    assert_eq!((BULKHEAD.in_flight(), BULKHEAD.waiting()), (0, 0));
    assert!(MOST.load(Ordering::Relaxed) <= 3);
}

// -------------------------------------------------------------------------------- whose it is

#[tokio::test(start_paused = true)]
async fn without_a_name_it_is_private_to_the_function() {
    struct Orders;
    struct Users;

    impl Orders {
        #[bulkhead(max_concurrent = 1)]
        async fn get(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    impl Users {
        #[bulkhead(max_concurrent = 1)]
        async fn get(callee: &Callee) -> Result<u32, Fault> {
            callee.call().await
        }
    }

    let callee = Callee::always(hangs());
    let _orders = started(Orders::get(&callee)).await;
    let _users = started(Users::get(&callee)).await;
    assert_eq!(Orders::get(&callee).await, Err(BulkheadFull));
    assert_eq!(Users::get(&callee).await, Err(BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn a_name_refers_to_the_one_that_is_declared_elsewhere() {
    #[bulkhead(name = "bulkhead-shared", max_concurrent = 1)]
    async fn declares(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[bulkhead(name = "bulkhead-shared")]
    async fn refers(callee: &Callee) -> Result<String, Fault> {
        callee.call().await.map(|value| value.to_string())
    }

    let callee = Callee::always(hangs());
    let first = started(refers(&callee)).await;
    assert_eq!(declares(&callee).await, Err(BulkheadFull));
    drop(first);
    let _second = started(declares(&callee)).await;
    assert_eq!(refers(&callee).await, Err(BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn a_name_refers_to_the_static_that_has_it() {
    static BULKHEAD: Bulkhead = Bulkhead::new("bulkhead-static", 1);

    #[bulkhead(BULKHEAD)]
    async fn by_path(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    #[bulkhead(name = "bulkhead-static")]
    async fn by_name(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(hangs());
    let _first = started(by_name(&callee)).await;
    assert_eq!(BULKHEAD.in_flight(), 1);
    assert_eq!(by_path(&callee).await, Err(BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_declared_nowhere_admits_all() {
    #[bulkhead(name = "bulkhead-nowhere")]
    async fn call(callee: &Callee) -> Result<u32, Fault> {
        callee.call().await
    }

    let callee = Callee::always(ok(1).after(10));
    assert_eq!(
        join_all((0..100).map(|_| call(&callee))).await,
        [Ok(1); 100]
    );
    assert_eq!(callee.most(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_runs_nothing() {
    let bulkhead = Bulkhead::new("bulkhead-nothing", 1);
    let callee = Callee::always(hangs());
    let _held = started(bulkhead.call(callee.call())).await;
    rejection(bulkhead.call(callee.call()).await);
    assert_eq!(callee.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn rule_29_waiting_under_a_timeout_ends_by_the_timeout() {
    static LIMIT: Timeout = Timeout::new(ms(50));
    let bulkhead = Bulkhead::new("rule-29-under-a-timeout", 1).max_wait(ms(1_000));
    let held = started(bulkhead.call(std::future::pending::<Result<(), Fault>>())).await;
    let waits = LIMIT.around(bulkhead.around(body(async { Ok::<(), Fault>(()) })));
    assert!(matches!(
        waits.await,
        Err(Failure::Rejected(Rejected::TimedOut { .. }))
    ));
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (1, 0));
    // A deadline opened by hand is nobody's to fire at: there the bulkhead stops waiting by itself.
    let deadline = tokio::time::Instant::now() + ms(20);
    let waits = deadline::scope(deadline, bulkhead.call(async { Ok::<(), Fault>(()) }));
    assert!(matches!(
        waits.await,
        Err(Failure::Rejected(Rejected::BulkheadFull { .. }))
    ));
    drop(held);
}

/// What a user listens with, and panics at whatever it is told.
struct Panics;

impl<S: tracing::Subscriber> Layer<S> for Panics {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        panic!("told: {event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_is_given_back_where_telling_that_it_was_waited_for_unwinds() {
    static ONE: Bulkhead = Bulkhead::new("bulkhead-unwinds", 1).max_wait(ms(1000));

    let held = started(ONE.call(forever())).await;
    let mut waits = started(ONE.call(done())).await;
    drop(held);
    let unwound = {
        let _told = tracing_subscriber::registry().with(Panics).set_default();
        AssertUnwindSafe(waits.as_mut()).catch_unwind().await
    };
    assert!(unwound.is_err());
    drop(waits);
    assert_eq!((ONE.in_flight(), ONE.waiting()), (0, 0));
}
