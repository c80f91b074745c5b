//! What is usual at an hour of the week, by the clock of a zone.

use super::{Arrival, counting};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;

/// How many weeks tell what is usual.
pub const WEEKS: i64 = 8;
/// How long it must have been watched before anything is unusual, in seconds.
pub const HISTORY_SECONDS_MIN: i64 = 86_400;

/// Hours of a week.
const HOURS: usize = 168;
/// Time is walked in quarters of an hour, in seconds: no zone differs from UTC by less.
const QUARTER_SECONDS: i64 = 900;
/// Hours of a working week, Monday to Friday, come first.
const WORKING_HOURS: usize = 120;
/// How many hours of watching what is known of more counts for: a service's mean for an hour of
/// the day, and that for an hour of the week.
const LEANS_HOURS: f64 = 2.0;
/// A rate is known at least as well as one report tells it.
const SHAPE_MIN: f64 = 1.0;
/// What a service is taken for of which nothing is known: so many reports in so many hours.
const UNKNOWN: (f64, f64) = (6.0, 24.0);

/// What is expected in a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// How many.
    pub mean: f64,
    /// How well that is known: as many reports tell it.
    pub shape: f64,
}

impl Expected {
    /// So many that it is hardly more.
    pub(super) fn cautious(self) -> f64 {
        self.mean * (1.0 + 1.0 / self.shape.max(f64::MIN_POSITIVE).sqrt())
    }
}

/// The weeks that tell what is usual, as hours of the week: the same for every service.
#[derive(Debug, Clone)]
pub struct Weeks {
    zone: TimeZone,
    from: Timestamp,
    /// The hour of the week of each quarter of an hour.
    hours: Vec<u8>,
}

impl Weeks {
    /// The weeks before `now`, from `since` on if there are not as many.
    pub fn before(now: Timestamp, since: Timestamp, zone: &TimeZone) -> Weeks {
        let quarter = QUARTER_SECONDS * MICROS_PER_SECOND;
        let from = now.plus_days(-7 * WEEKS).max(since);
        let first = from.micros().div_euclid(quarter) + 1;
        let end = now.micros().div_euclid(quarter);
        let at = |quarters: i64| Timestamp::from_micros(quarters.saturating_mul(quarter));
        let hours = (first..end).map(|n| hour_of_week(zone, at(n)) as u8).collect();
        Weeks { zone: zone.clone(), from: at(first), hours }
    }

    /// When they begin.
    pub fn begin(&self) -> Timestamp {
        self.from
    }

    /// Whether they tell anything.
    pub fn tell(&self) -> bool {
        self.hours.len() as i64 * QUARTER_SECONDS >= HISTORY_SECONDS_MIN
    }

    /// What is usual of a service with these reports in these weeks, in the order of time.
    /// `except` are spans that do not count: surges that were some.
    pub fn usual(&self, arrivals: &[Arrival], except: &[(Timestamp, Timestamp)]) -> Usual {
        let (mut counts, mut hours) = ([0.0_f64; HOURS], [0.0_f64; HOURS]);
        let left_out = self.left_out(except);
        for (hour, out) in self.hours.iter().zip(&left_out) {
            if !out {
                hours[usize::from(*hour)] += 0.25;
            }
        }
        for arrival in counting(arrivals) {
            let Some(place) = self.place(arrival.at) else { continue };
            if let (Some(hour), Some(false)) = (self.hours.get(place), left_out.get(place)) {
                counts[usize::from(*hour)] += 1.0;
            }
        }
        Usual::from_counts(&counts, &hours, self.zone.clone())
    }

    /// In which quarter an instant lies.
    fn place(&self, at: Timestamp) -> Option<usize> {
        usize::try_from(at.seconds_since(self.from).div_euclid(QUARTER_SECONDS)).ok()
    }

    fn left_out(&self, except: &[(Timestamp, Timestamp)]) -> Vec<bool> {
        let mut out = vec![false; self.hours.len()];
        for (from, to) in except {
            let last = self.place(*to).unwrap_or(0).min(out.len());
            let first = self.place(*from).unwrap_or(0).min(last);
            let last = (last + 1).min(out.len());
            if *to > self.from {
                out[first..last].fill(true);
            }
        }
        out
    }
}

/// What is usual of a service.
#[derive(Debug, Clone)]
pub struct Usual {
    zone: TimeZone,
    /// For each hour of the week: reports an hour, and as many reports tell that.
    hours: Vec<(f64, f64)>,
}

