//! From the written form to checked values. All problems are told at once, each
//! with its field, so that a form can mark them.

use crate::day::Opening;
use crate::definition::{Definition, Hours};
use crate::zone;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::limits::{CALENDAR_HOLIDAYS, CALENDAR_SPECIAL_OPENINGS, NAME_CHARS, OPENINGS_PER_DAY};
use std::collections::BTreeMap;
use std::fmt;

/// Problems told at once; more would not help whoever mends them.
const PROBLEMS_MAX: usize = 50;

/// A written calendar that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CalendarError {
    /// What is wrong, at least one and at most 50, in the order of the written form.
    pub problems: Vec<Problem>,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let joint = if at == 0 { "" } else { "; " };
            write!(f, "{joint}{} {}", problem.field, problem.rule)?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a written calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path in the written form, such as `week.mon.0` or `holidays.3.date`.
    pub field: String,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// What a written calendar must keep to. The text goes on after the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// The time zone is none that is known.
    #[error("is no time zone of the IANA database; write one such as Europe/Berlin or UTC")]
    UnknownZone,
    /// No weekday and no special opening has hours.
    #[error("is never open; give at least one day opening hours")]
    NeverOpen,
    /// A time that is not `HH:MM`.
    #[error("is no time of day; write HH:MM from 00:00 to 23:59, closing also 24:00")]
    NoTime,
    /// Opening and closing are the same time.
    #[error(
        "opens and closes at the same time; for a whole day write [\"00:00\", \"24:00\"], otherwise leave it out"
    )]
    ZeroLength,
    /// More intervals on one day than can be meant.
    #[error("has more than {OPENINGS_PER_DAY} intervals; join those that touch")]
    TooManyOpenings,
    /// More holidays than are kept.
    #[error("has more than {CALENDAR_HOLIDAYS} dates; leave out those long past")]
    TooManyHolidays,
    /// More special openings than are kept.
    #[error("has more than {CALENDAR_SPECIAL_OPENINGS} dates; leave out those long past")]
    TooManySpecialOpenings,
    /// A date that is not `YYYY-MM-DD`, or that no month has.
    #[error("is no date; write YYYY-MM-DD, such as 2026-12-25")]
    NoDate,
    /// Two special openings for one date.
    #[error("has a special opening already; put all hours of a date into one")]
    DateTwice,
    /// A special opening without hours.
    #[error("is empty; name the hours, or make the date a holiday")]
    NoHours,
    /// A name that is too long to be shown.
    #[error("is longer than {NAME_CHARS} characters; shorten it")]
    NameTooLong,
}

/// What was written, checked.
pub(crate) struct Checked {
    pub zone: TimeZone,
    /// From Monday.
    pub week: [Vec<Opening>; 7],
    pub holidays: BTreeMap<Date, Option<String>>,
    pub special: BTreeMap<Date, Special>,
}

/// A checked special opening.
pub(crate) struct Special {
    pub openings: Vec<Opening>,
    pub name: Option<String>,
}

pub(crate) fn check(definition: &Definition) -> Result<Checked, CalendarError> {
    let mut notes = Notes::default();
    let zone = zone::named(&definition.time_zone);
    if zone.is_none() {
        notes.add("time_zone", Rule::UnknownZone);
    }
    let week = definition
        .week
        .days()
        .map(|(day, hours)| openings(&format!("week.{day}"), hours, &mut notes));
    let holidays = holidays(definition, &mut notes);
    let special = special(definition, &mut notes);
    let written = definition.week.days().iter().any(|(_, hours)| !hours.is_empty());
    if !written && definition.special_openings.is_empty() {
        notes.add("week", Rule::NeverOpen);
    }
    match zone {
        Some(zone) if notes.0.is_empty() => Ok(Checked { zone, week, holidays, special }),
        _ => Err(CalendarError { problems: notes.0 }),
    }
}

