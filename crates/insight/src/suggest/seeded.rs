//! Chance from a seed, the same everywhere.

use std::collections::BTreeMap;

/// One in so many examples is held out.
const HELD_OUT_OF: usize = 5;

/// SplitMix64: small, good enough to shuffle with.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.draw()) * end as u128) >> 64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// A fold for each example, from 0, so that each label has its part in each.
pub(crate) fn folds<L: Ord>(labels: &[L], folds: usize, seed: u64) -> Vec<usize> {
    let mut by_label: BTreeMap<&L, Vec<usize>> = BTreeMap::new();
    for (place, label) in labels.iter().enumerate() {
        by_label.entry(label).or_default().push(place);
    }
    let mut dice = Dice::new(seed);
    let mut fold_of = vec![0; labels.len()];
    // Goes on where the last label ended: labels with one example do not all fall into one.
    let mut next = 0;
    for places in by_label.values_mut() {
        dice.shuffle(places);
        for place in places {
            fold_of[*place] = next % folds;
            next += 1;
        }
    }
    fold_of
}

/// The places of four in five examples to learn from, and of the fifth to measure with; each
/// label has its part in both.
pub fn split<L: Ord>(labels: &[L], seed: u64) -> (Vec<usize>, Vec<usize>) {
    let fold_of = folds(labels, HELD_OUT_OF, seed);
    (0..labels.len()).partition(|place| fold_of[*place] != 0)
}
