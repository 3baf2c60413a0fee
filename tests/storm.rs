//! The example of a storm, at a fifth of its size: what its report says has to be so, and to stay so.

#[path = "../examples/storm/main.rs"]
#[allow(
    dead_code,
    reason = "its `main` prints and writes what is checked here"
)]
mod example;

use std::sync::OnceLock;

use example::{
    contender::all,
    record::Record,
    report::report,
    run::run,
    script::{MIN_PER_SECOND, RATIO, Script},
};

/// One gateway with its clients, and a fifth of the service.
fn fifth(seed: u64) -> Script {
    Script {
        clients: 2_000,
        gateways: 1,
        workers: 6,
        queue: 400,
        seed,
    }
}

/// All contenders by one seed, once for all tests.
fn records() -> &'static [Record] {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(|| run(all(), &fifth(1)))
}

fn record(name: &str) -> &'static Record {
    let place = all().position(|contender| contender.name == name);
    &records()[place.unwrap()]
}

#[test]
fn the_same_seed_writes_the_same_report() {
    let script = fifth(1);
    let again = run(all(), &script);
    for ((contender, first), second) in all().zip(records()).zip(&again) {
        assert!(first == second, "{} differs", contender.name);
    }
    assert!(report(&script, records()) == report(&script, &again));
    let (script, mut others) = (fifth(2), all().take(1));
    assert!(run(&mut others, &script)[0] != again[0]);
}

#[test]
fn the_load_is_no_trouble_before_the_outage() {
    for (contender, record) in all().zip(records()) {
        let good = record.good(Script::BEFORE);
        // The adaptive bulkhead takes some slow calls for a queue.
        let enough = if contender.name == "adaptive" {
            0.9
        } else {
            0.99
        };
        assert!(good >= enough, "{}: {good}", contender.name);
    }
}

#[test]
fn naive_retries_keep_a_service_down_that_has_recovered() {
    for name in ["at once", "exponential", "jitter", "backon"] {
        let record = record(name);
        assert_eq!(record.recovery(), None, "{name}");
        assert!(record.good(Script::AFTER) < 0.01, "{name}");
        assert!(record.load(Script::AFTER) > 3.5, "{name}");
        assert!(record.in_vain(Script::AFTER) > 0.99, "{name}");
    }
    // It is the retries: without them the same calls are soon good again.
    for name in ["nothing", "timeout"] {
        let back = record(name).recovery();
        assert!(
            back.is_some_and(|seconds| seconds <= 20),
            "{name}: {back:?}"
        );
    }
}

#[test]
fn rule_12_a_budget_bounds_the_load_and_so_the_service_comes_back() {
    let record = record("budget");
    let minimum = f64::from(MIN_PER_SECOND);
    let mut spent = 0.0_f64;
    for start in Script::ALL {
        // A delay that began before the span may end in it: one second more.
        let before = start.saturating_sub(11)..start;
        let balance = RATIO * record.sum(before, |second| second.calls) + 2.0 * minimum;
        for end in start + 1..=Script::ALL.end {
            let calls = record.sum(start..end, |second| second.calls);
            let extra = record.sum(start..end, |second| second.arrivals) - calls;
            let seconds = record.sum(start..end, |_| 1);
            let most = RATIO * calls + minimum * seconds + balance;
            assert!(extra <= most, "{start}..{end}: {extra} > {most}");
            spent = spent.max(extra / calls);
        }
    }
    assert!(spent > RATIO, "it was not even spent: {spent}");
    let back = record.recovery();
    assert!(back.is_some_and(|seconds| seconds <= 30), "{back:?}");
}

#[test]
fn a_breaker_lets_the_service_come_back_within_a_break() {
    for name in ["breaker", "retry, breaker"] {
        let back = record(name).recovery();
        assert!(back.is_some_and(|seconds| seconds <= 5), "{name}: {back:?}");
    }
}

#[test]
fn the_whole_stack_gives_all_that_is_left_and_is_back_within_two_seconds() {
    let stack = record("whole stack");
    assert!(stack.recovery().is_some_and(|seconds| seconds <= 2));
    // Half of the workers are enough for 72 % of the calls.
    assert!(stack.good(Script::OUTAGE) > 0.68);
    assert!(stack.in_vain(Script::OUTAGE) < 0.01);
    assert!(stack.waits(Script::OUTAGE, [0.99])[0] < 0.5);
}
