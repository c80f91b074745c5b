//! Learning from examples.

use super::blend::{Blend, Said};
use super::features::{Feature, Features, Kind, SLOT_BITS, Seen, Sight};
use super::known::{part_known, temper};
use super::model::{Curve, Model, Parts};
use super::seeded::folds;
use super::sure::{Sureness, best};
use super::{bayes, margin};
use kernel::InOrder;
use std::collections::BTreeMap;
use std::fmt;

/// An incident with what it was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What was seen of it.
    pub features: Features,
    /// What it was.
    pub label: String,
}

impl Example {
    /// An example of a label.
    pub fn new(features: Features, label: &str) -> Example {
        Example { features, label: label.to_owned() }
    }
}

/// How to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What the order of examples is drawn from.
    pub seed: u64,
    /// A label with fewer examples is not learned.
    pub per_label_min: usize,
    /// How much is read and kept.
    pub limits: Limits,
}

/// How much is read and kept, so that learning ends within seconds and in bounded memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Examples: the last ones count, since organisations change.
    pub examples: usize,
    /// Labels: those with most examples.
    pub labels: usize,
    /// Features that are kept: those which most examples have.
    pub vocabulary: usize,
    /// Weights altogether, features times labels: 4 bytes each in memory.
    pub weights: usize,
    /// Features of all examples together: 8 bytes each while it learns.
    pub occurrences: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { seed: 7, per_label_min: 10, limits: Limits::default() }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            examples: 50_000,
            labels: 200,
            vocabulary: 200_000,
            weights: 4_000_000,
            occurrences: 16_000_000,
        }
    }
}

/// Why nothing was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untrained {
    /// Fewer than two labels have enough examples; so many have.
    Labels(usize),
    /// The texts have no words in common.
    Words,
}

impl fmt::Display for Untrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untrained::Labels(0) => f.write_str("no label has enough examples to learn from"),
            Untrained::Labels(_) => f.write_str("only one label has enough examples to learn from"),
            Untrained::Words => f.write_str("the texts have no words in common"),
        }
    }
}

impl std::error::Error for Untrained {}

/// Examples up to which each fifth is held out in turn; of more, one fifth is enough.
const IN_TURN_MAX: usize = 10_000;
/// Parts of which one is held out.
const PARTS: usize = 5;
/// How much words with their pairs, parts of words, and facts count in a row.
const WORDS_WEIGHT: f32 = 1.0;
const PARTS_WEIGHT: f32 = 0.8;
const FACTS_WEIGHT: f32 = 0.6;
/// In how many examples a feature must be: once tells nothing.
const EXAMPLES_OF_FEATURE_MIN: u32 = 2;

/// Learns from examples, the oldest first.
pub fn train(examples: &[Example], options: &Options) -> Result<Model, Untrained> {
    let taught = Taught::of(examples, options, Sight::Whole)?;
    let many = taught.labels.len();
    let (said, known) = taught.held_out(options.seed);
    let blend = Blend::fitted(&said, many);
    let mut sayings: Vec<(Vec<f64>, usize)> = said
        .each(many)
        .zip(&known)
        .map(|((margin, bayes, label), known)| {
            let mut probabilities = blend.probabilities(margin, bayes);
            temper(&mut probabilities, *known);
            (probabilities, label)
        })
        .collect();
    let guesses = sayings.iter().filter_map(|(probabilities, label)| {
        let (guess, probability) = best(probabilities)?;
        Some((probability, guess == *label))
    });
    let sureness = Sureness::learned(guesses.collect(), many);
    let mut curve = Curve::default();
    for (probabilities, label) in &mut sayings {
        sureness.apply(probabilities);
        curve.add(probabilities, *label);
    }
    let all: Vec<usize> = (0..taught.of.len()).collect();
    let mut weights = margin::learn(&taught.rows, &taught.of, &all, many, options.seed);
    let bayes = bayes::learn(&taught.rows, &taught.of, &all, many);
    weights.blend(&bayes, blend);
    Ok(taught.model(weights, sureness, curve, known.len()))
}

