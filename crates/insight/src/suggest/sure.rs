//! How sure the best guess may be, by what happened to guesses like it.
//!
//! One factor for all scores leaves guesses of some probabilities too sure and others not sure
//! enough. Guesses of held-out examples are sorted by their probability and put into groups of
//! one size; of each it is counted how many were right, and a group of surer guesses that was
//! right less often is put together with the one before (isotonic regression). Between the
//! groups a straight line is taken, so that what is surer stays surer. Below the least sure group
//! the line ends where nothing is known: a guess of chance is right as often as chance is. What is
//! less sure than everything that was held out is no better known for all of that being right.

use serde::{Deserialize, Serialize};

/// Groups at most: enough to show the shape.
const GROUPS_MAX: usize = 20;
/// Guesses in a group at least: of 50, chance moves the part that is right by some hundredths.
const GROUP_MIN: usize = 50;
/// So many guesses more in each group are taken to have been right as often as was said.
const TRUSTED: f64 = 2.0;
/// By so little, at least, the best guess stays above the second.
const HAIR: f64 = 1e-9;

/// Probabilities as they are said, with the part that was right; both rise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sureness(Vec<(f32, f32)>);

/// Guesses of one group.
#[derive(Debug, Clone, Copy)]
struct Group {
    guesses: f64,
    said: f64,
    right: f64,
}

impl Group {
    fn part(&self) -> f64 {
        self.right / self.guesses
    }

    fn mean(&self) -> f64 {
        self.said / self.guesses
    }
}

impl Sureness {
    /// Learns from best guesses among so many labels: how probable, and whether they were right.
    /// Of too few nothing is learned, and probabilities stay as they are.
    pub(super) fn learned(mut guesses: Vec<(f64, bool)>, labels: usize) -> Sureness {
        guesses.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = guesses.len().div_ceil(GROUPS_MAX).max(GROUP_MIN);
        let mut groups: Vec<Group> = Vec::new();
        // The rest, which is no whole group, is the least sure.
        for some in guesses.rchunks_exact(size).rev() {
            let said = some.iter().map(|(said, _)| said).sum::<f64>();
            let right = some.iter().filter(|(_, right)| *right).count() as f64;
            let more = TRUSTED / some.len() as f64;
            groups.push(Group {
                guesses: some.len() as f64 * (1.0 + more),
                said: said * (1.0 + more),
                right: right + said * more,
            });
            while let [.., before, last] = groups[..]
                && (before.part() >= last.part() || before.mean() >= last.mean())
            {
                groups.truncate(groups.len() - 2);
                groups.push(Group {
                    guesses: before.guesses + last.guesses,
                    said: before.said + last.said,
                    right: before.right + last.right,
                });
            }
        }
        let knot = |group: &Group| (group.mean() as f32, group.part() as f32);
        let mut knots: Vec<(f32, f32)> = groups.iter().map(knot).collect();
        knots.dedup_by_key(|knot| knot.0);
        let chance = 1.0 / labels.max(1) as f32;
        if knots.first().is_some_and(|least| least.0 > chance && least.1 > chance) {
            knots.insert(0, (chance, chance));
        }
        Sureness(knots)
    }

    /// Makes the most probable as probable as it was right, and shares the rest among the others
    /// as before. It stays the most probable.
    pub(super) fn apply(&self, probabilities: &mut [f64]) {
        let Some((best, said)) = best(probabilities) else {
            return;
        };
        let rest = 1.0 - said;
        if self.0.is_empty() || rest <= f64::EPSILON {
            return;
        }
        let others = probabilities.iter().enumerate().filter(|(place, _)| *place != best);
        let second = others.map(|(_, other)| *other).fold(0.0, f64::max);
        let sure = self.of(said).max((1.0 + HAIR) * second / (rest + second));
        let by = (1.0 - sure) / rest;
        probabilities.iter_mut().for_each(|other| *other *= by);
        probabilities[best] = sure;
    }

    fn of(&self, said: f64) -> f64 {
        let known = |place: usize| {
            self.0.get(place).map(|(said, right)| (f64::from(*said), f64::from(*right)))
        };
        let after = self.0.partition_point(|knot| f64::from(knot.0) <= said);
        match (after.checked_sub(1).and_then(known), known(after)) {
            (Some(before), Some(after)) => {
                let part = (said - before.0) / (after.0 - before.0);
                before.1 + part * (after.1 - before.1)
            }
            (Some(end), None) | (None, Some(end)) => end.1,
            (None, None) => said,
        }
    }

    /// Whether it can be what was learned.
    pub(super) fn fits(&self) -> bool {
        let within = |part: f32| (0.0..=1.0).contains(&part);
        self.0.iter().all(|knot| within(knot.0) && within(knot.1))
            && self.0.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1)
    }
}

/// The most probable and how probable it is; of equal ones the first.
pub(super) fn best(probabilities: &[f64]) -> Option<(usize, f64)> {
    probabilities
        .iter()
        .copied()
        .enumerate()
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_too_sure_becomes_less_sure_and_order_stays() {
        // Said with .9, right six times of ten; said with .6, right half the time.
        let guesses = (0..400).map(|n| {
            let sure = n % 2 == 0;
            if sure { (0.9, n % 20 < 12) } else { (0.6, n % 4 == 1) }
        });
        let sureness = Sureness::learned(guesses.collect(), 3);
        assert!(sureness.fits());
        let mut probabilities = [0.05, 0.9, 0.05];
        sureness.apply(&mut probabilities);
        assert!((probabilities[1] - 0.6).abs() < 0.02, "{probabilities:?}");
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let mut close = [0.48, 0.5, 0.02];
        sureness.apply(&mut close);
        assert!(close[1] > close[0] && close[0] > close[2], "{close:?}");
    }

    #[test]
    fn what_is_less_sure_than_all_that_was_held_out_is_not_made_sure() {
        // Everything that was held out was said with .9 or more, and right.
        let guesses = (0..200).map(|n| (0.9 + f64::from(n) / 2_000.0, true)).collect();
        let sureness = Sureness::learned(guesses, 4);
        assert!(sureness.fits());
        let best = |said: f64| {
            let rest = (1.0 - said) / 3.0;
            let mut probabilities = [rest, said, rest, rest];
            sureness.apply(&mut probabilities);
            probabilities[1]
        };
        assert!(best(0.95) > 0.98);
        assert!((best(0.25) - 0.25).abs() < 1e-6, "{}", best(0.25));
        assert!((0.5..0.6).contains(&best(0.5)), "{}", best(0.5));
    }

    #[test]
    fn of_few_guesses_nothing_is_learned() {
        let sureness = Sureness::learned(vec![(0.9, false); GROUP_MIN - 1], 2);
        let mut probabilities = [0.9, 0.1];
        sureness.apply(&mut probabilities);
        assert_eq!(probabilities, [0.9, 0.1]);
        let mut none: [f64; 0] = [];
        sureness.apply(&mut none);
    }
}
