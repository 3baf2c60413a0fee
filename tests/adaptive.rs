//! Rule 30: a bulkhead whose limit follows the latency of its calls.

mod support;

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use futures::{FutureExt, future::join_all};
use resilient_runtime::{
    Bulkhead, Classify, Failure, Rejected, Retry, Timeout, body, bulkhead, circuit_breaker, event,
    registry, retry, testing, timeout,
};
use support::{Fault, done, dropped_after_every_poll, forever, ms, rejection, started};
use tokio::time::sleep;

/// A callee whose latency doubles above so many calls at once, and what became of the limit after each call.
struct Server {
    latency: Cell<u64>,
    knee: Cell<usize>,
    running: Cell<usize>,
    outcome: Cell<Result<u32, Fault>>,
    limits: RefCell<Vec<usize>>,
}

impl Server {
    fn new(latency: u64) -> Self {
        Self {
            latency: Cell::new(latency),
            knee: Cell::new(40),
            running: Cell::new(0),
            outcome: Cell::new(Ok(1)),
            limits: RefCell::default(),
        }
    }

    async fn call(&self) -> Result<u32, Fault> {
        let running = Leaving(&self.running);
        running.0.set(running.0.get() + 1);
        let factor = if self.running.get() > self.knee.get() {
            2
        } else {
            1
        };
        sleep(ms(self.latency.get() * factor)).await;
        self.outcome.get()
    }

    /// So many clients make so many calls, each its next one when it has its answer; a millisecond later when it
    /// is rejected. The least and the most that the limit was after each but the first `after`.
    async fn is_called(
        &self,
        clients: usize,
        after: usize,
        calls: usize,
        bulkhead: &Bulkhead,
        call: impl AsyncFn() -> Result<u32, Fault>,
    ) -> (usize, usize) {
        self.limits.borrow_mut().clear();
        join_all((0..clients).map(async |_| {
            while self.limits.borrow().len() < after + calls {
                if call().await == Err(Fault::BulkheadFull) {
                    sleep(ms(1)).await;
                } else {
                    self.limits.borrow_mut().push(bulkhead.limit());
                }
            }
        }))
        .await;
        let limits = self.limits.borrow();
        let later = || limits[after..].iter().copied();
        (later().min().unwrap(), later().max().unwrap())
    }

    /// The same, of calls under this bulkhead alone.
    async fn called_under(
        &self,
        bulkhead: &Bulkhead,
        clients: usize,
        after: usize,
        calls: usize,
    ) -> (usize, usize) {
        let call = async || {
            let call = body(self.call()).classify(Classify::class);
            bulkhead.around(call).await.map_err(Failure::into_error)
        };
        self.is_called(clients, after, calls, bulkhead, call).await
    }

    /// Holds the limit between 32 and 48 from the two hundredth call on.
    async fn is_held(&self, bulkhead: &Bulkhead, clients: usize) {
        let (least, most) = self.called_under(bulkhead, clients, 200, 1_000).await;
        assert!(
            least >= 32 && most <= 48,
            "{least}..{most} of {clients} clients, {} ms",
            self.latency.get()
        );
    }
}

struct Leaving<'a>(&'a Cell<usize>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

fn bulkhead(initial: usize) -> Bulkhead {
    Bulkhead::adaptive("adaptive").max(1_000).initial(initial)
}