/// The simple method to compare with: words alone, complement naive Bayes alone, and its scores
/// taken for probabilities as they are.
pub fn train_plain(examples: &[Example], options: &Options) -> Result<Model, Untrained> {
    let taught = Taught::of(examples, options, Sight::Words)?;
    let all: Vec<usize> = (0..taught.of.len()).collect();
    let weights = bayes::learn(&taught.rows, &taught.of, &all, taught.labels.len());
    Ok(taught.model(weights, Sureness::default(), Curve::default(), 0))
}

/// Examples as numbers.
struct Taught<'a> {
    sight: Sight,
    labels: Vec<String>,
    /// What was seen of each row.
    texts: Vec<&'a Features>,
    /// The label of each row.
    of: Vec<u32>,
    vocabulary: Vocabulary,
    rows: Rows,
}

impl<'a> Taught<'a> {
    fn of(
        examples: &'a [Example],
        options: &Options,
        sight: Sight,
    ) -> Result<Taught<'a>, Untrained> {
        let limits = options.limits;
        let recent = &examples[examples.len().saturating_sub(limits.examples)..];
        let labels = labels(recent, options);
        if labels.len() < 2 {
            return Err(Untrained::Labels(labels.len()));
        }
        let mut of = Vec::new();
        let mut kept = Vec::new();
        for example in recent {
            if let Ok(label) = labels.binary_search(&example.label) {
                of.push(label as u32);
                kept.push(&example.features);
            }
        }
        let vocabulary = Vocabulary::of(&kept, sight, limits, labels.len());
        // Cut only where all of it is too much: most texts are short.
        let per_row_max = if vocabulary.occurrences <= limits.occurrences as u64 {
            usize::MAX
        } else {
            (limits.occurrences / kept.len()).max(1)
        };
        let rows = Rows::of(&kept, sight, &vocabulary, per_row_max);
        if rows.entries.is_empty() {
            return Err(Untrained::Words);
        }
        Ok(Taught { sight, labels, texts: kept, of, vocabulary, rows })
    }

    /// What both methods say of examples that are held out, and how much of each was known.
    fn held_out(&self, seed: u64) -> (Said, Vec<f64>) {
        let many = self.labels.len();
        let turns = if self.of.len() <= IN_TURN_MAX { PARTS } else { 1 };
        let fold_of = folds(&self.of, PARTS, seed);
        let (mut said, mut known) = (Said::default(), Vec::new());
        for turn in 0..turns {
            let (held, learned): (Vec<usize>, Vec<usize>) =
                (0..self.of.len()).partition(|place| fold_of[*place] == turn);
            let counts = self.rows.counts(&learned);
            let rows = self.rows.as_known(&counts, &self.vocabulary.kinds);
            let margin = margin::learn(&rows, &self.of, &learned, many, seed);
            let bayes = bayes::learn(&rows, &self.of, &learned, many);
            for place in held {
                said.margin.extend(margin.scores(rows.row(place)));
                said.bayes.extend(bayes.scores(rows.row(place)));
                said.labels.push(self.of[place]);
                known.push(self.part_known(&self.texts[place].seen(self.sight), &counts));
            }
        }
        (said, known)
    }

    /// How much of a text is known to whoever knows features that are in so many examples.
    fn part_known(&self, seen: &Seen, counts: &[u32]) -> f64 {
        let Vocabulary { slots, rarity, .. } = &self.vocabulary;
        let rarity = |slot: u32| {
            let place = slots.binary_search(&slot).ok()?;
            (counts[place] >= EXAMPLES_OF_FEATURE_MIN).then_some(rarity[place])
        };
        part_known(seen, rarity, unseen(self.of.len()))
    }

    fn model(self, weights: Weights, sureness: Sureness, curve: Curve, held_out: usize) -> Model {
        Model::new(Parts {
            sight: self.sight,
            labels: self.labels,
            slots: self.vocabulary.slots,
            rarity: self.vocabulary.rarity,
            weights: weights.all,
            bias: weights.bias,
            sureness,
            curve,
            examples: self.of.len(),
            held_out,
        })
    }
}

