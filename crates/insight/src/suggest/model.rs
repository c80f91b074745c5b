//! What was learned, and what it says.

use super::blend::softmax;
use super::features::{Features, Kind, SLOT_BITS, Seen, Sight};
use super::known::{part_known, temper};
use super::sure::{Sureness, best};
use super::train::{unseen, weigh};
use kernel::InOrder;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

/// How many of the guesses that are told should be right: of ten people who take one over, one
/// has to correct it. Whoever is told wrong things more often stops reading them.
pub const PRECISION_WANTED: f64 = 0.9;

/// Labels for which the words that decided are told.
const EXPLAINED: usize = 3;
/// Words that are told: more explain nothing.
const BECAUSE_MAX: usize = 5;
/// Steps of a probability at which precision is known.
const STEPS: usize = 100;
/// Guesses of held-out examples that a precision must come from.
const TOLD_MIN: u32 = 20;

/// What was learned from examples.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Model {
    parts: Parts,
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.parts.serialize(to)
    }
}

/// What a model consists of, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) sight: Sight,
    pub(super) labels: Vec<String>,
    /// The features it knows, in their order.
    pub(super) slots: Vec<u32>,
    pub(super) rarity: Vec<f32>,
    /// Of each feature for each label.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
    /// Models that were stored before it was known have none.
    #[serde(default)]
    pub(super) sureness: Sureness,
    pub(super) curve: Curve,
    pub(super) examples: usize,
    pub(super) held_out: usize,
}

/// How many guesses on held-out examples had a probability of each step or more, and how many
/// of these were right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Curve(Vec<(u32, u32)>);

impl Default for Curve {
    fn default() -> Curve {
        Curve(vec![(0, 0); STEPS])
    }
}

impl Curve {
    /// Counts a guess.
    pub(super) fn add(&mut self, probabilities: &[f64], label: usize) {
        let Some((best, probability)) = best(probabilities) else {
            return;
        };
        let steps = (probability * STEPS as f64) as usize;
        for (told, right) in self.0.iter_mut().take(steps + 1) {
            *told += 1;
            *right += u32::from(best == label);
        }
    }
}

/// What an incident may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// What.
    pub label: String,
    /// How probable it is, from 0 to 1.
    pub probability: f64,
    /// Words and facts that speak for it with what they weigh, the weightiest first; for the
    /// most probable labels only.
    pub because: Vec<(String, f64)>,
}

/// A stored model that does not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the parts of the model do not fit together; train it again")
    }
}

impl TryFrom<Parts> for Model {
    type Error = Unfit;

    fn try_from(parts: Parts) -> Result<Model, Unfit> {
        let (labels, features) = (parts.labels.len(), parts.slots.len());
        let ordered = parts.slots.windows(2).all(|two| two[0] < two[1])
            && parts.slots.last().is_none_or(|last| *last < 1 << SLOT_BITS);
        let finite = [&parts.rarity, &parts.weights, &parts.bias]
            .into_iter()
            .all(|numbers| numbers.iter().all(|number| number.is_finite()));
        let fits = labels > 0
            && parts.rarity.len() == features
            && features.checked_mul(labels) == Some(parts.weights.len())
            && parts.bias.len() == labels
            && parts.sureness.fits()
            && parts.curve.0.len() == STEPS;
        if fits && ordered && finite { Ok(Model { parts }) } else { Err(Unfit) }
    }
}

impl Model {
    pub(super) fn new(parts: Parts) -> Model {
        Model { parts }
    }

    /// The labels it knows, in their order.
    pub fn labels(&self) -> &[String] {
        &self.parts.labels
    }

    /// How many examples it has learned from.
    pub fn examples(&self) -> usize {
        self.parts.examples
    }

