//! How much of a stretch of time a service was there for people, and how it was day by day,
//! computed from its outages.

use crate::Health;
use kernel::Timestamp;

/// Parts of a whole that shares are told in.
pub const MILLION: i64 = 1_000_000;

/// A span in which a service was worse than agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// How it was.
    pub health: Health,
    /// From when on.
    pub started_at: Timestamp,
    /// Until just before when; none while it lasts.
    pub ended_at: Option<Timestamp>,
}

impl Spell {
    /// The part of it that lies between two instants, in microseconds from `from` on; none when
    /// nothing does.
    fn within(&self, from: Timestamp, to: Timestamp) -> Option<(i64, i64)> {
        let start = self.started_at.max(from);
        let end = self.ended_at.unwrap_or(to).min(to);
        (start < end).then(|| (start.micros_since(from), end.micros_since(from)))
    }

    /// Whether people could not use it, or some of them or some of it: what is only slow counts
    /// as there.
    fn counts(&self) -> bool {
        self.health >= Health::Partial
    }
}

/// The share of the time from `from` until before `to` in which it was there, in parts of a
/// million, rounded down: what was missed by a moment was missed. Time that several outages
/// share counts once. A stretch without length was there as a whole.
///
/// ```
/// use map::Health;
/// use map::availability::{Spell, available};
/// let at = |minute: i64| kernel::Timestamp::from_micros(minute * 60_000_000);
/// let spell = |health, from, to| Spell { health, started_at: at(from), ended_at: Some(at(to)) };
/// let spells = [spell(Health::Down, 10, 20), spell(Health::Partial, 15, 30)];
/// assert_eq!(available(&spells, at(0), at(100)), 800_000);
/// assert_eq!(available(&[spell(Health::Degraded, 0, 100)], at(0), at(100)), 1_000_000);
/// ```
pub fn available(spells: &[Spell], from: Timestamp, to: Timestamp) -> i64 {
    let whole = to.micros_since(from);
    if whole <= 0 {
        return MILLION;
    }
    let counted = spells.iter().filter(|spell| spell.counts());
    let mut parts: Vec<(i64, i64)> = counted.filter_map(|spell| spell.within(from, to)).collect();
    parts.sort_unstable();
    let (mut missed, mut reached) = (0, 0);
    for (start, end) in parts {
        missed += (end - start.max(reached)).max(0);
        reached = reached.max(end);
    }
    let share = i128::from(whole - missed) * i128::from(MILLION) / i128::from(whole);
    i64::try_from(share).unwrap_or(MILLION)
}

/// The worst it was between two instants.
///
/// ```
/// use map::Health;
/// use map::availability::{Spell, worst};
/// let at = |minute: i64| kernel::Timestamp::from_micros(minute * 60_000_000);
/// let lasts = Spell { health: Health::Degraded, started_at: at(5), ended_at: None };
/// assert_eq!(worst(&[lasts], at(0), at(5)), Health::Level);
/// assert_eq!(worst(&[lasts], at(5), at(6)), Health::Degraded);
/// ```
pub fn worst(spells: &[Spell], from: Timestamp, to: Timestamp) -> Health {
    let there = spells.iter().filter(|spell| spell.within(from, to).is_some());
    there.map(|spell| spell.health).max().unwrap_or(Health::Level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn spells() -> impl Strategy<Value = Vec<Spell>> {
        let one = (0_i64..200, 0_i64..50, 0_usize..Health::ALL.len(), any::<bool>());
        let one = one.prop_map(|(start, length, health, ended)| Spell {
            health: Health::ALL[health],
            started_at: at(start),
            ended_at: ended.then(|| at(start + length)),
        });
        proptest::collection::vec(one, 0..12)
    }

    proptest! {
        #[test]
        fn it_counts_as_somebody_would_second_by_second(spells in spells()) {
            let (from, to) = (at(20), at(120));
            let missed = (20..120).filter(|second| worst(&spells, at(*second), at(second + 1)) >= Health::Partial);
            let expected = (100 - missed.count() as i64) * MILLION / 100;
            prop_assert_eq!(available(&spells, from, to), expected);
        }
    }

    #[test]
    fn nothing_at_all_is_no_outage() {
        assert_eq!(available(&[], at(0), at(10)), MILLION);
        assert_eq!(available(&[], at(10), at(10)), MILLION);
        assert_eq!(worst(&[], at(0), at(10)), Health::Level);
    }

    #[test]
    fn a_moment_missed_is_not_rounded_away() {
        let spell = Spell { health: Health::Down, started_at: at(0), ended_at: Some(at(1)) };
        assert_eq!(available(&[spell], at(0), at(90 * 86_400)), 999_999);
    }
}
