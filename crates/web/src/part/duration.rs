//! Durations as people write and read them: "90m", "1.5 h", "2 days". A day is as long as the
//! business time at hand says, so whoever reads one is told how it was read.

/// Seconds of a day round the clock.
pub(crate) const WHOLE_DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;
/// Seconds of the longest duration that is read: more than a century.
const MOST: f64 = u32::MAX as f64;

/// Reads "20m", "1.5 h", "1 h 30 min" or "2 days" as seconds; a bare number counts minutes, a
/// day counts `day` seconds.
pub(crate) fn read(text: &str, day: i64) -> Option<i64> {
    let lower = text.to_lowercase().replace(',', ".");
    let mut rest = lower.trim();
    let mut seconds = 0.0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let count: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" | "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "s" | "sec" | "second" | "seconds" => 1,
            "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
            "d" | "day" | "days" => day,
            _ => return None,
        };
        seconds += count * unit as f64;
        rest = rest[letters..].trim_start();
    }
    (seconds.is_finite() && seconds <= MOST).then(|| seconds.round() as i64)
}

/// As a field holds it: "30 min", "1 h 30 min", whole days as "2 days".
pub(crate) fn written(seconds: i64, day: i64) -> String {
    match seconds {
        1.. if day >= HOUR && seconds % day == 0 => days(seconds / day),
        _ => exact(seconds),
    }
}

/// Without days, which differ in length: "30 h", "1 h 30 min".
pub(crate) fn exact(seconds: i64) -> String {
    let parts = [(seconds / HOUR, "h"), (seconds % HOUR / MINUTE, "min"), (seconds % MINUTE, "s")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() { "0 min".to_owned() } else { parts.join(" ") }
}

/// How a text was read, where it could be read otherwise: "= 1 h 30 min", "= 30 h, a day is 10 h".
pub(crate) fn echo(text: &str, day: i64) -> Option<String> {
    let seconds = read(text, day)?;
    let by_days = read(text, day) != read(text, day + HOUR);
    match text.trim() == exact(seconds) {
        true => None,
        false if by_days && day != WHOLE_DAY => {
            Some(format!("= {}, a day is {}", exact(seconds), exact(day)))
        }
        false => Some(format!("= {}", exact(seconds))),
    }
}

fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("20m", 1_200),
            ("90", 5_400),
            ("1.5 h", 5_400),
            ("1,5h", 5_400),
            ("1 h 30 m", 5_400),
            ("2 days", 172_800),
            ("45 minutes", 2_700),
            ("30s", 30),
        ] {
            assert_eq!(read(text, WHOLE_DAY), Some(seconds), "{text}");
        }
        for text in ["", "h", "1x", "-5m", "1..2h", "99999999999999d", "1h-", "ten"] {
            assert_eq!(read(text, WHOLE_DAY), None, "{text}");
        }
        assert_eq!(read("3 days", 36_000), Some(108_000));
    }

    #[test]
    fn what_a_field_holds_is_read_as_the_same_again() {
        for day in [WHOLE_DAY, 36_000, 27_000] {
            for seconds in
                [0, 1, 59, 60, 90, 3_600, 5_400, 36_000, 86_400, 108_000, 864_000, 93_784]
            {
                assert_eq!(read(&written(seconds, day), day), Some(seconds), "{seconds} of {day}");
            }
        }
        assert_eq!(written(108_000, 36_000), "3 days");
        assert_eq!(written(108_000, WHOLE_DAY), "30 h");
        assert_eq!(written(5_400, WHOLE_DAY), "1 h 30 min");
    }

    #[test]
    fn it_says_how_it_was_read() {
        for (text, day, words) in [
            ("30 min", WHOLE_DAY, None),
            ("90m", WHOLE_DAY, Some("= 1 h 30 min")),
            ("1.5 h", WHOLE_DAY, Some("= 1 h 30 min")),
            ("2 days", WHOLE_DAY, Some("= 48 h")),
            ("3 days", 36_000, Some("= 30 h, a day is 10 h")),
            ("30 seconds", 36_000, Some("= 30 s")),
            ("ten", WHOLE_DAY, None),
        ] {
            assert_eq!(echo(text, day).as_deref(), words, "{text}");
        }
    }
}
