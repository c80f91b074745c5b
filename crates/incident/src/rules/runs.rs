//! How often a rule ran on an incident: two rules that set each other off by timers
//! (one holds, the other follows when work resumes) would go on for ever.

use crate::state::State;
use kernel::{RuleId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// For how long runs are counted together, in seconds, and a rule rests at most.
const COUNTED_SECONDS: i64 = 86_400;

/// Instants ahead that are kept for a rule: more than an incident has clocks and promises,
/// however often they move.
const AHEAD_MAX: usize = 64;

/// How often a rule ran on an incident of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleRuns {
    /// Since when its runs are counted: at the first after a day without counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How many there were; one more than may be once it was said that it rests.
    pub runs: u32,
}

/// A rule that ran as often as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// How often it ran.
    pub runs: u32,
    /// Until when it is left out.
    pub until: Timestamp,
    /// Whether the timeline says so already.
    pub said: bool,
}

impl RuleRuns {
    pub(crate) fn ran(&mut self, at: Timestamp) {
        match self.since.filter(|since| at < since.plus_seconds(COUNTED_SECONDS)) {
            Some(_) => self.runs = self.runs.saturating_add(1),
            None => *self = RuleRuns { since: Some(at), runs: 1 },
        }
    }

    pub(crate) fn rested(&mut self) {
        self.runs = limits::RULE_RUNS_PER_DAY + 1;
    }
}

impl State {
    /// Whether a wait of a rule that counts from this instant was settled.
    pub fn waited_for(&self, rule: RuleId, since: Timestamp) -> bool {
        let ahead = || self.waited_ahead.get(&rule).is_some_and(|ahead| ahead.contains(&since));
        self.waited.get(&rule) == Some(&since) || ahead()
    }

    /// Settles waits. An instant ahead can be followed by another one and be the next again;
    /// one that is past comes back no more.
    pub(crate) fn waits_are_over(&mut self, waits: &BTreeMap<RuleId, Timestamp>, at: Timestamp) {
        self.waited.extend(waits);
        for (rule, since) in waits {
            let ahead = self.waited_ahead.entry(*rule).or_default();
            ahead.retain(|since| *since > at);
            if *since > at {
                ahead.insert(*since);
            }
            if ahead.len() > AHEAD_MAX {
                ahead.pop_first();
            }
        }
        self.waited_ahead.retain(|_, ahead| !ahead.is_empty());
    }

    /// Whether a rule ran on this incident as often as it may within a day, and so is
    /// left out for the rest of that day.
    pub fn rest_of(&self, rule: RuleId, now: Timestamp) -> Option<Rest> {
        let counted = self.rule_runs.get(&rule)?;
        let until = counted.since?.plus_seconds(COUNTED_SECONDS);
        let most = limits::RULE_RUNS_PER_DAY;
        (counted.runs >= most && now < until).then_some(Rest {
            runs: most,
            until,
            said: counted.runs > most,
        })
    }
}
