//! Rule 28: an instance for each key, at most `max_keys` of them, and none forgotten that knows something.

mod support;

use std::cell::Cell;
use std::fmt;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Failure, OfKey, RateLimiter, Rejected, body, bulkhead,
    circuit_breaker,
    event::{self, Event, Subscription},
    rate_limit, registry, retry,
};
use support::{
    Callee,
    Fault::{self, CircuitOpen, Failed},
    done, dropped_after_every_poll, fails, forever, hangs, ms, ok, record, rejection, started,
};
use tokio::time::advance;

fn hosts(max_keys: u32) -> CircuitBreaker {
    CircuitBreaker::new("hosts")
        .consecutive_failures(1)
        .half_open_calls(1)
        .break_duration(ms(1_000))
        .max_keys(max_keys)
}

async fn opens(hosts: &CircuitBreaker, key: &str) {
    record(&hosts.of(key), "f").await;
    assert_eq!(hosts.of(key).state(), CircuitState::Open);
}

/// The keys that there are, in order.
fn keys(breaker: &CircuitBreaker) -> Vec<String> {
    let mut keys: Vec<String> = breaker
        .keys()
        .iter()
        .map(|key| key.key().to_owned())
        .collect();
    keys.sort();
    keys
}

/// The names that ran unprotected since.
fn unprotected(events: &mut Subscription, of: &str) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(event) = events.try_recv() {
        if let Event::KeyUnprotected { name, .. } = event
            && name.without_key() == of
        {
            names.push(name.to_string());
        }
    }
    names
}