    /// What an incident may be, the most probable first; the probabilities are one together.
    /// Nothing if no word of it is known, whatever else is.
    pub fn suggest(&self, features: &Features) -> Vec<Guess> {
        let parts = &self.parts;
        let many = parts.labels.len();
        let seen = features.seen(parts.sight);
        let row = weigh(&seen.features, &parts.slots, &parts.rarity);
        let known = self.part_known(&seen);
        if row.is_empty() || known <= 0.0 {
            return Vec::new();
        }
        let mut scores: Vec<f64> = parts.bias.iter().map(|bias| f64::from(*bias)).collect();
        for (feature, value) in &row {
            let of = &parts.weights[*feature as usize * many..][..many];
            for (score, weight) in scores.iter_mut().zip(of) {
                *score += f64::from(value * weight);
            }
        }
        let mut probabilities = softmax(scores);
        temper(&mut probabilities, known);
        parts.sureness.apply(&mut probabilities);
        let mut order: Vec<(usize, f64)> = probabilities.into_iter().enumerate().collect();
        order.order_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order
            .into_iter()
            .enumerate()
            .map(|(rank, (label, probability))| Guess {
                label: parts.labels[label].clone(),
                probability,
                because: if rank < EXPLAINED {
                    self.because(&seen, &row, label)
                } else {
                    Vec::new()
                },
            })
            .collect()
    }

    /// The best guess if it is at least so probable.
    pub fn suggest_from(&self, features: &Features, threshold: f64) -> Option<Guess> {
        let best = self.suggest(features).into_iter().next();
        best.filter(|guess| guess.probability >= threshold)
    }

    /// The lowest probability from which on guesses on held-out examples were as precise as
    /// wanted, with the part of examples that it spoke for. `None` if they never were, or if
    /// too few were held out to tell.
    pub fn threshold(&self, precision: f64) -> Option<(f64, f64)> {
        let all = self.parts.held_out.max(1) as f64;
        let curve = self.parts.curve.0.iter().enumerate();
        curve
            .filter(|(_, (told, _))| *told >= TOLD_MIN)
            .find(|(_, (told, right))| f64::from(*right) >= precision * f64::from(*told))
            .map(|(step, (told, _))| (step as f64 / STEPS as f64, f64::from(*told) / all))
    }

    /// How much of a text is known. The simple method that sees words alone takes all it sees for
    /// the whole.
    fn part_known(&self, seen: &Seen) -> f64 {
        let parts = &self.parts;
        match parts.sight {
            Sight::Words => 1.0,
            Sight::Whole => {
                let place = |slot: u32| parts.slots.binary_search(&slot).ok();
                let rarity = |slot: u32| place(slot).map(|place| parts.rarity[place]);
                part_known(seen, rarity, unseen(parts.examples))
            }
        }
    }

    /// The words and facts that speak for a label more than for the others.
    fn because(&self, seen: &Seen, row: &[(u32, f32)], label: usize) -> Vec<(String, f64)> {
        let parts = &self.parts;
        let many = parts.labels.len();
        let mut occurs: BTreeMap<u32, f64> = BTreeMap::new();
        let known = |slot: u32| parts.slots.binary_search(&slot).ok().map(|place| place as u32);
        for feature in &seen.features {
            if let Some(place) = known(feature.slot) {
                *occurs.entry(place).or_default() += 1.0;
            }
        }
        let mut says: BTreeMap<&str, f64> = BTreeMap::new();
        for feature in &seen.features {
            let Some(place) = known(feature.slot) else {
                continue;
            };
            let Ok(at) = row.binary_search_by_key(&place, |(feature, _)| *feature) else {
                continue;
            };
            let of = &parts.weights[place as usize * many..][..many];
            let mean = of.iter().map(|weight| f64::from(*weight)).sum::<f64>() / many as f64;
            let times = occurs.get(&place).copied().unwrap_or(1.0);
            let worth = f64::from(row[at].1) * (f64::from(of[label]) - mean) / times;
            let place = feature.place as usize;
            match feature.kind {
                Kind::Word | Kind::Part => *says.entry(&seen.words[place]).or_default() += worth,
                Kind::Pair => {
                    *says.entry(&seen.words[place]).or_default() += worth / 2.0;
                    *says.entry(&seen.words[place + 1]).or_default() += worth / 2.0;
                }
                Kind::Fact => *says.entry(&seen.facts[place]).or_default() += worth,
            }
        }
        let mut says: Vec<(&str, f64)> =
            says.into_iter().filter(|(_, worth)| *worth > 0.0).collect();
        says.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        says.truncate(BECAUSE_MAX);
        says.into_iter().map(|(word, worth)| (word.to_owned(), worth)).collect()
    }
}
