//! What is known of a check: pure, it knows no clock and no task.

use std::time::Duration;

use tokio::time::Instant;

use super::report::Status;
use crate::rounded::Rounded;

/// What is known of a check.
#[derive(Debug)]
pub(super) struct Record {
    started: Instant,
    last: Option<Last>,
    /// When its task ended, with its runtime.
    stopped: Option<Instant>,
    /// After its first success it is up for good: a startup check.
    sticks: bool,
}

/// How the last run ended.
#[derive(Debug)]
struct Last {
    fault: Option<String>,
    at: Instant,
    /// Since when runs end like this.
    since: Instant,
}

impl Record {
    pub(super) fn new(now: Instant, sticks: bool) -> Self {
        Self {
            started: now,
            last: None,
            stopped: None,
            sticks,
        }
    }

    /// A run has ended. Says whether there is any use in another one.
    pub(super) fn ended(&mut self, result: Result<(), String>, now: Instant) -> bool {
        let fault = result.err();
        let since = self
            .last
            .as_ref()
            .filter(|last| last.fault.is_none() == fault.is_none())
            .map_or(now, |last| last.since);
        self.last = Some(Last {
            fault,
            at: now,
            since,
        });
        !self.is_done()
    }

    fn is_done(&self) -> bool {
        self.sticks && self.last.as_ref().is_some_and(|last| last.fault.is_none())
    }

    /// It will not be run again.
    pub(super) fn stopped(&mut self, now: Instant) {
        self.stopped = Some(now);
    }

    /// How it is, why, and for how long, when a result is worth something up to this age.
    pub(super) fn look(&self, now: Instant, keeps: Duration) -> (Status, String, Duration) {
        let age = |since| now.saturating_duration_since(since);
        if let Some(stopped) = self.stopped.filter(|_| !self.is_done()) {
            let detail = "it is not run any more: its runtime is gone".to_owned();
            return (Status::Down, detail, age(stopped));
        }
        let Some(last) = &self.last else {
            let waits = age(self.started);
            return if waits > keeps {
                let detail = format!("stale: no run has ended in {}", Rounded(waits));
                (Status::Down, detail, waits.saturating_sub(keeps))
            } else {
                (Status::Unknown, "it has not run yet".to_owned(), waits)
            };
        };
        let said = last.fault.as_deref().unwrap_or("ok");
        let old = age(last.at);
        if old > keeps && !self.is_done() {
            let detail = format!("stale: the last result is {} old: {said}", Rounded(old));
            return (Status::Down, detail, old.saturating_sub(keeps));
        }
        let status = match last.fault {
            None => Status::Up,
            Some(_) => Status::Down,
        };
        (status, said.to_owned(), age(last.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEPS: Duration = Duration::from_secs(22);

    /// A record, and a way to name points in time after it was made.
    fn record(sticks: bool) -> (Record, impl Fn(u64) -> Instant) {
        let start = Instant::now();
        let at = move |secs| start + Duration::from_secs(secs);
        (Record::new(start, sticks), at)
    }

    fn fails() -> Result<(), String> {
        Err("refused".to_owned())
    }

    /// How long something has been, in seconds, and how it is.
    fn seen(record: &Record, now: Instant, keeps: Duration) -> (Status, String, u64) {
        let (status, detail, age) = record.look(now, keeps);
        (status, detail, age.as_secs())
    }

    fn is(status: Status, detail: &str, secs: u64) -> (Status, String, u64) {
        (status, detail.to_owned(), secs)
    }

    #[test]
    fn before_its_first_run_it_is_unknown_and_then_stale() {
        let (record, at) = record(false);
        let unknown = "it has not run yet";
        assert_eq!(
            seen(&record, at(22), KEEPS),
            is(Status::Unknown, unknown, 22)
        );
        let stale = "stale: no run has ended in 23s";
        assert_eq!(seen(&record, at(23), KEEPS), is(Status::Down, stale, 1));
    }

    #[test]
    fn it_is_as_its_last_run_since_runs_end_like_that() {
        let (mut record, at) = record(false);
        assert!(record.ended(Ok(()), at(1)));
        assert!(record.ended(Ok(()), at(11)));
        assert_eq!(seen(&record, at(13), KEEPS), is(Status::Up, "ok", 12));
        assert!(record.ended(fails(), at(21)));
        assert_eq!(seen(&record, at(21), KEEPS), is(Status::Down, "refused", 0));
        assert!(record.ended(Err("another".to_owned()), at(31)));
        assert_eq!(
            seen(&record, at(31), KEEPS),
            is(Status::Down, "another", 10)
        );
        assert!(record.ended(Ok(()), at(41)));
        assert_eq!(seen(&record, at(42), KEEPS), is(Status::Up, "ok", 1));
    }

    #[test]
    fn a_result_older_than_it_keeps_is_stale_whatever_it_was() {
        let (mut record, at) = record(false);
        record.ended(Ok(()), at(10));
        assert_eq!(seen(&record, at(32), KEEPS), is(Status::Up, "ok", 22));
        let stale = "stale: the last result is 25s old: ok";
        assert_eq!(seen(&record, at(35), KEEPS), is(Status::Down, stale, 3));
        record.ended(fails(), at(36));
        let stale = "stale: the last result is 24s old: refused";
        assert_eq!(seen(&record, at(60), KEEPS), is(Status::Down, stale, 2));
    }

    #[test]
    fn what_sticks_is_up_from_its_first_success_for_good() {
        let (mut record, at) = record(true);
        assert!(record.ended(fails(), at(1)), "it is run again");
        assert_eq!(seen(&record, at(2), KEEPS), is(Status::Down, "refused", 1));
        assert!(!record.ended(Ok(()), at(5)), "another run is of no use");
        record.stopped(at(5));
        assert_eq!(seen(&record, at(9999), KEEPS), is(Status::Up, "ok", 9994));
    }

    #[test]
    fn without_its_runtime_it_is_down_at_once() {
        let (mut record, at) = record(false);
        record.ended(Ok(()), at(1));
        record.stopped(at(2));
        let gone = "it is not run any more: its runtime is gone";
        assert_eq!(seen(&record, at(3), KEEPS), is(Status::Down, gone, 1));
    }

    #[test]
    fn time_that_runs_backwards_is_no_time() {
        let (mut record, at) = record(false);
        record.ended(Ok(()), at(5));
        assert_eq!(seen(&record, at(1), KEEPS), is(Status::Up, "ok", 0));
        assert_eq!(seen(&record, at(1), Duration::MAX), is(Status::Up, "ok", 0));
    }
}
