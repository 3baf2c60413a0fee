//! Every interleaving of those who record a latency, within the bounds of loom.

use std::time::Duration;

use ::loom::sync::Arc;
use ::loom::thread;

/// The same source as the hedge's, over loom's atomics.
#[path = "latencies.rs"]
#[expect(clippy::duplicate_mod, reason = "once over each kind of atomics")]
#[allow(dead_code, reason = "the tests use a part of it")]
mod latencies;

mod sync {
    pub(super) use ::loom::sync::atomic::{AtomicU16, AtomicU32, Ordering};
}

use latencies::{Latencies, Took, Window};

/// Two buckets, for under 64 µs and for more; windows of one sample. Nobody looks for the percentile but at
/// the end: loom goes through every value that each load of a walk might see.
type Small = Latencies<2, 1, 1000>;

fn small() -> Arc<Small> {
    let buckets = || std::array::from_fn(|_| sync::AtomicU16::new(0));
    let window = || Window {
        ended: buckets(),
        dropped: buckets(),
    };
    Arc::new(Small::of(
        [window(), window()],
        sync::AtomicU32::new(0),
        sync::AtomicU32::new(0),
    ))
}

const SHORT: Took = Took::Exactly(Duration::ZERO);
const LONG: Took = Took::Exactly(Duration::from_millis(1));
/// The edges of the two buckets, in microseconds.
const EDGES: [u32; 2] = [64, 128];

/// Windows that turn while others count may lose samples, and never make one up; and what they lost is
/// forgotten when they have turned again.
#[test]
fn what_is_counted_was_measured() {
    ::loom::model(|| {
        let latencies = small();
        latencies.record(SHORT, 500);
        let other = {
            let latencies = latencies.clone();
            thread::spawn(move || latencies.record(LONG, 500))
        };
        latencies.record(LONG, 500);
        other.join().unwrap();
        if let Some(edge) = latencies.percentile(999) {
            assert_eq!(edge, EDGES[1]);
        }
        latencies.record(SHORT, 999);
        latencies.record(SHORT, 999);
        assert_eq!(latencies.percentile(999), Some(EDGES[0]));
    });
}
