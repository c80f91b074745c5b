//! What comes again: rules by day, week, month and year.

use super::import::WhyLeftOut;
use super::moment::{Moment, clock};
use crate::zone::{Zone, days_between, plus_days};
use jiff::civil::{Date, DateTime, Time, Weekday};
use kernel::Timestamp;
use std::ops::RangeInclusive;

/// How many dates may still be looked at.
pub(super) struct Budget(pub usize);

impl Budget {
    /// Whether there is enough left.
    pub(super) fn spend(&mut self, dates: usize) -> bool {
        let left = self.0.checked_sub(dates);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// The last moment at which something may begin.
#[derive(Debug, Clone, Copy)]
enum Until {
    Instant(Timestamp),
    /// On the clock of the event: some programs leave out the `Z`.
    Clock(DateTime),
}

/// A rule by which an event comes again.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    every: Every,
    /// Days, weeks, months or years from one to the next, at least 1.
    interval: i64,
    count: Option<usize>,
    until: Option<Until>,
    months: Vec<i8>,
    /// From 1, or from the end as -1.
    month_days: Vec<i8>,
    /// Which of the month, if said: the second, the last (-1).
    weekdays: Vec<(Option<i8>, Weekday)>,
    /// Which of those found in one step.
    positions: Vec<i16>,
    week_start: Weekday,
}

impl Rule {
    /// Reads a rule.
    pub(super) fn read(text: &str) -> Result<Self, WhyLeftOut> {
        let mut every = None;
        let mut rule = Rule {
            every: Every::Day,
            interval: 1,
            count: None,
            until: None,
            months: vec![],
            month_days: vec![],
            weekdays: vec![],
            positions: vec![],
            week_start: Weekday::Monday,
        };
        let text = text.trim().to_ascii_uppercase();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(WhyLeftOut::Rule)?;
            match (name, value) {
                ("FREQ", "DAILY") => every = Some(Every::Day),
                ("FREQ", "WEEKLY") => every = Some(Every::Week),
                ("FREQ", "MONTHLY") => every = Some(Every::Month),
                ("FREQ", "YEARLY") => every = Some(Every::Year),
                _ => rule.take(name, value).ok_or(WhyLeftOut::Rule)?,
            }
        }
        rule.every = every.ok_or(WhyLeftOut::Rule)?;
        if rule.is_understood() { Ok(rule) } else { Err(WhyLeftOut::Rule) }
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "INTERVAL" => {
                self.interval = value.parse().ok().filter(|many| (1..=10_000).contains(many))?;
            }
            "COUNT" => self.count = Some(value.parse().ok().filter(|count| *count > 0)?),
            "UNTIL" => self.until = Some(until(value)?),
            "BYMONTH" => self.months = list(value, |text| number(text, 1..=12))?,
            "BYMONTHDAY" => {
                self.month_days =
                    list(value, |text| number(text, -31..=31).filter(|day| *day != 0))?;
            }
            "BYDAY" => self.weekdays = list(value, nth_weekday)?,
            "BYSETPOS" => {
                self.positions =
                    list(value, |text| number(text, -366..=366).filter(|place| *place != 0))?;
            }
            "WKST" => self.week_start = nth_weekday(value)?.1,
            _ => return None,
        }
        Some(())
    }

    fn is_understood(&self) -> bool {
        let counted = self.weekdays.iter().any(|(nth, _)| nth.is_some());
        match self.every {
            Every::Day => !counted,
            Every::Week => !counted && self.month_days.is_empty(),
            Every::Month => true,
            // Weekdays counted through a year are not.
            Every::Year => self.weekdays.is_empty() || !self.months.is_empty(),
        }
    }

    /// When an event begins that begins first at `first`, in order, up to an instant; may leave out
    /// what begins long before `from`. Nothing when more dates would be looked at than may be.
    pub(super) fn starts(
        &self,
        first: &Moment,
        from: Timestamp,
        to: Timestamp,
        budget: &mut Budget,
    ) -> Option<Vec<Moment>> {
        let (begun, time) = (first.local.date(), first.local.time());
        let last = first.zone.local(to).date();
        let mut found = vec![first.clone()];
        let count = self.count.unwrap_or(usize::MAX);
        let mut step = self.first_step(begun, &first.zone, from);
        while found.len() < count {
            let Some(base) = self.base(begun, step) else { break };
            if base > last {
                break;
            }
            let dates = self.dates(base, begun);
            // Steps in which the rule gives no date cost as well.
            if !budget.spend(1 + dates.len()) {
                return None;
            }
            let next = dates.into_iter().filter(|date| *date > begun);
            let next = next.map(|date| first.moved_to(date.to_datetime(time)));
            let over = found.len();
            found.extend(next);
            if found[over..].iter().any(|moment| !self.allows(moment)) {
                break;
            }
            step += 1;
        }
        found.truncate(count);
        found.retain(|moment| self.allows(moment));
        Some(found)
    }

    fn allows(&self, moment: &Moment) -> bool {
        match self.until {
            None => true,
            Some(Until::Instant(until)) => moment.instant() <= until,
            Some(Until::Clock(until)) => moment.local <= until,
        }
    }

    /// What is counted must be gone through; everything else begins shortly before the range.
    fn first_step(&self, begun: Date, zone: &Zone, from: Timestamp) -> i64 {
        if self.count.is_some() {
            return 0;
        }
        let from = zone.local(from).date();
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let ahead = match self.every {
            Every::Day => days_between(begun, from),
            Every::Week => days_between(begun, from) / 7,
            Every::Month => months(from) - months(begun),
            Every::Year => i64::from(from.year()) - i64::from(begun.year()),
        };
        (ahead / self.interval - 1).max(0)
    }

    /// The date at which a step begins: the day, or the first of the week, month or year.
    fn base(&self, begun: Date, step: i64) -> Option<Date> {
        let units = step.checked_mul(self.interval)?;
        let base = match self.every {
            Every::Day => plus_days(begun, units),
            Every::Week => {
                let into = i64::from(self.week_start.until(begun.weekday()));
                plus_days(begun, units.checked_mul(7)? - into)
            }
            Every::Month => {
                let months = i64::from(begun.year()) * 12 + i64::from(begun.month()) - 1 + units;
                let year = i16::try_from(months.div_euclid(12)).ok()?;
                Date::new(year, i8::try_from(months.rem_euclid(12) + 1).ok()?, 1).ok()?
            }
            Every::Year => {
                let year = i16::try_from(i64::from(begun.year()) + units).ok()?;
                Date::new(year, 1, 1).ok()?
            }
        };
        (base < Date::MAX).then_some(base)
    }

    /// The dates of a step, in order.
    fn dates(&self, base: Date, begun: Date) -> Vec<Date> {
        let mut dates = match self.every {
            Every::Day => {
                let wanted =
                    self.in_month(base) && self.on_month_day(base) && self.on_weekday(base);
                if wanted { vec![base] } else { vec![] }
            }
            Every::Week => (0..7)
                .map(|ahead| plus_days(base, ahead))
                .filter(|date| self.in_month(*date))
                .filter(|date| match self.weekdays.is_empty() {
                    true => date.weekday() == begun.weekday(),
                    false => self.on_weekday(*date),
                })
                .collect(),
            Every::Month => self.of_month(base, begun),
            Every::Year => {
                let all = 1..=12;
                let months = all.filter_map(|month| Date::new(base.year(), month, 1).ok());
                let wanted = |month: &Date| {
                    let alone = self.months.is_empty() && self.month_days.is_empty();
                    !alone || month.month() == begun.month()
                };
                months.filter(wanted).flat_map(|month| self.of_month(month, begun)).collect()
            }
        };
        dates.sort_unstable();
        if self.positions.is_empty() {
            return dates;
        }
        let length = dates.len();
        let at = |place: &i16| match usize::from(place.unsigned_abs()) {
            back if *place < 0 => length.checked_sub(back),
            on => on.checked_sub(1).filter(|on| *on < length),
        };
        let mut places: Vec<usize> = self.positions.iter().filter_map(at).collect();
        places.sort_unstable();
        places.into_iter().map(|place| dates[place]).collect()
    }

    fn of_month(&self, first: Date, begun: Date) -> Vec<Date> {
        if !self.in_month(first) {
            return vec![];
        }
        let all = (1..=first.days_in_month())
            .filter_map(|day| Date::new(first.year(), first.month(), day).ok());
        let as_begun = self.month_days.is_empty() && self.weekdays.is_empty();
        all.filter(|date| match as_begun {
            true => date.day() == begun.day(),
            false => self.on_month_day(*date) && self.on_weekday(*date),
        })
        .collect()
    }

    fn in_month(&self, date: Date) -> bool {
        self.months.is_empty() || self.months.contains(&date.month())
    }

    fn on_month_day(&self, date: Date) -> bool {
        let from_end = date.day() - date.days_in_month() - 1;
        self.month_days.is_empty()
            || self.month_days.iter().any(|day| [date.day(), from_end].contains(day))
    }

    fn on_weekday(&self, date: Date) -> bool {
        let nth = (date.day() - 1) / 7 + 1;
        let from_end = (date.day() - date.days_in_month()) / 7 - 1;
        self.weekdays.is_empty()
            || self.weekdays.iter().any(|(wanted, weekday)| {
                date.weekday() == *weekday
                    && wanted.is_none_or(|wanted| [nth, from_end].contains(&wanted))
            })
    }
}

fn until(text: &str) -> Option<Until> {
    let (local, in_utc, whole_day) = clock(text)?;
    Some(match (in_utc, whole_day) {
        (true, _) => Until::Instant(Zone::utc().instant(local)),
        (false, true) => Until::Clock(local.date().to_datetime(Time::MAX)),
        (false, false) => Until::Clock(local),
    })
}

/// Every value once, so that a list is no longer than there are values.
fn list<T: PartialEq>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut values = Vec::new();
    for text in text.split(',') {
        let value = read(text.trim())?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(values)
}

fn number<T: std::str::FromStr + PartialOrd>(text: &str, range: RangeInclusive<T>) -> Option<T> {
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
