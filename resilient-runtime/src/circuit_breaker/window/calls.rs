//! A window of the last N calls: truly sliding, the oldest leaves. Pure.

use super::{Position, Record, Tally};

#[derive(Debug)]
pub(in super::super) struct Calls {
    tally: Tally,
    /// How many records it has room for; 0 before the first.
    #[cfg(feature = "config")]
    size: u32,
    /// Records ever: the next one goes to this place, modulo the size.
    pushed: u64,
    /// One bit a record, for failures and for slow calls; empty until there was one.
    failed: Bits,
    slow: Bits,
}

impl Calls {
    pub(super) fn with_successes(successes: u32) -> Self {
        Self {
            tally: Tally::successes(successes),
            #[cfg(feature = "config")]
            size: 0,
            pushed: u64::from(successes),
            failed: Bits::default(),
            slow: Bits::default(),
        }
    }

    /// An empty one, in which so many records were before.
    #[cfg(feature = "config")]
    pub(super) fn after(before: u64, size: u32) -> Self {
        Self {
            size,
            pushed: before,
            ..Self::with_successes(0)
        }
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    pub(super) fn push(&mut self, record: Record, size: u32) -> Position {
        let place = place(self.pushed, size);
        let full = self.tally.calls == size;
        let oldest = Record {
            failed: self.failed.set(place, record.failed, size),
            slow: self.slow.set(place, record.slow, size),
        };
        if full {
            let mut left = Tally::NOTHING;
            left.add(oldest);
            self.tally.subtract(left);
        }
        self.tally.add(record);
        let position = Position(self.pushed);
        self.pushed += 1;
        position
    }

    /// As many times the push of a success, at the price of a few.
    pub(super) fn push_successes(&mut self, successes: u32, size: u32) {
        self.pushed += u64::from(successes);
        // Of more than there is room for the last stay.
        let stay = successes.min(size);
        let from = place(self.pushed - u64::from(stay), size);
        let left = Tally {
            calls: 0,
            failures: self.failed.clear_from(from, stay, size),
            slow: self.slow.clear_from(from, stay, size),
        };
        self.tally.subtract(left);
        self.tally.calls = self.tally.calls.saturating_add(successes).min(size);
    }

    pub(super) fn fail(&mut self, Position(position): Position, size: u32) {
        let is_held = self.pushed - position <= u64::from(self.tally.calls);
        if is_held && !self.failed.set(place(position, size), true, size) {
            self.tally.failures += 1;
        }
    }

    #[cfg(feature = "config")]
    pub(super) fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Makes it a window of this size: it keeps the last records that it has room for.
    #[cfg(feature = "config")]
    pub(super) fn fit(&mut self, size: u32) {
        let old = std::mem::replace(&mut self.size, size);
        if old == size || old == 0 {
            return;
        }
        let kept = self.tally.calls.min(size);
        let (failed, slow) = (
            std::mem::take(&mut self.failed),
            std::mem::take(&mut self.slow),
        );
        self.tally = Tally::NOTHING;
        for position in self.pushed - u64::from(kept)..self.pushed {
            let (from, to) = (place(position, old), place(position, size));
            let record = Record {
                failed: failed.get(from),
                slow: slow.get(from),
            };
            self.failed.set(to, record.failed, size);
            self.slow.set(to, record.slow, size);
            self.tally.add(record);
        }
    }

    pub(super) fn clear(&mut self) {
        self.tally = Tally::NOTHING;
        self.pushed = 0;
        self.failed.clear();
        self.slow.clear();
    }
}

/// Where the record of this number goes.
fn place(number: u64, size: u32) -> u32 {
    // Less than the size, which is a `u32`.
    u32::try_from(number % u64::from(size)).unwrap_or_default()
}

/// As many bits as a window has places, from the first one that is set on. Those of places that hold no
/// record are not set.
#[derive(Debug, Default)]
struct Bits(Box<[u64]>);

impl Bits {
    /// Sets a bit, and says what it was.
    fn set(&mut self, place: u32, to: bool, size: u32) -> bool {
        let Self(words) = self;
        if words.is_empty() {
            if !to {
                return false;
            }
            *words = vec![0; size.div_ceil(64) as usize].into();
        }
        let Some(word) = words.get_mut(place as usize / 64) else {
            return false;
        };
        let bit = 1 << (place % 64);
        let was = *word & bit != 0;
        *word = if to { *word | bit } else { *word & !bit };
        was
    }

