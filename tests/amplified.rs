//! Rule 14: retries beneath retries multiply, and each two of them are told of once.

mod support;

use futures::join;
use resilient_runtime::{
    Classify, Retry, body, bulkhead,
    event::{self, Event, Subscription},
    fallback, retry, timeout,
};
use support::{
    Callee,
    Fault::{self, Failed},
    done, ok,
};

/// The pairs whose names have this word in them: other tests have their own.
fn told(events: &mut Subscription, word: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    while let Some(event) = events.try_recv() {
        if let Event::RetryAmplified { outer, inner, .. } = &event {
            let text = event.to_string();
            assert!(text.contains(&**outer) && text.contains(&**inner), "{text}");
            if text.contains(word) {
                pairs.push((outer.to_string(), inner.to_string()));
            }
        }
    }
    pairs
}

fn pair(outer: &str, inner: &str) -> (String, String) {
    let path = |function| format!("amplified::{function}");
    (path(outer), path(inner))
}

/// A function that retries, around a body.
macro_rules! retries {
    ($($name:ident($($argument:ident: $ty:ty),*) $body:block)*) => {$(
        #[retry(max = 2, backoff = "none")]
        async fn $name($($argument: $ty),*) -> Result<u32, Fault> $body
    )*};
}

retries! {
    pair_gateway(callee: &Callee) { pair_service(callee).await }
    pair_service(callee: &Callee) { callee.call().await }
}

#[tokio::test(start_paused = true)]
async fn rule_14_the_second_retry_in_a_call_path_is_told_of_once() {
    let mut events = event::subscribe();
    let callee = Callee::failing();
    assert_eq!(pair_gateway(&callee).await, Err(Failed(9)));
    assert_eq!(
        told(&mut events, "pair_"),
        [pair("pair_gateway", "pair_service")]
    );
    assert_eq!(pair_gateway(&callee).await, Err(Failed(18)));
    assert_eq!(told(&mut events, "pair_"), []);
}

retries! {
    well_gateway(callee: &Callee) { well_service(callee).await }
    well_service(callee: &Callee) { callee.call().await }
}

#[tokio::test(start_paused = true)]
async fn rule_14_it_is_told_of_before_anything_fails() {
    let mut events = event::subscribe();
    assert_eq!(well_gateway(&Callee::always(ok(1))).await, Ok(1));
    assert_eq!(
        told(&mut events, "well_"),
        [pair("well_gateway", "well_service")]
    );
}

retries! {
    three_a(callee: &Callee) { three_b(callee).await }
    three_b(callee: &Callee) {
        // What stands between them changes nothing.
        between(callee).await
    }
    three_c(callee: &Callee) { callee.call().await }
    three_d(callee: &Callee) { three_c(callee).await }
}

#[fallback(three_c)]
#[timeout("1s")]
#[bulkhead(max_concurrent = 9)]
async fn between(callee: &Callee) -> Result<u32, Fault> {
    tokio::task::yield_now().await;
    three_c(callee).await
}

#[tokio::test(start_paused = true)]
async fn rule_14_each_pair_is_told_of() {
    let mut events = event::subscribe();
    let callee = Callee::always(ok(1));
    assert_eq!(three_a(&callee).await, Ok(1));
    assert_eq!(three_d(&callee).await, Ok(1));
    assert_eq!(
        told(&mut events, "three_"),
        [
            pair("three_a", "three_b"),
            pair("three_b", "three_c"),
            pair("three_d", "three_c")
        ]
    );
}

retries! {
    after_first(callee: &Callee) { callee.call().await }
    after_second(callee: &Callee) {
        tokio::time::sleep(support::ms(5)).await;
        callee.call().await
    }
    after_outer(callee: &Callee) {
        tokio::time::sleep(support::ms(5)).await;
        callee.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn rule_14_beside_and_after_each_other_retries_multiply_nothing() {
    let mut events = event::subscribe();
    let callee = Callee::always(ok(1));
    let (one, two) = join!(after_outer(&callee), after_second(&callee));
    assert_eq!((one, two), (Ok(1), Ok(1)));
    assert_eq!(after_first(&callee).await, Ok(1));
    // A call that is dropped while it runs is not above what comes later.
    let mut dropped = Box::pin(after_outer(&callee));
    assert!(futures::poll!(&mut dropped).is_pending());
    assert_eq!(after_first(&callee).await, Ok(1));
    drop(dropped);
    assert_eq!(after_second(&callee).await, Ok(1));
    assert_eq!(told(&mut events, "after_"), []);
}

#[retry(max = 2, backoff = "none")]
#[timeout("1s")]
#[retry(max = 1, backoff = "none", on(error))]
async fn same_stack(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn rule_14_two_retries_in_one_stack_are_there_to_be_seen() {
    let mut events = event::subscribe();
    assert_eq!(same_stack(&Callee::failing()).await, Err(Failed(6)));
    assert_eq!(told(&mut events, "same_"), []);
}

#[retry(max = 1, backoff = "none")]
async fn recursive(callee: &Callee, depth: u32) -> Result<u32, Fault> {
    if depth == 0 {
        return callee.call().await;
    }
    Box::pin(recursive(callee, depth - 1)).await
}

#[tokio::test(start_paused = true)]
async fn rule_14_a_function_that_calls_itself_multiplies_as_well() {
    let mut events = event::subscribe();
    assert_eq!(recursive(&Callee::failing(), 2).await, Err(Failed(8)));
    assert_eq!(
        told(&mut events, "recursive"),
        [pair("recursive", "recursive")]
    );
}

retries! {
    spawned_inner(_callee: &Callee) {
        Ok(0)
    }
    spawned_outer(callee: &Callee) {
        let call = async {
            spawned_inner(&Callee::always(ok(1))).await
        };
        tokio::spawn(call).await.unwrap()?;
        callee.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn rule_14_what_is_spawned_is_another_call_path() {
    let mut events = event::subscribe();
    assert_eq!(spawned_outer(&Callee::always(ok(1))).await, Ok(1));
    assert_eq!(told(&mut events, "spawned_"), []);
}

#[retry(max = 1, backoff = "none")]
async fn by_hand_inner(callee: &Callee) -> Result<u32, Fault> {
    callee.call().await
}

#[tokio::test(start_paused = true)]
async fn rule_14_by_hand_a_retry_is_known_by_where_it_is_declared() {
    static OUTER: Retry = Retry::new(1).no_delay();
    static INNER: Retry = Retry::new(1).no_delay();
    let place = format!("amplified.rs:{}:", line!() - 2);

    let mut events = event::subscribe();
    let callee = Callee::failing();
    let attempt = || body(by_hand_inner(&callee)).classify(Classify::class);
    assert!(OUTER.run(attempt).await.is_err());
    assert_eq!(callee.calls(), 4);
    let pairs = told(&mut events, "by_hand_inner");
    assert_eq!(pairs.len(), 1);
    assert!(pairs[0].0.contains(&place), "{pairs:?}");

    // Composed by hand, without a body between them, they are one stack.
    let attempt = || INNER.run(|| body(done()));
    assert!(OUTER.run(attempt).await.is_ok());
    assert_eq!(told(&mut events, &place), []);
}
