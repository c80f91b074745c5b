//! Between instants and the clock of a schedule. The zones are those built into the program,
//! never the machine's, so that all nodes agree.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use kernel::Timestamp;
use std::sync::LazyLock;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The first instant there is.
pub(crate) const EARLIEST: Timestamp = Timestamp::from_micros(0).plus_micros(i64::MIN);
/// The last instant there is.
pub(crate) const LATEST: Timestamp = Timestamp::from_micros(0).plus_micros(i64::MAX);

/// A schedule in a time zone that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no time zone of the IANA database; write one such as Europe/Berlin or UTC")]
pub struct UnknownZone(pub String);

/// A time zone.
#[derive(Debug, Clone)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of this name, in any letters.
    pub(crate) fn named(name: &str) -> Result<Zone, UnknownZone> {
        let zone = ZONES.get(name).ok().filter(|zone| !zone.is_unknown());
        zone.map(Zone).ok_or_else(|| UnknownZone(name.to_owned()))
    }

    /// The zone without changes.
    pub(crate) const fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    pub(crate) fn same_as(&self, other: &Zone) -> bool {
        self.0 == other.0
    }

    /// The clock at an instant.
    pub(crate) fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at.to_jiff())
    }

    /// When the clock shows this: the first time of two, or the first instant after the hour
    /// that a clock change leaves out.
    pub(crate) fn instant(&self, local: DateTime) -> Timestamp {
        let found = match self.0.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local),
            AmbiguousOffset::Gap { after, .. } => after.to_timestamp(local).map(|just_before| {
                let mut changes = self.0.following(just_before);
                changes
                    .find(|change| change.offset() == after)
                    .map_or(just_before, |change| change.timestamp())
            }),
        };
        found.map_or_else(|_| edge(local), Timestamp::from_jiff)
    }

    /// As [`Zone::instant`], but what a clock change leaves out is counted from before it, as
    /// iCalendar has it.
    pub(crate) fn instant_in_feeds(&self, local: DateTime) -> Timestamp {
        let found = self.0.to_ambiguous_timestamp(local).compatible();
        found.map_or_else(|_| edge(local), Timestamp::from_jiff)
    }

    /// When a date begins.
    pub(crate) fn midnight(&self, date: Date) -> Timestamp {
        self.instant(date.to_datetime(Time::midnight()))
    }

    /// Whether a date has any instant: a zone that crosses the date line leaves one out.
    pub(crate) fn has(&self, date: Date) -> bool {
        self.midnight(date) < self.midnight(plus_days(date, 1))
    }

    /// The dates that a stretch of time touches, and one more at both ends, as the clock may go
    /// back over midnight.
    pub(crate) fn dates_about(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Date> {
        let first = plus_days(self.local(from).date(), -1);
        let last = plus_days(self.local(to).date(), 1);
        std::iter::successors(Some(first), |date| date.tomorrow().ok())
            .take_while(move |date| *date <= last)
    }
}

/// What lies beyond what can be written stays at the edge.
fn edge(local: DateTime) -> Timestamp {
    if local.year() < 1970 { EARLIEST } else { LATEST }
}

/// A date moved by some days; stays within what can be written.
pub(crate) fn plus_days(date: Date, days: i64) -> Date {
    let edge = if days < 0 { Date::MIN } else { Date::MAX };
    // More than lie between the first and the last date.
    if days.abs() > 8_000_000 {
        return edge;
    }
    date.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(edge)
}

/// Days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(zone: &str, local: &str) -> String {
        Zone::named(zone).unwrap().instant(local.parse().unwrap()).to_string()
    }

    #[test]
    fn a_time_left_out_is_the_first_instant_after_and_one_that_comes_twice_the_first() {
        assert_eq!(instant("America/New_York", "2026-03-08T02:30:00"), "2026-03-08T07:00:00Z");
        assert_eq!(instant("America/New_York", "2026-11-01T01:30:00"), "2026-11-01T05:30:00Z");
        assert_eq!(instant("Australia/Lord_Howe", "2020-10-04T02:15:00"), "2020-10-03T15:30:00Z");
        // A whole day was left out.
        assert_eq!(instant("Pacific/Apia", "2011-12-30T09:00:00"), "2011-12-30T10:00:00Z");
    }

    #[test]
    fn feeds_count_from_before_the_change() {
        let zone = Zone::named("America/New_York").unwrap();
        let at = zone.instant_in_feeds("2026-03-08T02:30:00".parse().unwrap());
        assert_eq!(at.to_string(), "2026-03-08T07:30:00Z");
    }

    #[test]
    fn the_edges_of_time_are_no_trouble() {
        let zone = Zone::named("Pacific/Kiritimati").unwrap();
        assert_eq!(zone.instant(DateTime::MIN), EARLIEST);
        assert!(zone.instant(DateTime::MAX) <= LATEST);
        assert_eq!(plus_days(Date::MAX, 1), Date::MAX);
        assert_eq!(plus_days(Date::MIN, i64::MIN + 1), Date::MIN);
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}
