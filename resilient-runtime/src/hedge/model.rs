//! The histogram against a plain model: all samples, sorted.

use std::time::Duration;

use proptest::prelude::*;

use super::latencies::{BUCKETS, EVERY, Latencies, Took, WINDOW, Window, bucket, upper_edge};
use super::sync::{AtomicU16, AtomicU32};
use Took::{AtLeast, Exactly};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// Whether a measured percentile is what it should be, within the error.
fn is_about(measured: Duration, exact: Duration) -> bool {
    let most = exact + (exact / 16).max(us(64));
    (exact..=most).contains(&measured)
}

fn latencies(samples_before: u32) -> Latencies {
    let buckets = || [const { AtomicU16::new(0) }; BUCKETS];
    let window = || Window {
        ended: buckets(),
        dropped: buckets(),
    };
    let samples = AtomicU32::new(samples_before);
    Latencies::of([window(), window()], samples, AtomicU32::new(0))
}

fn of(samples: impl IntoIterator<Item = Took>, per_mille: u16) -> Latencies {
    let latencies = latencies(0);
    for sample in samples {
        latencies.record(sample, per_mille);
    }
    latencies
}

fn known(latencies: &Latencies) -> Duration {
    latencies.known().expect("there are enough samples")
}

/// The percentile of the samples, sorted.
fn model(mut samples: Vec<Duration>, per_mille: u16) -> Duration {
    samples.sort();
    let rank = (samples.len() * usize::from(per_mille)).div_ceil(1000);
    samples[rank - 1]
}

#[test]
fn nothing_is_known_before_100_samples() {
    assert_eq!(of((0..99).map(|_| Exactly(ms(20))), 950).known(), None);
    let measured = known(&of((0..100).map(|_| Exactly(ms(20))), 950));
    assert!(is_about(measured, ms(20)), "{measured:?}");
}

#[test]
fn every_length_is_under_the_edge_of_its_bucket_by_a_16th_at_most() {
    let mut previous = 0;
    for took in (0..100_000).map(us) {
        let edge = us(upper_edge(bucket(took)).into());
        assert!(edge > took, "{took:?}");
        assert!(is_about(edge, took), "{took:?} and {edge:?}");
        assert!(
            bucket(took) >= previous,
            "buckets grow with what is in them"
        );
        previous = bucket(took);
    }
    for bit in 0..30 {
        let took = us(1 << bit);
        assert!(is_about(us(upper_edge(bucket(took)).into()), took));
    }
    assert_eq!(bucket(Duration::MAX), BUCKETS - 1);
    assert_eq!(upper_edge(BUCKETS - 1), 1 << 30, "18 minutes");
}

#[test]
fn a_service_that_has_changed_is_known_anew_after_2048_samples() {
    let slow = (0..5_000).map(|_| Exactly(ms(100)));
    let fast = (0..2 * WINDOW).map(|_| Exactly(ms(1)));
    let measured = known(&of(slow.chain(fast), 999));
    assert!(is_about(measured, ms(1)), "{measured:?}");
}

#[test]
fn at_least_1024_samples_are_remembered() {
    // One in a hundred is slow: whenever one looks, it is there.
    let latencies = latencies(0);
    for sample in 0..10_000_u32 {
        let slow = sample.is_multiple_of(100);
        latencies.record(Exactly(ms(if slow { 100 } else { 1 })), 995);
        if sample > 200 {
            let measured = known(&latencies);
            assert!(is_about(measured, ms(100)), "{sample}: {measured:?}");
        }
    }
}

#[test]
fn it_counts_on_when_its_counter_is_full() {
    let latencies = latencies(u32::MAX - 100);
    for _ in 0..300 {
        latencies.record(Exactly(ms(20)), 950);
    }
    let measured = known(&latencies);
    assert!(is_about(measured, ms(20)), "{measured:?}");
}

/// What was dropped took at least so long: it counts among those that took longer.
#[test]
fn dropped_ones_count_as_longer_than_what_they_took() {
    // Half of them are dropped early. Of the others one in ten takes long.
    let samples = (0..1_000_u32).map(|sample| match sample % 20 {
        0 => Exactly(ms(100)),
        1..10 => Exactly(ms(20)),
        _ => AtLeast(ms(10)),
    });
    let samples: Vec<_> = samples.collect();
    let measured = |per_mille| known(&of(samples.iter().copied(), per_mille));
    assert!(is_about(measured(900), ms(20)), "{:?}", measured(900));
    assert!(is_about(measured(910), ms(100)), "{:?}", measured(910));
}

#[test]
fn where_most_are_dropped_it_is_longer_than_any() {
    let measured = known(&of((0..100).map(|_| AtLeast(ms(20))), 500));
    assert!(
        measured > ms(21) && measured < ms(23),
        "a bucket more than 20 ms, and not {measured:?}"
    );
    let for_ever = of((0..100).map(|_| AtLeast(Duration::MAX)), 500);
    assert_eq!(known(&for_ever), us(1 << 30));
}

/// Each sample is cut short at the percentile that was known: as long as that is too low it rises.
#[test]
fn a_percentile_that_is_too_low_rises_to_where_it_should_be() {
    let latencies = latencies(0);
    for _ in 0..100 {
        latencies.record(Exactly(ms(1)), 950);
    }
    for sample in 0..20_000 {
        let (took, after) = (ms(sample % 100 + 1), known(&latencies));
        let sample = if took > after {
            AtLeast(after)
        } else {
            Exactly(took)
        };
        latencies.record(sample, 950);
    }
    let measured = known(&latencies);
    assert!(
        measured > ms(90) && measured < ms(105),
        "95 ms within the error, and not {measured:?}"
    );
}

proptest! {
    #[test]
    fn a_percentile_is_that_of_the_samples_within_the_error(
        samples in prop::collection::vec(0_u64..10_000_000, 100..1000),
        per_mille in 500_u16..=999,
    ) {
        // Only what has been looked at last is known.
        let looked_at = samples.len() / EVERY as usize * EVERY as usize;
        let samples: Vec<_> = samples.into_iter().map(us).collect();
        let measured = known(&of(samples.iter().copied().map(Exactly), per_mille));
        let exact = model(samples[..looked_at].to_vec(), per_mille);
        prop_assert!(is_about(measured, exact), "{measured:?} for {exact:?}");
    }
}