#[tokio::test(start_paused = true)]
async fn rule_30_it_is_held_where_latency_doubles_from_either_side_and_after_each_change() {
    for (latency, clients, waits) in [
        (10, 60, false),
        (10, 200, true),
        (20, 60, true),
        (20, 200, false),
        (100, 60, true),
        (100, 200, true),
    ] {
        for initial in [4, 200] {
            let mut bulkhead = bulkhead(initial);
            if waits {
                bulkhead = bulkhead.max_wait(ms(60_000));
            }
            let server = Server::new(latency);
            server.is_held(&bulkhead, clients).await;
            server.latency.set(latency * 3);
            server.is_held(&bulkhead, clients).await;
            server.latency.set(latency);
            server.is_held(&bulkhead, clients).await;
            server.knee.set(10);
            server.called_under(&bulkhead, clients, 0, 500).await;
            assert!(bulkhead.limit() < 16, "{}", bulkhead.limit());
            server.knee.set(40);
            server.is_held(&bulkhead, clients).await;
            assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_latency_that_comes_back_leaves_no_limit_that_is_too_high() {
    for initial in [5, 20] {
        let bulkhead = bulkhead(initial).max_wait(ms(100_000));
        let server = Server::new(50);
        server.is_held(&bulkhead, 200).await;
        server.latency.set(100);
        server.called_under(&bulkhead, 200, 0, 2_000).await;
        server.latency.set(50);
        let (least, most) = server.called_under(&bulkhead, 200, 200, 20_000).await;
        assert!(least >= 32 && most <= 48, "{least}..{most} from {initial}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_capacity_that_grows_is_found_and_not_passed() {
    for (from, to, within) in [(20, 40, 200), (40, 60, 350)] {
        for clients in [to * 3 / 2, 200] {
            let bulkhead = bulkhead(20).max_wait(ms(100_000));
            let server = Server::new(50);
            server.knee.set(from);
            server.called_under(&bulkhead, clients, 0, 1_000).await;
            server.knee.set(to);
            let (_, passed) = server.called_under(&bulkhead, clients, 0, within).await;
            let (least, most) = server.called_under(&bulkhead, clients, 0, 1_000).await;
            assert!(
                least * 5 >= to * 4 && most * 5 <= to * 6 && passed * 4 <= to * 5,
                "{least}..{most} for {to}, {passed} on the way, {clients} clients"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_capacity_that_goes_and_comes_back_is_held_each_time() {
    for (clients, waits) in [(60, true), (150, false), (150, true), (200, false)] {
        let mut bulkhead = bulkhead(10);
        if waits {
            bulkhead = bulkhead.max_wait(ms(100_000));
        }
        let server = Server::new(10);
        server.is_held(&bulkhead, clients).await;
        server.knee.set(1_000);
        server.called_under(&bulkhead, clients, 0, 4_000).await;
        assert!(bulkhead.limit() > clients, "{}", bulkhead.limit());
        server.knee.set(40);
        server.is_held(&bulkhead, clients).await;
        server.knee.set(5);
        server.called_under(&bulkhead, clients, 0, 2_000).await;
        assert!(bulkhead.limit() <= 6, "{}", bulkhead.limit());
        server.knee.set(40);
        server.is_held(&bulkhead, clients).await;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_capacity_that_was_small_from_the_start_may_become_large() {
    for knee in [5, 10] {
        for (clients, waits) in [(60, true), (60, false), (150, true), (150, false)] {
            let mut bulkhead = bulkhead(10);
            if waits {
                bulkhead = bulkhead.max_wait(ms(100_000));
            }
            let server = Server::new(10);
            server.knee.set(knee);
            server.called_under(&bulkhead, clients, 0, 1_000).await;
            assert!(bulkhead.limit() <= knee + 2, "{}", bulkhead.limit());
            server.knee.set(40);
            server.is_held(&bulkhead, clients).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_places_that_are_on_their_way_count_as_well_where_the_callee_counts_them() {
    for waits in [false, true] {
        for initial in [4, 200] {
            let mut bulkhead = bulkhead(initial);
            if waits {
                bulkhead = bulkhead.max_wait(ms(60_000));
            }
            let server = Server::new(20);
            let call = async || {
                let call = bulkhead.call(async {
                    let factor = if bulkhead.in_flight() > 40 { 2 } else { 1 };
                    sleep(ms(20 * factor)).await;
                    Ok::<_, Fault>(1)
                });
                call.await.map_err(Failure::into_error)
            };
            let (least, most) = server.is_called(100, 200, 1_000, &bulkhead, call).await;
            assert!(
                least >= 32 && most <= 48,
                "{least}..{most} {waits} {initial}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rule_30_it_is_held_by_its_keys_as_well() {
    #[bulkhead(
        name = "adaptive-keys",
        adaptive,
        min = 2,
        max = 500,
        initial = 4,
        max_wait = "10s"
    )]
    async fn call(server: &Server) -> Result<u32, Fault> {
        server.call().await
    }

    let bulkhead = registry::bulkhead("adaptive-keys").unwrap();
    assert_eq!(bulkhead.limit(), 4);
    let server = Server::new(20);
    let call = async || call(&server).await;
    let (least, most) = server.is_called(100, 200, 1_000, bulkhead, call).await;
    assert!(least >= 32 && most <= 48, "{least}..{most}");
}

#[tokio::test(start_paused = true)]
async fn rule_30_it_grows_only_while_it_is_used() {
    let server = Server::new(10);
    for clients in [1, 9] {
        let idle = bulkhead(20);
        let range = server.called_under(&idle, clients, 0, 500).await;
        assert_eq!(range, (20, 20), "{clients} clients");
    }
    let used = bulkhead(20);
    server.called_under(&used, 10, 0, 500).await;
    assert_eq!(used.limit(), 21, "10 are half of 20, and not of 21");
}

#[tokio::test(start_paused = true)]
async fn rule_30_fast_failures_do_not_raise_it() {
    for fault in [
        Fault::Failed(1),
        Fault::Throttled(1),
        Fault::Permanent,
        Fault::Ignored,
    ] {
        let (bulkhead, server) = (bulkhead(20), Server::new(50));
        server.is_held(&bulkhead, 60).await;
        let limit = bulkhead.limit();
        server.latency.set(1);
        server.outcome.set(Err(fault));
        let (_, most) = server.called_under(&bulkhead, 60, 0, 1_000).await;
        assert!(most <= limit, "{fault}: from {limit} to {most}");
    }
    let (bulkhead, server) = (bulkhead(20), Server::new(1));
    server.outcome.set(Err(Fault::Failed(1)));
    assert_eq!(
        server.called_under(&bulkhead, 60, 0, 1_000).await,
        (20, 20),
        "not from the first call on either"
    );
}

#[tokio::test(start_paused = true)]
async fn rule_30_answers_that_are_errors_are_answers() {
    let (bulkhead, server) = (bulkhead(4), Server::new(20));
    server.outcome.set(Err(Fault::Answered));
    server.is_held(&bulkhead, 60).await;
}

#[tokio::test(start_paused = true)]
async fn rule_30_slow_failures_shrink_it() {
    let (bulkhead, server) = (bulkhead(20), Server::new(20));
    server.is_held(&bulkhead, 60).await;
    server.latency.set(300);
    server.outcome.set(Err(Fault::Failed(1)));
    server.called_under(&bulkhead, 60, 0, 200).await;
    assert!(bulkhead.limit() <= 4, "{}", bulkhead.limit());
}

#[tokio::test(start_paused = true)]
async fn rule_30_timeouts_beneath_it_shrink_it_and_it_recovers() {
    #[bulkhead(name = "adaptive-timeouts", adaptive)]
    #[timeout("200ms")]
    async fn call(server: &Server) -> Result<u32, Fault> {
        server.call().await
    }

    let bulkhead = registry::bulkhead("adaptive-timeouts").unwrap();
    assert_eq!(bulkhead.limit(), 20, "by default");
    let server = Server::new(20);
    let call = async || call(&server).await;
    server.is_called(60, 0, 500, bulkhead, call).await;
    server.latency.set(10_000);
    server.is_called(60, 0, 300, bulkhead, call).await;
    assert!(bulkhead.limit() <= 4, "{}", bulkhead.limit());
    server.latency.set(20);
    let (least, most) = server.is_called(60, 200, 500, bulkhead, call).await;
    assert!(least >= 32 && most <= 48, "{least}..{most}");
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_timeout_around_it_in_the_same_stack_shrinks_it() {
    static LIMIT: Timeout = Timeout::new(Duration::from_millis(100));
    let bulkhead = bulkhead(20);
    for _ in 0..10 {
        let calls = (0..20).map(|_| {
            LIMIT.around(bulkhead.around(body(std::future::pending::<Result<(), Fault>>())))
        });
        join_all(calls).await;
    }
    assert!(bulkhead.limit() <= 4, "{}", bulkhead.limit());
    assert_eq!(bulkhead.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn rule_30_what_says_nothing_of_the_callee_does_not_move_it() {
    static OUTER: Timeout = Timeout::new(Duration::from_millis(100));
    static FULL: Bulkhead = Bulkhead::new("adaptive-full-beneath", 1);
    let (adaptive, server) = (bulkhead(20), Server::new(20));
    server.called_under(&adaptive, 10, 0, 100).await;
    let limit = adaptive.limit();

    // Dropped by who called; of another stack's timeout; rejected beneath; panicking.
    let _held = started(FULL.call(forever())).await;
    for _ in 0..50 {
        drop(started(adaptive.call(forever())).await);
        let nested = async {
            let inner = adaptive.call(forever()).await;
            inner.map_err(Failure::into_error)
        };
        assert!(OUTER.call(nested).await.is_err());
        rejection(adaptive.around(FULL.call(done())).await);
        let panics = adaptive.call(async {
            sleep(ms(500)).await;
            panic!("the body");
            #[expect(unreachable_code, reason = "it says of what type the rest is")]
            Ok::<(), Fault>(())
        });
        let unwound = std::panic::AssertUnwindSafe(panics).catch_unwind().await;
        assert!(unwound.is_err());
    }
    assert_eq!((adaptive.limit(), adaptive.in_flight()), (limit, 0));
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_wait_between_the_attempts_beneath_is_no_call() {
    static OUTER: Timeout = Timeout::new(Duration::from_millis(100));
    static RETRY: Retry = Retry::new(1).delay(Duration::from_secs(1));
    let bulkhead = bulkhead(20);
    for _ in 0..50 {
        let attempt = || body(async { Err::<(), _>(Fault::Failed(1)) });
        let call = OUTER.around(bulkhead.around(RETRY.run(attempt)));
        assert!(call.await.is_err());
    }
    assert_eq!((bulkhead.limit(), bulkhead.in_flight()), (20, 0));
}

#[tokio::test(start_paused = true)]
async fn rule_29_those_who_wait_are_let_in_when_it_grows_first_come_first_served() {
    let bulkhead = bulkhead(2).max_wait(ms(60_000));
    let served = RefCell::new(Vec::new());
    let calls = (0..40).map(|number| {
        let served = &served;
        bulkhead.call(async move {
            served.borrow_mut().push(number);
            sleep(ms(10)).await;
            Ok::<_, Fault>(())
        })
    });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(*served.borrow(), (0..40).collect::<Vec<_>>());
    assert!(bulkhead.limit() > 10, "{}", bulkhead.limit());
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn places_beyond_a_lower_limit_are_not_handed_over() {
    static LIMIT: Timeout = Timeout::new(Duration::from_millis(100));
    let bulkhead = bulkhead(20).max_wait(ms(60_000));
    let hanging = || LIMIT.around(bulkhead.around(body(forever())));
    let outcome = join_all((0..20).map(|_| hanging()));
    let waiter = async {
        sleep(ms(50)).await;
        let waits = (0..30).map(async |_| {
            let call = bulkhead.call(async {
                assert!(bulkhead.in_flight() <= bulkhead.limit());
                sleep(ms(1)).await;
                Ok::<_, Fault>(())
            });
            assert!(call.await.is_ok());
        });
        join_all(waits).await;
    };
    futures::join!(outcome, waiter);
    assert_eq!((bulkhead.in_flight(), bulkhead.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn rule_5_dropped_at_any_point_it_leaves_nothing() {
    let bulkhead = bulkhead(1).min(1).max_wait(ms(5));
    let call = || {
        bulkhead.call(async {
            sleep(ms(3)).await;
            Ok::<_, Fault>(())
        })
    };
    let left = async |polls| assert_eq!(bulkhead.in_flight(), 0, "after {polls} polls");
    dropped_after_every_poll(call, left).await;
    let held = started(bulkhead.call(forever())).await;
    while bulkhead.in_flight() < bulkhead.limit() {
        std::mem::forget(started(bulkhead.call(forever())).await);
    }
    let in_flight = bulkhead.in_flight();
    let left = async |polls| {
        assert_eq!(
            (bulkhead.in_flight(), bulkhead.waiting()),
            (in_flight, 0),
            "after {polls} polls"
        );
    };
    dropped_after_every_poll(call, left).await;
    drop(held);
}

#[tokio::test(start_paused = true)]
async fn it_stays_between_min_and_max() {
    let bulkhead = Bulkhead::adaptive("adaptive-bounds").min(3).max(12);
    assert_eq!(bulkhead.limit(), 12, "the default is 20, and gives way");
    let server = Server::new(20);
    assert_eq!(
        server.called_under(&bulkhead, 60, 0, 500).await,
        (12, 12),
        "as many as it may"
    );
    server.knee.set(1);
    assert_eq!(server.called_under(&bulkhead, 60, 0, 500).await.0, 3);
}

#[test]
fn defaults_give_way_to_what_is_written() {
    let limit = |bulkhead: Bulkhead| bulkhead.limit();
    let adaptive = || Bulkhead::adaptive("adaptive-defaults");
    assert_eq!(limit(adaptive()), 20);
    assert_eq!(limit(adaptive().max(10)), 10);
    assert_eq!(limit(adaptive().min(50)), 50);
    assert_eq!(limit(adaptive().min(5_000)), 5_000);
    assert_eq!(limit(adaptive().initial(5_000)), 5_000);
    assert_eq!(limit(adaptive().initial(7).min(3).max(9)), 7);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_tells_the_limit_of_the_moment() {
    let (bulkhead, server) = (bulkhead(4), Server::new(20));
    server.is_held(&bulkhead, 60).await;
    let limit = bulkhead.limit();
    let mut held = Vec::new();
    for _ in 0..limit {
        held.push(started(bulkhead.call(forever())).await);
    }
    assert_eq!(
        rejection(bulkhead.call(done()).await).to_string(),
        format!("adaptive is full: {limit} calls are in flight")
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_tells_of_each_change_and_of_nothing_else() {
    let bulkhead = bulkhead(2).named("adaptive-told");
    let server = Server::new(20);
    let mut limit = 2;
    for _ in 0..60 {
        let calls = (0..60).map(|_| bulkhead.call(server.call()));
        let (_, events) = testing::record(join_all(calls)).await;
        for event in &events {
            if let event::Event::LimitChanged { name, from, to, .. } = event
                && *name == *"adaptive-told"
            {
                assert_eq!(*from, limit);
                assert_ne!(from, to);
                limit = *to;
            }
        }
        assert_eq!(limit, bulkhead.limit());
    }
    assert!(limit > 2);
}

#[tokio::test(start_paused = true)]
async fn in_shadow_it_finds_its_limit_and_admits_all() {
    let (bulkhead, server) = (bulkhead(4).shadow(), Server::new(20));
    let (least, most) = server.called_under(&bulkhead, 38, 200, 500).await;
    assert!(least >= 38 && most <= 77, "{least}..{most}");
    assert!(bulkhead.would_have_rejected() > 0, "on the way there");
    assert_eq!(bulkhead.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn it_works_in_a_stack_and_without_a_name() {
    #[retry(max = 3, delay = "1ms", on(bulkhead_full))]
    #[circuit_breaker(name = "adaptive-stack")]
    #[bulkhead(adaptive, initial = 4, max = 60)]
    #[timeout("1s")]
    async fn call(server: &Server) -> Result<u32, Fault> {
        server.call().await
    }

    let server = Server::new(20);
    let mut answered = 0;
    for _ in 0..40 {
        let outcomes = join_all((0..40).map(|_| call(&server))).await;
        answered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    }
    assert_eq!(answered, 40, "there is room for all by then");
}

#[test]
fn a_name_with_adaptive_declares_it_and_moves_no_agreement() {
    #[bulkhead(name = "adaptive-declared", adaptive, max = 30)]
    async fn first() -> Result<(), Rejected> {
        Ok(())
    }

    #[bulkhead(name = "adaptive-declared", adaptive, max = 30)]
    async fn second() -> Result<(), Rejected> {
        Ok(())
    }

    #[bulkhead(name = "adaptive-disputed", adaptive, max = 30)]
    async fn third() -> Result<(), Rejected> {
        Ok(())
    }

    #[bulkhead(name = "adaptive-disputed", adaptive, max = 40)]
    async fn fourth() -> Result<(), Rejected> {
        Ok(())
    }

    drop((first(), second(), third(), fourth()));
    assert_eq!(registry::bulkhead("adaptive-declared").unwrap().limit(), 20);
    let conflicts = registry::verify().unwrap_err().to_string();
    assert!(!conflicts.contains("adaptive-declared"), "{conflicts}");
    assert!(conflicts.contains("adaptive-disputed"), "{conflicts}");
}
