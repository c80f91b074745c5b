//! Holidays out of an iCalendar feed (RFC 5545): its all-day events, one day or
//! several, once or every year. Everything else is left out and named.
//!
//! ```
//! use calendar::{Calendar, Definition, Holiday, Week, ical::Feed};
//!
//! let mut definition = Definition::new("Europe/Berlin", Week::weekdays("08:00", "18:00"));
//! definition.holidays = vec![Holiday::new("2026-12-25")];
//! let office = Calendar::new(&definition).unwrap();
//!
//! let feed = Feed::read(b"BEGIN:VCALENDAR\r\n\
//!     BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20201225\r\nDTEND;VALUE=DATE:20201227\r\n\
//!     RRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n\
//!     END:VCALENDAR\r\n").unwrap();
//! let dates = "2026-01-01".parse().unwrap()..="2026-12-31".parse().unwrap();
//! let preview = feed.preview(&office, dates).unwrap();
//! assert_eq!(preview.new, [Holiday::named("2026-12-26", "Christmas")]);
//! assert_eq!(preview.present, [Holiday::named("2026-12-25", "Christmas")]);
//! definition.holidays.extend(preview.new);
//! ```

mod event;
mod yearly;

use crate::{Calendar, Holiday};
use event::{Draft, Event};
use jiff::civil::Date;
use kernel::ical::Unreadable;
use kernel::limits::{HOLIDAY_FEED_BYTES, HOLIDAY_FEED_DATES, NAME_CHARS};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The lines of an event that say something about a holiday.
const PROPERTIES: [&str; 9] = [
    "SUMMARY",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXDATE",
    "RDATE",
    "RECURRENCE-ID",
    "STATUS",
];

/// Why a feed is not read at all. Nothing is taken from such a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It does not begin as a calendar does; often it is a page that asks to sign in.
    #[error(
        "is no iCalendar feed: it does not begin with BEGIN:VCALENDAR. Open the address without signing in and look at what comes"
    )]
    NoCalendar,
    /// It is larger than is read.
    #[error("is larger than {HOLIDAY_FEED_BYTES} bytes; use a feed of holidays only")]
    TooLarge,
    /// It ends in the middle.
    #[error("ends before END:VCALENDAR, so part of it is missing; fetch it again")]
    CutOff,
    /// Something stands outside a calendar, ends before it began or lies too deep.
    #[error("is broken at line {line}: what stands there has no place; fetch it again")]
    Broken {
        /// From 1.
        line: usize,
    },
    /// Its events give more dates than are looked at.
    #[error("gives more than {HOLIDAY_FEED_DATES} dates; use a feed of holidays only")]
    TooManyDates,
}

impl From<Unreadable> for FeedError {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::NoCalendar => FeedError::NoCalendar,
            Unreadable::CutOff => FeedError::CutOff,
            Unreadable::Broken { line } => FeedError::Broken { line },
        }
    }
}

/// A feed that was read.
#[derive(Debug, Clone)]
pub struct Feed {
    events: Vec<Event>,
    left_out: Vec<LeftOut>,
}

/// An event of a feed that gives no holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The line at which the event begins, from 1.
    pub line: usize,
    /// What the feed calls it.
    pub name: Option<String>,
    /// Why it was left out.
    pub reason: WhyLeftOut,
}

/// Why an event gives no holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// It begins or ends at a time of day.
    #[error("has a time of day; holidays are whole days")]
    TimeOfDay,
    /// A date or a duration is missing or cannot be read.
    #[error("has a date that cannot be read")]
    NoDate,
    /// It goes on for more than a year.
    #[error("is longer than a year")]
    TooLong,
    /// It comes again by a rule that is not one of the simple yearly ones.
    #[error("comes again by a rule that is not understood; add its dates by hand")]
    Rule,
    /// It is a change to one occurrence of another event, or lists further dates.
    #[error("moves or adds single dates; add them by hand")]
    SingleDates,
    /// The feed says that it does not take place.
    #[error("is cancelled")]
    Cancelled,
}

/// What a feed would do to the holidays of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Dates that it would add, in order.
    pub new: Vec<Holiday>,
    /// Dates that are holidays already, in order.
    pub present: Vec<Holiday>,
    /// Events of which no day lies in the range, each by the first day of all.
    pub outside: Vec<Holiday>,
    /// Events that were not understood.
    pub left_out: Vec<LeftOut>,
}

impl Feed {
    /// Reads a feed.
    ///
    /// # Errors
    /// When it is no feed or not a whole one, or larger than is read.
    pub fn read(bytes: &[u8]) -> Result<Self, FeedError> {
        if bytes.len() > HOLIDAY_FEED_BYTES {
            return Err(FeedError::TooLarge);
        }
        let mut feed = Feed { events: vec![], left_out: vec![] };
        for event in kernel::ical::read(bytes, &PROPERTIES)?.events {
            match Draft::read(event) {
                Ok(event) => feed.events.push(event),
                Err(left_out) => feed.left_out.push(left_out),
            }
        }
        Ok(feed)
    }

    /// What the feed would add to a calendar within a range of dates.
    ///
    /// # Errors
    /// When its rules give more dates than are looked at.
    pub fn preview(
        &self,
        calendar: &Calendar,
        range: RangeInclusive<Date>,
    ) -> Result<Preview, FeedError> {
        let mut budget = Budget(HOLIDAY_FEED_DATES);
        let mut found: BTreeMap<Date, Option<String>> = BTreeMap::new();
        let mut preview = Preview { left_out: self.left_out.clone(), ..Preview::default() };
        for event in &self.events {
            let days = event.days(&range, &mut budget)?;
            if days.is_empty() {
                preview.outside.push(holiday(event.first, event.name.clone()));
            }
            for day in days {
                join(found.entry(day).or_default(), event.name.as_deref());
            }
        }
        for (date, name) in found {
            let list =
                if calendar.has_holiday(date) { &mut preview.present } else { &mut preview.new };
            list.push(holiday(date, name));
        }
        Ok(preview)
    }
}

fn holiday(date: Date, name: Option<String>) -> Holiday {
    Holiday { date: date.to_string(), name }
}

/// Two holidays on one date share it by both names.
fn join(name: &mut Option<String>, other: Option<&str>) {
    let Some(other) = other else { return };
    match name {
        None => *name = Some(other.to_owned()),
        Some(name) if name.split(", ").any(|known| known == other) => {}
        Some(name) if name.chars().count() + 2 + other.chars().count() <= NAME_CHARS => {
            name.push_str(", ");
            name.push_str(other);
        }
        Some(_) => {}
    }
}

/// How many dates may still be looked at.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, dates: usize) -> Result<(), FeedError> {
        self.0 = self.0.checked_sub(dates).ok_or(FeedError::TooManyDates)?;
        Ok(())
    }
}
