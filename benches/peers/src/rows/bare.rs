//! The calls without any policy: what everything else is held against.

use crate::{
    body::{self, Fault},
    each,
    row::{Row, Work},
};

pub(super) static READY: Work = Work::bare("bare call").on_two_threads();
pub(super) static SUSPENDS: Work = Work::bare("bare call that suspends once").on_two_threads();
pub(super) static FAILS_AT_TIMES: Work = Work::bare("bare call of which 2 % fail").ends(98, 100);
pub(super) static FAILS: Work = Work::bare("bare call that fails").ends(0, 100);

pub(crate) async fn ready(n: u64) -> Result<u64, Fault> {
    body::answer(n)
}

pub(crate) async fn suspends(n: u64) -> Result<u64, Fault> {
    body::suspend().await;
    body::answer(n)
}

pub(crate) async fn fails_at_times(n: u64) -> Result<u64, Fault> {
    body::fail_at_times(n)
}

pub(crate) async fn fails(n: u64) -> Result<u64, Fault> {
    body::fail(n)
}

const WHO: &str = "bare";

/// The row that shares nothing with anybody.
#[must_use]
pub fn control() -> Row {
    READY.row(WHO, |count| each!(count, n => ready(n).await))
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        control(),
        SUSPENDS.row(WHO, |count| each!(count, n => suspends(n).await)),
        FAILS_AT_TIMES.row(WHO, |count| each!(count, n => fails_at_times(n).await)),
        FAILS.row(WHO, |count| each!(count, n => fails(n).await)),
    ]
}
