//! How good a model is: what it said of the newest past incidents, having learned from the
//! older ones, beside what the simplest guess would have said.

use kernel::{InOrder, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What it was certain of is kept in steps of this many thousandths.
const STEP: u32 = 5;
/// Bins of the calibration: each holds what was said with a tenth of all certainties.
const BINS: u32 = 10;
/// What was held out that has to be this certain, before a share of it says something.
const TOLD_MIN: u32 = 10;
/// Classes that the table shows, the most frequent ones.
pub const CLASSES_MAX: usize = 100;

/// One guess about an incident that was held out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tried {
    /// What stood there at its end.
    pub(super) truth: String,
    /// What was guessed, and how certain that was.
    pub(super) guess: Option<(String, f64)>,
    /// Whether the simplest guess was right.
    pub(super) simple: bool,
}

/// A stretch of certainties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Step {
    /// How certain, in thousandths.
    pub certain: u32,
    /// How often.
    pub count: u32,
    /// How often it was right.
    pub right: u32,
}

/// A bin of the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// How certain it was on average, 0 to 1.
    pub said: f64,
    /// The share that was right, 0 to 1.
    pub right: f64,
    /// How often.
    pub count: u32,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The value: an id, or a priority.
    pub value: String,
    /// Incidents that it was learned from.
    pub learned: u32,
    /// Incidents of it that were held out.
    pub held_out: u32,
    /// How often it was guessed of what was held out.
    pub guessed: u32,
    /// How often that was right.
    pub right: u32,
}

/// How a model was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Incidents that it learned from.
    pub learned: u32,
    /// When the earliest of them was reported.
    pub since: Timestamp,
    /// The newest of them, that were held out when it was measured.
    pub held_out: u32,
    /// Of these, how often the first guess was right.
    pub right: u32,
    /// How often the simplest guess was: what is most frequent at the service.
    pub simple_right: u32,
    /// How certain it was, and how often it was right.
    pub steps: Vec<Step>,
    /// The most frequent values.
    pub classes: Vec<Class>,
}

impl Measured {
    /// Sums up guesses about what was held out.
    pub(super) fn of(since: Timestamp, learned: &BTreeMap<String, u32>, tried: &[Tried]) -> Self {
        let mut steps: BTreeMap<u32, Step> = BTreeMap::new();
        let mut classes: BTreeMap<&str, Class> = BTreeMap::new();
        for (value, count) in learned {
            let class =
                Class { value: value.clone(), learned: *count, held_out: 0, guessed: 0, right: 0 };
            classes.insert(value, class);
        }
        let mut right = 0;
        for one in tried {
            if let Some(class) = classes.get_mut(one.truth.as_str()) {
                class.held_out += 1;
            }
            let Some((value, certain)) = &one.guess else { continue };
            let hit = u32::from(*value == one.truth);
            right += hit;
            if let Some(class) = classes.get_mut(value.as_str()) {
                class.guessed += 1;
                class.right += hit;
            }
            let certain = milli(*certain) / STEP * STEP;
            let step = steps.entry(certain).or_insert(Step { certain, count: 0, right: 0 });
            step.count += 1;
            step.right += hit;
        }
        let mut classes: Vec<Class> = classes.into_values().collect();
        classes.order_by(|a, b| b.learned.cmp(&a.learned).then_with(|| a.value.cmp(&b.value)));
        classes.truncate(CLASSES_MAX);
        Measured {
            learned: learned.values().sum(),
            since,
            held_out: tried.len() as u32,
            right,
            simple_right: tried.iter().filter(|one| one.simple).count() as u32,
            steps: steps.into_values().collect(),
            classes,
        }
    }

