//! Events: every one says which function, policy and instance it is of; those of every call are told to whoever
//! wants them, and to nobody else.

use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join;
use resilient_runtime::{
    Bulkhead, Cause, CircuitBreaker, Function, Name, Rejected, Retry, RetryBudget, Timeout, body,
    bulkhead, circuit_breaker,
    event::{self, Ended, Event},
    fallback, hedge, rate_limit, retry,
    testing::{self, Events, Recorder},
    timeout,
};
use tokio::time::sleep;

#[derive(Debug, Clone, PartialEq)]
enum Fault {
    Down,
    Rejected(Rejected),
}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

const SECOND: Duration = Duration::from_secs(1);

async fn takes(time: Duration) -> Result<u32, Fault> {
    sleep(time).await;
    Ok(7)
}

/// What happens in a block that has its own instances.
async fn recorded<F: Future>(block: F) -> Events {
    testing::record(testing::isolated(block)).await.1
}

/// The same, with every call.
async fn recorded_with_calls<F: Future>(block: F) -> Events {
    let recorder = Recorder::of_calls();
    recorder.run(testing::isolated(block)).await;
    recorder.take()
}

/// The functions, by the last part of their paths.
fn functions(events: &Events) -> Vec<Option<&'static str>> {
    let last = |path: &'static str| path.rsplit("::").next();
    let function = |event: &Event| event.function().and_then(|function| last(function.path()));
    events.iter().map(function).collect()
}

fn policies(events: &Events) -> Vec<Option<&'static str>> {
    events.iter().map(Event::policy).collect()
}

