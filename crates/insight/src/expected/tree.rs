//! One tree: parts rows until those of a leaf are alike.

use crate::suggest::seeded::Dice;
use serde::{Deserialize, Serialize};

/// Values of a small number.
const BINS: usize = 256;

/// Rows of small numbers, one row after the other.
pub(super) struct Rows {
    pub(super) features: usize,
    pub(super) bins: Vec<u8>,
}

impl Rows {
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.features..][..self.features]
    }
}

/// How to grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// Rows of a leaf at least.
    pub(super) leaf_min: usize,
    /// Features that are tried for each parting.
    pub(super) tried: usize,
    /// How deep it is at most.
    pub(super) deep: u32,
    /// Values that a leaf keeps at most, evenly from all of its rows.
    pub(super) kept: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Node {
    feature: u16,
    /// Up to this it goes to the next node, else to `right`.
    bin: u8,
    /// Zero in a leaf, which no node has on its right.
    right: u32,
    /// In a leaf, which one it is.
    leaf: u32,
}

/// A tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Where the values of each leaf end.
    ends: Vec<u32>,
    /// What was kept of the leaves, sorted in each.
    values: Vec<f32>,
}

/// What a tree is grown from.
pub(super) struct Ground<'a> {
    pub(super) rows: &'a Rows,
    /// By what rows are alike.
    pub(super) targets: &'a [f32],
    /// What is kept of a row.
    pub(super) values: &'a [f32],
}

impl Tree {
    pub(super) fn grow(
        ground: &Ground<'_>,
        mut places: Vec<u32>,
        growth: Growth,
        dice: &mut Dice,
    ) -> Tree {
        let mut tree = Tree { nodes: Vec::new(), ends: Vec::new(), values: Vec::new() };
        let mut features: Vec<usize> = (0..ground.rows.features).collect();
        // From where to where, how deep, and whose right it is.
        let mut open: Vec<(usize, usize, u32, Option<usize>)> = vec![(0, places.len(), 0, None)];
        while let Some((from, to, depth, left_of)) = open.pop() {
            let nth = tree.nodes.len();
            if let Some(parent) = left_of {
                tree.nodes[parent].right = nth as u32;
            }
            let some = &mut places[from..to];
            let parting = if depth < growth.deep && some.len() >= 2 * growth.leaf_min {
                dice.shuffle(&mut features);
                parting(ground, some, &features[..growth.tried.min(features.len())], growth)
            } else {
                None
            };
            let Some((feature, bin)) = parting else {
                let leaf = tree.leaf();
                tree.nodes.push(Node { feature: 0, bin: 0, right: 0, leaf });
                let values = some.iter().map(|row| ground.values[*row as usize]);
                tree.keep(values.collect(), growth.kept);
                continue;
            };
            let middle = from + part(ground.rows, some, feature, bin);
            tree.nodes.push(Node { feature: feature as u16, bin, right: 0, leaf: 0 });
            open.push((middle, to, depth + 1, Some(nth)));
            open.push((from, middle, depth + 1, None));
        }
        tree
    }

    fn leaf(&self) -> u32 {
        self.ends.len() as u32
    }

    fn keep(&mut self, mut values: Vec<f32>, kept_max: usize) {
        values.sort_by(f32::total_cmp);
        let kept = values.len().min(kept_max);
        let many = values.len();
        self.values.extend((0..kept).map(|n| values[(2 * n + 1) * many / (2 * kept)]));
        self.ends.push(self.values.len() as u32);
    }

    /// What is kept where a row belongs, sorted.
    pub(super) fn values(&self, row: &[u8]) -> &[f32] {
        let mut at = 0;
        while self.nodes[at].right != 0 {
            let node = &self.nodes[at];
            let left = row[usize::from(node.feature)] <= node.bin;
            at = if left { at + 1 } else { node.right as usize };
        }
        let leaf = self.nodes[at].leaf as usize;
        let from = if leaf == 0 { 0 } else { self.ends[leaf - 1] as usize };
        &self.values[from..self.ends[leaf] as usize]
    }
}

/// Puts the rows that go left first; how many these are.
fn part(rows: &Rows, places: &mut [u32], feature: usize, bin: u8) -> usize {
    let mut left = 0;
    for at in 0..places.len() {
        if rows.row(places[at] as usize)[feature] <= bin {
            places.swap(left, at);
            left += 1;
        }
    }
    left
}

/// The parting after which the squared distances from the means are least; `None` if none
/// helps.
fn parting(
    ground: &Ground<'_>,
    places: &[u32],
    tried: &[usize],
    growth: Growth,
) -> Option<(usize, u8)> {
    let all: f64 = places.iter().map(|row| f64::from(ground.targets[*row as usize])).sum();
    let many = places.len() as f64;
    let alone = all * all / many;
    let mut best: Option<(f64, usize, u8)> = None;
    for &feature in tried {
        let mut sums = [(0_u32, 0.0_f64); BINS];
        for row in places {
            let sum = &mut sums[usize::from(ground.rows.row(*row as usize)[feature])];
            sum.0 += 1;
            sum.1 += f64::from(ground.targets[*row as usize]);
        }
        let (mut left, mut left_sum) = (0_usize, 0.0);
        for (bin, (times, sum)) in sums.iter().enumerate() {
            if *times == 0 {
                continue;
            }
            left += *times as usize;
            left_sum += sum;
            let right = places.len() - left;
            if right < growth.leaf_min {
                break;
            }
            if left < growth.leaf_min {
                continue;
            }
            let right_sum = all - left_sum;
            let gain = left_sum * left_sum / left as f64 + right_sum * right_sum / right as f64;
            // Rounding is no gain.
            let helps = gain > alone + 1e-9 * alone.abs() + f64::MIN_POSITIVE;
            if helps && best.is_none_or(|(most, ..)| gain > most) {
                best = Some((gain, feature, bin as u8));
            }
        }
    }
    best.map(|(_, feature, bin)| (feature, bin))
}
