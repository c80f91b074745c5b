//! All local days, one after the other on the wall clock, as if no clock were ever
//! changed: how much is open up to a local time, and when that much is reached.
//!
//! Local times are microseconds since 1970-01-01 00:00 on the wall clock; dates are
//! days since then.

use crate::check::Checked;
use crate::day::{DAY, Day, Opening};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// 1970-01-01, a Thursday.
const EPOCH: Date = Date::constant(1970, 1, 1);
/// From Monday of that week.
const EPOCH_WEEKDAY: i64 = 3;

/// Every local day.
#[derive(Debug, Clone)]
pub(crate) struct Days {
    /// From Monday.
    week: [Day; 7],
    /// Open in an ordinary week before each of its days.
    before: [i64; 7],
    /// Open in an ordinary week.
    open: i64,
    /// In order of their dates.
    exceptions: Vec<Exception>,
}

/// A date that differs from its weekday.
#[derive(Debug, Clone)]
pub(crate) struct Exception {
    pub date: i64,
    pub day: Day,
    pub cause: Cause,
    pub name: Option<String>,
    /// Open up to the beginning of the date.
    before: i64,
    /// What this and all earlier exceptions add to ordinary weeks.
    shift: i64,
}

/// Why a date differs from its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Holiday,
    Special,
    /// The day before has a special opening, so its night differs.
    DayAfterSpecial,
}

/// Days from 1970-01-01 to the date.
pub(crate) fn number(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

/// The date of a number of days, if the calendar library knows it.
pub(crate) fn date(number: i64) -> Option<Date> {
    let hours = number.checked_mul(24)?;
    EPOCH.checked_add(SignedDuration::try_from_hours(hours)?).ok()
}

/// Day of the week from Monday as 0.
pub(crate) fn weekday(number: i64) -> usize {
    usize::try_from((number + EPOCH_WEEKDAY).rem_euclid(7)).unwrap_or(0)
}

impl Days {
    pub(crate) fn new(checked: &Checked) -> Self {
        let week: [Day; 7] = std::array::from_fn(|weekday| {
            Day::new(&checked.week[weekday], &checked.week[(weekday + 6) % 7])
        });
        let mut before = [0; 7];
        let mut open = 0;
        for (day, before) in week.iter().zip(&mut before) {
            *before = open;
            open += day.open;
        }
        let mut days = Days { week, before, open, exceptions: vec![] };
        let mut shift = 0;
        for (date, (day, cause, name)) in exceptions(checked) {
            let ordinary = days.ordinary_before(date, 0);
            let before = ordinary + shift;
            shift += day.open - days.week[weekday(date)].open;
            days.exceptions.push(Exception { date, day, cause, name, before, shift });
        }
        days
    }

    /// Open time before a local time, counted from an arbitrary but fixed one.
    pub(crate) fn open_before(&self, local: i64) -> i64 {
        let (date, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        match self.last_exception(date) {
            Some(found) if found.date == date => found.before + found.day.open_before(time),
            Some(earlier) => self.ordinary_before(date, time) + earlier.shift,
            None => self.ordinary_before(date, time),
        }
    }

    /// The earliest local time before which that much is open; none if that never is.
    pub(crate) fn time_of(&self, open: i64) -> Option<i64> {
        let begun = self.exceptions.partition_point(|exception| exception.before < open);
        let shift = match self.exceptions[..begun].last() {
            Some(found) if open <= found.before + found.day.open => {
                return Some(found.date * DAY + found.day.time_of(open - found.before));
            }
            Some(earlier) => earlier.shift,
            None => 0,
        };
        if self.open == 0 {
            return None;
        }
        let open = open - shift;
        // Between 1 and a whole week, so that what ends with a week is found in it.
        let week = (open - 1).div_euclid(self.open);
        let rest = open - week * self.open;
        let weekday = self.before.partition_point(|before| *before < rest) - 1;
        let time = self.week[weekday].time_of(rest - self.before[weekday]);
        let monday = week.checked_mul(7)?.checked_sub(EPOCH_WEEKDAY)?.checked_mul(DAY)?;
        monday.checked_add(weekday as i64 * DAY + time)
    }

    /// The day of that date.
    pub(crate) fn day(&self, date: i64) -> &Day {
        match self.exception(date) {
            Some(exception) => &exception.day,
            None => self.ordinary(date),
        }
    }

    /// The day as it is without holidays and special openings.
    pub(crate) fn ordinary(&self, date: i64) -> &Day {
        &self.week[weekday(date)]
    }

    /// How that date differs from its weekday.
    pub(crate) fn exception(&self, date: i64) -> Option<&Exception> {
        self.last_exception(date).filter(|exception| exception.date == date)
    }

    /// The last exception up to and including this date.
    fn last_exception(&self, date: i64) -> Option<&Exception> {
        let begun = self.exceptions.partition_point(|exception| exception.date <= date);
        self.exceptions[..begun].last()
    }

    fn ordinary_before(&self, date: i64, time: i64) -> i64 {
        let weekday = weekday(date);
        let week = (date + EPOCH_WEEKDAY).div_euclid(7);
        week * self.open + self.before[weekday] + self.week[weekday].open_before(time)
    }
}

type Exceptions = BTreeMap<i64, (Day, Cause, Option<String>)>;

/// A special opening goes before a holiday, a holiday before the night of a special opening.
fn exceptions(checked: &Checked) -> Exceptions {
    let mut found = Exceptions::new();
    for (date, special) in &checked.special {
        let next = number(*date) + 1;
        let day = Day::new(openings(checked, next), &special.openings);
        found.insert(next, (day, Cause::DayAfterSpecial, None));
    }
    for (date, name) in &checked.holidays {
        found.insert(number(*date), (Day::default(), Cause::Holiday, name.clone()));
    }
    for (date, special) in &checked.special {
        let holiday = checked.holidays.get(date).cloned().flatten();
        let day = Day::new(&special.openings, &[]);
        let name = special.name.clone().or(holiday);
        found.insert(number(*date), (day, Cause::Special, name));
    }
    found
}

fn openings(checked: &Checked, date: i64) -> &[Opening] {
    &checked.week[weekday(date)]
}
