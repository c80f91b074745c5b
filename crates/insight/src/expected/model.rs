//! What was learned, and what it says.

use super::bins::Bins;
use super::boosted::Boosted;
use super::calibrated::Calibrated;
use super::forest::Forest;
use super::left::Left;
use super::like::Like;
use super::sight::{self, Sight};
use super::{Basis, Expected, Now};
use serde::{Deserialize, Serialize};

/// What was learned from cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub(super) facts: Vec<String>,
    pub(super) group: Option<usize>,
    pub(super) sight: Sight,
    pub(super) bins: Bins,
    pub(super) forest: Forest,
    /// What is nearer to the middle, and how much it counts.
    pub(super) added: Option<(Boosted, f64)>,
    pub(super) calibrated: Calibrated,
    pub(super) like: Like,
    pub(super) cases: usize,
}

impl Model {
    /// How many cases it was learned from.
    pub fn cases(&self) -> usize {
        self.cases
    }

    /// What the facts are called that it looks at, in their order.
    pub fn facts(&self) -> &[String] {
        &self.facts
    }

    /// How long it still takes; `None` while too few cases tell it, or before the first step.
    pub fn expect(&self, now: &Now<'_>) -> Option<Expected> {
        let last = now.steps.last()?;
        let seen = self.sight.see(now.steps, now.zone)?;
        let idle = now.at.seconds_since(last.at).max(0) as f32;
        let run = now.steps.iter().rev().take_while(|step| step.activity == last.activity);
        let since = run.last().map_or(0, |first| now.at.seconds_since(first.at).max(0));
        let (depth, lasting) = self.like.find(last, self.facts.len(), idle)?;
        let mut row = Vec::with_capacity(self.bins.features());
        self.bins.bin(&seen, &mut row);
        let group = self.group.map_or("", |nth| sight::fact(last, nth));
        let levels = self.calibrated.levels(&last.activity, group, idle);
        let spread = self.forest.spread(&row);
        let left = Left::of(&spread, idle, lasting);
        let [low, high] = [levels.low, levels.high].map(|level| left.quantile(level));
        // What is told right after the step, and which part of the distribution is below it. It stays
        // that part while nothing happens, so that what is told never jumps, and whoever lasted longer
        // takes longer in all.
        let at_once = self.calibrated.levels(&last.activity, group, 0.0);
        let (told, level) = match &self.added {
            Some((added, part)) => {
                let alone = spread.quantile(0.5);
                let told = alone + part * (added.seconds(&row) - alone);
                (told, spread.up_to(told as f32).clamp(at_once.low, at_once.high))
            }
            None => (spread.quantile(at_once.middle), at_once.middle),
        };
        let median = if idle > 0.0 { left.quantile(level) } else { told };
        let seconds = |seconds: f64| seconds.max(0.0).round() as i64;
        let (low, high) = (seconds(low), seconds(high));
        let named = self.facts.iter().enumerate().take(depth);
        Some(Expected {
            median_seconds: seconds(median).clamp(low, high),
            low_seconds: low,
            high_seconds: high,
            basis: Basis {
                cases: lasting.len(),
                activity: last.activity.clone(),
                facts: named
                    .map(|(nth, name)| (name.clone(), sight::fact(last, nth).to_owned()))
                    .collect(),
                since_seconds: since,
            },
        })
    }
}
