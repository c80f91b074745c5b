//! How often what was expected came so: within the interval, and how far off the likely time was.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was expected of an incident at one of its steps, and what came, in seconds.
pub(super) struct Tried {
    pub(super) priority: String,
    pub(super) took: i64,
    /// Not before, likely, most likely not after; absent where too few were like it.
    pub(super) told: Option<(i64, i64, i64)>,
}

/// How often it was right, of those of one priority.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Times that were told.
    pub told: u32,
    /// Those that ended within the interval.
    pub within: u32,
    /// Where it was silent.
    pub silent: u32,
    /// How far the likely times were off, in seconds, all together.
    error: f64,
    /// The same of the time that those of the priority usually take.
    simple_error: f64,
}

/// How good what was learned is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// When the first incident was reported that it was learned from.
    pub since: Timestamp,
    /// Incidents that it was learned from.
    pub learned: u32,
    /// The newest of them, of which it was measured when only the older ones were known.
    pub held_out: u32,
    /// By priority.
    pub tallies: BTreeMap<String, Tally>,
    /// How many seconds those of a priority usually take from a step on.
    medians: BTreeMap<String, i64>,
}

impl Tally {
    /// One more.
    pub(super) fn add(&mut self, tried: &Tried, simple: i64) {
        let Some((low, likely, high)) = tried.told else {
            self.silent += 1;
            return;
        };
        self.told += 1;
        self.within += u32::from((low..=high).contains(&tried.took));
        self.error += tried.took.abs_diff(likely) as f64;
        self.simple_error += tried.took.abs_diff(simple) as f64;
    }

    /// The share that ended within the interval; `None` where nothing was told.
    pub fn coverage(&self) -> Option<f64> {
        (self.told > 0).then(|| f64::from(self.within) / f64::from(self.told))
    }

    /// How far the likely time was off on average, in seconds, and how far the usual time of the
    /// priority was; `None` where nothing was told.
    pub fn mean_errors(&self) -> Option<(i64, i64)> {
        let mean = |sum: f64| (sum / f64::from(self.told)).round() as i64;
        (self.told > 0).then(|| (mean(self.error), mean(self.simple_error)))
    }
}

impl Measured {
    pub(super) fn of(
        since: Timestamp,
        (learned, held_out): (usize, usize),
        medians: BTreeMap<String, i64>,
        tried: Vec<Tried>,
    ) -> Measured {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (learned, held_out) = (count(learned), count(held_out));
        let empty = Measured { since, learned, held_out, tallies: BTreeMap::new(), medians };
        let tallies = empty.tallies_of(tried);
        Measured { tallies, ..empty }
    }

    /// How often these were right, by priority.
    pub(super) fn tallies_of(&self, tried: Vec<Tried>) -> BTreeMap<String, Tally> {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for one in tried {
            let simple = self.medians.get(&one.priority).copied().unwrap_or_default();
            tallies.entry(one.priority.clone()).or_default().add(&one, simple);
        }
        tallies
    }
}

/// The middle of the times of each priority.
pub(super) fn medians<'a>(times: impl Iterator<Item = (&'a str, i64)>) -> BTreeMap<String, i64> {
    let mut all: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (priority, seconds) in times {
        all.entry(priority).or_default().push(seconds);
    }
    let middle = |mut seconds: Vec<i64>| {
        seconds.sort_unstable();
        seconds.get(seconds.len() / 2).copied().unwrap_or_default()
    };
    all.into_iter().map(|(priority, seconds)| (priority.to_owned(), middle(seconds))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_how_often_it_was_right_and_how_far_off() {
        let tried = |took, told| Tried { priority: "P2".to_owned(), took, told };
        let usual = medians([("P2", 300), ("P2", 100), ("P2", 200), ("P1", 9)].into_iter());
        assert_eq!(usual["P2"], 200);
        let all = vec![
            tried(100, Some((50, 120, 200))),
            tried(300, Some((50, 120, 200))),
            tried(200, Some((200, 210, 220))),
            tried(7, None),
        ];
        let measured = Measured::of(Timestamp::from_micros(0), (20, 4), usual, all);
        let tally = measured.tallies["P2"];
        assert_eq!((tally.told, tally.within, tally.silent), (3, 2, 1));
        assert!((tally.coverage().unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(tally.mean_errors(), Some((70, 67)));
        assert_eq!(Tally::default().coverage(), None);
        assert_eq!(Tally::default().mean_errors(), None);
    }
}
