//! Moments stay symbolic, so that a saved view moves with time; here they become
//! instants.

use crate::vocabulary::{MomentField, Period};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use kernel::Timestamp;

/// How a moment is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `:` or `=`, within.
    Is,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

/// What a moment is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// Seconds: from now for what lies ahead (`due<2h`, negative is past), the age
    /// for what lies behind (`updated<3d` is within the last 3 days). A day has 24 hours.
    Duration(i64),
    /// The instant of asking.
    Now,
    /// Whole local days around now.
    Period(Period),
    /// One local day.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

/// What is asked of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// There is none.
    None,
    /// There is one.
    Any,
    /// One comparison.
    Compared(Compare, Bound),
    /// From the first to the last, both included.
    Between(Bound, Bound),
}

/// Instants from (inclusive) and until (exclusive); `None` is open.
pub type Interval = (Option<Timestamp>, Option<Timestamp>);

/// Where a moment must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It must not exist.
    Absent,
    /// It must exist and lie in the interval.
    Within(Interval),
}

impl Bound {
    /// The instants of `field` for which the comparison holds. `Is` with a duration
    /// means "less than".
    ///
    /// ```
    /// use query::{Bound, Compare, MomentField};
    /// let now: kernel::Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    /// let zone = jiff::tz::TimeZone::UTC;
    /// let (from, until) = Bound::Duration(7200).interval(MomentField::Due, Compare::Lt, now, &zone);
    /// assert_eq!((from, until), (None, Some(now.plus_seconds(7200))));
    /// ```
    pub fn interval(
        self,
        field: MomentField,
        compare: Compare,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Interval {
        let (start, end) = self.span(field, now, zone);
        match self.turned(field, compare) {
            Compare::Is => (Some(start), Some(end)),
            Compare::Lt => (None, Some(start)),
            Compare::Le => (None, Some(end)),
            Compare::Gt => (Some(end), None),
            Compare::Ge => (Some(start), None),
        }
    }

    /// A greater age is an earlier instant.
    fn turned(self, field: MomentField, compare: Compare) -> Compare {
        let Bound::Duration(_) = self else { return compare };
        match (compare, field.lies_ahead()) {
            (Compare::Is | Compare::Lt, true) => Compare::Lt,
            (Compare::Is | Compare::Lt, false) => Compare::Gt,
            (Compare::Le, false) => Compare::Ge,
            (Compare::Gt, false) => Compare::Lt,
            (Compare::Ge, false) => Compare::Le,
            (other, true) => other,
        }
    }

    /// The instants the bound itself covers; an instant covers its microsecond.
    fn span(self, field: MomentField, now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        match self {
            Bound::Duration(seconds) if field.lies_ahead() => instant(now.plus_seconds(seconds)),
            Bound::Duration(seconds) => instant(now.plus_seconds(seconds.saturating_neg())),
            Bound::Now => instant(now),
            Bound::Instant(at) => instant(at),
            Bound::Day(day) => days(day, 1.day(), zone),
            Bound::Period(period) => {
                let (first, length) =
                    period_days(period, now.to_jiff().to_zoned(zone.clone()).date());
                days(first, length, zone)
            }
        }
    }
}

impl When {
    /// Where the moment `field` must lie, asked at `now` in `zone`.
    pub fn reach(self, field: MomentField, now: Timestamp, zone: &TimeZone) -> Reach {
        match self {
            When::None => Reach::Absent,
            When::Any => Reach::Within((None, None)),
            When::Compared(compare, bound) => {
                Reach::Within(bound.interval(field, compare, now, zone))
            }
            When::Between(first, last) => {
                let low = first.interval(field, Compare::Ge, now, zone);
                let high = last.interval(field, Compare::Le, now, zone);
                let from = low.0.into_iter().chain(high.0).max();
                let until = low.1.into_iter().chain(high.1).min();
                Reach::Within((from, until))
            }
        }
    }
}

impl Reach {
    /// Whether a moment lies there.
    pub fn includes(self, moment: Option<Timestamp>) -> bool {
        match (self, moment) {
            (Reach::Absent, moment) => moment.is_none(),
            (Reach::Within(_), None) => false,
            (Reach::Within((from, until)), Some(at)) => {
                from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until)
            }
        }
    }
}

fn instant(at: Timestamp) -> (Timestamp, Timestamp) {
    (at, at.plus_micros(1))
}

fn days(first: Date, length: Span, zone: &TimeZone) -> (Timestamp, Timestamp) {
    (midnight(first, zone), midnight(first.saturating_add(length), zone))
}

/// The first instant of a local day; at the ends of the calendar the last one there is.
fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    match day.to_zoned(zone.clone()) {
        Ok(start) => Timestamp::from_jiff(start.timestamp()),
        Err(_) if day.year() < 0 => Timestamp::from_jiff(jiff::Timestamp::MIN),
        Err(_) => Timestamp::from_jiff(jiff::Timestamp::MAX),
    }
}

/// The first day of a period and how long it lasts.
fn period_days(period: Period, today: Date) -> (Date, Span) {
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let first = today.first_of_month();
    match period {
        Period::Today => (today, 1.day()),
        Period::Yesterday => (today.saturating_sub(1.day()), 1.day()),
        Period::Tomorrow => (today.saturating_add(1.day()), 1.day()),
        Period::ThisWeek => (monday, 1.week()),
        Period::LastWeek => (monday.saturating_sub(1.week()), 1.week()),
        Period::NextWeek => (monday.saturating_add(1.week()), 1.week()),
        Period::ThisMonth => (first, 1.month()),
        Period::LastMonth => (first.saturating_sub(1.month()), 1.month()),
    }
}
