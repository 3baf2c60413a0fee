//! Rule 28: an instance for each key, at most `max_keys` of them, and none forgotten that knows something.

mod support;

use std::cell::Cell;
use std::fmt;

use resilient_runtime::{
    Bulkhead, CircuitBreaker, CircuitState, Failure, OfKey, Rejected, body, bulkhead,
    circuit_breaker,
    event::{self, Event, Subscription},
    registry, retry,
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
            if self.0.get() % 2 == 0 {
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
