//! The clock of the page: its zone, its days, and times as people and programs read them.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{ToSpan, Zoned};
use kernel::{Language, Timestamp};
use locale::date_names;
use std::sync::LazyLock;

/// The zones that are built in, so that each machine says the same.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Microseconds of a minute.
const MINUTE: i64 = 60 * kernel::time::MICROS_PER_SECOND;

/// The zone of a page and the instant that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    zone: TimeZone,
    /// The page's instant.
    pub(crate) now: Zoned,
}

impl Clock {
    /// A clock in the zone of this name; in UTC if there is none such.
    pub(crate) fn new(zone: &str, now: Timestamp) -> Clock {
        let zone = ZONES.get(zone).ok().filter(|zone| !zone.is_unknown());
        let zone = zone.unwrap_or(TimeZone::UTC);
        let now = now.to_jiff().to_zoned(zone.clone());
        Clock { zone, now }
    }

    /// The zone's IANA name.
    pub(crate) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// An instant on this clock.
    pub(crate) fn at(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.zone.clone())
    }

    /// The first instant of a day, also where clocks change at midnight.
    pub(crate) fn start_of(&self, date: Date) -> Timestamp {
        let start = date.to_zoned(self.zone.clone()).and_then(|at| at.start_of_day());
        start.map_or_else(
            |_| Timestamp::from_jiff(self.now.timestamp()),
            |at| Timestamp::from_jiff(at.timestamp()),
        )
    }

    /// The day that lies this many days before today; today with 0.
    pub(crate) fn days_ago(&self, days: i32) -> Date {
        let today = self.now.date();
        today.checked_sub(days.days()).unwrap_or(today)
    }

    /// As programs read it: RFC 3339 with milliseconds and the zone's offset.
    pub(crate) fn rfc3339(&self, at: Timestamp) -> String {
        self.at(at).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// As the `datetime` of HTML has it.
    pub(crate) fn machine(&self, at: Timestamp) -> String {
        self.at(at).strftime("%Y-%m-%dT%H:%M%:z").to_string()
    }

    /// Of today "13:00", else with the day: "Thu 12 Nov, 13:00".
    pub(crate) fn moment(&self, language: Language, at: Timestamp) -> String {
        let then = self.at(at);
        let time = then.strftime("%H:%M").to_string();
        if then.date() == self.now.date() {
            return time;
        }
        format!("{}, {time}", self.day(language, then.date()))
    }

    /// A moment with its zone, as a promise says it: "13:50 CET", "Thu 12 Nov 2026, 13:50 CET".
    pub(crate) fn promise(&self, language: Language, at: Timestamp) -> String {
        let then = self.at(at);
        if then.date() != self.now.date() {
            return locale::full(language, &then);
        }
        format!("{} {}", then.strftime("%H:%M"), self.abbreviation(at))
    }

    /// "Thu 12 Nov"; of another year "Thu 12 Nov 2025".
    pub(crate) fn day(&self, language: Language, date: Date) -> String {
        let names = date_names(language);
        let weekday = names.weekdays[date.weekday().to_monday_zero_offset() as usize % 7];
        let at = self.at(self.start_of(date));
        let with_year = date.year() != self.now.year();
        format!("{weekday}{}{}", names.after_weekday, locale::date(language, &at, with_year))
    }

    /// What the zone is called at an instant: "CET".
    pub(crate) fn abbreviation(&self, at: Timestamp) -> String {
        self.zone.to_offset_info(at.to_jiff()).abbreviation().to_owned()
    }
}

/// "Nov 2026".
pub(crate) fn month(language: Language, date: Date) -> String {
    let names = date_names(language);
    let month = names.months[(date.month() as usize).saturating_sub(1) % 12];
    format!("{month}{}{}", names.between.1, date.year())
}

/// A length of time in words; at least a minute.
pub(crate) fn long(language: Language, micros: i64) -> String {
    let texts = locale::status(language);
    let minutes = (micros.saturating_add(MINUTE / 2) / MINUTE).max(1);
    match (minutes / 1_440, minutes % 1_440 / 60, minutes % 60) {
        (0, 0, minutes) => texts.long_minutes(minutes),
        (0, hours, 0) => texts.long_hours(hours),
        (0, hours, minutes) => texts.long_hours_minutes(hours, minutes),
        (days, 0, _) => texts.long_days(days),
        (days, hours, _) => texts.long_days_hours(days, hours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::new("Europe/Amsterdam", "2026-11-23T12:12:00Z".parse().unwrap())
    }

    #[test]
    fn times_say_their_zone_where_they_promise() {
        let (clock, today) = (clock(), "2026-11-23T12:50:00Z".parse().unwrap());
        assert_eq!(clock.promise(Language::En, today), "13:50 CET");
        assert_eq!(clock.moment(Language::De, today), "13:50");
        let summer = "2026-07-01T12:50:00Z".parse().unwrap();
        assert_eq!(clock.promise(Language::En, summer), "Wed 1 Jul 2026, 14:50 CEST");
        assert_eq!(clock.moment(Language::En, summer), "Wed 1 Jul, 14:50");
        assert_eq!(clock.rfc3339(summer), "2026-07-01T14:50:00.000+02:00");
        assert_eq!(clock.machine(summer), "2026-07-01T14:50+02:00");
        assert_eq!(
            Clock::new("Mars/Olympus", today).rfc3339(today),
            "2026-11-23T12:50:00.000+00:00"
        );
    }

    #[test]
    fn a_day_begins_where_clocks_change_at_midnight() {
        let clock = Clock::new("America/Havana", "2026-03-10T12:00:00Z".parse().unwrap());
        // The hour after midnight does not exist on 8 March 2026.
        let start = clock.start_of(jiff::civil::date(2026, 3, 8));
        assert_eq!(start.to_string(), "2026-03-08T05:00:00Z");
    }

    #[test]
    fn lengths_are_rounded_to_minutes() {
        let minutes = |count: i64| long(Language::En, count * MINUTE);
        assert_eq!(minutes(0), "1 min");
        assert_eq!(minutes(48), "48 min");
        assert_eq!(minutes(60), "1 h");
        assert_eq!(minutes(86), "1 h 26 min");
        assert_eq!(minutes(1_440), "1 day");
        assert_eq!(minutes(2_940), "2 days 1 h");
    }
}
