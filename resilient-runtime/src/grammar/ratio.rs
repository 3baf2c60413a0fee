//! Ratios: `"50%"` or 0.5.

/// The share that a text means: `"50%"`. Whether it is one of a whole is for its rule to say.
pub(crate) fn ratio(text: &str) -> Result<f64, String> {
    let percent = text.trim().strip_suffix('%').map(str::trim);
    match percent.and_then(hundredth) {
        Some(share) if !share.is_nan() => Ok(share),
        _ => Err(no_ratio(&format!("\"{text}\""))),
    }
}

/// A hundredth of a number, read as one: "10.4" divided by 100 is more than 0.104, so 13 failures of 125 calls
/// would be less than "10.4%" of them.
fn hundredth(percent: &str) -> Option<f64> {
    let divided = percent.parse::<f64>().ok()? / 100.0;
    // What has an exponent of its own, or is no number of digits, can only be divided.
    Some(format!("{percent}e-2").parse().unwrap_or(divided))
}

/// What is told of something that means no share.
pub(crate) fn no_ratio(written: &str) -> String {
    format!("`{written}` is not a ratio\nWrite it like \"50%\" or 0.5.")
}

/// What a whole number is told, other than nothing and all.
pub(crate) fn whole_ratio(number: &str) -> String {
    format!(
        "`{number}` is not a ratio: it could be {number}% or {number} times the \
         whole\n\
         Write \"{number}%\", or a number over 0 and up to 1.0."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_the_very_number_that_its_share_is() {
        for thousandths in 1..=1_000_u32 {
            let text = format!("{}.{}%", thousandths / 10, thousandths % 10);
            let share = f64::from(thousandths) / 1_000.0;
            assert_eq!(
                ratio(&text).map(f64::to_bits),
                Ok(share.to_bits()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_percentage_may_have_blanks_and_an_exponent() {
        assert_eq!(ratio(" 50 % "), Ok(0.5));
        assert_eq!(ratio("5e1%"), Ok(0.5));
        assert_eq!(ratio("inf%"), Ok(f64::INFINITY));
        assert!(ratio("NaN%").is_err());
        assert!(ratio("%").is_err());
        assert!(ratio("0.5").is_err());
    }
}
