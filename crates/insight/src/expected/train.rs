//! Learning from cases that are over.

use super::bins::Bins;
use super::boosted::{Boosted, Learned};
use super::calibrated::{Calibrated, Held};
use super::forest::Grown;
use super::left::Left;
use super::like::Like;
use super::scale::Scale;
use super::sight::{self, Seen, Sight};
use super::tree::{Ground, Growth, Rows};
use super::{CASES_MIN, Case, Limits, Model, Options, Step, Untrained, wait};
use crate::suggest::seeded::Dice;
use kernel::InOrder;

/// Trees that a way to learn is tried with.
const TRIAL_TREES: usize = 16;
/// Rows that it is measured by.
const TRIAL_ROWS: usize = 6_000;
/// Rows of a leaf at least, of which one is chosen.
const LEAVES: [usize; 4] = [5, 12, 30, 80];
/// The one with which scales are compared.
const LEAF_FIRST: usize = 12;
/// How deep trees of the forest are, and how many values their leaves keep.
const DEEP: u32 = 24;
const KEPT: usize = 32;
/// One case of so many is held out to choose how much added trees count.
const HELD_OUT_OF: usize = 5;
/// After so many added trees it is measured; what got no better for so long is over.
const ADDED_STEP: usize = 10;
const ADDED_WORSE_MAX: usize = 40;
/// How much added trees may count, the forest counting for the rest.
const PARTS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

/// Learns from cases; the last ones if there are more than are read.
pub fn train(cases: &[Case], options: &Options) -> Result<Model, Untrained> {
    let limits = options.limits;
    let mut over: Vec<&Case> = cases.iter().filter(|case| steps(case, usize::MAX) > 0).collect();
    if over.len() < CASES_MIN {
        return Err(Untrained::Cases(over.len()));
    }
    // Stable, so that those at the same instant stay in their order.
    over.order_by_key(|case| case.ended);
    over.drain(..over.len().saturating_sub(limits.cases));
    let mut dice = Dice::new(options.seed);
    let taught = Taught::of(&over, options, &mut dice);
    let chosen = taught.chosen(&mut dice);
    let grown = taught.grown(chosen, limits.trees.max(TRIAL_TREES), &mut dice);
    let like = Like::of(over.iter().copied(), options.facts.len());
    let calibrated = Calibrated::of(&taught.held(&grown, &like, &mut dice));
    let added = taught.added(&grown, &limits, &mut dice);
    Ok(Model {
        facts: options.facts.clone(),
        group: options.group,
        sight: taught.sight,
        bins: taught.bins,
        forest: grown.forest,
        added,
        calibrated,
        like,
        cases: over.len(),
    })
}

/// The nearest so far: how far off, with which part of the added trees, and how many of them.
#[derive(Debug, Clone, Copy)]
struct Nearest {
    error: f64,
    part: f64,
    scale: Scale,
    trees: usize,
}

/// How many steps of a case there are before its end.
fn steps(case: &Case, most: usize) -> usize {
    case.steps.iter().take(most).take_while(|step| step.at <= case.ended).count()
}

/// Cases as rows of small numbers, one for each step.
struct Taught<'a> {
    sight: Sight,
    bins: Bins,
    rows: Rows,
    /// How long it took from there, in seconds.
    took: Vec<f32>,
    /// How long it stayed there, until the next step or the end, in seconds.
    stayed: Vec<f32>,
    case_of: Vec<u32>,
    /// The last step of each row, and its group.
    last: Vec<(&'a Step, &'a str)>,
    cases: usize,
    /// How many facts steps have.
    facts: usize,
}

