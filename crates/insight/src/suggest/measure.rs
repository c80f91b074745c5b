//! How good guesses are.

use serde::Serialize;
use std::collections::BTreeMap;

/// Parts of the probabilities from 0 to 1 in which they are compared with what happened.
pub const BINS: usize = 15;

/// Guesses beside what was right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally(Vec<Told>);

#[derive(Debug, Clone, PartialEq)]
struct Told {
    actual: String,
    guess: Option<(String, f64)>,
}

/// How good they were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Of how many examples.
    pub examples: usize,
    /// The part of them whose best guess was right; no guess is none.
    pub accuracy: f64,
    /// How far probabilities are from what happened, on average: the expected calibration error
    /// of the best guess in [`BINS`] parts.
    pub calibration_error: f64,
    /// The probability from which on a guess is told; infinite if none is.
    pub threshold: f64,
    /// The part of examples for which one is told.
    pub coverage: f64,
    /// The part of these that are right; one if none is told.
    pub precision: f64,
    /// Each label that there is, in its order.
    pub labels: Vec<LabelMeasured>,
}

/// How good guesses of a label were, whatever their probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelMeasured {
    /// Which.
    pub label: String,
    /// How many examples have it.
    pub examples: usize,
    /// The part right of those that were guessed to have it; `None` if none were.
    pub precision: Option<f64>,
    /// The part found of those that have it; `None` if none have.
    pub recall: Option<f64>,
}

impl Tally {
    /// Takes in what was right and the best guess with its probability.
    pub fn add(&mut self, actual: &str, guess: Option<(&str, f64)>) {
        let guess = guess.map(|(label, probability)| (label.to_owned(), probability));
        self.0.push(Told { actual: actual.to_owned(), guess });
    }

    /// How good they were if those of `threshold` and more are told.
    pub fn measured(&self, threshold: f64) -> Measured {
        let all = self.0.len().max(1) as f64;
        let told = |told: &&Told| told.guess.as_ref().is_some_and(|(_, p)| *p >= threshold);
        let spoken = self.0.iter().filter(told).count();
        let spoken_right = self.0.iter().filter(told).filter(|told| told.is_right()).count();
        Measured {
            examples: self.0.len(),
            accuracy: self.0.iter().filter(|told| told.is_right()).count() as f64 / all,
            calibration_error: self.calibration_error(),
            threshold,
            coverage: spoken as f64 / all,
            precision: part(spoken_right, spoken).unwrap_or(1.0),
            labels: self.labels(),
        }
    }

    fn calibration_error(&self) -> f64 {
        let mut bins = [(0.0_f64, 0.0_f64); BINS];
        let mut all = 0_usize;
        for told in &self.0 {
            if let Some((_, probability)) = &told.guess {
                let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
                bins[bin].0 += probability;
                bins[bin].1 += f64::from(u8::from(told.is_right()));
                all += 1;
            }
        }
        // The sum of |mean probability − part right|, each bin by the part of guesses in it.
        bins.iter().map(|(said, right)| (said - right).abs()).sum::<f64>() / all.max(1) as f64
    }

    fn labels(&self) -> Vec<LabelMeasured> {
        // Examples that have it, that are guessed to have it, and that are both.
        let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for told in &self.0 {
            counts.entry(&told.actual).or_default()[0] += 1;
            if let Some((label, _)) = &told.guess {
                let of = counts.entry(label).or_default();
                of[1] += 1;
                of[2] += usize::from(told.is_right());
            }
        }
        counts
            .into_iter()
            .map(|(label, [examples, guessed, right])| LabelMeasured {
                label: label.to_owned(),
                examples,
                precision: part(right, guessed),
                recall: part(right, examples),
            })
            .collect()
    }
}

impl Told {
    fn is_right(&self) -> bool {
        self.guess.as_ref().is_some_and(|(label, _)| *label == self.actual)
    }
}

fn part(some: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| some as f64 / of as f64)
}
