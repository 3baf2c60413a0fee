//! The limiter beside `governor`, on the same arrival times.
//!
//! Where the calls divide the period in whole nanoseconds the two agree to the nanosecond, in what
//! passes and in when to come back. Where they do not, `governor` rounds the time between two calls
//! down, and so gains up to a nanosecond a call on the rate: over the few thousand calls of a run that
//! is less than the distance of any turn from a millisecond that it is not on. So on arrivals in whole
//! milliseconds the two agree there as well, and `retry_after` differs by that much at most.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, FakeRelativeClock};
use governor::{Quota, RateLimiter as Governor};
use proptest::prelude::*;
use tokio::time::advance;

use super::RateLimiter;
use crate::outcome::Failure;

const CALLS: usize = 400;

/// What becomes of calls after these pauses: none if one passes, or after how long it would.
fn ours(calls: u32, period: Duration, burst: u32, pauses: &[Duration]) -> Vec<Option<Duration>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let limiter = RateLimiter::new("oracle", calls, period).burst(burst);
        let mut outcomes = Vec::new();
        for pause in pauses {
            advance(*pause).await;
            outcomes.push(match limiter.call(async { Ok::<_, ()>(()) }).await {
                Ok(()) => None,
                Err(Failure::Rejected(rejected)) => rejected.retry_after(),
                Err(Failure::Error(())) => unreachable!("the call does not fail"),
            });
        }
        outcomes
    })
}

fn governors(
    calls: u32,
    period: Duration,
    burst: u32,
    pauses: &[Duration],
) -> Vec<Option<Duration>> {
    let clock = FakeRelativeClock::default();
    let quota = Quota::with_period(period / calls)
        .expect("the period is not zero")
        .allow_burst(NonZeroU32::new(burst).expect("the burst is not zero"));
    let limiter = Governor::direct_with_clock(quota, clock.clone());
    let call = |pause: &Duration| {
        clock.advance(*pause);
        limiter
            .check()
            .err()
            .map(|until| until.wait_time_from(clock.now()))
    };
    pauses.iter().map(call).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_agrees_with_governor_to_the_nanosecond(
        calls in 1..2_000_u32,
        step in 1..200_000_000_u64,
        burst in 1..20_u32,
        // In parts of the time between two calls: mostly too soon, sometimes a long pause.
        pauses in proptest::collection::vec(
            prop_oneof![
                9 => 0..1_500_u64,
                1 => 0..30_000_u64,
            ],
            CALLS,
        ),
    ) {
        let period = Duration::from_nanos(u64::from(calls) * step);
        let pauses: Vec<_> = pauses
            .iter()
            .map(|part| Duration::from_nanos(u64::try_from(u128::from(*part) * u128::from(step) / 1_000).unwrap()))
            .collect();
        prop_assert_eq!(
            ours(calls, period, burst, &pauses),
            governors(calls, period, burst, &pauses)
        );
    }

    #[test]
    fn it_agrees_with_governor_where_the_rate_is_no_whole_number_of_nanoseconds(
        calls in prop::sample::select(vec![3_u32, 7, 9, 11, 13, 27, 49, 77]),
        burst in 1..20_u32,
        pauses in proptest::collection::vec(
            prop_oneof![
                9 => 0..60_u64,
                1 => 0..3_000_u64,
            ],
            CALLS,
        ),
    ) {
        let pauses: Vec<_> = pauses.iter().map(|pause| Duration::from_millis(*pause)).collect();
        let second = Duration::from_secs(1);
        let ours = ours(calls, second, burst, &pauses);
        let governors = governors(calls, second, burst, &pauses);
        let drift = Duration::from_nanos(CALLS as u64);
        for (call, pair) in ours.iter().zip(&governors).enumerate() {
            match pair {
                (None, None) => {}
                (Some(ours), Some(governors)) => {
                    prop_assert!(ours.abs_diff(*governors) <= drift, "call {call}: {pair:?}");
                }
                _ => prop_assert!(false, "call {call}: {pair:?}"),
            }
        }
    }
}