impl Usual {
    fn from_counts(counts: &[f64; HOURS], hours: &[f64; HOURS], zone: TimeZone) -> Usual {
        let all: f64 = counts.iter().sum();
        let level = (all + UNKNOWN.0) / (hours.iter().sum::<f64>() + UNKNOWN.1);
        let leaning = |count: f64, hours: f64, on: f64| {
            let known = count + LEANS_HOURS * on;
            (known / (hours + LEANS_HOURS), known.max(SHAPE_MIN))
        };
        let usual = |hour: usize| {
            let alike = alike(hour);
            let (mut count, mut watched) = (0.0, 0.0);
            for other in alike {
                count += counts[other];
                watched += hours[other];
            }
            let (of_day, _) = leaning(count, watched, level);
            leaning(counts[hour], hours[hour], of_day)
        };
        Usual { zone, hours: (0..HOURS).map(usual).collect() }
    }

    /// How many are expected from an instant on until just before another.
    pub fn expected(&self, from: Timestamp, to: Timestamp) -> Expected {
        let (mut mean, mut weighed, mut all) = (0.0, 0.0, 0.0);
        let mut at = from;
        while at < to {
            let quarter = at.micros().div_euclid(QUARTER_SECONDS * MICROS_PER_SECOND) + 1;
            let next = Timestamp::from_micros(quarter * QUARTER_SECONDS * MICROS_PER_SECOND);
            let end = next.min(to);
            let hours = end.micros_since(at) as f64 / (3_600 * MICROS_PER_SECOND) as f64;
            let (rate, shape) = self.hours[hour_of_week(&self.zone, at)];
            mean += rate * hours;
            weighed += shape * hours;
            all += hours;
            at = end;
        }
        Expected { mean, shape: if all > 0.0 { weighed / all } else { 1.0 } }
    }
}

/// The same hour of the other days of its kind, working days or the weekend.
pub(crate) fn alike(hour: usize) -> impl Iterator<Item = usize> {
    let days = if hour < WORKING_HOURS { 0..5 } else { 5..7 };
    days.map(move |day| day * 24 + hour % 24)
}

/// The hour of the week, from Monday 00:00 on, that the clock of a zone shows.
pub(crate) fn hour_of_week(zone: &TimeZone, at: Timestamp) -> usize {
    let local = zone.to_datetime(at.to_jiff());
    let day = local.date().weekday().to_monday_zero_offset();
    usize::from(day.unsigned_abs()) * 24 + usize::from(local.hour().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_hour_of_the_week_is_that_of_the_clock_on_the_wall() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let monday_nine = 9;
        for text in ["2026-10-19T07:00:00Z", "2026-10-26T08:00:00Z", "2026-10-26T08:59:59Z"] {
            assert_eq!(hour_of_week(&berlin, at(text)), monday_nine, "{text}");
        }
        assert_eq!(hour_of_week(&TimeZone::UTC, at("2026-11-29T23:59:00Z")), 167);
    }

    #[test]
    fn the_hour_that_a_clock_change_repeats_was_watched_twice() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let weeks = Weeks::before(at("2026-10-26T00:00:00Z"), at("2026-10-24T22:00:00Z"), &berlin);
        let quarters =
            |hour: usize| weeks.hours.iter().filter(|h| usize::from(**h) == hour).count();
        let sunday = 6 * 24;
        assert_eq!(quarters(sunday + 2), 8, "two hours show two o'clock");
        assert_eq!(quarters(sunday + 3), 4);
    }

    #[test]
    fn spans_that_were_a_surge_do_not_count() {
        let now = at("2026-11-30T00:00:00Z");
        let weeks = Weeks::before(now, now.plus_days(-14), &TimeZone::UTC);
        let by = |n: i64| format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap();
        let noon = at("2026-11-25T12:00:00Z");
        let storm: Vec<Arrival> =
            (0..60).map(|n| Arrival { at: noon.plus_seconds(n * 60), by: by(n) }).collect();
        let span = (noon.plus_seconds(-900), noon.plus_seconds(4_500));
        let next = (noon.plus_days(7), noon.plus_days(7).plus_seconds(3_600));
        let with = weeks.usual(&storm, &[]).expected(next.0, next.1).mean;
        let without = weeks.usual(&storm, &[span]).expected(next.0, next.1).mean;
        assert!(with > 15.0 && without < 1.0, "{with} {without}");
    }
}
