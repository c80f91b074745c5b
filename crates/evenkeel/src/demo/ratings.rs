//! What requesters say of it when it is over.

use super::dice::Dice;
use super::plan::{Deed, Key, Plan, Step};
use kernel::Timestamp;
use std::collections::HashMap;

/// The share of those who confirmed that also answer the question how content they are.
const ANSWERED: f64 = 0.35;
/// How content, and what they add; most add nothing.
#[rustfmt::skip]
const SAID: [(u32, i64, Option<&str>); 9] = [
    (30, 5, None),
    (8, 5, Some("Quick and friendly, thank you.")),
    (26, 4, None),
    (5, 4, Some("Good, though I had to say the same twice.")),
    (10, 3, None),
    (3, 3, Some("It works again, but I did not know for hours whether anybody looks at it.")),
    (3, 2, None),
    (2, 2, Some("Three days for a setting.")),
    (1, 1, Some("It came back the same afternoon.")),
];

/// Lets those answer who confirmed and had no more to do with it.
pub(super) fn add(plan: &mut Plan<'_>, dice: &mut Dice, now: Timestamp) {
    let mut last: HashMap<Key, Timestamp> = HashMap::new();
    for step in &plan.steps {
        let at = last.entry(step.key).or_insert(step.at);
        *at = (*at).max(step.at);
    }
    let is_last = |step: &&Step| last.get(&step.key) == Some(&step.at);
    let confirmed: Vec<Step> = plan
        .steps
        .iter()
        .filter(|step| matches!(step.deed, Deed::Confirm))
        .filter(is_last)
        .cloned()
        .collect();
    for step in confirmed {
        let at = step.at.plus_seconds(dice.between(60, 20 * 3_600));
        let (_, score, words) = SAID[dice.weighted(SAID.iter().map(|(weight, ..)| *weight))];
        if dice.chance(ANSWERED) && at <= now {
            plan.steps.push(Step { at, deed: Deed::Rate(score, words), ..step });
        }
    }
}
