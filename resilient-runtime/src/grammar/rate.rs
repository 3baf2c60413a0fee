//! Rates: `"100/s"`, `"10/100ms"`, and what a text is told that means none.

use std::time::Duration;

/// The units that may stand alone.
const UNITS: [(&str, Duration); 4] = [
    ("ms", Duration::from_millis(1)),
    ("s", Duration::from_secs(1)),
    ("m", Duration::from_secs(60)),
    ("h", Duration::from_secs(3_600)),
];

/// How other units are written: by these, or as a time of these.
const OTHERS: [(&[&str], &str); 5] = [
    (&["sec", "secs", "second", "seconds", "S"], "s"),
    (&["min", "mins", "minute", "minutes"], "m"),
    (&["hr", "hrs", "hour", "hours", "H"], "h"),
    (&["d", "day", "days", "D"], "24h"),
    (&["w", "week", "weeks"], "7days"),
];

/// So many calls, and in how long.
pub(crate) fn rate(text: &str) -> Result<(u32, Duration), String> {
    let (calls, period) = match text.split_once('/') {
        Some((calls, period)) => (calls.trim(), Some(period.trim())),
        None => (text.trim(), None),
    };
    let calls = read_calls(calls, text)?;
    let Some(period) = period.filter(|period| !period.is_empty()) else {
        return Err(format!(
            "`{text}` has no unit of time: it could be calls a second as well as calls a minute\n\
             Give a unit: \"{calls}/s\" or \"{calls}/m\"."
        ));
    };
    let period = read_period(period, calls)?;
    Ok((calls, period))
}

fn read_calls(calls: &str, text: &str) -> Result<u32, String> {
    let digits = calls.replace('_', "");
    let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(unsigned) {
        if unsigned != digits {
            let unit = text.split_once('/').map_or("s", |(_, unit)| unit.trim());
            return Err(format!(
                "`{text}` is not a rate: calls are counted from 1 up\n\
                 Write it like \"{unsigned}/{unit}\"."
            ));
        }
        return digits.parse().map_err(|_| {
            format!(
                "`{calls}` calls are out of range: a rate has between 1 and {}\n\
                 Write fewer calls in a shorter time.",
                u32::MAX
            )
        });
    }
    if digits.contains('.') && digits.parse::<f64>().is_ok() {
        return Err(format!(
            "`{text}` counts parts of calls\n\
             Write whole calls in a longer time: \"1/2s\" is one call every two seconds."
        ));
    }
    Err(format!(
        "`{text}` is not a rate: so many calls, a slash, and in how long\n\
         Write it like \"100/s\", \"600/m\" or \"10/100ms\"."
    ))
}

fn read_period(period: &str, calls: u32) -> Result<Duration, String> {
    if let Some((_, unit)) = UNITS.iter().find(|(word, _)| *word == period) {
        return Ok(*unit);
    }
    if let Some((_, ours)) = OTHERS.iter().find(|(words, _)| words.contains(&period)) {
        return Err(format!(
            "`{period}` is no unit of a rate\nWrite \"{calls}/{ours}\"."
        ));
    }
    match humantime::parse_duration(period) {
        Ok(period) => Ok(period),
        Err(humantime::DurationError::UnknownUnit { unit, value, .. }) if unit.is_empty() => {
            Err(format!(
                "`{period}` has no unit: it could be seconds as well as milliseconds\n\
                 Give a unit: \"{calls}/{value}s\" or \"{calls}/{value}ms\"."
            ))
        }
        Err(humantime::DurationError::NumberOverflow) => Err(format!(
            "`{period}` is out of the range of a duration: 64 bits of seconds\nMake it shorter."
        )),
        Err(_) => Err(format!(
            "`{period}` is no unit of a rate, and no time\n\
             Write `s`, `m` or `h`, or a time, as in \"{calls}/100ms\"."
        )),
    }
}
