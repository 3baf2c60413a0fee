//! The most calls in flight at which calls were fast of late.

/// Of the last fast calls: a dozen at least, and less than two.
#[derive(Debug)]
pub(super) struct Recent {
    /// Of this dozen, as far as it has come.
    most: u32,
    /// Of the dozen before.
    before: u32,
    calls: u32,
}

/// Of a batch, which begins at one in flight and goes up to the limit, fewer could all be from its lower half.
/// More would remember for longer what was before a change.
const DOZEN: u32 = 12;

impl Recent {
    pub(super) const fn new() -> Self {
        Self {
            most: 0,
            before: 0,
            calls: 0,
        }
    }

    /// A call was fast that began with so many in flight.
    pub(super) fn add(&mut self, at_start: u32) {
        self.most = self.most.max(at_start);
        self.calls += 1;
        if self.calls == DOZEN {
            *self = Self {
                before: self.most,
                ..Self::new()
            };
        }
    }

    pub(super) fn most(&self) -> u32 {
        self.most.max(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_dozen_is_heard_and_none_before_the_last_two() {
        for after in 0..2 * DOZEN {
            let mut recent = Recent::new();
            (0..after).for_each(|_| recent.add(5));
            recent.add(40);
            (1..DOZEN).for_each(|_| recent.add(5));
            assert_eq!(recent.most(), 40, "after {after}");
            (0..DOZEN).for_each(|_| recent.add(5));
            assert_eq!(recent.most(), 5, "after {after}");
        }
    }
}
