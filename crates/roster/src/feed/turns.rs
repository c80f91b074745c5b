//! Whether shifts that were read are those of a rotation.

use crate::schedule::{Override, Rotation, Unit};
use crate::zone::{UnknownZone, Zone, days_between};
use kernel::limits::{ROTATION_PEOPLE, SHIFT_YEARS};

/// Turns that are looked at: more than people take before it begins anew.
const TURNS_MAX: i64 = 2_000;

/// The rotation of which these shifts are, in order: one after the other without a gap, handed over
/// at the same time of day, and with people who come again in the same order. Nothing where they
/// are not, or where nobody has come again yet.
///
/// # Errors
/// When there is no zone of this name.
///
/// ```
/// use roster::{Override, Unit, feed};
///
/// let shift = |person, from: &str, to: &str| Override {
///     person,
///     start: format!("2026-{from}:00Z").parse().unwrap(),
///     end: format!("2026-{to}:00Z").parse().unwrap(),
/// };
/// // Ines has two weeks, Yuki one; the clocks of Oslo go back in between.
/// let shifts = [
///     shift("ines", "10-12T07:00", "10-26T08:00"),
///     shift("yuki", "10-26T08:00", "11-02T08:00"),
///     shift("ines", "11-02T08:00", "11-09T08:00"),
/// ];
/// let found = feed::rotation("Europe/Oslo", &shifts).unwrap().unwrap();
/// assert_eq!((found.unit, found.every, found.people), (Unit::Week, 1, vec!["ines", "ines", "yuki"]));
/// assert_eq!(found.start_local.to_string(), "2026-10-12T09:00:00");
/// assert_eq!(feed::rotation("Europe/Oslo", &shifts[..2]).unwrap(), None, "nobody has come again");
/// ```
pub fn rotation<P: Clone + Eq>(
    time_zone: &str,
    shifts: &[Override<P>],
) -> Result<Option<Rotation<P>>, UnknownZone> {
    let zone = Zone::named(time_zone)?;
    Ok(found(&zone, shifts))
}

fn found<P: Clone + Eq>(zone: &Zone, shifts: &[Override<P>]) -> Option<Rotation<P>> {
    let start_local = zone.local(shifts.first()?.start);
    let mut days = Vec::with_capacity(shifts.len());
    for (at, shift) in shifts.iter().enumerate() {
        let (start, end) = (zone.local(shift.start), zone.local(shift.end));
        let goes_on = shifts.get(at + 1).is_none_or(|next| next.start == shift.end);
        let same_time = [start, end].iter().all(|local| local.time() == start_local.time());
        let length = days_between(start.date(), end.date());
        if !goes_on || !same_time || length < 1 {
            return None;
        }
        days.push(length);
    }
    let each = days.iter().copied().reduce(common)?;
    if days.iter().sum::<i64>() / each > TURNS_MAX {
        return None;
    }
    let turns: Vec<&P> = shifts
        .iter()
        .zip(&days)
        .flat_map(|(shift, days)| (0..days / each).map(move |_| &shift.person))
        .collect();
    let comes_again =
        |period: &usize| (*period..turns.len()).all(|at| turns[at] == turns[at - period]);
    let period = (1..turns.len().min(ROTATION_PEOPLE + 1)).find(comes_again)?;
    let (unit, every) = if each % 7 == 0 { (Unit::Week, each / 7) } else { (Unit::Day, each) };
    let every = u32::try_from(every).ok().filter(|every| *every <= SHIFT_YEARS * 52)?;
    let people = turns[..period].iter().map(|person| (*person).clone()).collect();
    Some(Rotation { unit, every, start_local, people })
}

/// The greatest number of days that both are made of.
fn common(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { common(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00:00Z").parse().unwrap()
    }

    fn shift(person: char, from: &str, to: &str) -> Override<char> {
        Override { person, start: at(from), end: at(to) }
    }

    #[test]
    fn what_is_no_rotation_is_none() {
        let good = [
            shift('a', "02T09", "03T09"),
            shift('b', "03T09", "04T09"),
            shift('a', "04T09", "05T09"),
        ];
        let found = rotation("UTC", &good).unwrap().unwrap();
        assert_eq!((found.unit, found.every, found.people), (Unit::Day, 1, vec!['a', 'b']));
        let mut gap = good.clone();
        gap[2].start = at("04T10");
        let mut other_time = good.clone();
        (other_time[1].end, other_time[2].start) = (at("04T10"), at("04T10"));
        let mut new = good.clone();
        new[2].person = 'c';
        for shifts in [gap, other_time, new] {
            assert_eq!(rotation("UTC", &shifts).unwrap(), None);
        }
        assert_eq!(rotation::<char>("UTC", &[]).unwrap(), None);
        assert!(rotation("Mars/Olympus", &good).is_err());
    }
}
