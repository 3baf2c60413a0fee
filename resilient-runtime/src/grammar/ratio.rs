//! Ratios: `"50%"` or 0.5.

/// The share that a text means: `"50%"`. Whether it is one of a whole is for its rule to say.
pub(crate) fn ratio(text: &str) -> Result<f64, String> {
    let percent = text.trim().strip_suffix('%').map(str::trim);
    let percent = percent.and_then(|percent| percent.parse::<f64>().ok());
    match percent {
        Some(percent) if !percent.is_nan() => Ok(percent / 100.0),
        _ => Err(no_ratio(&format!("\"{text}\""))),
    }
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
