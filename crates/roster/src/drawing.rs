//! How lanes become rows of a table: eight columns a day by the clock of the schedule, whatever
//! the clock does that day, and cells that reach over some of them.

use crate::roster::Roster;
use crate::shift::Span;
use crate::zone::{Zone, days_between, plus_days};
use jiff::civil::{Date, Weekday};
use kernel::limits::ROSTER_DAYS;
use kernel::{InOrder, Timestamp};
use std::cmp::Reverse;

/// Columns of a day: three hours each.
pub const COLUMNS_PER_DAY: usize = 8;

const DAY_SECONDS: i64 = 86_400;
const COLUMN_SECONDS: i64 = DAY_SECONDS / COLUMNS_PER_DAY as i64;

/// What a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Empty,
    /// The shift at this place.
    Shift(usize),
    /// The gap at this place.
    Gap(usize),
}

/// One cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Over how many columns it reaches.
    pub columns: usize,
    /// What it shows.
    pub look: Look,
}

/// The table in which lanes are drawn: some days side by side.
#[derive(Debug, Clone)]
pub struct Drawing {
    zone: Zone,
    first: Date,
    days: i64,
}

impl<P: Clone + Eq> Roster<P> {
    /// A table of some days, by the clock of the schedule; at least one, at most ten years.
    ///
    /// ```
    /// use roster::{Cell, Look, Roster, Schedule};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "Europe/Amsterdam", "layers": [
    ///     {"rotation": {"unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
    ///                   "people": ["ines", "yuki"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let drawing = roster.drawing("2026-11-23".parse().unwrap(), 14);
    /// let range = drawing.span();
    /// let spans: Vec<_> = roster.shifts(range.start, range.end).map(|shift| shift.span()).collect();
    /// let cells = drawing.cells(&spans, &[]);
    /// assert_eq!(cells.iter().map(|cell| cell.columns).collect::<Vec<_>>(), [3, 56, 53]);
    /// assert_eq!(cells[1], Cell { columns: 56, look: Look::Shift(1) });
    /// ```
    pub fn drawing(&self, first: Date, days: u32) -> Drawing {
        let days = i64::from(days).clamp(1, ROSTER_DAYS);
        Drawing { zone: self.zone.clone(), first, days }
    }

    /// The date by the clock of the schedule.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }
}

impl Drawing {
    /// From the first midnight to the last.
    pub fn span(&self) -> Span {
        let end = plus_days(self.first, self.days);
        Span::new(self.zone.midnight(self.first), self.zone.midnight(end))
    }

    /// The days, each with whether it belongs to a weekend.
    pub fn days(&self) -> impl Iterator<Item = (Date, bool)> {
        (0..self.days).map(|ahead| {
            let date = plus_days(self.first, ahead);
            (date, matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday))
        })
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        usize::try_from(self.days).unwrap_or_default() * COLUMNS_PER_DAY
    }

    /// How far from the left an instant lies, in percent of the width; nothing outside.
    pub fn percent(&self, at: Timestamp) -> Option<f64> {
        let whole = self.days * DAY_SECONDS;
        self.span().contains(at).then(|| self.seconds(at) as f64 * 100.0 / whole as f64)
    }

    /// A row. What is shorter than a column still gets one, taken from what is longer, so that
    /// no gap is overlooked; what does not fit even so is left to the words below the table.
    pub fn cells(&self, shifts: &[Span], gaps: &[Span]) -> Vec<Cell> {
        let shifts = shifts.iter().enumerate().map(|(at, span)| (*span, Look::Shift(at)));
        let gaps = gaps.iter().enumerate().map(|(at, span)| (*span, Look::Gap(at)));
        let all = self.span();
        let mut parts: Vec<(Span, Look)> = shifts
            .chain(gaps)
            .filter_map(|(span, look)| Some((span.overlap(all)?, look)))
            .collect();
        parts.order_by_key(|(span, _)| Reverse(span.micros()));
        let mut columns = vec![Look::Empty; self.columns()];
        for (span, look) in parts {
            columns[self.range(span)].fill(look);
        }
        let same = columns.chunk_by(|one, next| one == next);
        same.map(|cell| Cell { columns: cell.len(), look: cell[0] }).collect()
    }

    /// The columns that a stretch of time fills: from and to the nearest, at least one.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let last = self.columns();
        let nearest = |seconds: i64| {
            let column = (seconds + COLUMN_SECONDS / 2) / COLUMN_SECONDS;
            usize::try_from(column).unwrap_or_default().min(last)
        };
        let start = self.seconds(span.start);
        // The end of the last day is midnight of the next.
        let (from, to) = (nearest(start), nearest(self.seconds(span.end)));
        if from < to {
            return from..to;
        }
        let within = usize::try_from(start / COLUMN_SECONDS).unwrap_or_default().min(last - 1);
        within..within + 1
    }

    /// Seconds on the clock since the first midnight.
    fn seconds(&self, at: Timestamp) -> i64 {
        let local = self.zone.local(at);
        let time = i64::from(local.hour()) * 3_600
            + i64::from(local.minute()) * 60
            + i64::from(local.second());
        days_between(self.first, local.date()) * DAY_SECONDS + time
    }
}
