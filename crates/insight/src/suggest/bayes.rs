//! Complement naive Bayes (Rennie and others 2003): a feature speaks for a label as far as it is
//! rare among all the others, which few examples of a label disturb less.

use super::train::{Rows, Weights};

/// What every feature is seen of each label beforehand.
const SMOOTHING: f64 = 1.0;

/// Learns from the rows of those places.
pub(super) fn learn(rows: &Rows, labels: &[u32], places: &[usize], many: usize) -> Weights {
    let mut counts = Weights::none(rows.features, many);
    for &place in places {
        let label = labels[place] as usize;
        for (feature, value) in rows.row(place) {
            counts.of_mut(*feature)[label] += value;
        }
    }
    let mut sums = vec![0.0_f64; many];
    let others = |of: &[f32]| -> Vec<f64> {
        let all: f64 = of.iter().map(|count| f64::from(*count)).sum();
        of.iter().map(|count| (all - f64::from(*count)).max(0.0) + SMOOTHING).collect()
    };
    for feature in 0..rows.features {
        let others = others(counts.of(feature as u32));
        sums.iter_mut().zip(others).for_each(|(sum, count)| *sum += count);
    }
    for feature in 0..rows.features {
        let of = counts.of_mut(feature as u32);
        let speaks: Vec<f64> =
            others(of).into_iter().zip(&sums).map(|(count, sum)| -(count / sum).ln()).collect();
        // Only the differences between labels matter.
        let mean = speaks.iter().sum::<f64>() / many as f64;
        of.iter_mut().zip(speaks).for_each(|(weight, speaks)| *weight = (speaks - mean) as f32);
    }
    counts
}
