//! Every kind of notice, put up on a board and read from it.

use std::time::Duration;

use tokio::time::Instant;

use super::board::Board;
use super::state::Notice;
use crate::circuit::Reason;
use crate::moment::age;

#[test]
fn what_is_put_up_is_what_is_read() {
    let line = Duration::new(u64::MAX, 999_999_999);
    let threshold = 0.1 + 0.2;
    let (failures, slow, calls, probes) = (u32::MAX, 7, u32::MAX - 1, 3);
    let board = Board::new();
    assert_eq!(board.reason(), Reason::Forced);
    let now = Instant::now();
    for (secs, reason) in (1..).zip([
        Reason::FailureRate {
            failures,
            calls,
            threshold,
        },
        Reason::SlowRate {
            slow,
            calls,
            line,
            threshold,
        },
        Reason::ConsecutiveFailures { failures },
        Reason::ProbeFailed,
        Reason::ProbeSlow { line },
        Reason::Probing { probes },
        Reason::Forced,
    ]) {
        let until = now + Duration::new(secs, 999_999_999);
        assert!(board.put_up(Notice {
            until: Some(until),
            reason
        }));
        assert_eq!((board.until(), board.reason()), (age(until), reason));
        let common = board.common_reason();
        assert!(common.is_none_or(|common| common == reason), "{common:?}");
    }
    let reason = Reason::Forced;
    assert!(board.put_up(Notice {
        until: None,
        reason
    }));
    assert_eq!((board.until(), board.reason()), (None, reason));
    let until = Some(now + Duration::from_secs(1 << 34));
    assert!(
        !board.put_up(Notice { until, reason }),
        "the lock knows of it"
    );
}
