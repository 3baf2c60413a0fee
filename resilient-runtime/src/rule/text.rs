//! A message that a `const fn` can write: formatting is not for constants, and so numbers, ratios and
//! durations are written by hand.

use std::time::Duration;

/// The longest message is a few lines.
const CAPACITY: usize = 512;

/// What is wrong with a value, in words.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

/// The units of `humantime`, largest first, in nanoseconds. The longest three take an `s`.
const UNITS: [(&str, u128); 9] = [
    ("year", 31_557_600_000_000_000),
    ("month", 2_630_016_000_000_000),
    ("day", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];
const PLURAL: usize = 3;

impl Text {
    pub(crate) const fn of(text: &str) -> Self {
        let bytes = [0; CAPACITY];
        Self { bytes, len: 0 }.and(text)
    }

    pub(crate) const fn and(mut self, text: &str) -> Self {
        let (text, mut i) = (text.as_bytes(), 0);
        while i < text.len() && self.len < CAPACITY {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    pub(crate) const fn number(self, number: u128) -> Self {
        let text = if number >= 10 {
            self.number(number / 10)
        } else {
            self
        };
        let digit = [b'0' + (number % 10) as u8];
        match str::from_utf8(&digit) {
            Ok(digit) => text.and(digit),
            Err(_) => text,
        }
    }

    /// With up to four places behind the point.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is neither too large nor negative by then"
    )]
    pub(crate) const fn float(self, number: f64) -> Self {
        const LARGE: f64 = 1e30;
        if number.is_nan() {
            return self.and("NaN");
        }
        if number < 0.0 {
            return self.and("-").float(-number);
        }
        if number >= LARGE {
            return self.and("infinity");
        }
        let scaled = (number * 10_000.0 + 0.5) as u128;
        let (text, mut rest) = (self.number(scaled / 10_000), scaled % 10_000);
        if rest == 0 {
            return text;
        }
        let (mut text, mut place) = (text.and("."), 1_000);
        while rest > 0 {
            text = text.number(rest / place);
            rest %= place;
            place /= 10;
        }
        text
    }

    /// As `humantime` writes it, so that it can be pasted.
    pub(crate) const fn duration(self, duration: Duration) -> Self {
        let (mut rest, mut text, mut i) = (duration.as_nanos(), self, 0);
        if rest == 0 {
            return text.and("0s");
        }
        while i < UNITS.len() {
            let (unit, nanos) = UNITS[i];
            let count = rest / nanos;
            rest %= nanos;
            if count > 0 {
                text = text.number(count).and(unit);
                if count > 1 && i < PLURAL {
                    text = text.and("s");
                }
                if rest > 0 {
                    text = text.and(" ");
                }
            }
            i += 1;
        }
        text
    }

    pub(crate) const fn as_str(&self) -> &str {
        // What does not fit is cut off, and never within a character: then there would be nothing.
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for number in [0, 7, 10, 101, 4_294_967_295, u128::MAX] {
            assert_eq!(Text::of("").number(number).as_str(), number.to_string());
        }
        for (number, text) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (-0.25, "-0.25"),
            (1.1 * 100.0, "110"),
            (0.030_04, "0.03"),
            (1.050_5, "1.0505"),
            (99.999_99, "100"),
            (f64::NAN, "NaN"),
            (f64::MAX, "infinity"),
            (f64::NEG_INFINITY, "-infinity"),
        ] {
            assert_eq!(Text::of("").float(number).as_str(), text, "{number}");
        }
    }

    #[test]
    fn durations_have_every_unit_that_they_need() {
        for (secs, nanos, text) in [
            (0, 0, "0s"),
            (0, 1, "1ns"),
            (0, 500_000_000, "500ms"),
            (1, 500_000_001, "1s 500ms 1ns"),
            (90, 0, "1m 30s"),
            (2 * 86_400 + 3_600, 0, "2days 1h"),
            (31_557_600, 0, "1year"),
        ] {
            let duration = Duration::new(secs, nanos);
            assert_eq!(Text::of("").duration(duration).as_str(), text);
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let text = Text::of(&"a".repeat(CAPACITY)).and("b");
        assert_eq!(text.as_str().len(), CAPACITY);
    }
}
