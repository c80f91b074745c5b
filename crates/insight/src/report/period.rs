//! A stretch of local days, and the days, weeks and months it is made of. A day is as long as its
//! zone makes it: 23 or 25 hours when clocks change.

use super::By;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use kernel::Timestamp;

/// Days of a period, at most: five years. More is another question than how it goes.
pub const DAYS_MAX: i32 = 1_830;

const DAYS_OF_WEEK: usize = 7;

/// Why something is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodError {
    /// It ends before it begins.
    Backwards,
    /// It has more than [`DAYS_MAX`] days.
    TooLong,
    /// A day of it cannot be told in its zone.
    Unknown,
}

impl PeriodError {
    /// In words, for the field `to`.
    pub fn words(self) -> String {
        match self {
            PeriodError::Backwards => "must not be before the first day".to_owned(),
            PeriodError::TooLong => format!("must be at most {DAYS_MAX} days after from"),
            PeriodError::Unknown => "is no day of that time zone".to_owned(),
        }
    }
}

/// From the beginning of one local day to the end of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    from: Date,
    to: Date,
    zone: TimeZone,
    /// When each of its days begins, and last when the day after it does.
    days: Vec<Timestamp>,
}

impl Period {
    /// The days from `from` to `to`, both included.
    ///
    /// # Errors
    /// When that is no period.
    pub fn new(from: Date, to: Date, zone: TimeZone) -> Result<Period, PeriodError> {
        if to < from {
            return Err(PeriodError::Backwards);
        }
        let count = from.until(to).map_err(|_| PeriodError::Unknown)?.get_days();
        if count >= DAYS_MAX {
            return Err(PeriodError::TooLong);
        }
        let mut days = Vec::with_capacity(count as usize + 2);
        for day in 0..=count + 1 {
            let date = plus(from, day.days())?;
            let start = date.to_zoned(zone.clone()).map_err(|_| PeriodError::Unknown)?;
            days.push(Timestamp::from_jiff(start.timestamp()));
        }
        Ok(Period { from, to, zone, days })
    }

    /// Its first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// Its last day.
    pub fn to(&self) -> Date {
        self.to
    }

    /// Its zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Its first instant.
    pub fn start(&self) -> Timestamp {
        self.days.first().copied().unwrap_or_default()
    }

    /// The first instant after it.
    pub fn end(&self) -> Timestamp {
        self.days.last().copied().unwrap_or_default()
    }

    /// How many days it has.
    pub fn count(&self) -> usize {
        self.days.len().saturating_sub(1)
    }

    /// The name of its day with this index, such as `2026-03-29`.
    pub fn day(&self, index: usize) -> String {
        self.date(index).to_string()
    }

    /// When its day with this index begins; the one after the last is its end.
    pub fn day_start(&self, index: usize) -> Timestamp {
        self.days.get(index).copied().unwrap_or_else(|| self.end())
    }

    /// Which of its days an instant lies in.
    pub fn index(&self, at: Timestamp) -> Option<usize> {
        if at < self.start() || at >= self.end() {
            return None;
        }
        Some(self.days.partition_point(|start| *start <= at).saturating_sub(1))
    }

    /// The weeks or months it touches, each by its first day; nothing for other lines.
    pub(super) fn parts(&self, by: By) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        if !matches!(by, By::Week | By::Month) {
            return parts;
        }
        for index in 0..self.count() {
            let part = first_of(by, self.date(index)).to_string();
            if parts.last() != Some(&part) {
                parts.push(part);
            }
        }
        parts
    }

    /// The week or month of an instant, by its first day. What lies outside counts to the nearest
    /// day of the period.
    pub(super) fn part_of(&self, by: By, at: Timestamp) -> String {
        let last = self.count().saturating_sub(1);
        let nearest = if at < self.start() { 0 } else { last };
        first_of(by, self.date(self.index(at).unwrap_or(nearest))).to_string()
    }

    /// Which of its weeks an instant lies in, counted as [`Period::parts`] lists them.
    pub(super) fn week_index(&self, at: Timestamp) -> usize {
        let last = self.count().saturating_sub(1);
        let nearest = if at < self.start() { 0 } else { last };
        let into_week = self.from.weekday().since(Weekday::Monday) as usize;
        (self.index(at).unwrap_or(nearest) + into_week) / DAYS_OF_WEEK
    }

    fn date(&self, index: usize) -> Date {
        plus(self.from, (index as i64).days()).unwrap_or(self.to)
    }
}

fn plus(date: Date, span: Span) -> Result<Date, PeriodError> {
    date.checked_add(span).map_err(|_| PeriodError::Unknown)
}

fn first_of(by: By, date: Date) -> Date {
    match by {
        By::Month => date.first_of_month(),
        _ => {
            let since = i64::from(date.weekday().since(Weekday::Monday));
            plus(date, -since.days()).unwrap_or(date)
        }
    }
}
