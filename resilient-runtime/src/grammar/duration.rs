//! Durations: `"250ms"`, `"5s"`, `"1m 30s"`, in the grammar of `humantime`.

use std::time::Duration;

/// What the text means.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) => Ok(duration),
        Err(humantime::DurationError::UnknownUnit { unit, value, .. }) if unit.is_empty() => {
            Err(unitless(&value.to_string()))
        }
        Err(humantime::DurationError::NumberOverflow) => Err(format!(
            "`\"{text}\"` is out of the range of a duration: 64 bits of seconds\n\
             Make it shorter."
        )),
        Err(fault) => Err(format!(
            "`\"{text}\"` is not a duration: {fault}\n\
             Write it like \"250ms\", \"5s\" or \"1m 30s\"."
        )),
    }
}

/// What a number without a unit is told.
pub(crate) fn unitless(number: &str) -> String {
    format!(
        "`{number}` has no unit: it could be seconds as well as milliseconds\n\
         Give a unit: \"{number}s\" or \"{number}ms\"."
    )
}
