//! Days that made a clock wait, and why: what explains a due date.

use crate::days::{Cause, Days, date};
use crate::words::weekday_name;
use jiff::civil::Date;
use std::fmt;

/// A local date on which less is open than one might think.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedDay<'a> {
    /// The date in the calendar's zone.
    pub date: Date,
    /// Why.
    pub reason: Reason<'a>,
}

impl fmt::Display for SkippedDay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = weekday_name(self.date.weekday().to_monday_zero_offset());
        write!(f, "{weekday} {}: {}", self.date, self.reason)
    }
}

/// Why a day made a clock wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// The weekday has no hours; also when it is a holiday besides.
    ClosedWeekday,
    /// A holiday, with its name.
    Holiday(Option<&'a str>),
    /// A special opening that is shorter than the hours of the weekday, with its name.
    SpecialOpening(Option<&'a str>),
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, name) = match self {
            Reason::ClosedWeekday => ("closed on this weekday", &None),
            Reason::Holiday(name) => ("holiday", name),
            Reason::SpecialOpening(name) => ("special opening", name),
        };
        match name {
            Some(name) => write!(f, "{words} ({name})"),
            None => f.write_str(words),
        }
    }
}

/// The days from `first` to `last` that are closed or shorter than their weekday.
pub(crate) fn between(days: &Days, first: i64, last: i64) -> impl Iterator<Item = SkippedDay<'_>> {
    (first..=last).map_while(|number| Some((number, date(number)?))).filter_map(
        move |(number, date)| reason(days, number).map(|reason| SkippedDay { date, reason }),
    )
}

fn reason(days: &Days, number: i64) -> Option<Reason<'_>> {
    let (open, ordinary) = (days.day(number).open, days.ordinary(number).open);
    match days.exception(number) {
        Some(special) if special.cause == Cause::Special => {
            (open < ordinary).then_some(Reason::SpecialOpening(special.name.as_deref()))
        }
        Some(holiday) if holiday.cause == Cause::Holiday && ordinary > 0 => {
            Some(Reason::Holiday(holiday.name.as_deref()))
        }
        _ => (open == 0).then_some(Reason::ClosedWeekday),
    }
}
