//! Who carries how much: hours on call, at night, on weekends, by the clock of the schedule.

use crate::roster::Roster;
use crate::shift::{Shift, Span};
use crate::zone::plus_days;
use jiff::civil::{Date, Time, Weekday};
use kernel::time::MICROS_PER_SECOND;
use kernel::{PersonId, Timestamp};
use serde::Serialize;

/// The hour of the evening at which night begins.
pub const NIGHT_FROM_HOUR: i8 = 22;
/// The hour of the morning at which night ends.
pub const NIGHT_TO_HOUR: i8 = 6;

/// How long somebody is on call, in whole seconds, rounded down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Load<P = PersonId> {
    /// Who.
    pub person: P,
    /// In all.
    pub total_seconds: i64,
    /// From [`NIGHT_FROM_HOUR`] to [`NIGHT_TO_HOUR`].
    pub night_seconds: i64,
    /// On Saturdays and Sundays.
    pub weekend_seconds: i64,
}

/// The same in microseconds, so that parts add up.
#[derive(Debug, Clone, Copy, Default)]
struct Micros {
    total: i64,
    night: i64,
    weekend: i64,
}

impl<P: Clone + Eq> Roster<P> {
    /// How long everybody is on call within a range, in the order of their first shift.
    ///
    /// ```
    /// use roster::{Roster, Schedule};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "Europe/Berlin", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T20:00:00",
    ///                   "people": ["ines", "yuki"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// // Friday 20:00 to Sunday 20:00.
    /// let (from, to) = ("2026-11-06T19:00:00Z".parse().unwrap(), "2026-11-08T19:00:00Z".parse().unwrap());
    /// let [friday, saturday] = &roster.load(from, to)[..] else { panic!() };
    /// assert_eq!(friday.person, "ines");
    /// assert_eq!((friday.total_seconds, friday.night_seconds), (24 * 3_600, 8 * 3_600));
    /// assert_eq!((friday.weekend_seconds, saturday.weekend_seconds), (20 * 3_600, 24 * 3_600));
    /// ```
    pub fn load(&self, from: Timestamp, to: Timestamp) -> Vec<Load<P>> {
        let mut found: Vec<(P, Micros)> = Vec::new();
        for shift in self.shifts(from, to) {
            let place = found.iter().position(|(person, _)| *person == shift.person);
            let place = place.unwrap_or_else(|| {
                found.push((shift.person.clone(), Micros::default()));
                found.len() - 1
            });
            self.add(&shift, &mut found[place].1);
        }
        let seconds = |micros: i64| micros / MICROS_PER_SECOND;
        let loads = found.into_iter().map(|(person, micros)| Load {
            person,
            total_seconds: seconds(micros.total),
            night_seconds: seconds(micros.night),
            weekend_seconds: seconds(micros.weekend),
        });
        loads.collect()
    }

    fn add(&self, shift: &Shift<P>, micros: &mut Micros) {
        let span = shift.span();
        let within = |hours: Span| span.overlap(hours).map_or(0, |both| both.micros());
        micros.total += span.micros();
        for date in self.zone.dates_about(span.start, span.end) {
            let next = self.zone.midnight(plus_days(date, 1));
            let day = Span::new(self.zone.midnight(date), next);
            let morning = Span::new(day.start, self.hour(date, NIGHT_TO_HOUR));
            let evening = Span::new(self.hour(date, NIGHT_FROM_HOUR), day.end);
            micros.night += within(morning) + within(evening);
            if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                micros.weekend += within(day);
            }
        }
    }

    fn hour(&self, date: Date, hour: i8) -> Timestamp {
        self.zone.instant(date.to_datetime(Time::constant(hour, 0, 0, 0)))
    }
}
