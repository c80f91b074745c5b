//! Which part of a distribution holds as many as it should, found out by cases that the trees
//! had not seen: for each activity and group by itself where there are enough, and for each part
//! of time that a case has been waiting.

use super::left::Left;
use super::{INTERVAL_PART, sight, wait};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows that a part of their own must come from: of fewer, eight of ten is too uncertain.
const ROWS_MIN: usize = 150;

/// What held-out cases tell of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    pub(super) activity: u64,
    /// The activity with the group.
    pub(super) both: u64,
    /// The part of the distribution below what happened, and up to it.
    pub(super) below: f64,
    pub(super) up_to: f64,
}

/// From which part to which, and the middle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Levels {
    pub(super) low: f64,
    pub(super) middle: f64,
    pub(super) high: f64,
}

/// The levels for each part of waiting; none where too few waited as long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibrated(Vec<Option<Parted>>);

/// The levels of each activity and group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Parted {
    both: Vec<(u64, Levels)>,
    activities: Vec<(u64, Levels)>,
    others: Levels,
}

/// Activity and group as one word.
pub(super) fn both(activity: &str, group: &str) -> u64 {
    sight::word(&[activity, group])
}

impl Held {
    pub(super) fn new(activity: &str, group: &str, left: &Left<'_>, took: f32) -> Held {
        Held {
            activity: sight::word(&[activity]),
            both: both(activity, group),
            below: left.below(took),
            up_to: left.up_to(took),
        }
    }
}

impl Calibrated {
    /// From what held-out cases tell, for each part of waiting.
    pub(super) fn of(held: &[Vec<Held>]) -> Calibrated {
        let parts = held.iter().enumerate();
        // The first is told whatever it is: there is nothing before it.
        let enough = parts.map(|(at, held)| (at == 0 || held.len() >= ROWS_MIN).then_some(held));
        Calibrated(enough.map(|held| held.map(|held| Parted::of(held))).collect())
    }

    /// The levels of a case that has been waiting for so many seconds: of the longest part up to
    /// there of which there were enough.
    pub(super) fn levels(&self, activity: &str, group: &str, waited: f32) -> Levels {
        let parts = self.0.iter().take(wait::part(waited) + 1);
        let known = parts.rev().flatten().next();
        known.map_or(Levels::USUAL, |parted| parted.levels(activity, group))
    }
}

impl Parted {
    fn of(held: &[Held]) -> Parted {
        // Every row counts once: what has no level of its own is calibrated with others that
        // have none.
        let all: Vec<&Held> = held.iter().collect();
        let (both, rest) = parted(&all, |held| held.both);
        let (activities, rest) = parted(&rest, |held| held.activity);
        let others = Levels::of(if rest.len() >= ROWS_MIN { &rest } else { &all });
        Parted { both, activities, others }
    }

    fn levels(&self, activity: &str, group: &str) -> Levels {
        let find = |levels: &[(u64, Levels)], key: u64| {
            levels.binary_search_by_key(&key, |(known, _)| *known).ok().map(|at| levels[at].1)
        };
        find(&self.both, both(activity, group))
            .or_else(|| find(&self.activities, sight::word(&[activity])))
            .unwrap_or(self.others)
    }
}

/// The levels of those that are many, and all others.
fn parted<'a>(
    held: &[&'a Held],
    key: impl Fn(&Held) -> u64,
) -> (Vec<(u64, Levels)>, Vec<&'a Held>) {
    let mut groups: BTreeMap<u64, Vec<&Held>> = BTreeMap::new();
    for one in held {
        groups.entry(key(one)).or_default().push(one);
    }
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    for (key, group) in groups {
        if group.len() >= ROWS_MIN {
            found.push((key, Levels::of(&group)));
        } else {
            rest.extend(group);
        }
    }
    (found, rest)
}

impl Levels {
    /// What is told where nothing was held out.
    const USUAL: Levels = Levels { low: 0.1, middle: 0.5, high: 0.9 };

    /// The middle is where as many are below as above. From there both ends move out together
    /// until the part that is wanted lies between them.
    fn of(held: &[&Held]) -> Levels {
        let mut middles: Vec<f64> = held.iter().map(|h| (h.below + h.up_to) / 2.0).collect();
        middles.sort_by(f64::total_cmp);
        let middle = middles.get(middles.len() / 2).copied().unwrap_or(0.5).clamp(0.05, 0.95);
        let mut far: Vec<f64> = held
            .iter()
            .map(|held| {
                let under = (middle - held.up_to) / middle;
                let over = (held.below - middle) / (1.0 - middle);
                under.max(over).max(0.0)
            })
            .collect();
        far.sort_by(f64::total_cmp);
        let wanted = ((far.len() + 1) as f64 * INTERVAL_PART).ceil() as usize;
        let reach = far.get(wanted.saturating_sub(1)).or(far.last()).copied().unwrap_or(1.0);
        Levels { low: middle * (1.0 - reach), middle, high: middle + (1.0 - middle) * reach }
    }
}