#[derive(Default)]
struct Notes(Vec<Problem>);

impl Notes {
    fn add(&mut self, field: impl Into<String>, rule: Rule) {
        if self.0.len() < PROBLEMS_MAX {
            self.0.push(Problem { field: field.into(), rule });
        }
    }

    /// The value, or a note and nothing.
    fn keep<T>(&mut self, field: impl Into<String>, found: Result<T, Rule>) -> Option<T> {
        found.map_err(|rule| self.add(field, rule)).ok()
    }
}

fn openings(field: &str, hours: &[Hours], notes: &mut Notes) -> Vec<Opening> {
    if hours.len() > OPENINGS_PER_DAY {
        notes.add(field, Rule::TooManyOpenings);
        return vec![];
    }
    let mut openings = Vec::with_capacity(hours.len());
    for (at, Hours(opens, closes)) in hours.iter().enumerate() {
        let opens = notes.keep(format!("{field}.{at}.0"), time(opens, 24 * 60 - 1));
        let closes = notes.keep(format!("{field}.{at}.1"), time(closes, 24 * 60));
        match (opens, closes) {
            (Some(opens), Some(closes)) if opens == closes => {
                notes.add(format!("{field}.{at}"), Rule::ZeroLength);
            }
            (Some(opens), Some(closes)) => openings.push(Opening { opens, closes }),
            _ => {}
        }
    }
    openings
}

/// Minutes since midnight, at most `last`.
fn time(text: &str, last: u16) -> Result<u16, Rule> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else { return Err(Rule::NoTime) };
    if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
        return Err(Rule::NoTime);
    }
    let two = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
    let (hours, minutes) = (two(h1, h2), two(m1, m2));
    let total = hours * 60 + minutes;
    if minutes < 60 && total <= last { Ok(total) } else { Err(Rule::NoTime) }
}

fn date(text: &str) -> Result<Date, Rule> {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return Err(Rule::NoDate);
    }
    text.parse().map_err(|_| Rule::NoDate)
}

fn name(text: Option<&str>) -> Result<Option<String>, Rule> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > NAME_CHARS => Err(Rule::NameTooLong),
        text => Ok(text.map(str::to_owned)),
    }
}

/// One entry a date; the first that has a name gives it.
fn holidays(definition: &Definition, notes: &mut Notes) -> BTreeMap<Date, Option<String>> {
    let mut holidays = BTreeMap::new();
    if definition.holidays.len() > CALENDAR_HOLIDAYS {
        notes.add("holidays", Rule::TooManyHolidays);
        return holidays;
    }
    for (at, holiday) in definition.holidays.iter().enumerate() {
        let date = notes.keep(format!("holidays.{at}.date"), date(&holiday.date));
        let name = notes.keep(format!("holidays.{at}.name"), name(holiday.name.as_deref()));
        if let (Some(date), Some(name)) = (date, name) {
            let kept = holidays.entry(date).or_insert(None);
            *kept = kept.take().or(name);
        }
    }
    holidays
}

fn special(definition: &Definition, notes: &mut Notes) -> BTreeMap<Date, Special> {
    let mut special = BTreeMap::new();
    if definition.special_openings.len() > CALENDAR_SPECIAL_OPENINGS {
        notes.add("special_openings", Rule::TooManySpecialOpenings);
        return special;
    }
    for (at, written) in definition.special_openings.iter().enumerate() {
        let field = |name: &str| format!("special_openings.{at}.{name}");
        if written.hours.is_empty() {
            notes.add(field("hours"), Rule::NoHours);
        }
        let openings = openings(&field("hours"), &written.hours, notes);
        let name = notes.keep(field("name"), name(written.name.as_deref())).flatten();
        let Some(date) = notes.keep(field("date"), date(&written.date)) else { continue };
        if special.insert(date, Special { openings, name }).is_some() {
            notes.add(field("date"), Rule::DateTwice);
        }
    }
    special
}
