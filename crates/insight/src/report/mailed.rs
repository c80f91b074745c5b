//! When a report is sent by itself, and of which days it is then. Pure: instants come from the
//! civil calendar of a zone, so that an hour stays the hour on the wall when clocks change.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use kernel::{Timestamp, words};
use serde::{Deserialize, Serialize};

/// Days among which there is one that any turn is due on: two of the longest months.
const DAYS_LOOKED_AT: i64 = 62;

words! {
    /// How often a report is sent.
    Pace {
        /// Each day.
        Daily = "daily",
        /// On one day of the week.
        Weekly = "weekly",
        /// On one day of the month.
        Monthly = "monthly",
    }
}

words! {
    /// Which days a report that is sent is of: they are over when it leaves.
    Past {
        /// The day before.
        Yesterday = "yesterday",
        /// The week before, from Monday to Sunday.
        LastWeek = "last_week",
        /// The month before.
        LastMonth = "last_month",
        /// The three months of the quarter before.
        LastQuarter = "last_quarter",
        /// The year before.
        LastYear = "last_year",
    }
}

impl Past {
    /// The first and the last day, seen from `today`.
    pub fn days(self, today: Date) -> (Date, Date) {
        match self {
            Past::Yesterday => (before(today, 1.day()), before(today, 1.day())),
            Past::LastWeek => {
                let since_monday = i64::from(today.weekday().to_monday_zero_offset());
                let monday = before(today, since_monday.days());
                (before(monday, 7.days()), before(monday, 1.day()))
            }
            Past::LastMonth => months_before(today.first_of_month(), 1),
            Past::LastQuarter => {
                let into_it = i64::from((today.month() - 1) % 3);
                months_before(before(today.first_of_month(), into_it.months()), 3)
            }
            Past::LastYear => {
                let last = before(today.first_of_year(), 1.day());
                (last.first_of_year(), last)
            }
        }
    }
}

/// So many whole months that end the day before `first`.
fn months_before(first: Date, months: i64) -> (Date, Date) {
    (before(first, months.months()), before(first, 1.day()))
}

/// The day so much before; the same at the very beginning of the calendar.
fn before(day: Date, span: Span) -> Date {
    day.checked_sub(span).unwrap_or(day)
}

/// When a report is sent: at an hour of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// How often.
    pub pace: Pace,
    /// Weekly: 1 for Monday to 7 for Sunday. Monthly: 1 to 31; months with fewer days have it on
    /// their last. Daily: 1, and of no meaning.
    pub day: u8,
    /// The hour, 0 to 23. On a day whose clock leaves it out, as much later as the clock skips; on
    /// a day that has it twice, the first.
    pub hour: u8,
}

