//! A linear classifier with a margin, one label against the others: squared hinge loss with an
//! L2 penalty, by coordinate descent on the dual problem (Hsieh and others 2008). All labels are
//! learned in one pass, since what costs is to fetch the weights of a feature.

use super::seeded::Dice;
use super::train::{Rows, Weights};

/// What an example on the wrong side costs, against the size of the weights.
const COST: f32 = 0.7;
/// Passes over the examples: at least, and at most.
const PASSES_MIN: u64 = 4;
const PASSES_MAX: u64 = 20;
/// Multiplications after which there is no further pass, some seconds of them.
const WORK_MAX: u64 = 5_000_000_000;
/// Nothing moves any more when no example is further from where it should be.
const CALM: f32 = 0.05;

/// Learns from the rows of those places.
pub(super) fn learn(
    rows: &Rows,
    labels: &[u32],
    places: &[usize],
    many: usize,
    seed: u64,
) -> Weights {
    let mut weights = Weights::none(rows.features, many);
    let mut alphas = vec![0.0_f32; places.len() * many];
    let mut order: Vec<usize> = (0..places.len()).collect();
    let mut dice = Dice::new(seed);
    let mut moves = vec![0.0_f32; many];
    let mut scores = vec![0.0_f32; many];
    let ease = 1.0 / (2.0 * COST);
    let occurrences: usize = places.iter().map(|place| rows.row(*place).len()).sum();
    let work = (occurrences as u64 * many as u64 * 2).max(1);
    for _ in 0..(WORK_MAX / work).clamp(PASSES_MIN, PASSES_MAX) {
        dice.shuffle(&mut order);
        let mut furthest = 0.0_f32;
        for &nth in &order {
            let place = places[nth];
            let row = rows.row(place);
            // The row has the length one, and the constant counts as one more.
            let steep = row.iter().map(|(_, value)| value * value).sum::<f32>() + 1.0 + ease;
            scores.copy_from_slice(&weights.bias);
            weights.add_scores(row, &mut scores);
            let mut moved = false;
            let alphas = &mut alphas[nth * many..][..many];
            let each = scores.iter().zip(alphas).zip(&mut moves).enumerate();
            for (label, ((score, alpha), by)) in each {
                let side = if labels[place] as usize == label { 1.0 } else { -1.0 };
                let slope = side * score - 1.0 + ease * *alpha;
                let slope = if *alpha == 0.0 { slope.min(0.0) } else { slope };
                furthest = furthest.max(slope.abs());
                let new = if slope == 0.0 { *alpha } else { (*alpha - slope / steep).max(0.0) };
                *by = (new - *alpha) * side;
                moved |= new != *alpha;
                *alpha = new;
            }
            if moved {
                weights.move_by(row, &moves);
            }
        }
        if furthest < CALM {
            break;
        }
    }
    weights
}
