//! What the headers of HTTP say of retries. Feature `retry-after`.

use std::time::{Duration, SystemTime};

/// How long a `Retry-After` header asks to wait: [RFC 9110, section 10.2.3].
///
/// It is a number of seconds, or a date in any of the three forms of HTTP. A date that has passed is no
/// wait at all; what is neither says nothing. More seconds than there are in a [`Duration`] are as many as
/// there can be, and the retry then stops: it is more than any `max_delay`.
///
/// A date is held against the system's clock, as it is wall time; [`retry_after_at`] takes another one.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::header::retry_after;
///
/// assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
/// assert_eq!(retry_after("soon"), None);
/// ```
///
/// It belongs where an error is made of a response; every retry over it then waits as long:
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Classify, header, retry};
///
/// # #[derive(Debug)]
/// #[derive(Classify)]
/// enum FetchError {
///     #[throttled(retry_after = after)]
///     TooMany { after: Option<Duration> },
/// }
///
/// #[retry(max = 3, max_delay = "1m")]
/// async fn fetch(response: (u16, Option<&str>)) -> Result<(), FetchError> {
///     match response {
///         (429 | 503, after) => Err(FetchError::TooMany { after: after.and_then(header::retry_after) }),
///         _ => Ok(()),
///     }
/// }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// # let start = tokio::time::Instant::now();
/// # assert!(fetch((429, Some("20"))).await.is_err());
/// # assert_eq!(start.elapsed(), Duration::from_secs(60));
/// # }
/// ```
///
/// [RFC 9110, section 10.2.3]: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a date is wall time, which tokio's clock does not tell"
)]
pub fn retry_after(value: &str) -> Option<Duration> {
    retry_after_at(value, SystemTime::now())
}

/// [`retry_after`] with a date held against this time: that of the response's `Date`, where the two clocks
/// can't be trusted to agree; or of a test.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use resilient_runtime::header::retry_after_at;
///
/// let now = SystemTime::UNIX_EPOCH;
/// let asked = retry_after_at("Thu, 01 Jan 1970 00:01:30 GMT", now);
/// assert_eq!(asked, Some(Duration::from_secs(90)));
/// ```
#[must_use]
pub fn retry_after_at(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits alone can be too many, and nothing else can be wrong with them.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT: the example of RFC 9110.
    const DATE: Duration = Duration::from_secs(784_111_777);

    fn at(value: &str, before: u64) -> Option<Duration> {
        let now = SystemTime::UNIX_EPOCH + DATE - Duration::from_secs(before);
        retry_after_at(value, now)
    }

    fn secs(secs: u64) -> Option<Duration> {
        Duration::from_secs(secs).into()
    }

    #[test]
    fn seconds_are_digits() {
        for (value, expected) in [
            ("0", secs(0)),
            ("120", secs(120)),
            ("007", secs(7)),
            (" 5", secs(5)),
            ("\t5 \t", secs(5)),
            ("18446744073709551615", secs(u64::MAX)),
            ("18446744073709551616", secs(u64::MAX)),
            ("99999999999999999999999999999999", secs(u64::MAX)),
        ] {
            assert_eq!(at(value, 0), expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_has_three_forms() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "\t Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(at(value, 90), secs(90), "{value:?}");
            assert_eq!(at(value, 0), secs(0), "{value:?}");
        }
    }

    #[test]
    fn a_date_that_has_passed_is_no_wait() {
        let now = SystemTime::UNIX_EPOCH + DATE + Duration::from_millis(1);
        assert_eq!(
            retry_after_at("Sun, 06 Nov 1994 08:49:37 GMT", now),
            secs(0)
        );
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT"), secs(0));
    }

    #[test]
    fn a_date_is_held_against_the_wall_clock() {
        #[expect(clippy::disallowed_methods, reason = "it is what is tested")]
        let later = SystemTime::now() + Duration::from_secs(3_600);
        let asked = retry_after(&httpdate::fmt_http_date(later)).expect("it is a date");
        assert!(asked <= Duration::from_secs(3_600));
        assert!(asked > Duration::from_secs(3_500), "{asked:?}");
    }

    #[test]
    fn garbage_says_nothing() {
        for value in [
            "",
            " ",
            "-1",
            "+1",
            "1.5",
            "1 2",
            "1s",
            "0x10",
            "soon",
            "\u{a0}5",
            "٣",
            "1\n",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT and more",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(at(value, 90), None, "{value:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(value in ".*", digits in "[0-9 ]{0,40}") {
            let _ = (at(&value, 1), at(&digits, 1));
        }

        #[test]
        fn all_seconds_are_read(seconds in proptest::prelude::any::<u64>()) {
            proptest::prop_assert_eq!(at(&seconds.to_string(), 1), secs(seconds));
        }
    }
}