    /// The share of first guesses that were right, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        share(self.right, self.held_out)
    }

    /// The same of the simplest guess.
    pub fn simple_accuracy(&self) -> f64 {
        share(self.simple_right, self.held_out)
    }

    /// From which certainty on, in thousandths, so many per cent of all guesses were right; the
    /// lowest such one. `None` when no certainty is high enough: then nothing is shown.
    pub fn threshold(&self, precision: u8) -> Option<u32> {
        let (mut count, mut right, mut found) = (0, 0, None);
        for step in self.steps.iter().rev() {
            count += step.count;
            right += step.right;
            if count >= TOLD_MIN
                && u64::from(right) * 100 >= u64::from(count) * u64::from(precision)
            {
                found = Some(step.certain);
            }
        }
        // Where nothing was held out between, how certain it is tells how often it is right.
        let wanted = u32::from(precision) * 10;
        let between = |step: &Step| (wanted..found.unwrap_or(0)).contains(&step.certain);
        found.map(|found| if self.steps.iter().any(between) { found } else { found.min(wanted) })
    }

    /// How much of what was held out would have been shown at this threshold, and how much of
    /// that was right.
    pub fn shown_at(&self, threshold: Option<u32>) -> (u32, u32) {
        let Some(threshold) = threshold else { return (0, 0) };
        let shown = self.steps.iter().filter(|step| step.certain >= threshold);
        shown.fold((0, 0), |(count, right), step| (count + step.count, right + step.right))
    }

    /// How certain it was beside how often it was right.
    pub fn bins(&self) -> Vec<Bin> {
        let mut bins: BTreeMap<u32, (f64, u32, u32)> = BTreeMap::new();
        for step in &self.steps {
            let place = (step.certain * BINS / 1_000).min(BINS - 1);
            let (said, count, right) = bins.entry(place).or_default();
            *said += f64::from(step.certain) / 1_000.0 * f64::from(step.count);
            *count += step.count;
            *right += step.right;
        }
        let bin = |(said, count, right): (f64, u32, u32)| Bin {
            said: said / f64::from(count.max(1)),
            right: share(right, count),
            count,
        };
        bins.into_values().map(bin).collect()
    }

    /// By how much what it said differs from what was right, on average over all guesses: the
    /// expected calibration error.
    pub fn calibration_error(&self) -> f64 {
        let bins = self.bins();
        let all: u32 = bins.iter().map(|bin| bin.count).sum();
        let apart = |bin: &Bin| (bin.said - bin.right).abs() * f64::from(bin.count);
        bins.iter().map(apart).sum::<f64>() / f64::from(all.max(1))
    }
}

/// A certainty in thousandths.
pub(super) fn milli(certain: f64) -> u32 {
    (certain.clamp(0.0, 1.0) * 1_000.0).round() as u32
}

fn share(part: u32, of: u32) -> f64 {
    f64::from(part) / f64::from(of.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(certain: f64, right: bool) -> Tried {
        let guess = if right { "a" } else { "b" };
        Tried { truth: "a".into(), guess: Some((guess.into(), certain)), simple: true }
    }

    fn measured() -> Measured {
        let mut all: Vec<Tried> = (0..20).map(|_| tried(0.95, true)).collect();
        all.extend((0..20).map(|n| tried(0.6, n % 2 == 0)));
        all.push(Tried { truth: "c".into(), guess: None, simple: false });
        let learned = BTreeMap::from([("a".to_owned(), 70), ("b".to_owned(), 90)]);
        Measured::of(Timestamp::from_micros(1), &learned, &all)
    }

    #[test]
    fn the_threshold_is_the_lowest_that_is_right_often_enough() {
        let measured = measured();
        assert_eq!((measured.held_out, measured.right, measured.learned), (41, 30, 160));
        assert_eq!(measured.threshold(90), Some(900), "nothing was held out below .95");
        assert_eq!(measured.threshold(75), Some(600), "30 of 40 are right");
        assert_eq!(measured.shown_at(Some(950)), (20, 20));
        assert_eq!(measured.shown_at(None), (0, 0));
        assert_eq!(Measured { steps: vec![], ..measured }.threshold(1), None);
    }

    #[test]
    fn what_is_certain_and_wrong_is_told_by_the_calibration() {
        let measured = measured();
        let bins = measured.bins();
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [20, 20]);
        assert!((bins[0].right - 0.5).abs() < 1e-9 && (bins[1].said - 0.95).abs() < 1e-9);
        assert!((measured.calibration_error() - 0.075).abs() < 1e-9);
        let b = &measured.classes[0];
        assert_eq!((b.value.as_str(), b.learned, b.guessed, b.right), ("b", 90, 10, 0));
    }
}
