//! Moments of a feed: an instant, a time on the clock of a zone, or a whole day.

use super::import::WhyLeftOut;
use crate::zone::{Zone, plus_days};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use kernel::Timestamp;
use kernel::ical::Line;

/// When something is, as a feed says it.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub local: DateTime,
    /// The zone of that clock; that of the schedule when the feed names none.
    pub zone: Zone,
    /// A whole day, written without a time.
    pub whole_day: bool,
}

impl Moment {
    /// The moments of a line, in the zone it names or this one.
    pub(super) fn all(line: &Line, default: &Zone) -> Result<Vec<Moment>, WhyLeftOut> {
        let zone = match line.parameter("TZID") {
            Some(name) => named(name).ok_or(WhyLeftOut::UnknownZone)?,
            None => default.clone(),
        };
        line.value.split(',').map(|text| Moment::read(text.trim(), &zone)).collect()
    }

    /// The only moment of a line.
    pub(super) fn one(line: &Line, default: &Zone) -> Result<Moment, WhyLeftOut> {
        match Moment::all(line, default)?.as_slice() {
            [moment] => Ok(moment.clone()),
            _ => Err(WhyLeftOut::NoDate),
        }
    }

    fn read(text: &str, zone: &Zone) -> Result<Moment, WhyLeftOut> {
        let (local, in_utc, whole_day) = clock(text).ok_or(WhyLeftOut::NoDate)?;
        let zone = if in_utc { Zone::utc() } else { zone.clone() };
        Ok(Moment { local, zone, whole_day })
    }

    /// Its instant.
    pub(super) fn instant(&self) -> Timestamp {
        self.zone.instant_in_feeds(self.local)
    }

    /// The same clock at another time.
    pub(super) fn moved_to(&self, local: DateTime) -> Moment {
        Moment { local, ..self.clone() }
    }

    /// Whether it names an occurrence that begins at `start`: the day of it, or the instant.
    pub(super) fn names(&self, start: &Moment) -> bool {
        match self.whole_day {
            true => self.local.date() == start.local.date(),
            false => self.instant() == start.instant(),
        }
    }
}

/// How long something lasts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    /// Days on the clock, so that what ends at nine ends at nine through a clock change.
    days: i64,
    /// And time on the clock.
    clock: SignedDuration,
    /// And time that elapses.
    elapsed: SignedDuration,
}

impl Length {
    /// From one moment to another.
    pub(super) fn between(start: &Moment, end: &Moment) -> Length {
        // Two zones have no clock in common.
        let end = match start.zone.same_as(&end.zone) {
            true => end.local,
            false => start.zone.local(end.instant()),
        };
        let clock = end.duration_since(start.local);
        Length { days: 0, clock, elapsed: SignedDuration::ZERO }
    }

    pub(super) const fn days(days: i64) -> Length {
        Length { days, clock: SignedDuration::ZERO, elapsed: SignedDuration::ZERO }
    }

    /// `P1W`, `P1DT12H` or `PT30M`: days on the clock, the rest as it elapses.
    pub(super) fn read(text: &str) -> Option<Length> {
        let text = text.trim().to_ascii_uppercase();
        let rest = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
        let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
        let days = parts(days, &[('W', 7), ('D', 1)])?;
        let seconds = parts(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
        let elapsed = SignedDuration::from_secs(seconds);
        Some(Length { days, clock: SignedDuration::ZERO, elapsed })
    }

    /// When what begins at a moment ends.
    pub(super) fn end_of(&self, start: &Moment) -> Timestamp {
        let date = plus_days(start.local.date(), self.days);
        let local = date.to_datetime(start.local.time()).checked_add(self.clock);
        let end = start.zone.instant_in_feeds(local.unwrap_or(DateTime::MAX));
        end.plus_seconds(self.elapsed.as_secs())
    }
}

/// `2H30M` by what its letters mean; each at most once, in their order.
fn parts(mut text: &str, letters: &[(char, i64)]) -> Option<i64> {
    let mut sum = 0_i64;
    for (letter, worth) in letters {
        if let Some((number, rest)) = text.split_once(*letter) {
            let number: u32 = number.parse().ok()?;
            sum = sum.checked_add(i64::from(number) * worth)?;
            text = rest;
        }
    }
    text.is_empty().then_some(sum)
}

/// `20260105`, `20260105T090000` or the same with `Z`: clock, whether in UTC, whether a day.
pub(super) fn clock(text: &str) -> Option<(DateTime, bool, bool)> {
    let (digits, time) = text.split_at_checked(8)?;
    let date = date(digits)?;
    let Some(time) = time.strip_prefix(['T', 't']) else {
        return time.is_empty().then(|| (date.to_datetime(Time::midnight()), false, true));
    };
    let (time, in_utc) = match time.strip_suffix(['Z', 'z']) {
        Some(time) => (time, true),
        None => (time, false),
    };
    if time.len() != 6 || !time.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| time[from..from + 2].parse::<i8>().ok();
    // A second that is put in between counts as the one before.
    let time = Time::new(number(0)?, number(2)?, number(4)?.min(59), 0).ok()?;
    Some((date.to_datetime(time), in_utc, false))
}

fn date(digits: &str) -> Option<Date> {
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// The zone of a name, also where programs put their own before it: `/example.org/Europe/Oslo`.
fn named(name: &str) -> Option<Zone> {
    let starts = std::iter::once(0).chain(name.match_indices('/').map(|(at, _)| at + 1));
    starts.take(8).find_map(|at| Zone::named(&name[at..]).ok())
}