    #[cfg(feature = "config")]
    fn get(&self, place: u32) -> bool {
        let word = self.0.get(place as usize / 64);
        word.is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// Clears so many bits from a place on, around the end; says how many of them were set.
    fn clear_from(&mut self, place: u32, count: u32, size: u32) -> u32 {
        let to_the_end = count.min(size - place);
        self.clear_run(place, to_the_end) + self.clear_run(0, count - to_the_end)
    }

    fn clear_run(&mut self, mut place: u32, mut count: u32) -> u32 {
        let mut were_set = 0;
        while count > 0 {
            let of_word = count.min(64 - place % 64);
            let bits = u64::MAX >> (64 - of_word) << (place % 64);
            if let Some(word) = self.0.get_mut(place as usize / 64) {
                were_set += (*word & bits).count_ones();
                *word &= !bits;
            }
            place += of_word;
            count -= of_word;
        }
        were_set
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// The same window, plain and slow.
    #[derive(Default)]
    struct Model(VecDeque<(u64, Record)>);

    impl Model {
        fn push(&mut self, position: u64, record: Record, size: u32) {
            self.0.push_back((position, record));
            if self.0.len() > size as usize {
                self.0.pop_front();
            }
        }

        fn tally(&self) -> Tally {
            let mut tally = Tally::NOTHING;
            self.0.iter().for_each(|(_, record)| tally.add(*record));
            tally
        }
    }

    #[test]
    fn rule_20_a_count_window_holds_the_last_n() {
        // A small generator with a full period, so that the sequences are the same on every machine.
        let mut state = 12345_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        for size in [1, 2, 3, 63, 64, 65, 100, 128, 129] {
            let (mut window, mut model) = (Calls::with_successes(0), Model::default());
            let mut number = 0;
            for step in 0..2000_u64 {
                if step % 500 == 499 {
                    window.clear();
                    model.0.clear();
                    number = 0;
                }
                if random() % 8 == 0 {
                    let successes = random() % (2 * size + 3);
                    window.push_successes(successes, size);
                    for _ in 0..successes {
                        model.push(number, Record::SUCCESS, size);
                        number += 1;
                    }
                    assert_eq!(window.tally(), model.tally());
                }
                let healthy = step < 150;
                let record = Record {
                    failed: !healthy && random() % 4 == 0,
                    slow: !healthy && random() % 5 == 0,
                };
                let Position(position) = window.push(record, size);
                assert_eq!(position, number);
                number += 1;
                model.push(position, record, size);
                if random() % 3 == 0 {
                    let earlier =
                        position.saturating_sub(u64::from(random()) % (2 * u64::from(size)));
                    window.fail(Position(earlier), size);
                    let held = model
                        .0
                        .iter_mut()
                        .find(|(position, _)| *position == earlier);
                    if let Some((_, record)) = held {
                        record.failed = true;
                    }
                }
                assert_eq!(window.tally(), model.tally());
            }
        }
    }

    #[cfg(feature = "config")]
    #[test]
    fn a_window_of_another_size_keeps_the_last_records_that_fit() {
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let (mut window, mut model) = (Calls::with_successes(0), Model::default());
        let mut size = 10;
        window.fit(size);
        for step in 0..20_000 {
            if step % 37 == 36 {
                size = [1, 2, 10, 63, 64, 65, 100, 129][random() as usize % 8];
                window.fit(size);
                while model.0.len() > size as usize {
                    model.0.pop_front();
                }
                assert_eq!(window.tally(), model.tally());
            }
            let record = Record {
                failed: random() % 4 == 0,
                slow: random() % 5 == 0,
            };
            let Position(position) = window.push(record, size);
            model.push(position, record, size);
            // A record is still found by what it was known by.
            let earlier = position.saturating_sub(u64::from(random()) % 20);
            window.fail(Position(earlier), size);
            if let Some((_, record)) = model.0.iter_mut().find(|(at, _)| *at == earlier) {
                record.failed = true;
            }
            assert_eq!(window.tally(), model.tally(), "{step} {size}");
        }
    }

    #[test]
    fn successes_alone_own_no_memory() {
        let mut window = Calls::with_successes(7);
        for _ in 0..1000 {
            window.push(Record::SUCCESS, 100);
            window.push_successes(7, 100);
        }
        assert!(window.failed.0.is_empty() && window.slow.0.is_empty());
        assert!(window.tally().is_all_successes_of(100));
    }
}
