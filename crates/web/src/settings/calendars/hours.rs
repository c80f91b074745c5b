//! Opening hours and dates as people write them: "08:00-12:00, 13:00-17:30" for a weekday, one
//! holiday or special opening a line. The rules of a calendar are checked by the calendar.

use calendar::{Holiday, Hours, SpecialOpening};

/// A whole day.
const ALL_DAY: [&str; 5] = ["24 h", "24h", "all day", "always", "round the clock"];
/// No hours.
const CLOSED: [&str; 3] = ["", "closed", "-"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads the hours of a day. What is no time is named.
pub(super) fn day(text: &str) -> Result<Vec<Hours>, String> {
    let text = text.trim().to_lowercase();
    if CLOSED.contains(&text.as_str()) {
        return Ok(vec![]);
    }
    if ALL_DAY.contains(&text.as_str()) {
        return Ok(vec![Hours::new("00:00", "24:00")]);
    }
    let text = text.replace(" and ", ",").replace(" to ", "-");
    text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).map(interval).collect()
}

fn interval(text: &str) -> Result<Hours, String> {
    let bad = || format!("“{text}” is no interval; write it as 09:00-17:00");
    let (opens, closes) = text.split_once(['-', '–', '—']).ok_or_else(bad)?;
    let time = |text: &str| time(text.trim()).ok_or_else(bad);
    Ok(Hours(time(opens)?, time(closes)?))
}

/// "8", "8:30", "8.30" and "0830" as `HH:MM`.
fn time(text: &str) -> Option<String> {
    let (hours, minutes) = match text.split_once([':', '.']) {
        Some(parts) => parts,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => (text, "00"),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = (1..=2).contains(&hours.len()) && minutes.len() == 2;
    (well_formed && digits(hours) && digits(minutes)).then(|| format!("{hours:0>2}:{minutes}"))
}

/// As a field holds them: "08:00-12:00, 13:00-17:30".
pub(super) fn written(hours: &[Hours]) -> String {
    hours
        .iter()
        .map(|Hours(opens, closes)| format!("{opens}-{closes}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Something of a line of a field, with the line's number from 1.
pub(super) type Lines<T> = Vec<(usize, T)>;

/// Reads one holiday a line: its date and what it is called.
pub(super) fn holidays(text: &str) -> Result<Lines<Holiday>, String> {
    lines(text, |line| {
        let (date, name) = date(line).ok_or_else(|| no_date(line))?;
        Ok(Holiday { date, name })
    })
}

/// Reads one special opening a line: its date, its hours and what it is called.
pub(super) fn special_openings(text: &str) -> Result<Lines<SpecialOpening>, String> {
    lines(text, |line| {
        let (date, rest) = date(line).ok_or_else(|| no_date(line))?;
        let rest = rest.unwrap_or_default();
        let of_hours =
            |word: &&str| word.chars().all(|c| c.is_ascii_digit() || ":.,;-–—".contains(c));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let (hours, name) = words.split_at(words.iter().take_while(|word| of_hours(word)).count());
        let name = Some(name.join(" ")).filter(|name| !name.is_empty());
        Ok(SpecialOpening { date, name, hours: day(&hours.join(" "))? })
    })
}

fn lines<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Lines<T>, String> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    lines
        .map(|(at, line)| {
            let read = read(line).map_err(|words| format!("Line {}: {words}", at + 1))?;
            Ok((at + 1, read))
        })
        .collect()
}

fn no_date(line: &str) -> String {
    let first: String = line.chars().take(20).collect();
    format!("“{first}” does not begin with a date; write it as 2026-12-25 or 25 Dec 2026")
}

/// The date at the beginning of a line as `YYYY-MM-DD`, and what follows. It may be written as
/// 2026-12-25, 25.12.2026 or 25 Dec 2026; 12/25/2026 could be either and is not read.
fn date(line: &str) -> Option<(String, Option<String>)> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let dots: Vec<&str> = first.split('.').collect();
    let date = if let [day, month, year] = dots[..] {
        iso(year, month.parse().ok()?, day)?
    } else if first.len() == 10 && first.as_bytes()[4] == b'-' {
        first.to_owned()
    } else {
        let month = words.next()?.to_lowercase();
        let month = MONTHS.iter().position(|known| month.starts_with(known))? + 1;
        iso(words.next()?, month, first)?
    };
    let rest = words.collect::<Vec<_>>().join(" ");
    Some((date, Some(rest).filter(|rest| !rest.is_empty())))
}

fn iso(year: &str, month: usize, day: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = year.len() == 4 && (1..=2).contains(&day.len());
    (well_formed && digits(year) && digits(day)).then(|| format!("{year}-{month:02}-{day:0>2}"))
}

/// As a field holds it: "2026-12-25 Christmas Day".
pub(super) fn holiday_line(holiday: &Holiday) -> String {
    line(&holiday.date, "", holiday.name.as_deref())
}

/// As a field holds it: "2026-12-24 08:00-12:00 Christmas Eve".
pub(super) fn special_line(special: &SpecialOpening) -> String {
    line(&special.date, &written(&special.hours), special.name.as_deref())
}

fn line(date: &str, hours: &str, name: Option<&str>) -> String {
    let parts = [date, hours, name.unwrap_or_default()];
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, hours) in [
            ("08:00-18:00", "08:00-18:00"),
            ("8–12, 13:30 – 17", "08:00-12:00, 13:30-17:00"),
            ("8.30 to 12 and 1300-1730", "08:30-12:00, 13:00-17:30"),
            ("22:00-06:00", "22:00-06:00"),
            ("24 h", "00:00-24:00"),
            ("closed", ""),
            ("", ""),
        ] {
            assert_eq!(written(&day(text).unwrap()), hours, "{text}");
        }
        for text in ["9 pm - 10 pm", "09:00", "x-y", "9-"] {
            assert!(day(text).unwrap_err().contains("09:00-17:00"), "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_the_forms_that_can_mean_one_day_only() {
        let text = "2026-12-25 Christmas Day\n\n26.12.2026\n1 January 2027 New Year's Day";
        let read = holidays(text).unwrap();
        let lines: Vec<_> = read.iter().map(|(at, holiday)| (*at, holiday_line(holiday))).collect();
        assert_eq!(
            lines,
            [
                (1, "2026-12-25 Christmas Day".to_owned()),
                (3, "2026-12-26".to_owned()),
                (4, "2027-01-01 New Year's Day".to_owned()),
            ]
        );
        for text in ["12/25/2026 Christmas", "Christmas", "25 Foo 2026", "25 Dec 26"] {
            assert!(holidays(&format!("2026-12-24\n{text}")).unwrap_err().starts_with("Line 2: "));
        }
    }

    #[test]
    fn a_special_opening_has_hours_and_a_name() {
        let read = special_openings("2026-12-24 08:00 - 12:00, 13-14 Christmas Eve").unwrap();
        assert_eq!(special_line(&read[0].1), "2026-12-24 08:00-12:00, 13:00-14:00 Christmas Eve");
        assert!(special_openings("2026-12-24 Christmas Eve").unwrap()[0].1.hours.is_empty());
    }
}
