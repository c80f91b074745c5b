//! What is seen of a case: numbers, and words that are the same or not.
//!
//! The date is not among them. Cases that ran at the same time and are over tell by the date
//! when others end, such as on the day on which a log was cut, which nobody knows while they run;
//! and of the last weeks only what was quick is over, so that a date makes new cases look quick.

use super::Step;
use jiff::tz::TimeZone;
use kernel::InOrder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Activities whose number of times is counted: the most common ones.
const COUNTED_MAX: usize = 12;

/// What to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sight {
    /// How many facts there are.
    facts: usize,
    /// The activities that are counted.
    counted: Vec<u64>,
}

/// What was seen after a step.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) numbers: Vec<f64>,
    pub(super) words: Vec<u64>,
}

/// A word as a number: FNV-1a, the same everywhere.
pub(super) fn word(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for part in parts {
        part.bytes().for_each(&mut add);
        // No text has this byte: parts cannot run into each other.
        add(0xff);
    }
    hash
}

/// The fact of a step; unknown if it has none of that number.
pub(super) fn fact(step: &Step, nth: usize) -> &str {
    step.facts.get(nth).map_or("", String::as_str)
}

impl Sight {
    pub(super) fn of<'a>(facts: usize, steps: impl Iterator<Item = &'a Step>) -> Sight {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for step in steps {
            *counts.entry(word(&[&step.activity])).or_default() += 1;
        }
        let mut common: Vec<(u64, usize)> = counts.into_iter().collect();
        common.order_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let counted = common.into_iter().take(COUNTED_MAX).map(|(activity, _)| activity).collect();
        Sight { facts, counted }
    }

    /// What is seen after the last of some steps; `None` if there are none.
    pub(super) fn see(&self, steps: &[Step], zone: &TimeZone) -> Option<Seen> {
        let (first, last) = (steps.first()?, steps.last()?);
        let seconds = |from: &Step, to: &Step| to.at.seconds_since(from.at) as f64;
        let gaps = || steps.windows(2).map(|pair| seconds(&pair[0], &pair[1]));
        let run = steps.iter().rev().take_while(|step| step.activity == last.activity).count();
        let since = &steps[steps.len() - run];
        let activities: Vec<u64> = steps.iter().map(|step| word(&[&step.activity])).collect();
        let clock = zone.to_datetime(last.at.to_jiff());
        let hour = f64::from(clock.hour()) + f64::from(clock.minute()) / 60.0;
        let weekday = f64::from(clock.date().weekday().to_monday_zero_offset());
        let elapsed = seconds(first, last);
        let mut numbers = vec![
            steps.len() as f64,
            elapsed,
            gaps().next_back().unwrap_or(0.0),
            gaps().fold(0.0, f64::max),
            seconds(since, last),
            run as f64,
            distinct(activities.iter()),
            hour,
            weekday * 24.0 + hour,
        ];
        numbers.extend((0..self.facts).map(|nth| distinct(steps.iter().map(|s| fact(s, nth)))));
        numbers.extend(self.counted.iter().map(|counted| {
            activities.iter().filter(|activity| *activity == counted).count() as f64
        }));
        let before = |back: usize| match steps.len().checked_sub(back + 1) {
            Some(place) => steps[place].activity.as_str(),
            None => "",
        };
        let mut words = vec![
            word(&[before(0)]),
            word(&[before(1), before(0)]),
            word(&[before(2), before(1), before(0)]),
            word(&[&first.activity]),
        ];
        words.extend((0..self.facts).map(|nth| word(&[fact(last, nth)])));
        Some(Seen { numbers, words })
    }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> f64 {
    items.collect::<std::collections::BTreeSet<T>>().len() as f64
}
