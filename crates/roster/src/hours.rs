//! Hours of the week: whether an instant lies in them, and when that changes.

use crate::schedule::{Restriction, Weekday};
use crate::zone::{UnknownZone, Zone, plus_days};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use kernel::Timestamp;

const DAY: i64 = 86_400;

/// Dates after that of an instant on which the next hours are looked for: a week, and one date
/// that a zone may have left out.
const DATES_AHEAD: i64 = 8;

/// Whether an instant lies in one of these hours of the week, by the clock of a zone; in none of
/// none.
///
/// # Errors
/// When there is no zone of this name.
///
/// ```
/// let nights: Vec<roster::Restriction> =
///     serde_json::from_str(r#"[{"days": ["fri"], "from": "22:00", "to": "06:00"}]"#).unwrap();
/// let at = |text: &str| roster::within("Europe/Oslo", &nights, text.parse().unwrap()).unwrap();
/// assert!(at("2026-11-28T04:59:59Z"), "Saturday, a second before six");
/// assert!(!at("2026-11-28T05:00:00Z"));
/// assert!(roster::within("Mars/Olympus", &nights, "2026-11-28T05:00:00Z".parse().unwrap()).is_err());
/// ```
pub fn within(
    time_zone: &str,
    restrictions: &[Restriction],
    at: Timestamp,
) -> Result<bool, UnknownZone> {
    let zone = Zone::named(time_zone)?;
    Ok(WeekHours::new(restrictions).at(&zone, at).0)
}

/// Restrictions by the day on which they begin.
#[derive(Debug, Clone)]
pub(crate) struct WeekHours {
    /// From Monday; seconds since midnight of the clock, in order, apart from each other.
    days: [Vec<(i64, i64)>; 7],
}

impl WeekHours {
    pub(crate) fn new(restrictions: &[Restriction]) -> Self {
        let mut days: [Vec<(i64, i64)>; 7] = Default::default();
        for restriction in restrictions {
            let (from, to) = (seconds(restriction.from), seconds(restriction.to));
            let to = if to > from { to } else { to + DAY };
            for day in &restriction.days {
                days[place(*day)].push((from, to));
            }
        }
        WeekHours { days: days.map(joined) }
    }

    /// Whether an instant lies in the hours, and until when that is sure to stay so.
    pub(crate) fn at(&self, zone: &Zone, at: Timestamp) -> (bool, Timestamp) {
        let today = zone.local(at).date();
        // The clock may go back over midnight: what begins tomorrow may have begun.
        let near = (-2..=1).flat_map(|ahead| self.of(plus_days(today, ahead), zone));
        let inside = near.filter(|(start, end)| *start <= at && at < *end);
        if let Some(end) = inside.map(|(_, end)| end).max() {
            return (true, end);
        }
        let ahead = (-1..=DATES_AHEAD).flat_map(|ahead| self.of(plus_days(today, ahead), zone));
        let next = ahead.map(|(start, _)| start).find(|start| *start > at);
        (false, next.unwrap_or_else(|| zone.midnight(plus_days(today, DATES_AHEAD))))
    }

    /// The hours that begin on a date, in order; not those that a clock change leaves out.
    fn of(&self, date: Date, zone: &Zone) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let hours = &self.days[date.weekday().to_monday_zero_offset().unsigned_abs() as usize];
        let instant = move |seconds: i64| {
            let midnight = date.to_datetime(Time::midnight());
            let local = midnight.checked_add(SignedDuration::from_secs(seconds));
            local.map_or(crate::zone::LATEST, |local| zone.instant(local))
        };
        hours
            .iter()
            .map(move |(from, to)| (instant(*from), instant(*to)))
            .filter(|(start, end)| start < end)
    }
}

fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

fn place(day: Weekday) -> usize {
    Weekday::ALL.iter().position(|known| *known == day).unwrap_or_default()
}

/// In order, what overlaps or touches joined.
fn joined(mut hours: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    hours.sort_unstable();
    let mut all: Vec<(i64, i64)> = Vec::with_capacity(hours.len());
    for (from, to) in hours {
        match all.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => all.push((from, to)),
        }
    }
    all
}
