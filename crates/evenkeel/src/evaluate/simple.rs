//! The simple methods that expected times stand beside.

use super::remaining::DAY_SECONDS;
use insight::expected::Case;
use std::collections::BTreeMap;

/// The simple methods, in days, as they were learned.
pub(super) struct Simple {
    /// The mean after so many events.
    pub(super) lengths: BTreeMap<usize, f64>,
    /// The median after an activity.
    pub(super) activities: BTreeMap<String, f64>,
    /// The mean of all, for lengths that nothing is known of.
    pub(super) mean: f64,
    /// The median of all, for activities that nothing is known of.
    pub(super) median: f64,
}

impl Simple {
    /// Learns from cases.
    pub(super) fn of(cases: &[Case]) -> Simple {
        let mut lengths: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let mut activities: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let mut all = Vec::new();
        for case in cases {
            for (nth, step) in case.steps.iter().enumerate() {
                let took = case.ended.seconds_since(step.at) as f64 / DAY_SECONDS;
                lengths.entry(nth + 1).or_default().push(took);
                activities.entry(step.activity.clone()).or_default().push(took);
                all.push(took);
            }
        }
        Simple {
            lengths: lengths.into_iter().map(|(length, took)| (length, mean(&took))).collect(),
            activities: activities.into_iter().map(|(name, took)| (name, median(took))).collect(),
            mean: mean(&all),
            median: median(all),
        }
    }
}

/// The mean of values; zero of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The median of values; zero of none.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        many if many.is_multiple_of(2) => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}