impl<'a> Taught<'a> {
    fn of(cases: &[&'a Case], options: &Options, dice: &mut Dice) -> Taught<'a> {
        let limits = options.limits;
        let many: usize = cases.iter().map(|case| steps(case, limits.steps)).sum();
        let sight = Sight::of(
            options.facts.len(),
            cases.iter().flat_map(|case| &case.steps[..steps(case, limits.steps)]),
        );
        let (mut took, mut stayed, mut case_of, mut last) = (vec![], vec![], vec![], vec![]);
        let mut seen: Vec<Seen> = Vec::new();
        for (nth, case) in cases.iter().copied().enumerate() {
            for end in 1..=steps(case, limits.steps) {
                if many > limits.rows && dice.below(many) >= limits.rows {
                    continue;
                }
                let step = &case.steps[end - 1];
                seen.extend(sight.see(&case.steps[..end], &options.zone));
                let next = case.steps.get(end).map_or(case.ended, |next| next.at.min(case.ended));
                took.push(case.ended.seconds_since(step.at) as f32);
                stayed.push(next.seconds_since(step.at) as f32);
                case_of.push(nth as u32);
                last.push((step, options.group.map_or("", |group| sight::fact(step, group))));
            }
        }
        let targets: Vec<f64> =
            took.iter().map(|seconds| f64::from(Scale::Log.of(*seconds))).collect();
        let bins = Bins::of(&seen, &targets, dice);
        let mut rows = Rows { features: bins.features(), bins: Vec::new() };
        seen.iter().for_each(|seen| bins.bin(seen, &mut rows.bins));
        let facts = options.facts.len();
        Taught { sight, bins, rows, took, stayed, case_of, last, cases: cases.len(), facts }
    }

    /// The way to learn that is nearest to what happened, in the mean of absolute differences:
    /// first by what rows are alike, then how many a leaf has.
    fn chosen(&self, dice: &mut Dice) -> (Scale, Growth) {
        let sample: Vec<usize> = if self.took.len() > TRIAL_ROWS {
            (0..TRIAL_ROWS).map(|_| dice.below(self.took.len())).collect()
        } else {
            (0..self.took.len()).collect()
        };
        let growth = |leaf_min| Growth {
            leaf_min,
            tried: self.rows.features.div_ceil(2),
            deep: DEEP,
            kept: KEPT,
        };
        // The same chance for each, so that they differ by what is compared alone.
        let error = |scale, leaf| {
            let grown = self.grown((scale, growth(leaf)), TRIAL_TREES, &mut dice.clone());
            self.error(&grown, &sample)
        };
        let mut best = (f64::INFINITY, Scale::Seconds, LEAF_FIRST);
        for scale in Scale::ALL {
            let error = error(scale, LEAF_FIRST);
            if error < best.0 {
                best = (error, scale, LEAF_FIRST);
            }
        }
        for leaf in LEAVES.into_iter().filter(|leaf| *leaf != LEAF_FIRST) {
            let error = error(best.1, leaf);
            if error < best.0 {
                best = (error, best.1, leaf);
            }
        }
        (best.1, growth(best.2))
    }

    fn grown(&self, (scale, growth): (Scale, Growth), trees: usize, dice: &mut Dice) -> Grown {
        let targets: Vec<f32> = self.took.iter().map(|seconds| scale.of(*seconds)).collect();
        let ground = Ground { rows: &self.rows, targets: &targets, values: &self.took };
        Grown::of(&ground, &self.case_of, self.cases, trees, growth, dice)
    }

    /// How far medians are from what happened, on average.
    fn error(&self, grown: &Grown, sample: &[usize]) -> f64 {
        let mut sum = 0.0;
        for &row in sample {
            let spread = grown.unseen(&self.rows, row, self.case_of[row]);
            if !spread.is_empty() {
                sum += (spread.quantile(0.5) - f64::from(self.took[row])).abs();
            }
        }
        sum
    }

    /// Some of these rows, evenly from all of them, with the medians of trees that have not seen
    /// their case.
    fn middles(&self, grown: &Grown, held: &[u32]) -> Vec<(usize, f64)> {
        let each = held.len().div_ceil(TRIAL_ROWS).max(1);
        let middle = |row: &u32| {
            let row = *row as usize;
            let spread = grown.unseen(&self.rows, row, self.case_of[row]);
            (!spread.is_empty()).then(|| (row, spread.quantile(0.5)))
        };
        held.iter().step_by(each).filter_map(middle).collect()
    }

    /// Added trees with how much they count, if together with the forest they are nearer to
    /// cases that neither has seen than the forest alone.
    fn added(&self, grown: &Grown, limits: &Limits, dice: &mut Dice) -> Option<(Boosted, f64)> {
        let out: Vec<bool> = (0..self.cases).map(|_| dice.below(HELD_OUT_OF) == 0).collect();
        let is_out = |row: u32| out[self.case_of[row as usize] as usize];
        let all: Vec<u32> = (0..self.took.len() as u32).collect();
        let (held, places): (Vec<u32>, Vec<u32>) =
            all.iter().copied().partition(|row| is_out(*row));
        let held = self.middles(grown, &held);
        let error = |of: &dyn Fn(usize, f64) -> f64| -> f64 {
            held.iter().map(|(row, m)| (of(*row, *m) - f64::from(self.took[*row])).abs()).sum()
        };
        let alone = error(&|_, middle| middle);
        let mut best = Nearest { error: alone, part: 0.0, scale: Scale::Seconds, trees: 0 };
        for scale in Scale::ALL {
            let learned = Learned { rows: &self.rows, took: &self.took, places: &places, scale };
            let (mut trees, mut good) = (0_usize, 0_usize);
            let mut least = f64::INFINITY;
            Boosted::of(&learned, limits, &mut dice.clone(), |said| {
                trees += 1;
                if trees.is_multiple_of(ADDED_STEP) {
                    for part in PARTS {
                        let error = error(&|row, middle| {
                            middle + part * (f64::from(scale.back(said[row])) - middle)
                        });
                        if error < least {
                            (least, good) = (error, trees);
                        }
                        if error < best.error {
                            best = Nearest { error, part, scale, trees };
                        }
                    }
                }
                trees < good + ADDED_WORSE_MAX
            });
        }
        if best.trees == 0 {
            return None;
        }
        let scale = best.scale;
        let learned = Learned { rows: &self.rows, took: &self.took, places: &all, scale };
        let limits = Limits { added: best.trees, ..*limits };
        Some((Boosted::of(&learned, &limits, dice, |_| true), best.part))
    }

    /// What trees that have not seen a case tell of it, for each row: right after its step, and
    /// once it has waited for some time of each part, while nothing else happened.
    fn held(&self, grown: &Grown, like: &Like, dice: &mut Dice) -> Vec<Vec<Held>> {
        let mut held: Vec<Vec<Held>> = vec![Vec::new(); wait::PARTS];
        for (row, (step, group)) in self.last.iter().enumerate() {
            let spread = grown.unseen(&self.rows, row, self.case_of[row]);
            if spread.is_empty() {
                continue;
            }
            for (part, held) in held.iter_mut().enumerate() {
                let waited = wait::drawn(part, dice);
                if part > 0 && self.stayed[row] <= waited {
                    break;
                }
                // Nothing is told there.
                let Some((_, lasting)) = like.find(step, self.facts, waited) else { break };
                let left = Left::of(&spread, waited, lasting);
                held.push(Held::new(&step.activity, group, &left, self.took[row]));
            }
        }
        held
    }
}

/// A fold for each of some cases, from 0, drawn by chance: what is measured with one is learned
/// from the others.
pub fn folds(cases: usize, folds: usize, seed: u64) -> Vec<usize> {
    crate::suggest::seeded::folds(&vec![(); cases], folds.max(1), seed)
}
