//! How far the limit grows at a time where it does not double.

/// The limit after a round, all in use, in which calls were fast with so many in flight. No more than `bad`, if
/// that is known, and a sixteenth are tried before it is asked whether `bad` is still true.
pub(super) fn careful(limit: u32, good: u32, bad: u32) -> u32 {
    let (step, furthest) = match bad.checked_sub(limit) {
        // An eighth where no trouble is known, and four at least.
        _ if bad == u32::MAX => ((limit / 8).max(4), beyond(good)),
        // Half of the way to where it was, if that is less, and least there.
        Some(way) if way > 0 => ((way / 2).min((limit / 8).max(2)), fifth(good)),
        _ => (limit / 16, fifth(good)),
    };
    // The round has not tried all of the limit, and slow calls take longer to tell of themselves than fast ones.
    let step = step.min(furthest.saturating_sub(limit)).max(1);
    let next = limit.saturating_add(step);
    if next <= bad.saturating_add((bad / 16).max(1)) {
        next
    } else {
        limit
    }
}

/// As far beyond what was tried as a limit may be off: a fifth, and six where that is less.
pub(super) fn beyond(good: u32) -> u32 {
    fifth(good).max(good.saturating_add(6))
}

fn fifth(good: u32) -> u32 {
    good.saturating_add(good / 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eighth_where_no_trouble_is_known_and_half_of_the_way_where_it_is() {
        for (limit, bad, next) in [
            (80, u32::MAX, 90),
            (8, u32::MAX, 12),
            (80, 1_000, 90),
            (80, 90, 85),
            (80, 82, 81),
            (80, 80, 85),
            (80, 70, 80),
        ] {
            assert_eq!(careful(limit, limit, bad), next, "{limit} of {bad}");
        }
    }

    #[test]
    fn no_more_than_a_fifth_beyond_what_was_tried() {
        for (limit, good, next) in [(65, 60, 72), (72, 60, 73), (18, 17, 22), (40, 36, 43)] {
            assert_eq!(careful(limit, good, u32::MAX), next, "{good} of {limit}");
        }
        assert_eq!(careful(50, 41, 90), 51, "a step of one is no risk");
        assert_eq!((beyond(60), beyond(10)), (72, 16));
        assert_eq!(beyond(u32::MAX), u32::MAX);
    }
}
