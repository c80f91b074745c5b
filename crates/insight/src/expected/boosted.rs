//! Trees that each put right what the ones before left wrong: nearer to the middle than a
//! forest where there is much to learn from, but it tells nothing but the middle.

use super::Limits;
use super::scale::Scale;
use super::tree::{Ground, Growth, Rows, Tree};
use crate::suggest::seeded::Dice;
use serde::{Deserialize, Serialize};

/// How much of what is wrong each tree puts right.
const STEP: f32 = 0.1;
/// How deep these trees are, and how many rows their leaves have at least.
const DEEP: u32 = 6;
const LEAF_MIN: usize = 20;
/// Of eight rows, so many are in a tree.
const IN_TREE_OF_EIGHT: usize = 5;

/// A start, and what is added to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Boosted {
    scale: Scale,
    start: f32,
    trees: Vec<Tree>,
}

/// Rows with how long it took from there.
pub(super) struct Learned<'a> {
    pub(super) rows: &'a Rows,
    pub(super) took: &'a [f32],
    /// The rows that are learned from.
    pub(super) places: &'a [u32],
    pub(super) scale: Scale,
}

impl Boosted {
    /// Adds trees; `seen` is told after each how near it is, for every row, and says whether to
    /// go on.
    pub(super) fn of(
        learned: &Learned<'_>,
        limits: &Limits,
        dice: &mut Dice,
        mut seen: impl FnMut(&[f32]) -> bool,
    ) -> Boosted {
        let wanted: Vec<f32> = learned.took.iter().map(|took| learned.scale.of(*took)).collect();
        let mut known: Vec<f32> =
            learned.places.iter().map(|place| wanted[*place as usize]).collect();
        known.sort_by(f32::total_cmp);
        let start = known.get(known.len() / 2).copied().unwrap_or(0.0);
        let mut boosted = Boosted { scale: learned.scale, start, trees: Vec::new() };
        let mut said = vec![start; wanted.len()];
        let features = learned.rows.features;
        let growth =
            Growth { leaf_min: LEAF_MIN, tried: features.div_ceil(2), deep: DEEP, kept: 1 };
        for _ in 0..limits.added {
            let wrong: Vec<f32> = wanted.iter().zip(&said).map(|(w, s)| w - s).collect();
            // The slope of absolute differences: their sign alone.
            let slopes: Vec<f32> = wrong
                .iter()
                .map(|wrong| if *wrong == 0.0 { 0.0 } else { wrong.signum() })
                .collect();
            let ground = Ground { rows: learned.rows, targets: &slopes, values: &wrong };
            let places: Vec<u32> = learned
                .places
                .iter()
                .copied()
                .filter(|_| dice.below(8) < IN_TREE_OF_EIGHT)
                .collect();
            if places.is_empty() {
                break;
            }
            let tree = Tree::grow(&ground, places, growth, dice);
            for (row, said) in said.iter_mut().enumerate() {
                *said += STEP * middle(&tree, learned.rows.row(row));
            }
            boosted.trees.push(tree);
            if !seen(&said) {
                break;
            }
        }
        boosted
    }

    /// The middle of how long it takes, in seconds.
    pub(super) fn seconds(&self, row: &[u8]) -> f64 {
        let added: f32 = self.trees.iter().map(|tree| STEP * middle(tree, row)).sum();
        f64::from(self.scale.back(self.start + added))
    }
}

fn middle(tree: &Tree, row: &[u8]) -> f32 {
    tree.values(row).first().copied().unwrap_or(0.0)
}
