//! Hours of the week as people write them, one stretch a line: "mon-fri 08:00-18:00",
//! "sat, sun 22:00-06:00", "daily 09:00-17:00".

use jiff::civil::Time;
use roster::{Restriction, Weekday};

const WEEKDAYS: &[Weekday] =
    &[Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
const WEEKEND: &[Weekday] = &[Weekday::Sat, Weekday::Sun];

/// Reads one stretch a line. What cannot be read is named with its line.
pub(super) fn read(text: &str) -> Result<Vec<Restriction>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| stretch(line).map_err(|words| format!("Line {}: {words}", at + 1)))
        .collect()
}

fn stretch(line: &str) -> Result<Restriction, String> {
    let line = line.trim().to_lowercase();
    let times = line.find(|c: char| c.is_ascii_digit());
    let (days, times) = line.split_at(times.unwrap_or(line.len()));
    let shown: String = line.chars().take(30).collect();
    let bad = || format!("“{shown}” is not read; write it as mon-fri 08:00-18:00");
    let (from, to) = times.split_once(['-', '–', '—']).ok_or_else(bad)?;
    Ok(Restriction {
        days: self::days(days).ok_or_else(bad)?,
        from: time(from).ok_or_else(bad)?,
        to: time(to).ok_or_else(bad)?,
    })
}

fn days(text: &str) -> Option<Vec<Weekday>> {
    let text = text.trim().trim_end_matches([':', ',']).trim();
    match text {
        "" | "daily" | "every day" | "all days" => return Some(Weekday::ALL.to_vec()),
        "weekdays" | "working days" => return Some(WEEKDAYS.to_vec()),
        "weekend" | "weekends" => return Some(WEEKEND.to_vec()),
        _ => {}
    }
    let text = text.replace(" and ", ",").replace(" to ", "-");
    let mut found: Vec<Weekday> = Vec::new();
    for part in text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(['-', '–', '—']).unwrap_or((part, part));
        let (mut at, last) = (place(first)?, place(last)?);
        loop {
            found.extend(Some(Weekday::ALL[at]).filter(|day| !found.contains(day)));
            if at == last {
                break;
            }
            // A range may run over the end of the week.
            at = (at + 1) % Weekday::ALL.len();
        }
    }
    found.sort();
    (!found.is_empty()).then_some(found)
}

fn place(text: &str) -> Option<usize> {
    let text = text.trim().get(..3)?;
    Weekday::ALL.iter().position(|day| day.as_str() == text)
}

/// "8", "8:30" and "08:30"; "24:00" is midnight.
fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "0"));
    match (hours.parse().ok()?, minutes.parse().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hours, minutes) => Time::new(hours, minutes, 0, 0).ok(),
    }
}

/// As a field holds them.
pub(super) fn written(all: &[Restriction]) -> String {
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// "mon-fri 08:00-18:00; sat, sun 10:00-14:00".
pub(super) fn words(all: &[Restriction]) -> String {
    all.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn line(one: &Restriction) -> String {
    let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    let (from, to) = (clock(one.from), clock(one.to));
    let to = if to == "00:00" { "24:00".to_owned() } else { to };
    let days = match &one.days[..] {
        days if days.len() == Weekday::ALL.len() => "daily".to_owned(),
        days if days == WEEKDAYS => "mon-fri".to_owned(),
        days => days.iter().map(|day| day.as_str()).collect::<Vec<_>>().join(", "),
    };
    format!("{days} {from}-{to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, again) in [
            ("mon-fri 08:00-18:00", "mon-fri 08:00-18:00"),
            ("Weekdays 8-18", "mon-fri 08:00-18:00"),
            ("Sat, Sun 22:00–06:00", "sat, sun 22:00-06:00"),
            ("fri-mon 9.30-24", "mon, fri, sat, sun 09:30-24:00"),
            ("daily 00:00-24:00", "daily 00:00-24:00"),
            ("22:00-06:00", "daily 22:00-06:00"),
            (
                "monday to wednesday: 9-17\n\nweekend 10-14",
                "mon, tue, wed 09:00-17:00\nsat, sun 10:00-14:00",
            ),
        ] {
            let read = read(text).unwrap();
            assert_eq!(written(&read), again, "{text}");
            assert_eq!(self::read(again).unwrap(), read);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        for text in ["someday 08:00-18:00", "mon 8", "mon 25:00-26:00", "mon", "mo 8-9"] {
            let words = read(&format!("daily 8-9\n{text}")).unwrap_err();
            assert!(words.starts_with("Line 2: "), "{words}");
        }
    }
}
