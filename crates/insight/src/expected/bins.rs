//! What is seen, as few small numbers that trees split by.

use super::sight::Seen;
use crate::suggest::seeded::Dice;
use kernel::InOrder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parts of a number at most.
const PARTS_MAX: usize = 128;
/// Words of a kind at most: the most common ones.
const WORDS_MAX: usize = 250;
/// How often a word must occur to count by itself.
const WORD_TIMES_MIN: usize = 20;
/// How many times the mean of all counts for a word: one that is rare is nearer to it.
const LEANS_TIMES: f64 = 20.0;
/// Values that the borders of parts are taken from.
const SAMPLE: usize = 20_000;

/// How values become small numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Bins {
    /// For each number the upper borders of its parts.
    borders: Vec<Vec<f64>>,
    /// For each kind of word the known ones in their order, with their places.
    places: Vec<Vec<(u64, u8)>>,
    /// For each kind of word the place of those that are rare or new.
    others: Vec<u8>,
}

impl Bins {
    /// From what was seen and what came of it.
    pub(super) fn of(seen: &[Seen], targets: &[f64], dice: &mut Dice) -> Bins {
        let (numbers, words) =
            seen.first().map_or((0, 0), |first| (first.numbers.len(), first.words.len()));
        let sample: Vec<usize> = if seen.len() > SAMPLE {
            (0..SAMPLE).map(|_| dice.below(seen.len())).collect()
        } else {
            (0..seen.len()).collect()
        };
        let borders = (0..numbers)
            .map(|n| borders(sample.iter().map(|row| seen[*row].numbers[n]).collect()))
            .collect();
        let (mut places, mut others) = (Vec::new(), Vec::new());
        for n in 0..words {
            let (known, other) = ordered(seen.iter().map(|seen| seen.words[n]).zip(targets));
            places.push(known);
            others.push(other);
        }
        Bins { borders, places, others }
    }

    /// What was seen as small numbers, one for each feature.
    pub(super) fn bin(&self, seen: &Seen, into: &mut Vec<u8>) {
        for (number, borders) in seen.numbers.iter().zip(&self.borders) {
            into.push(borders.partition_point(|border| border < number) as u8);
        }
        for ((word, places), other) in seen.words.iter().zip(&self.places).zip(&self.others) {
            let found = places.binary_search_by_key(word, |(known, _)| *known);
            into.push(found.map_or(*other, |at| places[at].1));
        }
    }

    /// How many features there are.
    pub(super) fn features(&self) -> usize {
        self.borders.len() + self.places.len()
    }
}

/// Borders that part values into parts with about as many each.
fn borders(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let mut found: Vec<f64> = Vec::new();
    for part in 1..PARTS_MAX {
        let Some(border) = values.get(part * values.len() / PARTS_MAX) else { break };
        if found.last() != Some(border) {
            found.push(*border);
        }
    }
    found
}

/// The common words by what came of them, so that trees part them in the middle; and the place
/// of all others.
fn ordered<'a>(words: impl Iterator<Item = (u64, &'a f64)>) -> (Vec<(u64, u8)>, u8) {
    let mut sums: BTreeMap<u64, (usize, f64)> = BTreeMap::new();
    let (mut times, mut all) = (0_usize, 0.0);
    for (word, target) in words {
        let sum = sums.entry(word).or_default();
        sum.0 += 1;
        sum.1 += target;
        times += 1;
        all += target;
    }
    let mean = all / times.max(1) as f64;
    let leaning =
        |(times, sum): (usize, f64)| (sum + LEANS_TIMES * mean) / (times as f64 + LEANS_TIMES);
    let mut common: Vec<(u64, (usize, f64))> =
        sums.iter().filter(|(_, sum)| sum.0 >= WORD_TIMES_MIN).map(|(w, s)| (*w, *s)).collect();
    common.order_by(|a, b| b.1.0.cmp(&a.1.0).then(a.0.cmp(&b.0)));
    common.truncate(WORDS_MAX);
    let known: usize = common.iter().map(|(_, sum)| sum.0).sum();
    let known_sum: f64 = common.iter().map(|(_, sum)| sum.1).sum();
    let rest = leaning((times - known, all - known_sum));
    let mut means: Vec<(f64, Option<u64>)> =
        common.into_iter().map(|(word, sum)| (leaning(sum), Some(word))).collect();
    means.push((rest, None));
    means.order_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut places, mut other) = (Vec::new(), 0);
    for (place, (_, word)) in means.into_iter().enumerate() {
        match word {
            Some(word) => places.push((word, place as u8)),
            None => other = place as u8,
        }
    }
    places.sort_unstable();
    (places, other)
}