#[tokio::test(start_paused = true)]
async fn each_key_has_a_breaker_of_its_own() {
    let hosts = hosts(10);
    opens(&hosts, "a").await;
    let rejected = rejection(hosts.of("a").call(done()).await);
    assert_eq!(
        rejected.to_string(),
        "hosts[a] is open: the last call failed; next probe in 1s"
    );
    assert_eq!(rejected.name(), "hosts[a]");
    assert!(hosts.of("b").call(done()).await.is_ok());
    assert!(
        hosts.call(done()).await.is_ok(),
        "calls without a key have their own"
    );
    assert_eq!(hosts.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn keys_are_told_apart_by_their_whole_text() {
    let hosts = hosts(10);
    let (one, other) = (
        format!("{}1", "k".repeat(9_000)),
        format!("{}2", "k".repeat(9_000)),
    );
    opens(&hosts, &one).await;
    assert!(hosts.of(&other).call(done()).await.is_ok());
    assert_eq!(hosts.of(&one).state(), CircuitState::Open);
    opens(&hosts, "7").await;
    assert_eq!(hosts.of(&7_u8).state(), CircuitState::Open);
    assert_eq!(hosts.of(&format_args!("{}", 7)).state(), CircuitState::Open);
    assert_eq!(hosts.of("").state(), CircuitState::Closed);
    assert_eq!(hosts.keys().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_display_that_never_says_the_same_is_a_new_key_each_time() {
    struct Fickle(Cell<u32>);
    impl fmt::Display for Fickle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            write!(f, "{}", self.0.get())?;
            if self.0.get().is_multiple_of(2) {
                Err(fmt::Error)
            } else {
                Ok(())
            }
        }
    }

    let hosts = hosts(3);
    let fickle = Fickle(Cell::new(0));
    for _ in 0..10 {
        assert!(hosts.of(&fickle).call(done()).await.is_ok());
    }
    assert_eq!(fickle.0.get(), 10, "it is asked once a call");
    assert_eq!(keys(&hosts), ["10", "8", "9"]);
}

#[tokio::test(start_paused = true)]
async fn a_display_that_panics_leaves_the_keys_as_they_were() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("as it does")
        }
    }

    let hosts = hosts(3);
    opens(&hosts, "a").await;
    let of = || drop(hosts.of(&Panics));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(of)).is_err());
    assert_eq!(hosts.of("a").state(), CircuitState::Open);
    assert_eq!(keys(&hosts), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn the_closed_one_that_was_used_longest_ago_goes_first() {
    let hosts = hosts(3);
    for key in ["a", "b", "c", "a"] {
        assert!(hosts.of(key).call(done()).await.is_ok());
    }
    assert!(hosts.get("b").is_some(), "looking is no use of it");
    let _ = hosts.of("d");
    assert_eq!(keys(&hosts), ["a", "c", "d"]);
    let _ = hosts.of("e");
    assert_eq!(keys(&hosts), ["a", "d", "e"]);
}

#[tokio::test(start_paused = true)]
async fn rule_28_an_open_one_is_not_forgotten_for_a_closed_one() {
    let hosts = hosts(3);
    opens(&hosts, "down").await;
    for key in 0..1_000 {
        assert!(hosts.of(&key).call(done()).await.is_ok());
    }
    assert_eq!(keys(&hosts), ["998", "999", "down"]);
    let rejected = hosts.of("down").call(done()).await;
    assert!(matches!(rejection(rejected), Rejected::CircuitOpen { .. }));
}

#[tokio::test(start_paused = true)]
async fn rule_28_by_default_1024_keys_are_known() {
    let hosts = CircuitBreaker::new("hosts").consecutive_failures(1);
    opens(&hosts, "down").await;
    for key in 0..1_023 {
        let _ = hosts.of(&key);
    }
    assert!(hosts.get(&0).is_some());
    let _ = hosts.of("one more");
    assert!(hosts.get(&0).is_none());
    assert!(hosts.get(&1).is_some());
    assert_eq!(hosts.of("down").state(), CircuitState::Open);
    assert_eq!(hosts.keys().len(), 1_024);
}

#[tokio::test(start_paused = true)]
async fn rule_28_an_open_one_is_not_forgotten_for_a_closed_one_even_when_its_break_is_over() {
    let hosts = hosts(2);
    opens(&hosts, "down").await;
    advance(ms(1_000)).await;
    let _ = hosts.of("a");
    let _ = hosts.of("b");
    assert_eq!(keys(&hosts), ["b", "down"]);
}

#[tokio::test(start_paused = true)]
async fn rule_28_when_all_are_open_one_whose_break_is_over_goes_first() {
    let hosts = hosts(3);
    for key in ["a", "b", "c"] {
        opens(&hosts, key).await;
        advance(ms(400)).await;
    }
    // "a" was open for 1.2 s of 1 s, and was used last; "b" for 0.8 s.
    assert_eq!(hosts.of("a").state(), CircuitState::Open);
    assert!(hosts.of("d").call(done()).await.is_ok());
    assert_eq!(keys(&hosts), ["b", "c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn rule_28_of_breaks_that_are_over_the_one_used_longest_ago_goes() {
    let hosts = hosts(3);
    for key in ["a", "b", "c"] {
        opens(&hosts, key).await;
    }
    advance(ms(1_000)).await;
    let _ = hosts.of("a");
    opens(&hosts, "d").await;
    assert_eq!(keys(&hosts), ["a", "c", "d"]);
    opens(&hosts, "e").await;
    assert_eq!(keys(&hosts), ["a", "d", "e"]);
}

#[tokio::test(start_paused = true)]
async fn rule_28_when_none_may_go_the_call_runs_unprotected_and_an_event_says_so() {
    let hosts = CircuitBreaker::new("keys-all-open")
        .consecutive_failures(1)
        .max_keys(2);
    let mut events = event::subscribe();
    opens(&hosts, "a").await;
    opens(&hosts, "b").await;
    for _ in 0..3 {
        let outcome = hosts.of("c").call(async { Err::<(), _>(Failed(1)) }).await;
        assert_eq!(outcome.unwrap_err(), Failure::Error(Failed(1)));
    }
    assert_eq!(
        unprotected(&mut events, "keys-all-open"),
        ["keys-all-open[c]"; 3]
    );
    assert_eq!(keys(&hosts), ["a", "b"]);
    assert!(hosts.get("c").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_unprotected_one_is_nobody_elses() {
    let hosts = hosts(1);
    opens(&hosts, "a").await;
    let unprotected = hosts.of("b");
    assert_eq!(unprotected.state(), CircuitState::ForcedClosed);
    unprotected.force_open();
    assert!(hosts.of("b").call(done()).await.is_ok());
    assert_eq!(hosts.of("a").state(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn a_half_open_one_stays_as_long_as_its_probe_is_out() {
    let hosts = hosts(1);
    opens(&hosts, "a").await;
    advance(ms(1_000)).await;
    let a = hosts.of("a");
    let probe = started(a.call(forever())).await;
    assert_eq!(
        hosts.of("b").state(),
        CircuitState::ForcedClosed,
        "unprotected"
    );
    drop(probe);
    drop(a);
    assert_eq!(hosts.of("b").state(), CircuitState::Closed);
    assert_eq!(keys(&hosts), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_half_open_one_whose_probe_hangs_does_not_stay_for_ever() {
    let hosts = hosts(1);
    opens(&hosts, "a").await;
    advance(ms(1_000)).await;
    let a = hosts.of("a");
    let _probe = started(a.call(forever())).await;
    advance(ms(999)).await;
    assert_eq!(
        hosts.of("b").state(),
        CircuitState::ForcedClosed,
        "unprotected"
    );
    advance(ms(1)).await;
    let _ = hosts.of("b");
    assert_eq!(keys(&hosts), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_closes_again_goes_in_its_turn() {
    let hosts = hosts(3);
    opens(&hosts, "a").await;
    advance(ms(1_000)).await;
    let a = hosts.of("a");
    let callee = Callee::always(ok(1).after(5));
    let probe = started(a.call(callee.call())).await;
    // Walked over while half-open, and older than these two:
    for key in ["b", "c", "d", "e"] {
        let _ = hosts.of(key);
    }
    assert_eq!(keys(&hosts), ["a", "d", "e"]);
    assert!(probe.await.is_ok());
    drop(a);
    let _ = hosts.of("f");
    assert_eq!(keys(&hosts), ["d", "e", "f"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_under_a_forgotten_key_ends_harmlessly() {
    let hosts = hosts(1);
    let a = hosts.of("a");
    let callee = Callee::always(fails(1).after(5));
    let call = started(a.call(callee.call())).await;
    let _ = hosts.of("b");
    assert_eq!(keys(&hosts), ["b"]);
    assert!(call.await.is_err());
    assert_eq!(a.state(), CircuitState::Open);
    drop(a);
    assert_eq!(
        hosts.of("a").state(),
        CircuitState::Closed,
        "it is another one"
    );
}

#[tokio::test(start_paused = true)]
async fn a_million_keys_leave_no_more_than_there_may_be() {
    let hosts = CircuitBreaker::new("hosts").consecutive_failures(1);
    for key in ["x", "y"] {
        opens(&hosts, key).await;
    }
    for key in 0..1_000_000 {
        let _ = hosts.of(&key);
    }
    assert_eq!(hosts.keys().len(), 1_024);
    assert_eq!(hosts.of("x").state(), CircuitState::Open);
    assert_eq!(hosts.of("y").state(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn an_operators_word_to_the_breaker_holds_for_all_its_keys() {
    let hosts = hosts(3);
    let _ = hosts.of("a");
    opens(&hosts, "b").await;
    hosts.force_open();
    for key in ["a", "b", "new", "no room for this one"] {
        let rejected = hosts.of(key).call(done()).await;
        assert_eq!(
            rejection(rejected).to_string(),
            format!("hosts[{key}] is open: forced by an operator")
        );
    }
    hosts.get("b").unwrap().reset();
    assert_eq!(
        hosts.of("nor for this one").state(),
        CircuitState::ForcedOpen
    );
    assert_eq!(keys(&hosts), ["a", "b", "new"], "none is forgotten");
    hosts.auto();
    assert!(hosts.get("a").unwrap().snapshot().probe_due);

    hosts.force_closed();
    for key in ["a", "b", "new", "no room for this one"] {
        record(&hosts.of(key), "ff").await;
    }
    hosts.auto();
    assert_eq!(hosts.of("a").state(), CircuitState::Closed);

    opens(&hosts, "a").await;
    hosts.reset();
    assert!(
        hosts
            .keys()
            .iter()
            .all(|key| key.state() == CircuitState::Closed)
    );
    for key in ["1", "2", "3"] {
        let _ = hosts.of(key);
    }
    assert_eq!(keys(&hosts), ["1", "2", "3"], "all of them may go again");
}

#[tokio::test(start_paused = true)]
async fn one_key_that_is_forced_is_not_forgotten() {
    let hosts = hosts(2);
    let _ = hosts.of("a");
    hosts.get("a").unwrap().force_open();
    for key in 0..10 {
        let _ = hosts.of(&key);
    }
    advance(ms(100_000)).await;
    let _ = hosts.of("b");
    assert_eq!(hosts.of("a").state(), CircuitState::ForcedOpen);
    hosts.get("a").unwrap().reset();
    let _ = hosts.of("c");
    let _ = hosts.of("d");
    assert_eq!(keys(&hosts), ["c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_has_the_settings_of_its_breaker() {
    let hosts = CircuitBreaker::new("hosts")
        .window_calls(4)
        .min_calls(4)
        .shadow();
    let a = hosts.of("a");
    record(&a, "ffff").await;
    assert_eq!(a.state(), CircuitState::Open);
    assert!(a.call(done()).await.is_ok(), "it is in shadow");
    assert_eq!(a.snapshot().rejected, 1);
    assert!(registry::circuit_breaker("hosts[a]").is_none());
}

#[tokio::test(start_paused = true)]
async fn each_key_has_a_bulkhead_of_its_own() {
    let tenants = Bulkhead::new("tenants", 1);
    let a = tenants.of("a");
    let _held = started(a.call(forever())).await;
    let full = rejection(tenants.of("a").call(done()).await);
    assert_eq!(full.to_string(), "tenants[a] is full: 1 call is in flight");
    assert!(tenants.of("b").call(done()).await.is_ok());
    assert_eq!(tenants.in_flight(), 0);
    let in_flight: Vec<usize> = tenants.keys().iter().map(|key| key.in_flight()).collect();
    assert_eq!(in_flight, [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_in_use_is_not_forgotten() {
    let tenants = Bulkhead::new("keys-in-use", 1).max_wait(ms(50)).max_keys(2);
    let mut events = event::subscribe();
    let (a, b) = (tenants.of("a"), tenants.of("b"));
    let held = started(a.call(forever())).await;
    let waits = tenants.of("a");
    let waiting = started(waits.call(forever())).await;
    assert!(tenants.of("c").call(done()).await.is_ok());
    assert_eq!(
        unprotected(&mut events, "keys-in-use"),
        ["keys-in-use[c]"],
        "a caller holds each of the two"
    );
    drop(b);
    let _ = tenants.of("c");
    assert!(tenants.get("b").is_none());
    let _ = tenants.of("d");
    assert!(tenants.get("c").is_none());
    drop((held, waiting));
    assert_eq!(tenants.get("a").unwrap().in_flight(), 0);
    drop((a, waits));
    let _ = tenants.of("e");
    assert!(
        tenants.get("a").is_none(),
        "free again, and used longest ago"
    );
    assert!(unprotected(&mut events, "keys-in-use").is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_key_has_a_rate_limiter_of_its_own() {
    #[rate_limit("10/s", name = "keys-rate", burst = 1, max_wait = "1s", key = tenant)]
    async fn call(tenant: u64) -> Result<u64, Fault> {
        Ok(tenant)
    }

    let start = tokio::time::Instant::now();
    assert_eq!((call(1).await, call(2).await), (Ok(1), Ok(2)));
    assert_eq!(start.elapsed(), ms(0));
    assert_eq!(call(1).await, Ok(1));
    assert_eq!(start.elapsed(), ms(100));
    let limiter = registry::rate_limiter("keys-rate").unwrap();
    assert_eq!(limiter.keys().len(), 2);
    assert_eq!(limiter.get(&1).unwrap().available(), 0);
    assert_eq!(limiter.get(&2).unwrap().available(), 1);
    assert_eq!(limiter.get(&1).unwrap().name(), "keys-rate[1]");
}

#[tokio::test(start_paused = true)]
async fn a_rate_limiter_that_is_not_full_again_is_not_forgotten() {
    let tenants = RateLimiter::new("keys-full", 10, ms(1_000))
        .burst(2)
        .max_wait(ms(1_000))
        .max_keys(2);
    let mut events = event::subscribe();
    assert!(tenants.of("a").call(done()).await.is_ok());
    advance(ms(50)).await;
    assert!(tenants.of("b").call(done()).await.is_ok());
    for _ in 0..3 {
        assert!(tenants.of("c").call(done()).await.is_ok());
    }
    assert_eq!(
        unprotected(&mut events, "keys-full"),
        ["keys-full[c]", "keys-full[c]", "keys-full[c]"]
    );
    // The first one is full again.
    advance(ms(50)).await;
    assert!(tenants.of("c").call(done()).await.is_ok());
    assert!(tenants.get("a").is_none());
    assert_eq!(tenants.get("c").unwrap().available(), 1);
    // And of those that are, one that nobody holds goes first.
    advance(ms(1_000)).await;
    let b = tenants.of("b");
    let _ = tenants.of("c");
    let _ = tenants.of("d");
    assert!(tenants.get("b").is_some() && tenants.get("c").is_none());
    drop(b);
    // One for which somebody waits is not full.
    let d = tenants.of("d");
    assert!(d.call(done()).await.is_ok() && d.call(done()).await.is_ok());
    let waiting = started(d.call(forever())).await;
    let _ = (tenants.of("e"), tenants.of("f"));
    assert_eq!(tenants.get("d").unwrap().waiting(), 1);
    drop(waiting);
    assert!(unprotected(&mut events, "keys-full").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_clone_holds_is_in_use() {
    let tenants = Bulkhead::new("tenants", 1).max_keys(1);
    let a = tenants.of("a");
    let copy: OfKey<Bulkhead> = a.clone();
    drop(a);
    assert_eq!(tenants.of("b").limit(), u32::MAX as usize, "unprotected");
    drop(copy);
    assert_eq!(tenants.of("b").limit(), 1);
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_keys() {
    let hosts = hosts(2);
    let tenants = Bulkhead::new("tenants", 1).max_wait(ms(2)).max_keys(2);
    let callee = Callee::always(ok(1).after(3));
    let call = || async {
        let (host, tenant) = (hosts.of("a"), tenants.of("a"));
        host.around(tenant.around(body(callee.call()))).await
    };
    let left = async |polls| {
        let place = tenants.get("a");
        let taken = place
            .as_ref()
            .map_or(0, |place| place.in_flight() + place.waiting());
        assert_eq!(taken, 0, "after {polls} polls");
        drop(place);
        // Nobody holds it: so it can be forgotten.
        let _ = (tenants.of("b"), tenants.of("c"));
        assert!(tenants.get("a").is_none(), "after {polls} polls");
    };
    dropped_after_every_poll(call, left).await;
}

fn shared(name: &str) -> &'static CircuitBreaker {
    registry::circuit_breaker(name).expect("it is declared")
}

#[tokio::test(start_paused = true)]
async fn functions_that_say_one_name_share_its_keys() {
    #[circuit_breaker(name = "keys-shared", consecutive_failures = 1, key = host)]
    async fn get(host: &str, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        assert!(!host.is_empty());
        outcome
    }
    #[circuit_breaker(name = "keys-shared", key = url.1)]
    async fn put(url: (u16, String)) -> Result<u16, Fault> {
        let (port, _) = url;
        Ok(port)
    }
    #[circuit_breaker(name = "keys-shared")]
    async fn any() -> Result<u32, Fault> {
        Ok(1)
    }

    assert_eq!(get("a", Err(Failed(1))).await, Err(Failed(1)));
    assert_eq!(get("a", Ok(1)).await, Err(CircuitOpen));
    assert_eq!(put((80, "a".to_owned())).await, Err(CircuitOpen));
    assert_eq!(put((80, "b".to_owned())).await, Ok(80));
    assert_eq!(any().await, Ok(1));
    assert_eq!(keys(shared("keys-shared")), ["a", "b"]);

    shared("keys-shared").force_open();
    assert_eq!(get("b", Ok(1)).await, Err(CircuitOpen));
    assert_eq!(get("c", Ok(1)).await, Err(CircuitOpen));
    assert_eq!(any().await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn the_bound_is_a_setting_of_the_attribute() {
    #[circuit_breaker(name = "keys-bound", consecutive_failures = 1, max_keys = 2, key = host)]
    async fn call(host: u32, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        let _ = host;
        outcome
    }

    let mut events = event::subscribe();
    assert_eq!(call(1, Err(Failed(1))).await, Err(Failed(1)));
    for host in 2..10 {
        assert_eq!(call(host, Ok(host)).await, Ok(host));
    }
    assert_eq!(keys(shared("keys-bound")), ["1", "9"]);
    assert_eq!(call(9, Err(Failed(9))).await, Err(Failed(9)));
    assert_eq!(call(10, Err(Failed(10))).await, Err(Failed(10)));
    assert_eq!(call(10, Ok(10)).await, Ok(10), "it runs unprotected");
    assert_eq!(
        unprotected(&mut events, "keys-bound"),
        ["keys-bound[10]"; 2]
    );
    assert_eq!(call(1, Ok(1)).await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn declarations_that_differ_in_their_bound_are_a_conflict() {
    #[circuit_breaker(name = "keys-conflict", max_keys = 2, key = host)]
    async fn one(host: u32) -> Result<u32, Fault> {
        Ok(host)
    }
    #[circuit_breaker(name = "keys-conflict", max_keys = 3, key = host)]
    async fn other(host: u32) -> Result<u32, Fault> {
        Ok(host)
    }
    #[bulkhead(name = "keys-conflict", max_concurrent = 1, max_keys = 2, key = host)]
    async fn place(host: u32) -> Result<u32, Fault> {
        Ok(host)
    }
    #[bulkhead(name = "keys-conflict", max_concurrent = 1)]
    async fn other_place() -> Result<u32, Fault> {
        Ok(1)
    }

    let conflicts = registry::verify().unwrap_err();
    let names: Vec<&str> = conflicts.iter().map(registry::Conflict::name).collect();
    assert_eq!(names, ["keys-conflict"; 2], "{conflicts}");
    assert_eq!((one(1).await, other(1).await), (Ok(1), Ok(1)));
    assert_eq!((place(1).await, other_place().await), (Ok(1), Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_looked_up_once_a_call() {
    struct Counts<'a>(&'a Cell<u32>);
    impl fmt::Display for Counts<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str("one")
        }
    }
    #[retry(max = 3, backoff = "none")]
    #[circuit_breaker(name = "keys-once", key = host)]
    async fn call(callee: &Callee, host: Counts<'_>) -> Result<u32, Fault> {
        let _ = &host;
        callee.call().await
    }

    let (callee, count) = (Callee::new([fails(1), fails(2), ok(3)]), Cell::new(0));
    assert_eq!(call(&callee, Counts(&count)).await, Ok(3));
    assert_eq!(count.get(), 1);
    let snapshot = shared("keys-once").get("one").unwrap().snapshot();
    assert_eq!(
        (snapshot.calls, snapshot.failures),
        (3, 2),
        "each attempt is a record"
    );
}

static HOSTS: CircuitBreaker = CircuitBreaker::new("keys-static")
    .consecutive_failures(1)
    .max_keys(2);

struct Client {
    host: String,
    breaker: std::sync::Arc<CircuitBreaker>,
    sent: u32,
}

#[async_trait::async_trait]
trait Sends {
    async fn send(&mut self, fails: bool) -> Result<u32, Fault>;
    async fn sent(&self) -> Result<u32, Fault>;
}

#[async_trait::async_trait]
impl Sends for Client {
    #[circuit_breaker(HOSTS, key = self.host)]
    async fn send(&mut self, fails: bool) -> Result<u32, Fault> {
        self.sent += 1;
        self.host.push('!');
        if fails {
            Err(Failed(self.sent))
        } else {
            Ok(self.sent)
        }
    }

    #[bulkhead(max_concurrent = 1, key = format!("{}/{}", self.host, self.sent))]
    #[circuit_breaker(self.breaker, key = &self.host)]
    async fn sent(&self) -> Result<u32, Fault> {
        Ok(self.sent)
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_of_the_receiver_under_async_trait_and_of_instances() {
    let breaker = std::sync::Arc::new(CircuitBreaker::new("own").consecutive_failures(1));
    let mut client = Client {
        host: "a".to_owned(),
        breaker,
        sent: 0,
    };
    assert_eq!(client.send(true).await, Err(Failed(1)));
    assert_eq!(client.send(false).await, Ok(2), "the key is another");
    "a".clone_into(&mut client.host);
    assert_eq!(client.send(false).await, Err(CircuitOpen));
    assert_eq!(keys(&HOSTS), ["a", "a!"]);

    assert_eq!(client.sent().await, Ok(2));
    client.breaker.get("a").unwrap().force_open();
    assert_eq!(client.sent().await, Err(CircuitOpen));
}

#[tokio::test(start_paused = true)]
async fn a_key_in_every_shape_of_function() {
    #[expect(clippy::manual_async_fn, reason = "it is one of the shapes")]
    #[bulkhead(max_concurrent = 1, key = host)]
    fn future(host: String) -> impl Future<Output = Result<String, Fault>> + Send {
        async move { Ok(host) }
    }
    #[circuit_breaker(name = "keys-generic", key = host)]
    async fn generic<T: fmt::Display + Sync>(host: &T, n: usize) -> Result<usize, Fault> {
        Ok(host.to_string().len() + n)
    }
    #[bulkhead(max_concurrent = 1, key = port)]
    async fn pattern((host, port): (String, u16)) -> Result<String, Fault> {
        Ok(format!("{host}{port}"))
    }
    #[retry(clone(host))]
    #[bulkhead(max_concurrent = 1, key = host)]
    async fn cloned(mut host: String) -> Result<String, Fault> {
        host.push('!');
        Ok(host)
    }
    #[bulkhead(max_concurrent = 1, key = host.len() + 1)]
    async fn consumed(host: String) -> Result<Vec<u8>, Fault> {
        Ok(host.into_bytes())
    }
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }

    assert_eq!(is_send(future("a".to_owned())).await.unwrap(), "a");
    assert_eq!(is_send(generic(&'a', 1)).await, Ok(2));
    assert_eq!(is_send(pattern(("a".to_owned(), 8))).await.unwrap(), "a8");
    assert_eq!(is_send(cloned("a".to_owned())).await.unwrap(), "a!");
    assert_eq!(is_send(consumed("a".to_owned())).await.unwrap(), b"a");
}

#[tokio::test(start_paused = true)]
async fn a_private_bulkhead_has_keys_of_its_own() {
    #[bulkhead(max_concurrent = 1, key = tenant, max_keys = 2)]
    async fn one(callee: &Callee, tenant: &str) -> Result<u32, Fault> {
        assert!(!tenant.is_empty());
        callee.call().await
    }
    #[bulkhead(max_concurrent = 1, key = tenant)]
    async fn other(tenant: &str) -> Result<usize, Fault> {
        Ok(tenant.len())
    }

    let callee = Callee::always(hangs());
    let a = started(one(&callee, "a")).await;
    assert_eq!(one(&callee, "a").await, Err(Fault::BulkheadFull));
    assert_eq!(other("a").await, Ok(1));
    let _b = started(one(&callee, "b")).await;
    let _c = started(one(&callee, "c")).await;
    let _c_too = started(one(&callee, "c")).await; // there is no room: it runs unprotected
    drop(a);
    let _d = started(one(&callee, "d")).await;
    assert_eq!(one(&callee, "d").await, Err(Fault::BulkheadFull));
    assert_eq!(one(&callee, "b").await, Err(Fault::BulkheadFull));
}

#[tokio::test(start_paused = true)]
async fn one_stack_may_have_a_breaker_for_all_and_one_for_each_key() {
    #[circuit_breaker(name = "keys-twice", consecutive_failures = 2)]
    #[circuit_breaker(name = "keys-twice", key = host)]
    async fn call(host: u32, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        let _ = host;
        outcome
    }

    for host in 0..2 {
        assert_eq!(call(host, Err(Failed(host))).await, Err(Failed(host)));
    }
    assert_eq!(shared("keys-twice").state(), CircuitState::Open);
    assert!(
        shared("keys-twice")
            .keys()
            .iter()
            .all(|key| key.state() == CircuitState::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn rule_5_under_keys_of_attributes() {
    #[retry(max = 1, delay = "2ms")]
    #[circuit_breaker(name = "keys-dropped", key = host)]
    #[bulkhead(name = "keys-dropped", max_concurrent = 1, max_keys = 1, key = host)]
    async fn call(callee: &Callee, host: &str) -> Result<u32, Fault> {
        assert!(!host.is_empty());
        callee.call().await
    }

    let bulkhead = registry::bulkhead("keys-dropped").unwrap();
    let callee = Callee::new([fails(1).after(2), ok(1).after(2)].into_iter().cycle());
    let left = async |polls| {
        assert_eq!(callee.running(), 0, "after {polls} polls");
        let _ = bulkhead.of("another");
        assert!(bulkhead.get("a").is_none(), "after {polls} polls");
    };
    dropped_after_every_poll(|| call(&callee, "a"), left).await;
}

#[test]
fn two_threads_at_the_same_keys() {
    static TENANTS: Bulkhead = Bulkhead::new("tenants", 2).max_keys(3);

    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().build().unwrap()
    };
    std::thread::scope(|scope| {
        for thread in 0..2_u32 {
            scope.spawn(move || {
                runtime().block_on(async {
                    for call in 0..20_000_u32 {
                        // Four keys for three places: they come and go.
                        let tenant = TENANTS.of(&((call * 7 + thread) % 4));
                        let inside = async { Ok::<_, Fault>(tenant.in_flight()) };
                        let in_flight = tenant.call(inside).await.expect("one thread, one place");
                        assert!((1..=2).contains(&in_flight));
                    }
                });
            });
        }
    });
    assert_eq!(TENANTS.keys().len(), 3);
    assert!(TENANTS.keys().iter().all(|tenant| tenant.in_flight() == 0));
    let before: Vec<String> = TENANTS
        .keys()
        .iter()
        .map(|key| key.key().to_owned())
        .collect();
    for key in ["x", "y", "z"] {
        let _ = TENANTS.of(key);
    }
    assert!(
        before.iter().all(|key| TENANTS.get(key.as_str()).is_none()),
        "none is held for ever"
    );
}
