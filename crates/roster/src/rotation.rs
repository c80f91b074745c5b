//! Turns of a rotation by arithmetic: from anchor and count, never step by step from the start.

use crate::schedule::{Rotation, Unit};
use crate::shift::Span;
use crate::zone::{Zone, days_between, plus_days};
use jiff::civil::{Date, DateTime};
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;

const HOUR: i64 = 3_600 * MICROS_PER_SECOND;

/// How far a guess by dates is from the turn at most: the clock change of one day, and a day that
/// was left out.
const CORRECTIONS: usize = 4;

/// A rotation that was prepared.
#[derive(Debug, Clone)]
pub(crate) struct Turns<P> {
    unit: Unit,
    every: i64,
    start: DateTime,
    /// The instant of `start`.
    pub first: Timestamp,
    people: Vec<P>,
}

impl<P: Clone> Turns<P> {
    /// Nothing for a rotation without people or length.
    pub(crate) fn new(rotation: &Rotation<P>, zone: &Zone) -> Option<Self> {
        let good = rotation.every > 0 && !rotation.people.is_empty();
        good.then(|| Turns {
            unit: rotation.unit,
            every: i64::from(rotation.every),
            start: rotation.start_local,
            first: zone.instant(rotation.start_local),
            people: rotation.people.clone(),
        })
    }
}

impl<P> Turns<P> {
    /// Whose turn it is, counted from the first.
    pub(crate) fn person(&self, turn: i64) -> &P {
        // A remainder of a length fits the length's type.
        let place = turn.rem_euclid(self.people.len() as i64) as usize;
        &self.people[place]
    }

    pub(crate) fn people(&self) -> &[P] {
        &self.people
    }

    /// When a turn begins, counted from the first; may be before it.
    pub(crate) fn start_of(&self, turn: i64, zone: &Zone) -> Timestamp {
        let units = turn.saturating_mul(self.every);
        let date = self.start.date();
        let date = match self.unit {
            Unit::Hour => return self.first.plus_micros(units.saturating_mul(HOUR)),
            Unit::Day => plus_days(date, units),
            Unit::Week => plus_days(date, units.saturating_mul(7)),
            Unit::Month => plus_months(date, units),
        };
        zone.instant(date.to_datetime(self.start.time()))
    }

    /// The turn of an instant, counted from the first: the last one that has begun.
    pub(crate) fn index_at(&self, at: Timestamp, zone: &Zone) -> i64 {
        let (from, to) = (self.start.date(), zone.local(at).date());
        let mut turn = match self.unit {
            Unit::Hour => {
                return at.micros_since(self.first).div_euclid(self.every.saturating_mul(HOUR));
            }
            Unit::Day => days_between(from, to).div_euclid(self.every),
            Unit::Week => days_between(from, to).div_euclid(self.every.saturating_mul(7)),
            Unit::Month => (months(to) - months(from)).div_euclid(self.every),
        };
        for _ in 0..CORRECTIONS {
            if self.start_of(turn, zone) > at {
                turn -= 1;
            } else if self.start_of(turn + 1, zone) <= at {
                turn += 1;
            } else {
                break;
            }
        }
        turn
    }

    /// The turn of an instant: its count and from when until when it lasts.
    pub(crate) fn at(&self, at: Timestamp, zone: &Zone) -> (i64, Span) {
        let turn = self.index_at(at, zone);
        (turn, Span::new(self.start_of(turn, zone), self.start_of(turn + 1, zone)))
    }

    /// When turns begin strictly between two instants.
    pub(crate) fn handovers(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: &Zone,
    ) -> impl Iterator<Item = Timestamp> {
        let mut before = from;
        let next = self.index_at(from, zone) + 1;
        (next..)
            .map(move |turn| self.start_of(turn, zone))
            .take_while(move |start| *start < to)
            // A day that was left out has a turn without length.
            .filter(move |start| std::mem::replace(&mut before, *start) < *start)
    }
}

/// Months since the year 0.
fn months(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The same day some months on, or the last of a shorter month.
fn plus_months(date: Date, ahead: i64) -> Date {
    let edge = if ahead < 0 { Date::MIN } else { Date::MAX };
    let all = months(date).saturating_add(ahead);
    let year = i16::try_from(all.div_euclid(12));
    let month = i8::try_from(all.rem_euclid(12) + 1);
    let (Ok(year), Ok(month)) = (year, month) else { return edge };
    let Ok(first) = Date::new(year, month, 1) else { return edge };
    Date::new(year, month, date.day().min(first.days_in_month())).unwrap_or(edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(zone: &str, unit: Unit, every: u32, start: &str) -> (Turns<char>, Zone) {
        let zone = Zone::named(zone).unwrap();
        let start_local = start.parse().unwrap();
        let rotation = Rotation { unit, every, start_local, people: vec!['a', 'b', 'c'] };
        (Turns::new(&rotation, &zone).unwrap(), zone)
    }

    #[test]
    fn a_day_that_was_left_out_has_no_turn() {
        let (turns, zone) = turns("Pacific/Apia", Unit::Day, 1, "2011-12-28T00:00:00");
        let at = "2011-12-30T12:00:00Z".parse().unwrap();
        let (turn, span) = turns.at(at, &zone);
        assert_eq!(turn, 3, "the 30th had no instant");
        assert_eq!(span.seconds(), 24 * 3_600);
        let from = "2011-12-29T00:00:00Z".parse().unwrap();
        let to = "2012-01-01T00:00:00Z".parse().unwrap();
        let found: Vec<String> =
            turns.handovers(from, to, &zone).map(|at| at.to_string()).collect();
        assert_eq!(found, ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]);
    }

    #[test]
    fn the_edges_of_time_are_no_trouble() {
        for unit in Unit::ALL {
            let (turns, zone) = turns("America/St_Johns", *unit, u32::MAX, "9999-12-31T23:59:59");
            for at in [crate::zone::EARLIEST, crate::zone::LATEST] {
                let (turn, span) = turns.at(at, &zone);
                turns.person(turn);
                assert!(span.start <= span.end);
            }
        }
    }
}
