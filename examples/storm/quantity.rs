//! The quantities that are drawn over time.

use std::ops::Range;

use super::{
    record::Record,
    script::{PATIENCE, Script},
};

pub(crate) struct Quantity {
    /// The file of its picture.
    pub(crate) file: &'static str,
    pub(crate) title: String,
    /// What the axis at the left counts.
    pub(crate) unit: &'static str,
    /// The top of that axis.
    pub(crate) top: f64,
    /// A value to compare with, and what it is.
    pub(crate) line: Option<(f64, &'static str)>,
    /// The seconds that make one point.
    pub(crate) span: usize,
    pub(crate) value: fn(&Record, Range<usize>) -> f64,
}

/// All of them, in order.
pub(crate) fn all(script: &Script) -> [Quantity; 6] {
    let (calls, capacity) = (script.rate(), script.capacity());
    let workers = u32::try_from(script.workers).map_or(f64::MAX, f64::from);
    [
        Quantity {
            file: "goodput.svg",
            title: format!("Goodput: calls answered within {} s", PATIENCE.as_secs()),
            unit: "calls a second",
            top: calls * 1.3,
            line: Some((calls, "all calls")),
            span: 1,
            value: |record, range| record.rate(range, |second| second.good),
        },
        Quantity {
            file: "load.svg",
            title: "Load: requests to the service".to_owned(),
            unit: "requests a second",
            top: calls * 9.0,
            line: Some((capacity, "capacity")),
            span: 1,
            value: |record, range| record.rate(range, |second| second.arrivals),
        },
        Quantity {
            file: "waste.svg",
            title: "Waste: workers busy for clients who have gone".to_owned(),
            unit: "workers",
            top: workers * 1.3,
            line: Some((workers, "all workers")),
            span: 1,
            value: |record, range| record.rate(range, |second| second.in_vain) / 1000.0,
        },
        wait("p50.svg", "Half", |record, range| {
            record.waits(range, [0.5])[0]
        }),
        wait("p99.svg", "99 %", |record, range| {
            record.waits(range, [0.99])[0]
        }),
        wait("p99.9.svg", "99.9 %", |record, range| {
            record.waits(range, [0.999])[0]
        }),
    ]
}

/// How long it takes calls to come to an end. A thousandth of them needs some thousands, so 5 s of calls.
fn wait(file: &'static str, share: &str, value: fn(&Record, Range<usize>) -> f64) -> Quantity {
    Quantity {
        file,
        title: format!("{share} of the calls have an answer or an error within …"),
        unit: "seconds",
        top: 9.0,
        line: None,
        span: 5,
        value,
    }
}
