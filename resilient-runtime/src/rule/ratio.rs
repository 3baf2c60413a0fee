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

/// A percentile of latencies, in percent.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a percentile by then"
)]
pub(crate) const fn percentile(percent: f64) -> Option<Text> {
    let text = Text::of("a percentile of ").float(percent);
    if percent >= 50.0 && percent <= 99.9 {
        let tenths = percent * 10.0;
        let off = tenths - (tenths + 0.5) as u16 as f64;
        if off < 1e-6 && off > -1e-6 {
            return None;
        }
        return Some(text.and(
            " is too fine: what is measured are tenths of a percent\n\
             Write one of 50 to 99.9, as in \"p95\" or \"p99.5\".",
        ));
    }
    Some(text.and(
        " is out of range: under 50 most calls would be made twice, and over 99.9 nothing is \
         measured so finely\n\
         Write one of 50 to 99.9, as in \"p95\".",
    ))
}
