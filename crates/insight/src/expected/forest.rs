//! Many trees, each grown from a part of the cases.

use super::spread::Spread;
use super::tree::{Ground, Growth, Rows, Tree};
use crate::suggest::seeded::Dice;
use serde::{Deserialize, Serialize};

/// Of eight cases, so many are in a tree; the others can tell how good it is.
const IN_TREE_OF_EIGHT: usize = 5;

/// The trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Forest {
    trees: Vec<Tree>,
}

/// A forest with what it has not seen.
pub(super) struct Grown {
    pub(super) forest: Forest,
    /// For each tree which cases are in it.
    taken: Vec<Vec<bool>>,
}

impl Grown {
    /// Grows trees; `case_of` tells the case of each row, of `cases`.
    pub(super) fn of(
        ground: &Ground<'_>,
        case_of: &[u32],
        cases: usize,
        trees: usize,
        growth: Growth,
        dice: &mut Dice,
    ) -> Grown {
        let (mut grown, mut taken) = (Vec::new(), Vec::new());
        for _ in 0..trees {
            let in_it: Vec<bool> = (0..cases).map(|_| dice.below(8) < IN_TREE_OF_EIGHT).collect();
            let places: Vec<u32> = (0..case_of.len() as u32)
                .filter(|row| in_it[case_of[*row as usize] as usize])
                .collect();
            if !places.is_empty() {
                grown.push(Tree::grow(ground, places, growth, dice));
                taken.push(in_it);
            }
        }
        Grown { forest: Forest { trees: grown }, taken }
    }

    /// What trees tell of a row whose case they have not seen.
    pub(super) fn unseen(&self, rows: &Rows, row: usize, case: u32) -> Spread {
        let unseen = self.forest.trees.iter().zip(&self.taken);
        let unseen = unseen.filter(|(_, taken)| !taken[case as usize]);
        Spread::of(unseen.map(|(tree, _)| tree.values(rows.row(row))))
    }
}

impl Forest {
    /// What all trees tell.
    pub(super) fn spread(&self, row: &[u8]) -> Spread {
        Spread::of(self.trees.iter().map(|tree| tree.values(row)))
    }
}