fn names(events: &Events) -> Vec<Option<&str>> {
    let names = events.iter().map(Event::name);
    names.map(|name| name.map(Name::as_str)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_retry_on_top_tells_whose_it_is() {
    #[retry(max = 2, delay = "1s", budget = "events-none")]
    async fn retried() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    let events = recorded(retried()).await;
    assert_eq!(
        events.to_string(),
        "retry 1 of 2 in 1s, after an error\nretry 2 of 2 in 2s, after an error"
    );
    assert_eq!(functions(&events), [Some("retried"); 2]);
    assert_eq!(policies(&events), [Some("retry"); 2]);
    assert_eq!(names(&events), [None; 2]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_tells_whose_retry_was_not_made() {
    static NONE: RetryBudget = RetryBudget::new("events-empty")
        .ratio(0.01)
        .min_per_second(0);

    #[retry(max = 2, delay = "1s", budget = NONE)]
    async fn declined() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    let events = recorded(declined()).await;
    assert_eq!(functions(&events), [Some("declined")]);
    assert_eq!(policies(&events), [Some("retry_budget")]);
    assert_eq!(names(&events), [Some("events-empty")]);
}

#[tokio::test(start_paused = true)]
async fn each_layer_of_a_stack_tells_whose_it_is() {
    #[fallback(value = 0)]
    #[timeout("20s")]
    #[retry(max = 1, delay = "1s")]
    #[circuit_breaker(name = "events-stack", consecutive_failures = 2)]
    #[bulkhead(name = "events-stack", max_concurrent = 1)]
    #[timeout("2s")]
    async fn stacked() -> Result<u32, Fault> {
        takes(5 * SECOND).await
    }

    let events = recorded(async {
        assert_eq!(stacked().await, Ok(0));
        assert_eq!(stacked().await, Ok(0));
    })
    .await;
    assert_eq!(
        events.to_string(),
        "timed out after 2s\n\
         retry 1 of 1 in 1s, after a timeout\n\
         timed out after 2s\n\
         events-stack: closed → open, as 2 calls in a row failed\n\
         a fallback takes the place of a timeout\n\
         rejected: events-stack is open: 2 calls in a row failed; next probe in 30s\n\
         a fallback takes the place of an open circuit"
    );
    assert_eq!(functions(&events), [Some("stacked"); 7]);
    assert_eq!(
        policies(&events).map_to_words(),
        "timeout retry timeout circuit_breaker fallback circuit_breaker fallback"
    );
    let breaker = Some("events-stack");
    assert_eq!(
        names(&events),
        [None, None, None, breaker, None, breaker, None]
    );
}

/// In one line, for a comparison.
trait Words {
    fn map_to_words(&self) -> String;
}

impl Words for Vec<Option<&'static str>> {
    fn map_to_words(&self) -> String {
        let words: Vec<_> = self.iter().map(|word| word.unwrap_or("-")).collect();
        words.join(" ")
    }
}

#[tokio::test(start_paused = true)]
async fn waits_hedges_and_shadows_tell_whose_they_are() {
    #[bulkhead(name = "events-narrow", max_concurrent = 1, max_wait = "5s")]
    async fn narrow() -> Result<u32, Fault> {
        takes(SECOND).await
    }

    #[rate_limit("1/s", name = "events-limit", max_wait = "5s")]
    async fn limited() -> Result<u32, Fault> {
        Ok(7)
    }

    #[rate_limit("1/s", name = "events-shadow", shadow)]
    async fn shadowed() -> Result<u32, Fault> {
        Ok(7)
    }

    #[hedge(after = "1s")]
    async fn hedged(calls: &std::cell::Cell<u32>) -> Result<u32, Fault> {
        calls.set(calls.get() + 1);
        takes(if calls.get() == 1 {
            60 * SECOND
        } else {
            SECOND
        })
        .await
    }

    let events = recorded(async {
        let _ = join(narrow(), narrow()).await;
        let _ = join(limited(), limited()).await;
        let _ = join(shadowed(), shadowed()).await;
        let _ = hedged(&std::cell::Cell::new(0)).await;
    })
    .await;
    assert_eq!(
        functions(&events).map_to_words(),
        "narrow limited shadowed hedged hedged"
    );
    assert_eq!(
        policies(&events).map_to_words(),
        "bulkhead rate_limit rate_limit hedge hedge"
    );
    assert_eq!(
        names(&events),
        [
            Some("events-narrow"),
            Some("events-limit"),
            Some("events-shadow"),
            None,
            None
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn rule_25_a_slow_call_is_told_once_when_it_ends_or_is_dropped() {
    #[circuit_breaker(name = "events-slow", slow_call = "2s")]
    async fn slow(time: Duration) -> Result<u32, Fault> {
        takes(time).await
    }

    let events = recorded(async {
        let _ = slow(SECOND).await;
        // The second is admitted while the first is slow already, and so it is on record.
        let _ = join(slow(5 * SECOND), async {
            sleep(3 * SECOND).await;
            slow(2 * SECOND).await
        })
        .await;
        let _ = tokio::time::timeout(3 * SECOND, slow(60 * SECOND)).await;
    })
    .await;
    assert_eq!(
        events.to_string(),
        "events-slow: a call took 5s, which is slow from 2s on\n\
         events-slow: a call took 2s, which is slow from 2s on\n\
         events-slow: a call took 3s, which is slow from 2s on"
    );
    assert_eq!(functions(&events)[..2], [Some("slow"); 2]);
    assert_eq!(policies(&events), [Some("circuit_breaker"); 3]);
    assert_eq!(names(&events), [Some("events-slow"); 3]);
}

#[tokio::test(start_paused = true)]
async fn fallbacks_tell_whose_they_are_wherever_they_stand() {
    async fn fails(_: u32) -> Result<u32, Fault> {
        ready(Err(Fault::Down)).await
    }

    #[fallback(value = 0)]
    #[fallback(fails)]
    async fn chained(order: u32) -> Result<u32, Fault> {
        fails(order).await
    }

    #[timeout("1s")]
    #[fallback(|_| Ok(0))]
    #[retry(max = 1, backoff = "none")]
    async fn beneath(order: u32) -> Result<u32, Fault> {
        fails(order).await
    }

    #[retry(max = 1, backoff = "none")]
    #[fallback(fails)]
    async fn under_a_retry(order: u32) -> Result<u32, Fault> {
        fails(order).await
    }

    let events = recorded(async {
        assert_eq!(chained(1).await, Ok(0));
        assert_eq!(beneath(1).await, Ok(0));
        assert_eq!(under_a_retry(1).await, Err(Fault::Down));
    })
    .await;
    assert_eq!(
        functions(&events).map_to_words(),
        "chained chained beneath beneath under_a_retry under_a_retry under_a_retry"
    );
    assert_eq!(
        policies(&events).map_to_words(),
        "fallback fallback retry fallback fallback retry fallback"
    );
}

#[tokio::test(start_paused = true)]
async fn the_innermost_function_is_told_and_then_the_outer_one_again() {
    #[timeout("1s")]
    async fn inner() -> Result<u32, Fault> {
        takes(5 * SECOND).await
    }

    #[retry(max = 1, delay = "1s")]
    async fn outer() -> Result<u32, Fault> {
        inner().await
    }

    let events = recorded(outer()).await;
    assert_eq!(functions(&events).map_to_words(), "inner outer inner");
}

#[tokio::test(start_paused = true)]
async fn rule_14_amplified_retries_tell_of_the_inner_function() {
    #[retry(max = 1, backoff = "none")]
    async fn inner() -> Result<u32, Fault> {
        Ok(7)
    }

    #[retry(max = 1, backoff = "none")]
    async fn outer() -> Result<u32, Fault> {
        inner().await
    }

    let events = recorded(outer()).await;
    let [
        Event::RetryAmplified {
            outer,
            inner,
            function,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(outer.ends_with("outer") && inner.ends_with("inner"));
    assert_eq!(function.map(Function::path), Some(inner.as_str()));
}

#[tokio::test(start_paused = true)]
async fn functions_are_told_apart_across_tasks_and_polls() {
    #[timeout("3s")]
    async fn one() -> Result<u32, Fault> {
        takes(10 * SECOND).await
    }

    #[timeout("5s")]
    async fn two() -> Result<u32, Fault> {
        takes(10 * SECOND).await
    }

    let events = recorded(async {
        let _ = join(join(one(), two()), one()).await;
        let task = tokio::spawn(testing::carry(two()));
        let _ = join(task, one()).await;
    })
    .await;
    assert_eq!(functions(&events).map_to_words(), "one one two one two");
}

#[tokio::test(start_paused = true)]
async fn a_key_without_room_tells_whose_call_is_unprotected() {
    #[bulkhead(name = "events-keys", max_concurrent = 1, key = key, max_keys = 1)]
    async fn keyed(key: u32) -> Result<u32, Fault> {
        takes(SECOND).await.map(|_| key)
    }

    let events = recorded(async { join(keyed(1), keyed(2)).await }).await;
    assert_eq!(functions(&events), [Some("keyed")]);
    assert_eq!(policies(&events), [Some("bulkhead")]);
    assert_eq!(names(&events), [Some("events-keys[2]")]);
    assert_eq!(events[0].name().unwrap().without_key(), "events-keys");
}

#[tokio::test(start_paused = true)]
async fn by_hand_there_is_no_function() {
    static LIMIT: Timeout = Timeout::new(SECOND);
    static RETRY: Retry = Retry::new(1).no_delay();

    let call = || LIMIT.around(body(takes(5 * SECOND)));
    let events = recorded(RETRY.run(call)).await;
    assert_eq!(functions(&events), [None; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_mistake_with_a_name_tells_who_made_it() {
    #[bulkhead(name = "events-nowhere")]
    async fn refers() -> Result<u32, Fault> {
        Ok(7)
    }

    let events = recorded(refers()).await;
    assert_eq!(functions(&events), [Some("refers")]);
    assert_eq!(policies(&events), [Some("bulkhead")]);
}

#[tokio::test(start_paused = true)]
async fn a_function_says_where_it_stands() {
    #[retry(max = 1, backoff = "none")]
    async fn placed() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    let line = line!() - 5;
    let events = recorded(placed()).await;
    let function = events[0].function().unwrap();
    assert!(function.path().ends_with("::placed"));
    assert_eq!((function.file(), function.line()), (file!(), line));
    let site = resilient_runtime::registry::site(function.path()).unwrap();
    assert_eq!(site.function(), function);
}

#[tokio::test(start_paused = true)]
async fn calls_are_told_as_they_are_let_in_and_as_they_end() {
    #[retry(max = 1, delay = "1s")]
    #[circuit_breaker(name = "events-calls")]
    #[bulkhead(name = "events-calls", max_concurrent = 1)]
    #[rate_limit("10/s", name = "events-calls")]
    async fn called(fails: &mut bool) -> Result<u32, Fault> {
        sleep(SECOND).await;
        let failed = std::mem::take(fails);
        if failed { Err(Fault::Down) } else { Ok(7) }
    }

    let events = recorded_with_calls(async { called(&mut true).await }).await;
    let admitted = "events-calls: its circuit_breaker lets a call in\n\
                    events-calls: its bulkhead lets a call in\n\
                    events-calls: its rate_limit lets a call in";
    assert_eq!(
        events.to_string(),
        format!(
            "{admitted}\nretry 1 of 1 in 1s, after an error\n{admitted}\n\
             the call ended with a value, after 3s"
        )
    );
    assert_eq!(functions(&events), [Some("called"); 8]);
}

/// How a call ended, and after how long.
fn ends(events: &Events) -> Vec<(Ended, Duration)> {
    let end = |event: &Event| match event {
        Event::CallFinished {
            ended, duration, ..
        } => Some((*ended, *duration)),
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

#[tokio::test(start_paused = true)]
async fn every_way_to_end_is_told() {
    #[timeout("3s")]
    async fn ended(how: u32) -> Result<u32, Fault> {
        sleep(SECOND).await;
        match how {
            0 => Ok(7),
            1 => Err(Fault::Down),
            2 => panic!("as asked"),
            _ => takes(60 * SECOND).await,
        }
    }

    #[retry(max = 1, delay = "1s")]
    async fn retried(how: u32) -> Result<u32, Fault> {
        ended(how).await
    }

    let events = recorded_with_calls(async {
        let _ = ended(0).await;
        let _ = ended(1).await;
        let panicked = AssertUnwindSafe(ended(2)).catch_unwind().await;
        assert!(panicked.is_err());
        let _ = ended(3).await;
        let _ = tokio::time::timeout(2 * SECOND, ended(3)).await;
    })
    .await;
    assert_eq!(
        ends(&events),
        [
            (Ended::Success, SECOND),
            (Ended::Failed(Cause::Error), SECOND),
            (Ended::Panicked, SECOND),
            (Ended::Failed(Cause::Timeout), 3 * SECOND),
            (Ended::Dropped, 2 * SECOND),
        ]
    );

    let events = recorded_with_calls(async {
        let panicked = AssertUnwindSafe(retried(2)).catch_unwind().await;
        assert!(panicked.is_err());
        let _ = tokio::time::timeout(4 * SECOND, retried(1)).await;
        let _ = retried(1).await;
        // Between two attempts.
        let _ = tokio::time::timeout(3 * SECOND / 2, retried(1)).await;
    })
    .await;
    let of_retried = |event: &Event| {
        event
            .function()
            .is_some_and(|function| function.path().ends_with("::retried"))
    };
    let events: Vec<_> = events.iter().filter(|event| of_retried(event)).collect();
    let ends: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::CallFinished { ended, .. } => Some(*ended),
            _ => None,
        })
        .collect();
    let error = Ended::Failed(Cause::Error);
    assert_eq!(ends, [Ended::Panicked, error, error, Ended::Dropped]);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_before_the_fallback_on_top_of_it() {
    async fn late(_: u32) -> Result<u32, Fault> {
        takes(10 * SECOND).await
    }

    #[fallback(late)]
    #[timeout("1s")]
    async fn answered(order: u32) -> Result<u32, Fault> {
        takes(60 * SECOND).await.map(|_| order)
    }

    let events = recorded_with_calls(async { assert_eq!(answered(1).await, Ok(7)) }).await;
    assert_eq!(
        events.to_string(),
        "timed out after 1s\n\
         the call ended with a timeout, after 1s\n\
         a fallback takes the place of a timeout"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_let_through_in_shadow_is_not_admitted() {
    static SHADOW: Bulkhead = Bulkhead::new("events-shadow", 1).shadow();
    static BREAKER: CircuitBreaker = CircuitBreaker::new("events-shadow").shadow();

    BREAKER.force_open();
    let recorder = Recorder::of_calls();
    recorder
        .run(async {
            let _ = join(SHADOW.call(takes(SECOND)), SHADOW.call(takes(SECOND))).await;
            let _ = BREAKER.call(takes(SECOND)).await;
        })
        .await;
    let events = recorder.take();
    assert_eq!(
        events.count(|event| matches!(event, Event::Admitted { .. })),
        1
    );
    assert_eq!(
        events.count(|event| matches!(event, Event::WouldReject { .. })),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_subscription_hears_of_single_calls_only_if_it_asks_to() {
    #[circuit_breaker(name = "events-heard", consecutive_failures = 1)]
    async fn heard() -> Result<u32, Fault> {
        Err(Fault::Down)
    }

    let (mut decisions, mut all) = (event::subscribe(), event::subscribe_all());
    let _ = heard().await;
    let of_ours = |events: &mut event::Subscription| {
        let mut texts = Vec::new();
        while let Some(event) = events.try_recv() {
            let path = event.function().map_or("", Function::path);
            if path.ends_with("::heard") {
                texts.push(event.to_string());
            }
        }
        texts
    };
    let transition = "events-heard: closed → open, as the last call failed";
    assert_eq!(of_ours(&mut decisions), [transition]);
    let all = of_ours(&mut all);
    assert_eq!(all.len(), 3);
    assert_eq!(
        all[..2],
        [
            "events-heard: its circuit_breaker lets a call in",
            transition
        ]
    );
    assert!(all[2].starts_with("the call ended with an error, after "));
}
