//! Percentiles: `"p95"`.

/// What a text means that was meant as a percentile, in percent; `None` of one that was not.
pub(crate) fn percentile(text: &str) -> Option<Result<f64, String>> {
    if let Some(percent) = text.trim().strip_suffix('%') {
        return Some(Err(format!(
            "a percentile is written with a `p`: \"p{percent}\"\n\
             Write one of \"p50\" to \"p99.9\"."
        )));
    }
    let percent = text.strip_prefix(['p', 'P'])?;
    let is_number = percent
        .chars()
        .all(|char| char.is_ascii_digit() || char == '.');
    let percent = percent.parse::<f64>().ok().filter(|_| is_number);
    Some(percent.ok_or_else(|| {
        format!(
            "`\"{text}\"` is neither a duration nor a percentile\n\
             Write it like \"50ms\", or one of \"p50\" to \"p99.9\"."
        )
    }))
}