impl Turn {
    /// What is wrong with it: the field, and in words what it must be.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        match self.pace {
            _ if self.hour > 23 => Some(("hour", "must be 0 to 23")),
            Pace::Daily => None,
            Pace::Weekly if !(1..=7).contains(&self.day) => {
                Some(("day", "must be 1 for Monday to 7 for Sunday"))
            }
            Pace::Monthly if !(1..=31).contains(&self.day) => Some(("day", "must be 1 to 31")),
            Pace::Weekly | Pace::Monthly => None,
        }
    }

    /// The last instant at which it was due, `now` or before.
    pub fn last_due(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(now.to_jiff()).date();
        let days = (0..=DAYS_LOOKED_AT).filter_map(|back| today.checked_sub(back.days()).ok());
        days.filter_map(|day| self.due_on(day, zone)).find(|at| *at <= now)
    }

    /// The first instant at which it is due after `now`.
    pub fn next_due(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(now.to_jiff()).date();
        // A clock that skips midnight brings what was due late yesterday into today.
        let days = (-1..=DAYS_LOOKED_AT).filter_map(|on| today.checked_add(on.days()).ok());
        days.filter_map(|day| self.due_on(day, zone)).find(|at| *at > now)
    }

    /// The instant of a day at which it is due, if it is due on that day.
    fn due_on(&self, day: Date, zone: &TimeZone) -> Option<Timestamp> {
        let is_due = match self.pace {
            Pace::Daily => true,
            Pace::Weekly => day.weekday().to_monday_one_offset() == self.day as i8,
            Pace::Monthly => day.day() == (self.day as i8).min(day.days_in_month()),
        };
        let hour = i8::try_from(self.hour).ok().filter(|hour| *hour <= 23)?;
        let at = is_due.then(|| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()).flatten()?;
        Some(Timestamp::from_jiff(at.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_jiff(text.parse().unwrap())
    }

    #[test]
    fn days_of_the_past_are_over() {
        let today: Date = "2026-03-31".parse().unwrap();
        for (past, from, to) in [
            (Past::Yesterday, "2026-03-30", "2026-03-30"),
            (Past::LastWeek, "2026-03-23", "2026-03-29"),
            (Past::LastMonth, "2026-02-01", "2026-02-28"),
            (Past::LastQuarter, "2025-10-01", "2025-12-31"),
            (Past::LastYear, "2025-01-01", "2025-12-31"),
        ] {
            let (first, last) = past.days(today);
            assert_eq!((first.to_string(), last.to_string()), (from.into(), to.into()), "{past}");
        }
    }

    #[test]
    fn an_hour_stays_the_hour_on_the_wall() {
        let berlin = zone("Europe/Berlin");
        let daily = Turn { pace: Pace::Daily, day: 1, hour: 2 };
        for (now, last) in [
            ("2026-03-28T12:00:00Z", "2026-03-28T01:00:00Z"),
            // 02:00 is left out: 03:00 summer time.
            ("2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("2026-03-30T12:00:00Z", "2026-03-30T00:00:00Z"),
            // 02:00 comes twice: the first.
            ("2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z"),
            ("2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z"),
        ] {
            assert_eq!(daily.last_due(at(now), &berlin), Some(at(last)), "{now}");
        }
    }

    #[test]
    fn the_31st_is_the_last_day_of_a_shorter_month() {
        let monthly = Turn { pace: Pace::Monthly, day: 31, hour: 7 };
        let mut now = at("2028-01-01T00:00:00Z");
        for due in ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"] {
            now = monthly.next_due(now, &TimeZone::UTC).unwrap();
            assert_eq!(now, at(&format!("{due}T07:00:00Z")));
        }
    }

    #[test]
    fn a_turn_that_never_comes_is_a_fault() {
        for (pace, day, hour, field) in [
            (Pace::Weekly, 0, 7, Some("day")),
            (Pace::Weekly, 8, 7, Some("day")),
            (Pace::Monthly, 32, 7, Some("day")),
            (Pace::Daily, 1, 24, Some("hour")),
            (Pace::Monthly, 31, 23, None),
            (Pace::Daily, 0, 0, None),
        ] {
            let turn = Turn { pace, day, hour };
            assert_eq!(turn.fault().map(|(field, _)| field), field, "{turn:?}");
        }
    }

    fn turns() -> impl Strategy<Value = Turn> {
        prop_oneof![
            (0u8..24).prop_map(|hour| Turn { pace: Pace::Daily, day: 1, hour }),
            (1u8..8, 0u8..24).prop_map(|(day, hour)| Turn { pace: Pace::Weekly, day, hour }),
            (1u8..32, 0u8..24).prop_map(|(day, hour)| Turn { pace: Pace::Monthly, day, hour }),
        ]
    }

    proptest! {
        /// Whatever the zone: what is due next was not due before, and is the last one due from
        /// then on until the one after it.
        #[test]
        fn due_instants_follow_each_other(
            turn in turns(),
            seconds in 1_577_836_800i64..1_893_456_000,
            name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Beirut",
                "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia",
            ]),
        ) {
            let zone = zone(name);
            let now = Timestamp::from_micros(seconds * 1_000_000);
            let last = turn.last_due(now, &zone).unwrap();
            let next = turn.next_due(now, &zone).unwrap();
            prop_assert!(last <= now && now < next);
            prop_assert_eq!(turn.next_due(last, &zone), Some(next));
            prop_assert_eq!(turn.last_due(next, &zone), Some(next));
            prop_assert_eq!(turn.last_due(next.plus_seconds(-1), &zone), Some(last));
            let days = next.seconds_since(last) as f64 / 86_400.0;
            let (least, most) = match turn.pace {
                Pace::Daily => (0.9, 1.1),
                Pace::Weekly => (6.9, 7.1),
                Pace::Monthly => (27.9, 31.1),
            };
            prop_assert!((least..=most).contains(&days), "{days} days");
        }
    }
}