/// The labels to learn, in their order.
fn labels(examples: &[Example], options: &Options) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for example in examples {
        *counts.entry(&example.label).or_default() += 1;
    }
    let mut enough: Vec<(&str, usize)> =
        counts.into_iter().filter(|(_, count)| *count >= options.per_label_min.max(1)).collect();
    enough.order_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    enough.truncate(options.limits.labels);
    let mut labels: Vec<String> = enough.into_iter().map(|(label, _)| label.to_owned()).collect();
    labels.sort();
    labels
}

/// The features that are kept.
struct Vocabulary {
    /// In their order.
    slots: Vec<u32>,
    rarity: Vec<f32>,
    kinds: Vec<Kind>,
    /// In how many examples each of them is, added up.
    occurrences: u64,
}

impl Vocabulary {
    fn of(texts: &[&Features], sight: Sight, limits: Limits, labels: usize) -> Vocabulary {
        let mut counts = vec![0_u32; 1 << SLOT_BITS];
        let mut kinds = vec![Kind::Word; 1 << SLOT_BITS];
        for text in texts {
            let mut features = text.seen(sight).features;
            features.sort_unstable_by_key(|feature| feature.slot);
            features.dedup_by_key(|feature| feature.slot);
            for feature in features {
                counts[feature.slot as usize] += 1;
                kinds[feature.slot as usize] = feature.kind;
            }
        }
        let mut kept: Vec<(u32, u32)> = counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count >= EXAMPLES_OF_FEATURE_MIN)
            .map(|(slot, count)| (*count, slot as u32))
            .collect();
        kept.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        kept.truncate(limits.vocabulary.min(limits.weights / labels));
        kept.sort_unstable_by_key(|(_, slot)| *slot);
        Vocabulary {
            rarity: kept.iter().map(|(count, _)| rarity(texts.len(), *count)).collect(),
            kinds: kept.iter().map(|(_, slot)| kinds[*slot as usize]).collect(),
            occurrences: kept.iter().map(|(count, _)| u64::from(*count)).sum(),
            slots: kept.into_iter().map(|(_, slot)| slot).collect(),
        }
    }
}

/// How rare a feature is that so many of all examples have.
fn rarity(all: usize, count: u32) -> f32 {
    (((1.0 + all as f64) / (1.0 + f64::from(count))).ln() + 1.0) as f32
}

/// How rare a feature is that is not known: as one that a single example has.
pub(super) fn unseen(all: usize) -> f32 {
    rarity(all, 1)
}

/// Examples as rows of numbers, one after the other.
pub(super) struct Rows {
    /// How many features there are.
    pub(super) features: usize,
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Rows {
    fn of(texts: &[&Features], sight: Sight, known: &Vocabulary, per_row_max: usize) -> Rows {
        let mut rows = Rows { features: known.slots.len(), starts: vec![0], entries: Vec::new() };
        for text in texts {
            let mut row = weigh(&text.seen(sight).features, &known.slots, &known.rarity);
            row.truncate(per_row_max);
            rows.entries.extend(row);
            rows.starts.push(rows.entries.len());
        }
        rows
    }

    /// In how many of those rows each feature is.
    fn counts(&self, places: &[usize]) -> Vec<u32> {
        let mut counts = vec![0_u32; self.features];
        for place in places {
            self.row(*place).iter().for_each(|(feature, _)| counts[*feature as usize] += 1);
        }
        counts
    }

    /// The same rows as somebody would see them who knows only what is in so many of them: what
    /// is in too few is not there, and the rest of its kind counts for it.
    fn as_known(&self, counts: &[u32], kinds: &[Kind]) -> Rows {
        let mut rows = Rows { features: self.features, starts: vec![0], entries: Vec::new() };
        for row in self.starts.windows(2).map(|ends| &self.entries[ends[0]..ends[1]]) {
            let known = row
                .iter()
                .copied()
                .filter(|(feature, _)| counts[*feature as usize] >= EXAMPLES_OF_FEATURE_MIN);
            rows.entries.extend(balanced(
                known.map(|(feature, value)| (feature, value, kinds[feature as usize])).collect(),
            ));
            rows.starts.push(rows.entries.len());
        }
        rows
    }

    pub(super) fn row(&self, place: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[place]..self.starts[place + 1]]
    }
}

