//! Shares of a whole, and factors.

use super::text::Text;

/// A share of a whole.
pub(crate) const fn ratio(share: f64) -> Option<Text> {
    if share > 0.0 && share <= 1.0 {
        return None;
    }
    let text = if share.is_nan() {
        Text::of("NaN is not a ratio")
    } else {
        let text = Text::of("").float(share * 100.0);
        text.and("% is out of range: a ratio is over 0 and up to 100%")
    };
    Some(text.and("\nWrite it like \"50%\" or 0.5."))
}

/// What a delay is multiplied with.
pub(crate) const fn factor(factor: f64) -> Option<Text> {
    if factor >= 1.0 && factor.is_finite() {
        return None;
    }
    let text = Text::of("a factor is 1.0 or more, and finite, and this is ").float(factor);
    Some(text.and("\nDelays that shrink would end in a storm of calls."))
}
