//! Cases that were where one is now: how many, and how long they took from there.

use super::{CASES_MIN, Case, Step, sight};
use kernel::InOrder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Facts that cases have in common at most: the first ones, each with all before it.
const FACTS_MAX: usize = 2;
/// Groups of cases that are kept at most, the largest ones.
const GROUPS_MAX: usize = 20_000;

/// For each activity, alone and with facts, how long cases took from their first time there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Like {
    /// In the order of their keys; seconds sorted.
    groups: Vec<(u64, Vec<f32>)>,
}

/// How many facts each kind of group has in common: 0, or the first ones.
pub(super) fn depths(facts: usize) -> impl DoubleEndedIterator<Item = usize> {
    0..=facts.min(FACTS_MAX)
}

fn key(step: &Step, depth: usize) -> u64 {
    let mut parts = vec![step.activity.as_str()];
    parts.extend((0..depth).map(|nth| sight::fact(step, nth)));
    sight::word(&parts)
}

impl Like {
    pub(super) fn of<'a>(cases: impl Iterator<Item = &'a Case>, facts: usize) -> Like {
        let mut groups: BTreeMap<u64, Vec<f32>> = BTreeMap::new();
        for case in cases {
            let mut longest: BTreeMap<u64, i64> = BTreeMap::new();
            for step in case.steps.iter().filter(|step| step.at <= case.ended) {
                for depth in depths(facts) {
                    let took = case.ended.seconds_since(step.at);
                    longest.entry(key(step, depth)).or_insert(took);
                }
            }
            for (key, took) in longest {
                groups.entry(key).or_default().push(took as f32);
            }
        }
        let mut groups: Vec<(u64, Vec<f32>)> =
            groups.into_iter().filter(|(_, took)| took.len() >= CASES_MIN).collect();
        groups.order_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
        groups.truncate(GROUPS_MAX);
        for (_, took) in &mut groups {
            took.sort_by(f32::total_cmp);
        }
        groups.order_by_key(|(key, _)| *key);
        Like { groups }
    }

    /// Those most like it of which enough lasted as long as it has been there: how many facts
    /// they have in common, and how long they took.
    pub(super) fn find(&self, step: &Step, facts: usize, since: f32) -> Option<(usize, &[f32])> {
        depths(facts).rev().find_map(|depth| {
            // Nothing is in common where nothing is known.
            if (0..depth).any(|nth| sight::fact(step, nth).is_empty()) {
                return None;
            }
            let key = key(step, depth);
            let at = self.groups.binary_search_by_key(&key, |(known, _)| *known).ok()?;
            let took = &self.groups[at].1;
            let lasting = &took[took.partition_point(|took| *took < since)..];
            (lasting.len() >= CASES_MIN).then_some((depth, lasting))
        })
    }
}
