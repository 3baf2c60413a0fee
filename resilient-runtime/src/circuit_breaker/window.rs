//! The count window: the last N records, and what they amount to. Pure.

/// The last `size` records of a breaker.
///
/// While all of them are successes they are only counted: a healthy breaker keeps no bits, and a full
/// window of successes is not changed by another one.
#[derive(Debug)]
pub(super) struct Window {
    records: u32,
    failures: u32,
    /// Failures since the last success, however many.
    run: u32,
    /// Where the next record goes.
    next: u32,
    /// One bit a record, set for a failure; empty until there was one.
    bits: Vec<u64>,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            records: 0,
            failures: 0,
            run: 0,
            next: 0,
            bits: Vec::new(),
        }
    }

    pub(super) fn records(&self) -> u32 {
        self.records
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn run(&self) -> u32 {
        self.run
    }

    /// Failures ÷ records; `None` of nothing.
    pub(super) fn failure_rate(&self) -> Option<f64> {
        (self.records > 0).then(|| f64::from(self.failures) / f64::from(self.records))
    }

    /// Whether another success would change nothing.
    pub(super) fn is_settled(&self, size: u32) -> bool {
        self.failures == 0 && self.records == size
    }

    pub(super) fn push(&mut self, failed: bool, size: u32) {
        self.run = if failed {
            self.run.saturating_add(1)
        } else {
            0
        };
        if failed && self.bits.is_empty() {
            self.bits = vec![0; size.div_ceil(64) as usize];
        }
        if !self.bits.is_empty() {
            let (word, bit) = ((self.next / 64) as usize, 1 << (self.next % 64));
            let oldest_failed = self.records == size && self.bits[word] & bit != 0;
            self.failures = self.failures + u32::from(failed) - u32::from(oldest_failed);
            if failed {
                self.bits[word] |= bit;
            } else {
                self.bits[word] &= !bit;
            }
        }
        self.records = size.min(self.records + 1);
        self.next = (self.next + 1) % size;
    }

    pub(super) fn clear(&mut self) {
        self.bits.fill(0);
        *self = Self {
            bits: std::mem::take(&mut self.bits),
            ..Self::new()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    fn count(count: usize) -> u32 {
        count.try_into().unwrap()
    }

    /// The same window, plain and slow.
    #[derive(Default)]
    struct Model(VecDeque<bool>);

    impl Model {
        fn push(&mut self, failed: bool, size: u32) {
            self.0.push_back(failed);
            if self.0.len() > size as usize {
                self.0.pop_front();
            }
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
            let (mut window, mut model) = (Window::new(), Model::default());
            for step in 0..2000 {
                if step % 500 == 499 {
                    window.clear();
                    model.0.clear();
                }
                let failed = random() % 4 == 0 && step > 150;
                window.push(failed, size);
                model.push(failed, size);
                let failures = model.0.iter().filter(|failed| **failed).count();
                let run = model.0.iter().rev().take_while(|failed| **failed).count();
                assert_eq!(
                    (window.records(), window.failures()),
                    (count(model.0.len()), count(failures))
                );
                assert_eq!(window.run().min(size), count(run));
            }
        }
    }

    #[test]
    fn a_healthy_window_owns_no_memory() {
        let mut window = Window::new();
        for _ in 0..1000 {
            window.push(false, 100);
        }
        assert!(window.bits.capacity() == 0 && window.is_settled(100));
    }
}
