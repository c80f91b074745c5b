//! The yearly rules that holiday feeds use: the same date, a date of some month, the
//! nth weekday of a month, the weekday among some dates of a month.

use super::event::digits_to_date;
use super::{Budget, FeedError, WhyLeftOut};
use jiff::civil::{Date, Weekday};
use std::ops::RangeInclusive;

/// A rule `FREQ=YEARLY`.
#[derive(Debug, Clone)]
pub(super) struct Yearly {
    /// Years from one to the next, at least 1.
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    months: Vec<i8>,
    /// From 1, or from the end as -1.
    month_days: Vec<i8>,
    /// Which of the month, if said: the second, the last (-1).
    weekdays: Vec<(Option<i8>, Weekday)>,
}

impl Yearly {
    /// Reads a rule of an event that begins at `first`.
    pub(super) fn parse(text: &str, first: Date) -> Result<Self, WhyLeftOut> {
        let mut rule = Yearly {
            interval: 1,
            count: None,
            until: None,
            months: vec![],
            month_days: vec![],
            weekdays: vec![],
        };
        let mut yearly = false;
        let text = text.trim().to_ascii_uppercase();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(WhyLeftOut::Rule)?;
            if name == "FREQ" {
                yearly = value == "YEARLY";
            } else {
                rule.take(name, value).ok_or(WhyLeftOut::Rule)?;
            }
        }
        if yearly && rule.is_understood() {
            rule.fill_in(first);
            Ok(rule)
        } else {
            Err(WhyLeftOut::Rule)
        }
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "INTERVAL" => self.interval = value.parse().ok().filter(|years| *years > 0)?,
            "COUNT" => self.count = Some(value.parse().ok().filter(|count| *count > 0)?),
            "UNTIL" => self.until = Some(digits_to_date(value.get(..8)?)?),
            "BYMONTH" => self.months = list(value, |text| number(text, 1..=12))?,
            "BYMONTHDAY" => {
                self.month_days =
                    list(value, |text| number(text, -31..=31).filter(|day| *day != 0))?;
            }
            "BYDAY" => self.weekdays = list(value, nth_weekday)?,
            // When a week begins matters only to rules that are not understood here.
            "WKST" => {}
            _ => return None,
        }
        Some(())
    }

    /// Weekdays are those of a month, and either counted or among given dates.
    fn is_understood(&self) -> bool {
        let counted = self.weekdays.iter().any(|(nth, _)| nth.is_some());
        self.weekdays.is_empty()
            || !self.months.is_empty() && (self.month_days.is_empty() || !counted)
    }

    /// What a rule leaves open is as on the first date.
    fn fill_in(&mut self, first: Date) {
        if self.months.is_empty() {
            let every =
                if self.month_days.is_empty() { first.month()..=first.month() } else { 1..=12 };
            self.months = every.collect();
        }
        if self.month_days.is_empty() && self.weekdays.is_empty() {
            self.month_days = vec![first.day()];
        }
    }

    /// The dates in order, from `first` on, which is always one, up to the end of the
    /// range; may leave out those long before the range.
    pub(super) fn dates(
        &self,
        first: Date,
        range: &RangeInclusive<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Date>, FeedError> {
        let last = self.until.map_or(*range.end(), |until| until.min(*range.end()));
        let count = self.count.unwrap_or(usize::MAX);
        let mut dates = vec![first];
        let mut year = self.first_year(first, range);
        while year <= last.year() && dates.len() < count {
            // Years in which the rule gives no date cost as well.
            budget.spend(self.months.len())?;
            let found = self.dates_of(year);
            budget.spend(found.len())?;
            dates.extend(found.into_iter().filter(|date| *date > first));
            year = year.saturating_add(self.interval);
        }
        dates.truncate(count);
        dates.retain(|date| *date <= last);
        Ok(dates)
    }

    /// Dates that are counted must be gone through; others begin shortly before the
    /// range, by the two years that an event there may still reach into it.
    fn first_year(&self, first: Date, range: &RangeInclusive<Date>) -> i16 {
        let ahead = range.start().year() - 2 - first.year();
        match self.count {
            None if ahead > 0 => first.year() + ahead / self.interval * self.interval,
            _ => first.year(),
        }
    }

    /// The rule's dates in one year, in order.
    fn dates_of(&self, year: i16) -> Vec<Date> {
        let firsts = self.months.iter().filter_map(|month| Date::new(year, *month, 1).ok());
        let mut dates: Vec<Date> = firsts.flat_map(|month| self.dates_in(month)).collect();
        dates.sort_unstable();
        dates
    }

    fn dates_in(&self, month: Date) -> Vec<Date> {
        let length = month.days_in_month();
        let all = (1..=length).filter_map(|day| Date::new(month.year(), month.month(), day).ok());
        all.filter(|date| {
            let from_end = date.day() - length - 1;
            let on_date = self.month_days.is_empty()
                || self.month_days.iter().any(|day| [date.day(), from_end].contains(day));
            on_date && (self.weekdays.is_empty() || self.is_weekday(*date, from_end))
        })
        .collect()
    }

    fn is_weekday(&self, date: Date, from_end: i8) -> bool {
        let nth = (date.day() - 1) / 7 + 1;
        let nth_from_end = (from_end + 1) / 7 - 1;
        self.weekdays.iter().any(|(wanted, weekday)| {
            date.weekday() == *weekday
                && wanted.is_none_or(|wanted| [nth, nth_from_end].contains(&wanted))
        })
    }
}

/// Every value once, so that a list is no longer than there are values.
fn list<T: PartialEq>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut values = Vec::new();
    for text in text.split(',') {
        let value = read(text)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(values)
}

fn number(text: &str, range: RangeInclusive<i8>) -> Option<i8> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// `MO`, `2MO` or `-1MO`.
fn nth_weekday(text: &str) -> Option<(Option<i8>, Weekday)> {
    let (nth, weekday) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match weekday {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    match nth {
        "" => Some((None, weekday)),
        nth => Some((Some(number(nth, -5..=5).filter(|nth| *nth != 0)?), weekday)),
    }
}
