//! A `Retry-After` header, from where it is read to when the call is made again.

mod support;

use std::time::{Duration, SystemTime};

use resilient_runtime::{Class, Classify, header, retry};
use support::ms;
use tokio::time::Instant;

/// What the service says: a status, and a header with it.
#[derive(Debug, Clone, PartialEq)]
enum Refused {
    Busy(Option<Duration>),
}

impl Classify for Refused {
    fn class(&self) -> Class {
        let Self::Busy(retry_after) = *self;
        Class::Throttled { retry_after }
    }
}

fn ask(header: &str) -> Result<(), Refused> {
    Err(Refused::Busy(header::retry_after(header)))
}

#[retry(max = 1, delay = "70ms", max_delay = "1m")]
async fn by_class(header: &str) -> Result<(), Refused> {
    ask(header)
}

/// When the second call is made, in whole seconds; nothing if it is not.
async fn waits(header: &str) -> Duration {
    let start = Instant::now();
    assert!(by_class(header).await.is_err());
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn rule_9_a_header_wins_over_the_backoff_shorter_or_longer() {
    assert_eq!(waits("0").await, ms(0));
    assert_eq!(waits("3").await, ms(3_000));
    assert_eq!(waits(" 60 ").await, ms(60_000));
    assert_eq!(waits("Sun, 06 Nov 1994 08:49:37 GMT").await, ms(0));
}

#[tokio::test(start_paused = true)]
async fn rule_9_a_header_that_asks_for_more_than_max_delay_ends_the_call() {
    for header in ["61", "18446744073709551615", "99999999999999999999999"] {
        assert_eq!(waits(header).await, ms(0), "{header}");
    }
    assert_eq!(waits("Fri, 31 Dec 9999 23:59:59 GMT").await, ms(0));
}

#[tokio::test(start_paused = true)]
async fn a_header_that_says_nothing_leaves_the_backoff() {
    for header in ["", "soon", "-1", "1.5"] {
        assert_eq!(waits(header).await, ms(70), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn by_delay_from_with_the_date_of_the_response() {
    /// `Date` and `Retry-After`.
    type Headers = (&'static str, &'static str);

    fn asked((date, after): &Headers) -> Option<Duration> {
        let date = header::retry_after_at(date, SystemTime::UNIX_EPOCH)?;
        header::retry_after_at(after, SystemTime::UNIX_EPOCH + date)
    }

    #[retry(max = 1, max_delay = "1m", delay_from = asked)]
    async fn call(headers: Headers) -> Result<(), Headers> {
        Err(headers)
    }

    let start = Instant::now();
    let headers = (
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:50:07 GMT",
    );
    assert_eq!(call(headers).await, Err(headers));
    assert_eq!(start.elapsed(), ms(30_000));
}