/// The features of a text that are known, with their weights in it: rare ones count more,
/// repeated ones a little more, and each kind as much as it may, however long the text is.
pub(super) fn weigh(features: &[Feature], slots: &[u32], rarity: &[f32]) -> Vec<(u32, f32)> {
    let mut known: Vec<(u32, Kind)> = features
        .iter()
        .filter_map(|feature| Some((slots.binary_search(&feature.slot).ok()? as u32, feature.kind)))
        .collect();
    known.sort_unstable_by_key(|(feature, _)| *feature);
    let mut row: Vec<(u32, f32, Kind)> = Vec::new();
    for (feature, kind) in known {
        match row.last_mut() {
            Some((last, count, _)) if *last == feature => *count += 1.0,
            _ => row.push((feature, 1.0, kind)),
        }
    }
    // A text that is there twice says no more than once.
    let words = row.iter().filter(|(_, _, kind)| *kind == Kind::Word);
    let least = words.map(|(_, count, _)| *count).reduce(f32::min).unwrap_or(1.0);
    for (feature, value, _) in &mut row {
        *value = (1.0 + (*value / least).max(1.0).ln()) * rarity[*feature as usize];
    }
    balanced(row)
}

/// A row of length one in which each kind counts as much as it may.
fn balanced(row: Vec<(u32, f32, Kind)>) -> Vec<(u32, f32)> {
    // Words with pairs, parts, facts: the sum of squares of each.
    let mut squares = [0.0_f32; 3];
    for (_, value, kind) in &row {
        squares[group(*kind).0] += *value * *value;
    }
    let mut whole = 0.0_f32;
    for (square, weight) in squares.iter().zip([WORDS_WEIGHT, PARTS_WEIGHT, FACTS_WEIGHT]) {
        whole += if *square > 0.0 { weight * weight } else { 0.0 };
    }
    row.into_iter()
        .map(|(feature, value, kind)| {
            let (group, weight) = group(kind);
            (feature, value * weight / (squares[group] * whole).sqrt())
        })
        .collect()
}

fn group(kind: Kind) -> (usize, f32) {
    match kind {
        Kind::Word | Kind::Pair => (0, WORDS_WEIGHT),
        Kind::Part => (1, PARTS_WEIGHT),
        Kind::Fact => (2, FACTS_WEIGHT),
    }
}

/// The weight of each feature for each label, those of one feature beside each other.
pub(super) struct Weights {
    many: usize,
    pub(super) all: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Weights {
    pub(super) fn none(features: usize, many: usize) -> Weights {
        Weights { many, all: vec![0.0; features * many], bias: vec![0.0; many] }
    }

    pub(super) fn of(&self, feature: u32) -> &[f32] {
        &self.all[feature as usize * self.many..][..self.many]
    }

    pub(super) fn of_mut(&mut self, feature: u32) -> &mut [f32] {
        &mut self.all[feature as usize * self.many..][..self.many]
    }

    pub(super) fn scores(&self, row: &[(u32, f32)]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        self.add_scores(row, &mut scores);
        scores
    }

    pub(super) fn add_scores(&self, row: &[(u32, f32)], scores: &mut [f32]) {
        for (feature, value) in row {
            for (score, weight) in scores.iter_mut().zip(self.of(*feature)) {
                *score += value * weight;
            }
        }
    }

    pub(super) fn move_by(&mut self, row: &[(u32, f32)], moves: &[f32]) {
        for (feature, value) in row {
            for (weight, by) in self.of_mut(*feature).iter_mut().zip(moves) {
                *weight += value * by;
            }
        }
        self.bias.iter_mut().zip(moves).for_each(|(bias, by)| *bias += by);
    }

    /// Makes one of two.
    fn blend(&mut self, bayes: &Weights, blend: Blend) {
        let (margin, of_bayes) = (blend.margin as f32, blend.bayes as f32);
        for (weight, other) in self.all.iter_mut().zip(&bayes.all) {
            *weight = margin * *weight + of_bayes * *other;
        }
        self.bias.iter_mut().for_each(|bias| *bias *= margin);
    }
}
